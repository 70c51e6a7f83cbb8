// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.helper.Helpers;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.impair.Impairments;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.SecurityModule;
import org.jswan.key.KeyDatabase;
import org.jswan.log.LogSink;
import org.jswan.log.WhackSession;
import org.jswan.login.Logins;
import org.jswan.net.Fetcher;
import org.jswan.net.Network;
import org.jswan.net.SecureDns;
import org.jswan.pluto.Pluto;
import org.jswan.pluto.PlutoOptions;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;
import org.jswan.updown.ScriptRunner;
import org.jswan.world.World;

/** What the daemons of benchmarks have in common: everything but clock, network and kernel. */
final class BenchWorld {
    private BenchWorld() {}

    /**
     * A daemon that shares one key with everybody; it does not listen yet.
     *
     * @param later has something run after what runs now
     * @param told every line of the log, which is formatted in any case
     */
    static Pluto pluto(
            Clock clock,
            TimerQueue timers,
            Network network,
            KernelIpsec kernel,
            Consumer<Runnable> later,
            Consumer<String> told) {
        SecureRandom random = new SecureRandom();
        World world = new World(
                clock,
                timers,
                random::nextBytes,
                network,
                kernel,
                SecurityModule.NONE,
                helpers(later),
                (command, environment, said, done) -> later.accept(() -> done.accept(ScriptRunner.Ending.exited(0))),
                unknown -> List.of(),
                SecureDns.NONE,
                KeyDatabase.EMPTY,
                Fetcher.NONE,
                Logins.NONE,
                log(told),
                new Impairments());
        return new Pluto(
                PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT),
                world,
                logger -> secrets(),
                GroupCost.files(),
                left -> {});
    }

    /** Carries out a command for a client that does not listen. */
    static void whack(Pluto pluto, WhackCommand command) {
        whack(pluto, command, () -> {});
    }

    /** @param told hears of every line of the answer, but not what it says */
    static void whack(Pluto pluto, WhackCommand command, Runnable told) {
        pluto.whack(WhackRequest.of(command), new Unheard(told));
    }

    private static SecretStore secrets() {
        Secret key = Secret.copyOf(Bytes.ofUtf8("a key that the daemons share"));
        return new SecretStore(List.of(new SecretEntry(SecretKind.PSK, List.of(), key, Bytes.EMPTY, 1)));
    }

    private static Helpers helpers(Consumer<Runnable> later) {
        return new Helpers() {
            @Override
            public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done) {
                boolean[] cancelled = new boolean[1];
                later.accept(() -> {
                    Outcome<T> outcome = outcome(job);
                    if (!cancelled[0]) {
                        done.accept(outcome);
                    }
                });
                return () -> cancelled[0] = true;
            }
        };
    }

    private static <T> Helpers.Outcome<T> outcome(Callable<T> job) {
        try {
            return new Helpers.Outcome<>(job.call(), null);
        } catch (Exception failure) {
            return new Helpers.Outcome<>(null, failure);
        }
    }

    private static LogSink log(Consumer<String> told) {
        return new LogSink() {
            @Override
            public void log(String line) {
                told.accept(line);
            }

            @Override
            public void debug(String line) {
                // Debugging is off in the daemon too.
            }

            @Override
            public boolean showsDebug() {
                return false;
            }
        };
    }

    /** A client that does not listen. */
    private record Unheard(Runnable told) implements WhackSession {
        @Override
        public void line(int code, String text) {
            told.run();
        }

        @Override
        public void raw(String text) {
            told.run();
        }

        @Override
        public void prompt(int code, String text, Consumer<String> answer) {
            answer.accept(null);
        }

        @Override
        public boolean isAttached() {
            return true;
        }

        @Override
        public void finish() {
            // Nobody waits.
        }
    }
}
