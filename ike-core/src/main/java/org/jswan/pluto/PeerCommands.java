// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jswan.base.IpAddress;
import org.jswan.connection.PeerNames;
import org.jswan.control.WhackCommand.Crash;
import org.jswan.control.WhackCommand.Ddns;
import org.jswan.control.WhackCommand.DeleteId;
import org.jswan.control.WhackCommand.DeleteUser;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.Lifetimes;
import org.jswan.log.RcCode;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;

/** The commands that are about a peer, whatever connections there are with it. */
final class PeerCommands {
    private final SaDatabase sas;
    private final Lifecycle lifecycle;
    private final Lifetimes lifetimes;
    private final Initiator initiator;
    private final Consumer<Sa> replaceIkev1;
    private final PeerNames names;

    /** @param replaceIkev1 gives an SA of IKEv1 a successor */
    PeerCommands(
            SaDatabase sas,
            Lifecycle lifecycle,
            Lifetimes lifetimes,
            Initiator initiator,
            Consumer<Sa> replaceIkev1,
            PeerNames names) {
        this.sas = sas;
        this.lifecycle = lifecycle;
        this.lifetimes = lifetimes;
        this.initiator = initiator;
        this.replaceIkev1 = replaceIkev1;
        this.names = names;
    }

    void register(CommandTable table) {
        table.on(Crash.class, this::crash);
        table.on(DeleteId.class, this::deleteId);
        table.on(DeleteUser.class, this::deleteUser);
        table.slow(Ddns.class, (command, request, done) -> {
            request.logger().log("updating pending dns lookups");
            names.lookUp(done);
        });
    }

    /** Ends what XAUTH let a user have; IKEv2 knows no such names. */
    private void deleteUser(DeleteUser command, Request request) {
        request.logger().logOnly("received whack to delete connection by user " + command.user());
        for (IkeSa ike : newestFirst()) {
            if (sas.isAlive(ike)
                    && ike.isVersion1()
                    && ike.phase1()
                            .phase15()
                            .userName()
                            .filter(command.user()::equals)
                            .isPresent()) {
                List.copyOf(ike.children()).forEach(child -> lifecycle.endChild(child, Notice.IF_ESTABLISHED));
                lifecycle.end(ike, Notice.IF_ESTABLISHED);
            }
        }
    }

    private List<IkeSa> newestFirst() {
        List<IkeSa> all = new ArrayList<>(sas.ikeSas());
        Collections.reverse(all);
        return all;
    }

    /** The peer forgot all: each IKE SA is negotiated from the beginning, then the old ones end. */
    private void crash(Crash command, Request request) {
        request.logger().whackOnly(RcCode.COMMENT, "restarting peer " + command.peer());
        List<IkeSa> old = newestFirst().stream()
                .filter(ike -> ike.remote().address().equals(command.peer()))
                .toList();
        for (IkeSa ike : old) {
            request.logger()
                    .whackOnly(
                            RcCode.COMMENT,
                            "peer " + command.peer() + " for connection "
                                    + ike.connection().name() + " crashed; replacing");
            if (ike.isVersion1()) {
                replaceIkev1.accept(ike);
            } else {
                initiator.replace(ike);
            }
        }
        replaceIpsec(command.peer());
        old.stream().filter(ike -> !ike.isVersion1()).forEach(lifetimes::expire);
    }

    /** IPsec SAs of IKEv1 are replaced by themselves; as libreswan, what they replace stays until its end. */
    private void replaceIpsec(IpAddress peer) {
        List<ChildSa> children = new ArrayList<>();
        for (Sa sa : sas.all()) {
            if (sa instanceof ChildSa child
                    && child.isVersion1()
                    && child.isEstablished()
                    && child.ike().remote().address().equals(peer)) {
                children.add(0, child);
            }
        }
        children.forEach(replaceIkev1);
    }

    private void deleteId(DeleteId command, Request request) {
        request.logger().logOnly("received whack to delete connection by id " + command.id());
        newestFirst().stream()
                .filter(ike -> ike.connection().remote().id().toString().equals(command.id()))
                .forEach(ike -> lifecycle.end(ike, Notice.IF_ESTABLISHED));
    }
}
