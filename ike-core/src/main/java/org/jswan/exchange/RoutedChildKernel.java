// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.Integ;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.KernelSa.Encapsulation;
import org.jswan.kernel.KernelSa.Encapsulation.Carrier;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.log.Logger;
import org.jswan.net.Transport;
import org.jswan.random.RandomSource;
import org.jswan.routing.ChildInstall;
import org.jswan.routing.EspOffload;
import org.jswan.routing.Relocation;
import org.jswan.routing.Routing;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Phase15;
import org.jswan.time.Clock;

/** Child SAs as kernel SAs: the kernel's SPIs, keys and options here, its policies and the updown script by routing. */
public final class RoutedChildKernel implements ChildKernel {
    private static final int SOFT_PERCENT = 50;
    private static final long EXACT_BELOW = 100_000;
    private static final long FUZZ_FROM = 16_384;
    private static final Secret NO_KEY = Secret.copyOf(Bytes.EMPTY);

    private final KernelIpsec kernel;
    private final Routing routing;
    private final Relocation relocation;
    private final EspOffload offload;
    private final Clock clock;
    private final RandomSource random;

    public RoutedChildKernel(
            KernelIpsec kernel,
            Routing routing,
            Relocation relocation,
            EspOffload offload,
            Clock clock,
            RandomSource random) {
        this.kernel = kernel;
        this.relocation = relocation;
        this.offload = offload;
        this.routing = routing;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public void reserve(ChildSa child) throws KernelException {
        child.setInbound(reserve(child, child.protocol()));
    }

    @Override
    public void reserveCompression(ChildSa child) throws KernelException {
        child.setInboundCompression(reserve(child, IpsecProtocol.IPCOMP));
    }

    private SaId reserve(ChildSa child, IpsecProtocol protocol) throws KernelException {
        IpAddress peer = child.ike().remote().address();
        IpAddress us = child.ike().socket().local().address();
        int spi = kernel.allocateSpi(peer, us, protocol, requestId(child.connection(), protocol));
        return new SaId(peer, us, protocol, spi);
    }

    /** As libreswan: a connection has three request ids, for AH, ESP and IPCOMP in this order. */
    private static int requestId(Connection connection, IpsecProtocol protocol) {
        return connection.requestId(protocol);
    }

    @Override
    public void install(ChildSa child, ChildKeys keys, Consumer<Boolean> done) {
        boolean beside = child.replaces().isPresent() || child.isBesideAnother();
        ChildInstall install = installation(child, keys, beside && child.role() == IkeRole.RESPONDER);
        routing.establish(child.connection(), install, up -> {
            if (up && install.outboundLater()) {
                child.keepKeys(keys);
            } else {
                keys.close();
            }
            installed(child, up, done);
        });
    }

    @Override
    public void prepare(ChildSa child, ChildKeys keys, Consumer<Boolean> done) {
        routing.prepare(child.connection(), installation(child, keys, /* outboundLater= */ false), ready -> {
            keys.close();
            installed(child, ready, done);
        });
    }

    @Override
    public void confirm(ChildSa child, Consumer<Boolean> done) {
        routing.confirm(child.serial(), up -> {
            if (!up) {
                child.setKernel(ChildSa.Kernel.NOTHING);
            }
            done.accept(up);
        });
    }

    @Override
    public Optional<Connection> rival(Connection connection) {
        return routing.rival(connection);
    }

    @Override
    public void routeLabels(Connection connection, Logger logger, Consumer<Boolean> done) {
        routing.routeLabels(connection, logger, done);
    }

    @Override
    public void unroute(Connection connection) {
        routing.untrap(connection, gone -> {});
    }

    private ChildInstall installation(ChildSa child, ChildKeys keys, boolean outboundLater) {
        // Keys are those of whoever began the exchange, or of the other (RFC 7296 §2.17).
        boolean weBegan = child.role() == IkeRole.INITIATOR;
        child.setKernel(ChildSa.Kernel.INSTALLING);
        return new ChildInstall(
                child.serial(),
                child.logger(),
                child.mode(),
                bundle(child, false, keys, weBegan),
                bundle(child, true, keys, !weBegan),
                outboundLater,
                facts(child));
    }

    private void installed(ChildSa child, boolean up, Consumer<Boolean> done) {
        // Removed meanwhile: what was asked for then waits behind this.
        boolean removed = child.kernel() != ChildSa.Kernel.INSTALLING;
        if (up && !removed) {
            child.setKernel(ChildSa.Kernel.INSTALLED);
            child.setAdded(clock.wall().getEpochSecond());
        } else if (!up && removed) {
            giveBack(child);
        } else if (!up) {
            // Whoever hears of it removes it.
            child.setKernel(ChildSa.Kernel.NOTHING);
        }
        done.accept(up && !removed);
    }

    /** The SAs of one direction, the innermost first. */
    private List<KernelSa> bundle(ChildSa child, boolean inbound, ChildKeys keys, boolean fromInitiator) {
        KernelSa main = kernelSa(child, inbound, keys, fromInitiator);
        return child.isCompressed() ? List.of(compression(child, inbound, main), main) : List.of(main);
    }

    /** Compresses what the main SA, around it, protects. */
    private KernelSa compression(ChildSa child, boolean inbound, KernelSa main) {
        return new KernelSa(
                (inbound ? child.inboundCompression() : child.outboundCompression()).orElseThrow(),
                inbound,
                child.mode(),
                requestId(child.connection(), IpsecProtocol.IPCOMP),
                Optional.empty(),
                NO_KEY,
                Integ.NONE,
                NO_KEY,
                0,
                false,
                Optional.empty(),
                main.selector(),
                main.limits(),
                new KernelSa.Features(
                        false,
                        false,
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        main.features().label()));
    }

    private static ChildInstall.PeerFacts facts(ChildSa child) {
        IkeSa ike = child.ike();
        if (!ike.isVersion1()) {
            ChildSa.NameService names = child.nameService();
            return ChildInstall.PeerFacts.of(ike.nat().remote(), names.servers(), names.domains());
        }
        Phase15 phase15 = ike.phase1().phase15();
        ChildSa.NameService names = phase15.nameService();
        return ChildInstall.PeerFacts.of(ike.nat().remote(), names.servers(), names.domains())
                .withUser(phase15.userName(), phase15.isAdmittedSoftly(), phase15.banner());
    }

    private KernelSa kernelSa(ChildSa child, boolean inbound, ChildKeys keys, boolean fromInitiator) {
        Connection c = child.connection();
        ConnectionConfig.Kernel wishes = c.kernel();
        ChildSuite suite = child.suite().orElseThrow();
        SaId id = (inbound ? child.inbound() : child.outbound()).orElseThrow();
        int window = Math.toIntExact(wishes.replayWindow());
        Optional<KernelSa.TrafficSelectors> selector = child.mode() == IpsecMode.TRANSPORT
                ? Optional.of(
                        inbound
                                ? new KernelSa.TrafficSelectors(child.remoteSelector(), child.localSelector())
                                : new KernelSa.TrafficSelectors(child.localSelector(), child.remoteSelector()))
                : Optional.empty();
        KernelSa.Features features = new KernelSa.Features(
                c.has(ConnectionPolicy.DECAP_DSCP),
                c.has(ConnectionPolicy.NOPMTUDISC),
                !inbound && child.peerTakesTfc() ? wishes.tfcPadding() : 0,
                // As libreswan: an SA bears a mark only for an xfrm interface, and then both bear the outbound one.
                wishes.interfaceId().isPresent() ? wishes.markOut() : Optional.empty(),
                wishes.interfaceId(),
                child.protocol() == IpsecProtocol.ESP ? offload.wantedBy(c) : Optional.empty(),
                child.isVersion1() ? child.phase2().label() : c.label());
        return new KernelSa(
                id,
                inbound,
                // Only the innermost SA carries whole packets.
                child.isCompressed() ? IpsecMode.TRANSPORT : child.mode(),
                requestId(c, child.protocol()),
                suite.encr(),
                keys.encr(fromInitiator),
                integ(child, suite),
                keys.integ(fromInitiator),
                window,
                child.hasExtendedSequenceNumbers(),
                encapsulation(child, inbound),
                selector,
                limits(child),
                features);
    }

    /** Peers with an old kernel cut this one too short: sha2-truncbug=yes. */
    private static Integ integ(ChildSa child, ChildSuite suite) {
        boolean tooShort = suite.integ() == Integ.HMAC_SHA2_256_128
                && child.protocol() == IpsecProtocol.ESP
                && child.connection().has(ConnectionPolicy.SHA2_TRUNCBUG);
        return tooShort ? Integ.HMAC_SHA2_256_TRUNCBUG : suite.integ();
    }

    /** How much the kernel may carry, and after how much a successor is due: the initiator's turn comes first. */
    private KernelSa.Limits limits(ChildSa child) {
        ConnectionConfig.Lifetimes lifetimes = child.connection().config().lifetimes();
        return new KernelSa.Limits(
                soft(child, "ipsec-max-bytes", lifetimes.maxBytes()),
                hard(lifetimes.maxBytes()),
                soft(child, "ipsec-max-packets", lifetimes.maxPackets()),
                hard(lifetimes.maxPackets()),
                lifetimes.ipsec());
    }

    private static long hard(long limit) {
        return limit < 0 ? Long.MAX_VALUE : limit;
    }

    /** As libreswan: about a quarter for the initiator, half for the responder, up to an eighth of that more or less. */
    private long soft(ChildSa child, String what, long limit) {
        if (limit <= 1 || child.connection().has(ConnectionPolicy.DONT_REKEY)) {
            return hard(limit);
        }
        long half = limit < EXACT_BELOW ? limit * SOFT_PERCENT / 100 : limit / 100 * SOFT_PERCENT;
        long fuzz = limit < FUZZ_FROM ? 0 : Long.remainderUnsigned(random.nextLong(), half / 8 + 1);
        boolean first = child.role() == IkeRole.INITIATOR;
        long softer = first ? half / 2 : half;
        long actual = Math.max(first ? softer + fuzz : softer - fuzz, 1);
        child.logger()
                .debug((first ? "initiator " : "responder ") + what + ": hard-limit=" + Long.toUnsignedString(limit)
                        + " soft-limit=" + half + " softer-limit=" + softer + " fuzz=" + fuzz + " actual-limit="
                        + actual);
        return actual;
    }

    /** RFC 3948, RFC 9329: the ports are those that IKE uses at the time. */
    private static Optional<Encapsulation> encapsulation(ChildSa child, boolean inbound) {
        boolean tcp = child.ike().socket().transport() == Transport.TCP;
        if (!tcp && !child.ike().nat().detected() || child.protocol() != IpsecProtocol.ESP) {
            return Optional.empty();
        }
        Carrier carrier = tcp ? Carrier.TCP : Carrier.UDP;
        int us = child.ike().socket().local().port();
        int peer = child.ike().remote().port();
        return Optional.of(inbound ? new Encapsulation(carrier, peer, us) : new Encapsulation(carrier, us, peer));
    }

    @Override
    public void use(ChildSa child) {
        routing.use(child.serial(), child::forgetKeys);
    }

    @Override
    public void leave(ChildSa child, Runnable done) {
        relocation.leave(child.serial(), done);
    }

    @Override
    public void move(ChildSa child, Consumer<Boolean> done) {
        Relocation.Path path = new Relocation.Path(
                child.ike().socket().local().address(), child.ike().remote().address(), encapsulation(child, false));
        relocation.migrate(child.serial(), path, done);
    }

    @Override
    public void arrive(ChildSa child, Runnable done) {
        relocation.arrive(child.serial(), done);
    }

    @Override
    public void afterwards(Runnable action) {
        routing.exclusively(release -> {
            try {
                action.run();
            } finally {
                release.run();
            }
        });
    }

    @Override
    public void remove(ChildSa child, Runnable done) {
        if (child.kernel() == ChildSa.Kernel.NOTHING) {
            giveBack(child);
            done.run();
        } else {
            if (!child.isCompressed()) {
                // The peer wanted none.
                child.inboundCompression().ifPresent(id -> giveBack(child, id));
            }
            child.setKernel(ChildSa.Kernel.NOTHING);
            routing.teardown(child.serial(), () -> {
                child.forgetKeys();
                done.run();
            });
        }
    }

    private void giveBack(ChildSa child) {
        child.inbound().ifPresent(id -> giveBack(child, id));
        child.inboundCompression().ifPresent(id -> giveBack(child, id));
    }

    private void giveBack(ChildSa child, SaId id) {
        try {
            kernel.deleteSa(id);
        } catch (KernelException gone) {
            // As libreswan, which in IKEv1 leaves it to the kernel: there nothing is said.
            if (child.ike().isVersion1()) {
                child.logger().debug(gone.getMessage());
            } else {
                child.logger().error(gone.getMessage());
            }
        }
    }

    @Override
    public Optional<SaCounters> counters(ChildSa child, boolean inbound) throws KernelException {
        if (!inbound && child.awaitsUse()) {
            return Optional.of(new SaCounters(0, 0, clock.wall(), Optional.empty()));
        }
        Optional<SaId> id = inbound ? child.inbound() : child.outbound();
        Optional<SaCounters> read = id.isPresent() ? kernel.counters(id.get()) : Optional.empty();
        read.ifPresent(counters -> child.traffic(inbound).counted(counters.bytes(), clock.nanos()));
        return read;
    }
}
