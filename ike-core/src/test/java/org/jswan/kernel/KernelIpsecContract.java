// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Mark;
import org.jswan.kernel.KernelPolicy.Template;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every kernel does, the real ones and the simulation's: each backend's tests extend this. */
public abstract class KernelIpsecContract {
    protected static final IpAddress US = IpAddress.of("192.0.2.1");
    protected static final IpAddress PEER = IpAddress.of("192.0.2.2");
    private static final IpAddress NEW_PEER = IpAddress.of("192.0.2.3");
    protected static final IpAddress US_6 = IpAddress.of("2001:db8::1");
    protected static final IpAddress PEER_6 = IpAddress.of("2001:db8::2");
    protected static final int REQUEST = 0x4001;
    private static final int NO_SPI = 0xabcdef01;

    private KernelIpsec kernel;

    /** A kernel with ESP, AH and IPCOMP that nobody else uses. */
    protected abstract KernelIpsec openKernel() throws Exception;

    protected abstract void closeKernel(KernelIpsec opened) throws Exception;

    /** Lets time pass until that reserved SPI is so no more. */
    protected abstract void outlast(KernelIpsec kernel, SaId reserved) throws Exception;

    @BeforeEach
    void open() throws Exception {
        kernel = openKernel();
        kernel.flush();
    }

    @AfterEach
    void close() throws Exception {
        if (kernel != null) {
            kernel.flush();
            closeKernel(kernel);
        }
    }

    /** An SA in tunnel mode with keys that no cipher finds weak; empty {@code encr} for AH and IPCOMP. */
    protected static KernelSa sa(SaId id, boolean inbound, Optional<Encr> encr, int keyBits, Integ integ) {
        return sa(id, inbound, encr, keyBits, integ, 32, false);
    }

    private static KernelSa sa(
            SaId id, boolean inbound, Optional<Encr> encr, int keyBits, Integ integ, int replayWindow, boolean esn) {
        return new KernelSa(
                id,
                inbound,
                IpsecMode.TUNNEL,
                REQUEST,
                encr,
                key(encr.map(e -> e.keyMaterialLength(keyBits)).orElse(0)),
                integ,
                key(integ.keyLength()),
                replayWindow,
                esn,
                Optional.empty(),
                Optional.empty(),
                KernelSa.Limits.NONE,
                KernelSa.Features.NONE);
    }

