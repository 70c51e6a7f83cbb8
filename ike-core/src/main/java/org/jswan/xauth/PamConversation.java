// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xauth;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.login.Logins.PamQuestion;
import org.jswan.login.Logins.PamRefusal;
import org.jswan.sa.Statistics;
import org.jswan.time.Durations;
import org.jswan.time.TimerQueue;
import org.jswan.world.World;

/** PAM is asked about a user, and how that ends. */
public final class PamConversation implements XauthAuthenticator.Pending {
    private final World world;
    private final Statistics statistics;
    private final XauthQuestion question;
    private final String kind;
    private final Consumer<Boolean> judged;
    private final long begin;
    private final Runnable giveUp;
    private Optional<TimerQueue.Timer> timeout = Optional.empty();
    private boolean over;

    /**
     * Asks.
     *
     * @param kind what the log calls it
     * @param judged is told on the loop, never from within this call, whether the user may come in
     */
    public PamConversation(
            World world, Statistics statistics, XauthQuestion question, String kind, Consumer<Boolean> judged) {
        this.world = world;
        this.statistics = statistics;
        this.question = question;
        this.kind = kind;
        this.judged = judged;
        begin = world.clock().nanos();
        statistics.count("pamauth.started");
        giveUp = world.logins()
                .askPam(new PamQuestion(question.name(), question.password().copy(), question.peer()), this::answered);
    }

    /** The user may not come in if PAM takes longer. */
    PamConversation giveUpAfter(Duration patience) {
        timeout = Optional.of(world.timers().after(patience, "PAM timeout", () -> {
            abort("timeout");
            judged.accept(false);
        }));
        return this;
    }

    private void answered(Optional<PamRefusal> refusal) {
        refusal.ifPresent(no -> question.logger()
                .log(kind + " FAILED during " + no.step() + " with '" + no.reason() + "' for state " + question.sa()
                        + ", " + question.connection().name() + "["
                        + question.connection().instanceNumber() + "] user=" + question.userText() + "."));
        end(refusal.isEmpty() ? "SUCCEEDED" : "FAILED");
        judged.accept(refusal.isEmpty());
    }

    private void end(String how) {
        over = true;
        timeout.ifPresent(TimerQueue.Timer::cancel);
        question.password().destroy();
        statistics.count("pamauth.stopped");
        Duration spent = Duration.ofNanos(world.clock().nanos() - begin);
        question.logger()
                .log("PAM: authentication of user '" + question.userText() + "' " + how + " after "
                        + Durations.seconds(spent) + " seconds");
    }

    @Override
    public void abort(String why) {
        if (!over) {
            giveUp.run();
            statistics.count("pamauth.aborted");
            end("ABORTED (" + why + ")");
        }
    }
}
