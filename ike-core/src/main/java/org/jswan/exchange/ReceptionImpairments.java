// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.sa.HeldMessages.HeldMessage;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.SkPayload;
import org.jswan.world.World;

/** What is wrong with how messages come in: some are lost, come again, or come broken. */
final class ReceptionImpairments {
    private final World world;
    private final SaDatabase sas;
    private final Consumer<HeldMessage> process;
    private final List<Replayed> received = new ArrayList<>();
    private boolean replaying;

    private record Replayed(HeldMessage message, int number) {}

    /** @param process takes a message for what it is */
    ReceptionImpairments(World world, SaDatabase sas, Consumer<HeldMessage> process) {
        this.world = world;
        this.sas = sas;
        this.process = process;
    }

    /** A message came in. */
    void receive(HeldMessage message) {
        if (isLost(message)) {
            return;
        }
        boolean duplicates = world.impair().on(Impairment.REPLAY_DUPLICATES);
        boolean forward = world.impair().on(Impairment.REPLAY_FORWARD);
        boolean backward = world.impair().on(Impairment.REPLAY_BACKWARD);
        if (forward || backward) {
            received.add(new Replayed(message, received.size() + 1));
        } else {
            received.clear();
        }
        if (!duplicates && !forward && !backward) {
            process.accept(message);
            return;
        }
        if (duplicates) {
            replay(message, "original packet");
            replay(message, "duplicate packet");
        }
        if (forward) {
            List.copyOf(received).forEach(each -> replay(each.message, "replay forward: " + place(each)));
        }
        if (backward) {
            List<Replayed> newestFirst = new ArrayList<>(received);
            Collections.reverse(newestFirst);
            newestFirst.forEach(each -> replay(each.message, "start replay backward: " + place(each)));
        }
    }

    private String place(Replayed replayed) {
        return "packet " + replayed.number + " of " + received.size();
    }

    private boolean isLost(HeldMessage message) {
        OptionalLong number = world.impair().incoming().lost(message.octets());
        number.ifPresent(lost -> {
            logger(message).log("IMPAIR: dropping incoming message " + lost);
            List<IkeSa> watched = sas.ikeSas().stream()
                    .filter(ike -> ike.logger().hasSessions())
                    .toList();
            watched.forEach(ike -> ike.logger().log("IMPAIR: drop incoming message " + lost));
        });
        return number.isPresent();
    }

    private void replay(HeldMessage message, String which) {
        Logger logger = logger(message);
        logger.log("IMPAIR: start processing " + which + " (" + message.octets().length() + " bytes)");
        replay(message);
        logger.log("IMPAIR: stop processing " + which);
    }

    private void replay(HeldMessage message) {
        replaying = true;
        try {
            process.accept(message);
        } finally {
            replaying = false;
        }
    }

    private Logger logger(HeldMessage message) {
        return new Logger(world.log(), Incoming.prefix(message.socket(), message.sender()));
    }

    /** A message for that IKE SA is about to be processed: says so if it is a replayed one. */
    void sayReplayed(IkeSa ike) {
        if (replaying) {
            ike.logger().log("IMPAIR: processing a fake (cloned) message");
        }
    }

    /** A message that is about to be decrypted, with what is to be wrong with it. */
    Incoming encrypted(IkeSa ike, Incoming message) {
        if (replaying || message.clear().stream().noneMatch(SkPayload.class::isInstance)) {
            return message;
        }
        if (world.impair().on(Impairment.REPLAY_ENCRYPTED)) {
            ike.logger().log("IMPAIR: cloning incoming encrypted message and scheduling its replay");
            HeldMessage clone = new HeldMessage(message.socket(), message.sender(), message.octets());
            world.timers().after(Duration.ZERO, "replay encrypted message", () -> replay(clone));
        }
        if (!world.impair().on(Impairment.CORRUPT_ENCRYPTED)) {
            return message;
        }
        ike.logger().log("IMPAIR: corrupting incoming encrypted message's SK payload's first byte");
        List<Payload> broken = message.clear().stream()
                .map(payload -> payload instanceof SkPayload sk ? corrupted(sk) : payload)
                .toList();
        return new Incoming(
                message.socket(), message.sender(), message.header(), message.octets(), broken, message.encrypted());
    }

    private static SkPayload corrupted(SkPayload sk) {
        Bytes sealed = sk.sealed();
        return sealed.isEmpty()
                ? sk
                : new SkPayload(sk.firstInner(), Bytes.of(sealed.get(0) ^ 0xff).plus(sealed.from(1)));
    }
}