    private static Secret key(int length) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (i * 59 + 7);
        }
        return Secret.take(key);
    }

    protected static KernelSa esp(SaId id, boolean inbound) {
        return sa(id, inbound, Optional.of(Encr.AES_CBC), 256, Integ.HMAC_SHA2_512_256);
    }

    /** Whether the interface to the kernel knows the algorithm. */
    protected boolean takes(Encr encr) {
        return encr.xfrmName().isPresent();
    }

    /** Whether the interface to the kernel knows the algorithm. */
    protected boolean takes(Integ integ) {
        return true;
    }

    private static SaId outbound(int spi) {
        return new SaId(US, PEER, IpsecProtocol.ESP, spi);
    }

    private static SaId inbound(int spi) {
        return new SaId(PEER, US, IpsecProtocol.ESP, spi);
    }

    private static KernelPolicy policy(Direction direction, int priority, Optional<Mark> mark) {
        boolean out = direction == Direction.OUT;
        Selector ours = Selector.of(Subnet.of("10.1.0.0/24"));
        Selector theirs = Selector.of(Subnet.of("10.2.0.0/24"));
        Template template =
                new Template(IpsecProtocol.ESP, IpsecMode.TUNNEL, REQUEST, out ? US : PEER, out ? PEER : US, false);
        return new KernelPolicy(
                direction,
                out ? ours : theirs,
                out ? theirs : ours,
                Action.ALLOW,
                List.of(template),
                priority,
                mark,
                Optional.empty());
    }

    private static String errnoOf(ThrowingCallable call) {
        KernelException refusal = catchThrowableOfType(KernelException.class, call);
        return refusal == null ? "" : refusal.errno();
    }

    private int allocate() throws KernelException {
        return kernel.allocateSpi(PEER, US, IpsecProtocol.ESP, REQUEST);
    }

    @Test
    void spisDifferAndAreNoneOfTheReserved() throws KernelException {
        Set<Integer> spis = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            int spi = allocate();
            assertThat(Integer.compareUnsigned(spi, 0x1000)).isNotNegative();
            spis.add(spi);
        }
        assertThat(spis).hasSize(50);
    }

    @Test
    void compressionHasShortSpis() throws KernelException {
        for (int i = 0; i < 50; i++) {
            int cpi = kernel.allocateSpi(PEER, US, IpsecProtocol.IPCOMP, REQUEST);
            assertThat(cpi).isBetween(256, 61439);
        }
    }

    @Test
    void aReservedSpiIsGivenBackOnce() throws KernelException {
        SaId id = inbound(allocate());
        kernel.deleteSa(id);
        assertThat(errnoOf(() -> kernel.deleteSa(id))).isEqualTo("ESRCH");
        assertThat(kernel.counters(id)).isEmpty();
    }

    @Test
    void anInboundSaCompletesItsReservation() throws KernelException {
        SaId id = inbound(allocate());
        kernel.addSa(esp(id, true));
        SaCounters counters = kernel.counters(id).orElseThrow();
        assertThat(counters.bytes()).isZero();
        assertThat(counters.packets()).isZero();
        assertThat(counters.lastUsed()).isEmpty();
        kernel.deleteSa(id);
        assertThat(kernel.counters(id)).isEmpty();
        assertThat(errnoOf(() -> kernel.deleteSa(id))).isEqualTo("ESRCH");
    }

    @Test
    void aReservationEndsByItself() throws Exception {
        SaId forgotten = inbound(allocate());
        SaId used = inbound(allocate());
        kernel.addSa(esp(used, true));
        assertThat(kernel.counters(forgotten)).isPresent();
        outlast(kernel, forgotten);
        assertThat(kernel.counters(forgotten)).isEmpty();
        assertThat(errnoOf(() -> kernel.addSa(esp(forgotten, true)))).isEqualTo("ESRCH");
        assertThat(errnoOf(() -> kernel.deleteSa(forgotten))).isEqualTo("ESRCH");
        kernel.deleteSa(used);
    }

    @Test
    void anInboundSaMayBeAddedAgain() throws KernelException {
        SaId id = inbound(allocate());
        kernel.addSa(esp(id, true));
        kernel.addSa(esp(id, true));
        kernel.deleteSa(id);
        assertThat(kernel.counters(id)).isEmpty();
    }

    @Test
    void aReservationIsNotForOutboundSas() throws KernelException {
        SaId id = inbound(allocate());
        assertThat(errnoOf(() -> kernel.addSa(esp(id, false)))).isEqualTo("EEXIST");
    }

    @Test
    void anInboundSaNeedsAReservation() {
        assertThat(errnoOf(() -> kernel.addSa(esp(inbound(NO_SPI), true)))).isEqualTo("ESRCH");
    }

    @Test
    void anOutboundSaNeedsNone() throws KernelException {
        kernel.addSa(esp(outbound(NO_SPI), false));
        assertThat(kernel.counters(outbound(NO_SPI))).isPresent();
    }

    @Test
    void anOutboundSaIsThereOnlyOnce() throws KernelException {
        kernel.addSa(esp(outbound(NO_SPI), false));
        assertThat(errnoOf(() -> kernel.addSa(esp(outbound(NO_SPI), false)))).isEqualTo("EEXIST");
    }

    @Test
    void theSourceDoesNotTellSasApart() throws KernelException {
        SaId elsewhere = new SaId(IpAddress.of("192.0.2.9"), PEER, IpsecProtocol.ESP, NO_SPI);
        kernel.addSa(esp(outbound(NO_SPI), false));
        assertThat(errnoOf(() -> kernel.addSa(esp(elsewhere, false)))).isEqualTo("EEXIST");
        kernel.deleteSa(elsewhere);
        assertThat(kernel.counters(outbound(NO_SPI))).isEmpty();
    }

    @Test
    void oneSpiServesManyDestinationsAndProtocols() throws KernelException {
        kernel.addSa(esp(outbound(NO_SPI), false));
        kernel.addSa(esp(new SaId(US, IpAddress.of("192.0.2.3"), IpsecProtocol.ESP, NO_SPI), false));
        SaId ah = new SaId(US, PEER, IpsecProtocol.AH, NO_SPI);
        kernel.addSa(sa(ah, false, Optional.empty(), 0, Integ.HMAC_SHA1_96));
        kernel.deleteSa(ah);
        assertThat(kernel.counters(outbound(NO_SPI))).isPresent();
        assertThat(kernel.counters(ah)).isEmpty();
    }

    @Test
    void takesEveryAlgorithmThatIkeNegotiates() throws KernelException {
        int spi = 0x2000;
        for (Encr encr : Encr.ALL) {
            if (!takes(encr)) {
                continue;
            }
            List<Integer> lengths = encr.keyBits().isEmpty() ? List.of(0) : encr.keyBits();
            for (int bits : lengths) {
                Integ integ = encr.isAead() ? Integ.NONE : Integ.HMAC_SHA2_512_256;
                kernel.addSa(sa(outbound(spi++), false, Optional.of(encr), bits, integ));
            }
        }
        for (Integ integ : Integ.ALL) {
            if (takes(integ)) {
                kernel.addSa(sa(outbound(spi++), false, Optional.of(Encr.AES_CBC), 128, integ));
            }
        }
        for (int at = 0x2000; at < spi; at++) {
            kernel.deleteSa(outbound(at));
        }
    }

    @Test
    void takesAhAndCompressionOverBothFamilies() throws KernelException {
        for (boolean v6 : new boolean[] {false, true}) {
            IpAddress source = v6 ? US_6 : US;
            IpAddress destination = v6 ? PEER_6 : PEER;
            kernel.addSa(sa(
                    new SaId(source, destination, IpsecProtocol.AH, 0x3000),
                    false,
                    Optional.empty(),
                    0,
                    Integ.HMAC_SHA1_96));
            kernel.addSa(sa(
                    new SaId(source, destination, IpsecProtocol.IPCOMP, 0x3000),
                    false,
                    Optional.empty(),
                    0,
                    Integ.NONE));
            kernel.addSa(esp(new SaId(source, destination, IpsecProtocol.ESP, 0x3000), false));
        }
    }

    @Test
    void takesEveryReplayWindow() throws KernelException {
        int spi = 0x4000;
        for (int window : new int[] {0, 1, 32, 33, 64, 128, 4096}) {
            for (boolean esn : new boolean[] {false, true}) {
                if (esn && (window == 0 || !kernel.abilities().can(KernelAbility.EXTENDED_SEQUENCE_NUMBERS))) {
                    // No kernel has extended numbers without a window.
                    continue;
                }
                kernel.addSa(sa(outbound(spi), false, Optional.of(Encr.AES_CBC), 128, Integ.HMAC_SHA1_96, window, esn));
                kernel.deleteSa(outbound(spi++));
            }
        }
    }

    @Test
    void transportModeOfOneProtocolBehindNat() throws KernelException {
        SaId id = inbound(allocate());
        KernelSa plain = esp(id, true);
        kernel.addSa(new KernelSa(
                id,
                true,
                IpsecMode.TRANSPORT,
                REQUEST,
                plain.encr(),
                plain.encrKey(),
                plain.integ(),
                plain.integKey(),
                128,
                kernel.abilities().can(KernelAbility.EXTENDED_SEQUENCE_NUMBERS),
                Optional.of(new KernelSa.Encapsulation(1024, 4500)),
                Optional.of(new KernelSa.TrafficSelectors(
                        new Selector(Subnet.host(PEER), 17, 0), new Selector(Subnet.host(US), 17, 1701))),
                new KernelSa.Limits(1000, 2000, 10, 20, Duration.ofHours(8)),
                new KernelSa.Features(true, true, 0, Optional.empty(), Optional.empty(), Optional.empty())));
        kernel.deleteSa(id);
    }

    @Test
    void aPolicyReplacesItsLikeAndGoesOnce() throws KernelException {
        for (Direction direction : Direction.values()) {
            kernel.putPolicy(policy(direction, 100, Optional.empty()));
            kernel.putPolicy(policy(direction, 200, Optional.empty()));
            kernel.deletePolicy(policy(direction, 300, Optional.empty()));
            assertThat(errnoOf(() -> kernel.deletePolicy(policy(direction, 200, Optional.empty()))))
                    .isEqualTo("ENOENT");
        }
    }

    @Test
    void policiesDifferByDirectionMarkAndSelectors() throws KernelException {
        KernelPolicy plain = policy(Direction.OUT, 100, Optional.empty());
        List<KernelPolicy> others = new ArrayList<>();
        others.add(policy(Direction.IN, 100, Optional.empty()));
        if (kernel.abilities().can(KernelAbility.MARKS)) {
            others.add(policy(Direction.OUT, 100, Optional.of(new Mark(5, -1))));
        }
        others.add(new KernelPolicy(
                Direction.OUT,
                new Selector(plain.source().subnet(), 17, 0),
                new Selector(plain.destination().subnet(), 17, 53),
                Action.BLOCK,
                List.of(),
                100,
                Optional.empty(),
                Optional.empty()));
        kernel.putPolicy(plain);
        for (KernelPolicy other : others) {
            assertThat(errnoOf(() -> kernel.deletePolicy(other))).isEqualTo("ENOENT");
            kernel.putPolicy(other);
        }
        for (KernelPolicy other : others) {
            kernel.deletePolicy(other);
        }
        kernel.deletePolicy(plain);
    }

    @Test
    void policiesWithoutTemplatesPassOrBlock() throws KernelException {
        Selector all = Selector.of(Subnet.all(AddressFamily.IPV6));
        for (Action action : Action.values()) {
            KernelPolicy policy =
                    new KernelPolicy(Direction.IN, all, all, action, List.of(), 1, Optional.empty(), Optional.empty());
            kernel.putPolicy(policy);
        }
        kernel.deletePolicy(new KernelPolicy(
                Direction.IN, all, all, Action.ALLOW, List.of(), 1, Optional.empty(), Optional.empty()));
    }

    @Test
    void migrationMovesPolicyAndSa() throws KernelException {
        if (!kernel.abilities().can(KernelAbility.MIGRATION)) {
            return;
        }
        kernel.addSa(esp(outbound(NO_SPI), false));
        kernel.putPolicy(policy(Direction.OUT, 100, Optional.empty()));
        kernel.migrate(outboundMigration(PEER, NEW_PEER, REQUEST));
        assertThat(kernel.counters(outbound(NO_SPI))).isEmpty();
        assertThat(kernel.counters(new SaId(US, NEW_PEER, IpsecProtocol.ESP, NO_SPI)))
                .isPresent();
        kernel.migrate(outboundMigration(NEW_PEER, PEER, REQUEST));
        assertThat(kernel.counters(outbound(NO_SPI))).isPresent();
        kernel.deletePolicy(policy(Direction.OUT, 100, Optional.empty()));
    }

    @Test
    void migrationNeedsAPolicyWithThatTemplate() throws KernelException {
        if (!kernel.abilities().can(KernelAbility.MIGRATION)) {
            return;
        }
        kernel.addSa(esp(outbound(NO_SPI), false));
        assertThat(errnoOf(() -> kernel.migrate(outboundMigration(PEER, NEW_PEER, REQUEST))))
                .isEqualTo("ENOENT");
        kernel.putPolicy(policy(Direction.OUT, 100, Optional.empty()));
        assertThat(errnoOf(() -> kernel.migrate(outboundMigration(PEER, NEW_PEER, REQUEST + 1))))
                .isEqualTo("ENODATA");
        assertThat(kernel.counters(outbound(NO_SPI))).isPresent();
    }

    private static KernelMigration outboundMigration(IpAddress from, IpAddress to, int requestId) {
        KernelPolicy policy = policy(Direction.OUT, 100, Optional.empty());
        return new KernelMigration(
                Direction.OUT,
                new KernelSa.TrafficSelectors(policy.source(), policy.destination()),
                IpsecProtocol.ESP,
                IpsecMode.TUNNEL,
                requestId,
                US,
                from,
                US,
                to,
                Optional.empty());
    }

    @Test
    void whatItCannotDoItRefuses() {
        KernelAbilities abilities = kernel.abilities();
        if (!abilities.can(KernelAbility.MIGRATION)) {
            assertThat(errnoOf(() -> kernel.migrate(outboundMigration(PEER, NEW_PEER, REQUEST))))
                    .isEqualTo("EOPNOTSUPP");
        }
        if (!abilities.can(KernelAbility.MARKS)) {
            KernelPolicy marked = policy(Direction.OUT, 100, Optional.of(new Mark(5, -1)));
            assertThat(errnoOf(() -> kernel.putPolicy(marked))).isEqualTo("EOPNOTSUPP");
            assertThat(errnoOf(() -> kernel.deletePolicy(marked))).isEqualTo("EOPNOTSUPP");
        }
        if (!abilities.can(KernelAbility.EXTENDED_SEQUENCE_NUMBERS)) {
            KernelSa extended =
                    sa(outbound(NO_SPI), false, Optional.of(Encr.AES_CBC), 128, Integ.HMAC_SHA1_96, 32, true);
            assertThat(errnoOf(() -> kernel.addSa(extended))).isEqualTo("EOPNOTSUPP");
        }
    }

    @Test
    void flushLeavesNothing() throws KernelException {
        SaId reserved = inbound(allocate());
        kernel.addSa(esp(outbound(NO_SPI), false));
        kernel.putPolicy(policy(Direction.OUT, 100, Optional.empty()));
        kernel.flush();
        kernel.flush();
        assertThat(errnoOf(() -> kernel.deleteSa(reserved))).isEqualTo("ESRCH");
        assertThat(kernel.counters(outbound(NO_SPI))).isEmpty();
        assertThat(errnoOf(() -> kernel.deletePolicy(policy(Direction.OUT, 100, Optional.empty()))))
                .isEqualTo("ENOENT");
    }
}
