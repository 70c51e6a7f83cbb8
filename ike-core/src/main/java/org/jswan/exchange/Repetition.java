// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.connection.ConnectionConfig;
import org.jswan.impair.Impairment;
import org.jswan.log.RcCode;
import org.jswan.net.Transport;
import org.jswan.sa.Retransmission;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.time.Durations;
import org.jswan.world.World;

/**
 * Has unanswered messages sent again, and tells when the peer counts as silent.
 *
 * @param <S> whose messages
 */
public final class Repetition<S extends Sa> {
    private final World world;
    private final SaDatabase sas;
    private final Messages<S> messages;
    private Consumer<S> onSilence = sa -> {};
    private Consumer<S> onImpaired = sa -> {};

    /** What is repeated. */
    public interface Messages<S extends Sa> {
        /** The unanswered message goes out again. */
        void repeat(S sa);

        /** What the silence may mean; "" if there is nothing to say. */
        String hint(S sa);

        /** What debugging shows of an SA whose message is due. */
        default List<String> trace(S sa) {
            return List.of();
        }
    }

    public Repetition(World world, SaDatabase sas, Messages<S> messages) {
        this.world = world;
        this.sas = sas;
        this.messages = messages;
    }

    /** Who is told that a peer answers no more. */
    public void onSilence(Consumer<S> action) {
        onSilence = action;
    }

    /** Who ends an SA because it would have to repeat a message and that is impaired. */
    public void onImpaired(Consumer<S> action) {
        onImpaired = action;
    }

    /** A message was sent: it goes out again and again until {@link Sa#stopRepeating}. */
    public void start(S sa) {
        ConnectionConfig.Retransmission timing = sa.connection().config().retransmission();
        Duration first = world.impair().on(Impairment.SUPPRESS_RETRANSMITS) ? timing.timeout() : timing.interval();
        sa.startRepeating(
                new Retransmission(first, timing.timeout(), world.clock().nanos()));
        arm(sa, first);
    }

    private void arm(S sa, Duration delay) {
        sa.arm(Sa.Event.RETRANSMIT, world.timers().after(delay, Sa.Event.RETRANSMIT.text(), () -> due(sa)));
    }

    private void due(S sa) {
        if (!sas.isAlive(sa) || sa.retransmission().isEmpty()) {
            return;
        }
        sa.logger().debug(() -> messages.trace(sa));
        if (world.impair().on(Impairment.TIMEOUT_ON_RETRANSMIT)) {
            sa.logger().log("IMPAIR: retransmit so timing out SA (may retry)");
            onSilence.accept(sa);
            return;
        }
        if (world.impair().on(Impairment.DELETE_ON_RETRANSMIT)) {
            sa.logger().log("IMPAIR: retransmit so deleting SA");
            onImpaired.accept(sa);
            return;
        }
        Retransmission retransmission = sa.retransmission().get();
        Duration waited = retransmission.waited(world.clock().nanos());
        if (sa.ike().socket().transport() == Transport.TCP && waited.compareTo(retransmission.timeout()) < 0) {
            // TCP repeats what is lost; the time after which a silent peer is given up stays.
            sa.logger().debug("retransmits: TCP: retransmit skipped because TCP is handling retransmits");
            arm(sa, retransmission.timeout().minus(waited));
            return;
        }
        Optional<Duration> next = retransmission.next(world.clock().nanos());
        if (next.isEmpty()) {
            sa.logger()
                    .log(
                            RcCode.NORETRANSMISSION,
                            sa.state().fullName() + ": " + silence(retransmission) + messages.hint(sa));
            onSilence.accept(sa);
            return;
        }
        arm(sa, next.get());
        sa.logger()
                .log(
                        RcCode.RETRANSMISSION,
                        sa.state().fullName() + ": retransmission; will wait " + Durations.seconds(next.get())
                                + " seconds for response");
        messages.repeat(sa);
    }

    private String silence(Retransmission retransmission) {
        return retransmission.isCountExceeded()
                ? "max number of retransmissions (" + retransmission.count() + ") reached after "
                        + Durations.seconds(retransmission.waited(world.clock().nanos())) + " seconds"
                : Durations.seconds(retransmission.timeout()) + " second timeout exceeded after "
                        + retransmission.count() + " retransmits";
    }
}
