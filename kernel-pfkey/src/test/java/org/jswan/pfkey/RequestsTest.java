// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jswan.pfkey.ScriptedKernel.hex;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Template;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaId;
import org.junit.jupiter.api.Test;

/**
 * Every request's octets, written by hand after RFC 2367 §2 and the headers of the three systems, for a little-endian
 * machine. The base message is version, type, errno, satype, length in units of 8 octets, (2), sequence number, pid.
 */
class RequestsTest {
    private static final IpAddress US = IpAddress.of("192.0.2.1");
    private static final IpAddress PEER = IpAddress.of("192.0.2.2");
    private static final SaId OUTBOUND = new SaId(US, PEER, IpsecProtocol.ESP, 0xabcdef01);
    private static final SaId INBOUND = new SaId(PEER, US, IpsecProtocol.ESP, 0x00001234);
    private static final int REQUEST = 0x4001;

    /** What stands behind the type, the satype and the length of all of them. */
    private static final String NUMBERS = "0000 01000040 d2040000 ";

    private static final String FROM_US_BSD = "0300 0500 ff 20 0000  10 02 0000 c0000201 0000000000000000\n";
    private static final String TO_PEER_BSD = "0300 0600 ff 20 0000  10 02 0000 c0000202 0000000000000000\n";
    private static final String FROM_US_LINUX = "0300 0500 ff 20 0000  0200 0000 c0000201 0000000000000000\n";
    private static final String TO_PEER_LINUX = "0300 0600 ff 20 0000  0200 0000 c0000202 0000000000000000\n";
    private static final String FROM_PEER_LINUX = "0300 0500 ff 20 0000  0200 0000 c0000202 0000000000000000\n";
    private static final String TO_US_LINUX = "0300 0600 ff 20 0000  0200 0000 c0000201 0000000000000000\n";
    private static final String NO_LIMITS =
            """
            0400 0300 00000000 0000000000000000 0000000000000000 0000000000000000  # hard
            0400 0400 00000000 0000000000000000 0000000000000000 0000000000000000  # soft
            """;
    private static final String LIFE =
            """
            0400 0300 00000000 0000000000000000 8070000000000000 0000000000000000  # hard: seconds since it was added
            0400 0400 00000000 0000000000000000 8070000000000000 0000000000000000  # soft, as libreswan the same
            """;
    private static final KernelSa.Limits EIGHT_HOURS =
            new KernelSa.Limits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Duration.ofHours(8));

    @FunctionalInterface
    private interface Request {
        void of(PfkeyKernel kernel) throws KernelException;
    }

    private static Bytes sent(Dialect dialect, Request request) throws KernelException {
        ScriptedKernel script = new ScriptedKernel(dialect);
        request.of(script.kernel());
        return script.lastRequest();
    }

    private static Secret key(int length) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (i + 1);
        }
        return Secret.take(key);
    }

    private static KernelSa sa(
            SaId id, boolean inbound, IpsecMode mode, Optional<Encr> encr, int keyBits, Integ integ) {
        return new KernelSa(
                id,
                inbound,
                mode,
                REQUEST,
                encr,
                key(encr.map(e -> e.keyMaterialLength(keyBits)).orElse(0)),
                integ,
                key(integ.keyLength()),
                id.protocol() == IpsecProtocol.IPCOMP ? 0 : 128,
                false,
                Optional.empty(),
                Optional.empty(),
                EIGHT_HOURS,
                KernelSa.Features.NONE);
    }

    private static KernelSa aes() {
        return sa(OUTBOUND, false, IpsecMode.TUNNEL, Optional.of(Encr.AES_CBC), 128, Integ.HMAC_SHA1_96);
    }

    private static Bytes spiRequest(Dialect dialect) {
        ScriptedKernel script = new ScriptedKernel(dialect);
        // The scripted kernel's answer has no SPI.
        assertThatThrownBy(() -> script.kernel().allocateSpi(PEER, US, IpsecProtocol.ESP, REQUEST))
                .hasMessage("PF_KEY v2 response for Get SPI SPI: no extension 1");
        return script.lastRequest();
    }

    @Test
    void anSpiIsAskedForOnFreebsdAndNetbsd() {
        Bytes golden = hex(
                "02 01 00 03 0c00 " + NUMBERS
                        + """
                0200 1300 00 000000 00000000 01400000                    # SA2: any mode, sequence, request id
                0300 0500 ff 20 0000  10 02 0000 c0000202 0000000000000000 # source: any protocol, /32; length, family, port
                0300 0600 ff 20 0000  10 02 0000 c0000201 0000000000000000 # destination
                0200 1000 00100000 ffffffff 00000000                       # least and greatest SPI
                """);
        assertThat(spiRequest(Dialect.FREEBSD)).isEqualTo(golden);
        assertThat(spiRequest(Dialect.NETBSD)).isEqualTo(golden);
    }

    @Test
    void anSpiIsAskedForOnLinux() {
        assertThat(spiRequest(Dialect.LINUX))
                .isEqualTo(hex("02 01 00 03 0c00 " + NUMBERS
                        + "0200 1300 01 000000 00000000 02000000  # SA2: transport mode; the request id made small\n"
                        + FROM_PEER_LINUX
                        + TO_US_LINUX
                        + "0200 1000 00100000 ffffffff 00000000"));
    }

    @Test
    void anOutboundSaIsAddedOnFreebsdAndNetbsd() throws KernelException {
        Bytes golden = hex("02 03 00 03 1b00 " + NUMBERS
                + """
                0200 0100 abcdef01 10 01 03 0c 00000000  # SPI as on the wire, 16 octets of window, mature, SHA-1, AES, no flags
                0200 1300 00 000000 00000000 01400000
                """
                + FROM_US_BSD
                + TO_PEER_BSD
                + """
                0400 0800 a000 0000 0102030405060708 090a0b0c0d0e0f10 11121314 00000000  # 160 bits, and up to a unit
                0300 0900 8000 0000 0102030405060708 090a0b0c0d0e0f10
                """
                + LIFE);
        assertThat(sent(Dialect.FREEBSD, kernel -> kernel.addSa(aes()))).isEqualTo(golden);
        assertThat(sent(Dialect.NETBSD, kernel -> kernel.addSa(aes()))).isEqualTo(golden);
    }

    @Test
    void anOutboundSaIsAddedOnLinux() throws KernelException {
        assertThat(sent(Dialect.LINUX, kernel -> kernel.addSa(aes())))
                .isEqualTo(hex("02 03 00 03 1b00 " + NUMBERS
                        + """
                        0200 0100 abcdef01 20 01 03 0c 00000000  # the window counts packets, at most 32
                        0200 1300 02 000000 00000000 02000000    # tunnel mode
                        """
                        + FROM_US_LINUX
                        + TO_PEER_LINUX
                        + """
                        0400 0800 a000 0000 0102030405060708 090a0b0c0d0e0f10 11121314 00000000
                        0300 0900 8000 0000 0102030405060708 090a0b0c0d0e0f10
                        """
                        + NO_LIMITS));
    }

    @Test
    void anInboundSaInTransportModeBehindNatUpdatesItsReservationOnLinux() throws KernelException {
        KernelSa plain = sa(INBOUND, true, IpsecMode.TRANSPORT, Optional.of(Encr.NULL), 0, Integ.HMAC_MD5_96);
        KernelSa natted = new KernelSa(
                INBOUND,
                true,
                IpsecMode.TRANSPORT,
                7,
                plain.encr(),
                plain.encrKey(),
                plain.integ(),
                plain.integKey(),
                16,
                false,
                Optional.of(new KernelSa.Encapsulation(1024, 4500)),
                Optional.empty(),
                new KernelSa.Limits(1000, 2000, 10, 0x100000000L, Duration.ofHours(8)),
                new KernelSa.Features(true, true, 0, Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(sent(Dialect.LINUX, kernel -> kernel.addSa(natted)))
                .isEqualTo(
                        hex(
                                "02 02 00 03 1b00 " + NUMBERS
                                        + """
                        0200 0100 00001234 10 01 02 0b 00000060  # DSCP is taken over, path MTU is not discovered
                        0200 1300 01 000000 00000000 07000000
                        """
                                        + FROM_PEER_LINUX
                                        + TO_US_LINUX
                                        + """
                        0300 0800 8000 0000 0102030405060708 090a0b0c0d0e0f10
                        0100 0900 0000 0000                                                     # a key of no bits
                        0400 0300 ffffffff d007000000000000 0000000000000000 0000000000000000  # hard: packets, octets
                        0400 0400 0a000000 e803000000000000 0000000000000000 0000000000000000  # soft
                        0100 1400 02 000000                                                     # ESP in UDP
                        0100 1500 0400 0000                                                     # from port 1024
                        0100 1600 1194 0000                                                     # to port 4500
                        """));
    }

    private static KernelSa withReplay(KernelSa plain, int window, boolean extendedNumbers) {
        return new KernelSa(
                plain.id(),
                plain.inbound(),
                plain.mode(),
                plain.requestId(),
                plain.encr(),
                plain.encrKey(),
                plain.integ(),
                plain.integKey(),
                window,
                extendedNumbers,
                Optional.empty(),
                Optional.empty(),
                EIGHT_HOURS,
                KernelSa.Features.NONE);
    }

    @Test
    void aWindowIsAsWideAsItsFieldAtMost() throws KernelException {
        KernelSa wide = withReplay(aes(), 4096, false);
        assertThat(sent(Dialect.NETBSD, kernel -> kernel.addSa(wide)).slice(16, 16))
                .isEqualTo(hex("0200 0100 abcdef01 ff 01 03 0c 00000000  # 2040 packets"));
        assertThat(sent(Dialect.LINUX, kernel -> kernel.addSa(wide)).slice(16, 16))
                .isEqualTo(hex("0200 0100 abcdef01 20 01 03 0c 00000000  # 32 packets"));
    }

    @Test
    void extendedNumbersAndWideWindowsAreFreebsds() throws KernelException {
        KernelSa plain = sa(OUTBOUND, false, IpsecMode.TUNNEL, Optional.of(Encr.AES_GCM_16), 256, Integ.NONE);
        KernelSa wide = withReplay(plain, 4096, true);
        assertThat(sent(Dialect.FREEBSD, kernel -> kernel.addSa(wide)))
                .isEqualTo(hex("02 03 00 03 1b00 " + NUMBERS
                        + """
                        0200 0100 abcdef01 ff 01 fb 14 00040000  # all of the field; no integrity, AES-GCM; the flag
                        0200 1300 00 000000 00000000 01400000
                        """
                        + FROM_US_BSD
                        + TO_PEER_BSD
                        + """
                        0600 0900 2001 0000 0102030405060708 090a0b0c0d0e0f10 1112131415161718 191a1b1c1d1e1f20
                            21222324 00000000                    # key and salt, 288 bits
                        """
                        + LIFE
                        + "0100 1a00 00100000                    # SA_REPLAY: in packets"));
        assertThat(sent(Dialect.NETBSD, kernel -> kernel.addSa(plain)).slice(16, 16))
                .isEqualTo(hex("0200 0100 abcdef01 10 01 fb 14 00000000"));
    }

    @Test
    void compressionStandsWhereEncryptionDoes() throws KernelException {
        SaId id = new SaId(US, PEER, IpsecProtocol.IPCOMP, 0x1234);
        KernelSa sa = sa(id, false, IpsecMode.TUNNEL, Optional.empty(), 0, Integ.NONE);
        for (Dialect dialect : Dialect.values()) {
            Bytes request = sent(dialect, kernel -> kernel.addSa(sa));
            assertThat(request.first(8)).isEqualTo(hex("02 03 00 09 1400 0000"));
            assertThat(request.slice(16, 16)).isEqualTo(hex("0200 0100 00001234 00 01 00 02 00000000"));
        }
    }

    @Test
    void gmacNamesItsIntegrityOnTheBsds() throws KernelException {
        KernelSa sa = sa(OUTBOUND, false, IpsecMode.TUNNEL, Optional.of(Encr.NULL_AUTH_AES_GMAC), 192, Integ.NONE);
        assertThat(sent(Dialect.NETBSD, kernel -> kernel.addSa(sa)).slice(16, 16))
                .isEqualTo(hex("0200 0100 abcdef01 10 01 0c 17 00000000"));
    }

    @Test
    void anSaIsDeletedAndAskedAfter() throws KernelException {
        IpAddress us = IpAddress.of("2001:db8::1");
        IpAddress peer = IpAddress.of("2001:db8::2");
        SaId id = new SaId(us, peer, IpsecProtocol.AH, 0x00001000);
        String sa = "0200 0100 00001000 00 00 00 00 00000000\n";
        String addresses =
                """
                0500 0500 ff 80 0000  FAMILY 0000 00000000 20010db8000000000000000000000001 00000000 00000000
                0500 0600 ff 80 0000  FAMILY 0000 00000000 20010db8000000000000000000000002 00000000 00000000
                """;
        for (Dialect dialect : Dialect.values()) {
            String family =
                    switch (dialect) {
                        case LINUX -> "0a00";
                        case FREEBSD -> "1c 1c";
                        case NETBSD -> "1c 18";
                    };
            String rest = NUMBERS + sa + addresses.replace("FAMILY", family);
            assertThat(sent(dialect, kernel -> kernel.deleteSa(id))).isEqualTo(hex("02 04 00 02 0e00 " + rest));
            ScriptedKernel script = new ScriptedKernel(dialect)
                    .grant("0400 0200 43000000 3930000000000000 00f1536500000000 0000000000000000");
            assertThat(script.kernel().counters(id).orElseThrow().bytes()).isEqualTo(12345);
            assertThat(script.lastRequest()).isEqualTo(hex("02 05 00 02 0e00 " + rest));
        }
    }

    private static Selector subnet(String text) {
        return Selector.of(Subnet.of(text));
    }

    private static KernelPolicy policy(Direction direction, Action action, Template... templates) {
        return new KernelPolicy(
                direction,
                subnet("10.1.0.0/24"),
                subnet("10.2.0.0/24"),
                action,
                List.of(templates),
                100,
                Optional.empty(),
                Optional.empty());
    }

    private static Template tunnel(IpsecProtocol protocol, boolean optional) {
        return new Template(protocol, IpsecMode.TUNNEL, REQUEST, US, PEER, optional);
    }

    private static final String SELECTORS_BSD =
            """
            0300 0500 ff 18 0000  10 02 0000 0a010000 0000000000000000  # any protocol, /24
            0300 0600 ff 18 0000  10 02 0000 0a020000 0000000000000000
            0400 0300 00000000 0000000000000000 0000000000000000 0000000000000000  # lives for ever
            """;
    private static final String SELECTORS_LINUX = SELECTORS_BSD.replace("10 02 0000", "0200 0000");

    @Test
    void aTunnelsPolicyIsPut() throws KernelException {
        KernelPolicy out = policy(Direction.OUT, Action.ALLOW, tunnel(IpsecProtocol.ESP, false));
        Bytes bsd = hex(
                "02 0d 00 00 1300 " + NUMBERS
                        + SELECTORS_BSD
                        + """
                0700 1200 0200 02 00 00000000 00000000    # IPSEC, outbound, id, priority
                2800 3200 02 02 0000                      # 40 octets, ESP, tunnel, REQUIRE, request id
                10 02 0000 c0000201 0000000000000000
                10 02 0000 c0000202 0000000000000000
                """);
        assertThat(sent(Dialect.FREEBSD, kernel -> kernel.putPolicy(out))).isEqualTo(bsd);
        assertThat(sent(Dialect.NETBSD, kernel -> kernel.putPolicy(out))).isEqualTo(bsd);
        assertThat(sent(Dialect.LINUX, kernel -> kernel.putPolicy(out)))
                .isEqualTo(
                        hex(
                                "02 0d 00 00 1400 " + NUMBERS
                                        + SELECTORS_LINUX
                                        + """
                        0800 1200 0200 02 00 00000000 64000000
                        3000 3200 02 03 0000 02000000 00000000    # UNIQUE, (2), request id, (4)
                        0200 0000 c0000201 0000000000000000
                        0200 0000 c0000202 0000000000000000
                        """));
    }

    @Test
    void compressionBelowEncryptionIsOptionalOnLinuxAndRequiredOnTheBsds() throws KernelException {
        KernelPolicy in = policy(
                Direction.IN,
                Action.ALLOW,
                tunnel(IpsecProtocol.IPCOMP, true),
                new Template(IpsecProtocol.ESP, IpsecMode.TRANSPORT, REQUEST, US, PEER, false));
        assertThat(sent(Dialect.LINUX, kernel -> kernel.putPolicy(in)).from(16 + 80))
                .isEqualTo(
                        hex(
                                """
                        0a00 1200 0200 01 00 00000000 64000000
                        3000 6c00 02 01 0000 00000000 00000000
                        0200 0000 c0000201 0000000000000000
                        0200 0000 c0000202 0000000000000000
                        1000 3200 01 03 0000 02000000 00000000
                        """));
        assertThat(sent(Dialect.FREEBSD, kernel -> kernel.putPolicy(in)).from(16 + 80))
                .isEqualTo(
                        hex(
                                """
                        0800 1200 0200 01 00 00000000 00000000
                        2800 6c00 02 02 0000
                        10 02 0000 c0000201 0000000000000000
                        10 02 0000 c0000202 0000000000000000
                        0800 3200 01 02 0000
                        """));
    }

    @Test
    void whatPassesAndWhatIsBlockedHasNoRequests() throws KernelException {
        Template any = new Template(IpsecProtocol.ESP, IpsecMode.TRANSPORT, 0, US, PEER, false);
        for (Dialect dialect : Dialect.values()) {
            String priority = dialect == Dialect.LINUX ? "64000000" : "00000000";
            assertThat(sent(dialect, kernel -> kernel.putPolicy(policy(Direction.OUT, Action.ALLOW)))
                            .from(16 + 80))
                    .isEqualTo(hex("0200 1200 0100 02 00 00000000" + priority));
            assertThat(sent(dialect, kernel -> kernel.putPolicy(policy(Direction.OUT, Action.BLOCK, any)))
                            .from(16 + 80))
                    .isEqualTo(hex("0200 1200 0000 02 00 00000000" + priority));
        }
        // A trap: any SA that the packet's addresses come to.
        assertThat(sent(Dialect.LINUX, kernel -> kernel.putPolicy(policy(Direction.OUT, Action.ALLOW, any)))
                        .from(16 + 80))
                .isEqualTo(hex("0400 1200 0200 02 00 00000000 64000000  1000 3200 01 02 0000 00000000 00000000"));
    }

    @Test
    void aPolicyIsDeletedByWhatItIsAbout() throws KernelException {
        Subnet all = Subnet.all(AddressFamily.IPV6);
        KernelPolicy holes = new KernelPolicy(
                Direction.IN,
                new Selector(all, 58, 136 << 8),
                new Selector(all, 58, 0),
                Action.ALLOW,
                List.of(),
                1,
                Optional.empty(),
                Optional.empty());
        assertThat(sent(Dialect.NETBSD, kernel -> kernel.deletePolicy(holes)))
                .isEqualTo(
                        hex(
                                "02 0f 00 00 1200 " + NUMBERS
                                        + """
                        0500 0500 3a 00 0000  1c 18 0088 00000000 00000000000000000000000000000000 00000000 00000000
                        0500 0600 3a 00 0000  1c 18 0000 00000000 00000000000000000000000000000000 00000000 00000000
                        0400 0300 00000000 0000000000000000 0000000000000000 0000000000000000
                        0200 1200 0100 01 00 00000000 00000000
                        """));
    }

    @Test
    void onlyLinuxHasPoliciesForForwardedPackets() throws KernelException {
        KernelPolicy forward = policy(Direction.FORWARD, Action.ALLOW);
        assertThat(sent(Dialect.LINUX, kernel -> kernel.putPolicy(forward)).get(16 + 80 + 6))
                .isEqualTo(3);
        for (Dialect dialect : List.of(Dialect.FREEBSD, Dialect.NETBSD)) {
            ScriptedKernel script = new ScriptedKernel(dialect);
            script.kernel().putPolicy(forward);
            script.kernel().deletePolicy(forward);
            assertThat(script.requests()).isEmpty();
        }
    }

    @Test
    void allIsFlushed() throws KernelException {
        ScriptedKernel script = new ScriptedKernel(Dialect.FREEBSD);
        script.kernel().flush();
        assertThat(script.requests())
                .containsExactly(hex("02 09 00 00 0200 " + NUMBERS), hex("02 13 00 00 0200 0000 02000040 d2040000"));
    }

    @Test
    void everyRequestIsOfWholeUnits() throws KernelException {
        for (int length = 1; length <= 9; length++) {
            ScriptedKernel script = new ScriptedKernel(Dialect.LINUX);
            PfkeyWriter out = script.writer();
            out.message(Pfkey.SADB_ADD, 3).extension(8).u16(8).zeros(2 + length).end();
            assertThat(out.finish(1, 2).remaining() % Pfkey.UNIT).isZero();
        }
    }
}
