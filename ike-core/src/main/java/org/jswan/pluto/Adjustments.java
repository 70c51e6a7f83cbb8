// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.control.DebugChange;
import org.jswan.control.DebugClass;
import org.jswan.control.ImpairmentChange;
import org.jswan.control.WhackCommand.Adjust;
import org.jswan.control.WhackCommand.Ddos;
import org.jswan.control.WhackCommand.SocketBuffer;
import org.jswan.control.WhackCommand.ToggleErrorQueue;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.world.World;

/** {@code whack --debug} and {@code --impair}: how talkative the daemon is, and how it misbehaves. */
final class Adjustments {
    private final World world;
    private final ConnectionDatabase connections;
    private final Interfaces interfaces;
    private final HalfOpenLimit limit;
    private final InjectedEvents injected;
    private Set<DebugClass> debugging;

    /** @param debugging the classes that are on at the start */
    Adjustments(
            Set<DebugClass> debugging,
            World world,
            ConnectionDatabase connections,
            Interfaces interfaces,
            HalfOpenLimit limit,
            InjectedEvents injected) {
        this.debugging = debugging;
        this.world = world;
        this.connections = connections;
        this.interfaces = interfaces;
        this.limit = limit;
        this.injected = injected;
    }

    void register(CommandTable table) {
        table.on(Adjust.class, this::adjust);
        table.on(Ddos.class, (command, request) -> protect(command.mode(), request.logger()));
        table.on(SocketBuffer.class, this::setBufferSize);
        table.on(ToggleErrorQueue.class, this::toggleErrorQueue);
    }

    private void setBufferSize(SocketBuffer command, Request request) {
        // As libreswan: a number past 2^32 loses what does not fit.
        int octets = (int) command.octets();
        interfaces.setSocketOptions(interfaces.socketOptions().withBufferSize(octets));
        request.logger().log("set IKE socket buffer to " + octets);
    }

    private void toggleErrorQueue(ToggleErrorQueue command, Request request) {
        boolean on = !interfaces.socketOptions().errorQueue();
        interfaces.setSocketOptions(interfaces.socketOptions().withErrorQueue(on));
        request.logger().log((on ? "enabling" : "disabling") + " IKE socket MSG_ERRQUEUEs");
    }

    private void protect(Ddos.Mode asked, Logger speaking) {
        HalfOpenLimit.Mode mode = HalfOpenLimit.Mode.valueOf(asked.name());
        boolean remains = mode == limit.mode();
        limit.setMode(mode);
        speaking.log("pluto DDoS protection "
                + (remains ? "remains in " + mode.text() + " mode" : "mode set to " + mode.text()));
    }

    /** The debugging classes that are on, in the order of the listings. */
    List<String> debugging() {
        return EnumSet.allOf(DebugClass.class).stream()
                .filter(debugging::contains)
                .map(DebugClass::toString)
                .toList();
    }

    private void adjust(Adjust command, Request request) {
        Optional<String> name = command.connection();
        if (name.isPresent()) {
            debugConnection(name.get(), command.debugging(), request);
            return;
        }
        debugging = command.debugging().applyTo(debugging);
        world.log().showDebug(debugging.contains(DebugClass.BASE));
        command.impairments().forEach(change -> impair(change, request));
    }

    /** As libreswan: with IKEv2 it is only remembered and shown; what is to be impaired is passed over. */
    private void debugConnection(String name, DebugChange change, Request request) {
        List<Connection> named = connections.findByName(name);
        if (named.isEmpty()) {
            request.logger().whackOnly(RcCode.UNKNOWN_NAME, "no connection named \"" + name + "\"");
            return;
        }
        named.get(0).setDebug(shown(change));
        request.logger().debug("\"" + name + "\" extra_debugging = " + String.join("+", shown(change)));
    }

    /** {@code base+tmi - refcnt}, one by one as they are joined by a plus; empty if nothing is changed. */
    private static List<String> shown(DebugChange change) {
        if (change.on().isEmpty() && change.off().isEmpty()) {
            return List.of();
        }
        String off = names(change.off());
        return List.of((change.on().isEmpty() ? "none" : names(change.on())) + (off.isEmpty() ? "" : " - " + off));
    }

    private static String names(Set<DebugClass> classes) {
        return EnumSet.allOf(DebugClass.class).stream()
                .filter(classes::contains)
                .map(DebugClass::toString)
                .collect(Collectors.joining("+"));
    }

    private void impair(ImpairmentChange change, Request request) {
        if (change instanceof ImpairmentChange.Clear) {
            world.impair().clear();
        } else if (change instanceof ImpairmentChange.List) {
            world.impair().listing().forEach(line -> request.logger().log(RcCode.COMMENT, line));
        } else if (change instanceof ImpairmentChange.Off off) {
            known(off.behaviour(), OptionalLong.empty(), request).ifPresent(impairment -> {
                world.impair().clear(impairment);
                request.logger().debug(impairment + ":no");
            });
        } else if (change instanceof ImpairmentChange.On on) {
            known(on.behaviour(), on.number(), request).ifPresent(impairment -> {
                world.impair().set(impairment, on.how(), on.number());
                request.logger().debug(impairment + ":" + on.how());
            });
        }
    }

    /** The setting to be changed, if it is one; what is none is carried out or refused. */
    private Optional<Impairment> known(String behaviour, OptionalLong number, Request request) {
        Optional<Impairment> impairment = Impairment.named(behaviour);
        if (impairment.isEmpty() && !injected.inject(behaviour, number, request)) {
            request.logger().log(RcCode.LOG_SERIOUS, "the impairment " + behaviour + " is not supported yet");
        }
        return impairment;
    }
}
