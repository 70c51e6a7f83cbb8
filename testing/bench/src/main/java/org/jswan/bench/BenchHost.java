// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.helper.Helpers;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.impair.Impairments;
import org.jswan.key.KeyDatabase;
import org.jswan.log.LogSink;
import org.jswan.log.WhackSession;
import org.jswan.net.Fetcher;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Network;
import org.jswan.net.SecureDns;
import org.jswan.net.SocketOptions;
import org.jswan.pluto.Pluto;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.Sa;
import org.jswan.sa.V2State;
import org.jswan.time.TimerQueue;
import org.jswan.updown.ScriptRunner;
import org.jswan.world.World;

/** One daemon of a benchmark. All that it does is metered, its helpers' jobs and the formatting of its log included. */
final class BenchHost {
    private final Wire wire;
    private final List<InterfaceAddress> addresses;
    private final Meter meter = new Meter();
    private final CountingKernel kernel = new CountingKernel();
    private final Pluto pluto;
    private String lastLine = "";

    /** A daemon that listens at these addresses. */
    BenchHost(Wire wire, List<IpAddress> addresses) {
        this.wire = wire;
        this.addresses =
                addresses.stream().map(a -> new InterfaceAddress("eth0", a)).toList();
        SecureRandom random = new SecureRandom();
        World world = new World(
                wire.clock(),
                new TimerQueue(wire.clock()),
                random::nextBytes,
                network(),
                kernel,
                helpers(),
                (command, environment, done) -> later(() -> done.accept(new ScriptRunner.Result(0, List.of()))),
                unknown -> List.of(),
                SecureDns.NONE,
                KeyDatabase.EMPTY,
                Fetcher.NONE,
                log(),
                new Impairments());
        pluto = new Pluto(PlutoOptions.defaults(), world, logger -> secrets(), left -> {});
        whack(new WhackCommand.Listen());
    }

    private static SecretStore secrets() {
        Secret key = Secret.copyOf(Bytes.ofUtf8("a key that the daemons share"));
        return new SecretStore(List.of(new SecretEntry(SecretKind.PSK, List.of(), key, Bytes.EMPTY, 1)));
    }

    private void later(Runnable action) {
        wire.post(this, action);
    }

    private Network network() {
        return new Network() {
            @Override
            public List<InterfaceAddress> addresses() {
                return addresses;
            }

            @Override
            public IkeSocket open(InterfaceAddress address, int port, boolean encapsulates, SocketOptions options) {
                BenchSocket socket =
                        new BenchSocket(wire, address, new Endpoint(address.address(), port), encapsulates);
                wire.bind(BenchHost.this, socket);
                return socket;
            }

            @Override
            public Optional<Route> route(IpAddress destination) {
                return Optional.empty();
            }
        };
    }

    private Helpers helpers() {
        return new Helpers() {
            @Override
            public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done) {
                boolean[] cancelled = new boolean[1];
                later(() -> {
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

    private LogSink log() {
        return new LogSink() {
            @Override
            public void log(String line) {
                lastLine = line;
            }

            @Override
            public void debug(String line) {
                // Debugging is off in the daemon too.
            }
        };
    }

    void metered(Runnable work) {
        meter.run(work);
    }

    Pluto pluto() {
        return pluto;
    }

    Meter.Cost cost() {
        return meter.total();
    }

    /** Runs a command to its end. */
    void whack(WhackCommand command) {
        later(() -> pluto.whack(WhackRequest.of(command), new Unheard()));
        wire.drain();
    }

    int halfOpen() {
        int count = 0;
        for (Sa sa : pluto.sas()) {
            count += sa.state().category() == V2State.Category.HALF_OPEN ? 1 : 0;
        }
        return count;
    }

    /** How many Child SAs carry traffic. */
    int established() {
        int count = 0;
        for (Sa sa : pluto.sas()) {
            count += sa.state() == V2State.ESTABLISHED_CHILD_SA ? 1 : 0;
        }
        return count;
    }

    /** @throws IllegalStateException if there are not {@code count} IKE SAs and as many Child SAs, all established */
    void expectEstablished(int count) {
        int established = 0;
        for (Sa sa : pluto.sas()) {
            if (sa.state() == V2State.ESTABLISHED_IKE_SA || sa.state() == V2State.ESTABLISHED_CHILD_SA) {
                established++;
            }
        }
        if (established != 2 * count || pluto.saCount() != 2 * count || kernel.sas() != 2 * count) {
            throw new IllegalStateException(established + " of " + pluto.saCount() + " SAs are established, "
                    + kernel.sas() + " in the kernel, where " + 2 * count + " should be; last line: " + lastLine);
        }
    }

    /** A client that does not listen. */
    private static final class Unheard implements WhackSession {
        @Override
        public void line(int code, String text) {
            // Nobody reads it.
        }

        @Override
        public void raw(String text) {
            // Nobody reads it.
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
