// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelMigration;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Mark;
import org.jswan.kernel.KernelPolicy.Template;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.junit.jupiter.api.Test;

class XfrmKernelTest {
    private static final IpAddress WEST = IpAddress.of("192.0.2.1");
    private static final IpAddress EAST = IpAddress.of("198.51.100.7");
    private static final IpAddress WEST_6 = IpAddress.of("2001:db8::1");
    private static final IpAddress EAST_6 = IpAddress.of("2001:db8::2");
    private static final SaId INBOUND = new SaId(EAST, WEST, IpsecProtocol.ESP, 0xc0ffee01);
    private static final int ENOENT = 2;
    private static final int ESRCH = 3;
    private static final int EEXIST = 17;
    private static final int ENOSYS = 38;
    private static final int EPROTONOSUPPORT = 93;

    private final ScriptedKernel script = new ScriptedKernel();
    private final XfrmKernel kernel = new XfrmKernel(script.channel(), name -> name.equals("eth0") ? 3 : 0);

    private static Secret key(int length, int from) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (from + i);
        }
        return Secret.take(key);
    }

    private static KernelSa gcmTunnel(boolean inbound) {
        return new KernelSa(
                INBOUND,
                inbound,
                IpsecMode.TUNNEL,
                0x4001,
                Optional.of(Encr.AES_GCM_16),
                key(36, 1),
                Integ.NONE,
                key(0, 0),
                32,
                false,
                Optional.of(new KernelSa.Encapsulation(1024, 4500)),
                Optional.empty(),
                KernelSa.Limits.NONE,
                KernelSa.Features.NONE);
    }

    private static KernelSa cbcTunnel() {
        return new KernelSa(
                INBOUND,
                false,
                IpsecMode.TUNNEL,
                0x4001,
                Optional.of(Encr.AES_CBC),
                key(16, 1),
                Integ.HMAC_SHA2_256_128,
                key(32, 1),
                32,
                false,
                Optional.empty(),
                Optional.empty(),
                KernelSa.Limits.NONE,
                KernelSa.Features.NONE);
    }

    private static Template tunnel(IpAddress source, IpAddress destination, int requestId) {
        return new Template(IpsecProtocol.ESP, IpsecMode.TUNNEL, requestId, source, destination, false);
    }

    private static final KernelPolicy OUT = new KernelPolicy(
            Direction.OUT,
            Selector.of(Subnet.of("10.1.0.0/16")),
            Selector.of(Subnet.of("10.2.0.0/24")),
            Action.ALLOW,
            List.of(tunnel(WEST, EAST, 0x4001)),
            1757393,
            Optional.empty(),
            Optional.empty());

    private void asked(String... names) {
        assertThat(script.requests().stream().map(Bytes::hex))
                .containsExactly(java.util.Arrays.stream(names)
                        .map(name -> ScriptedKernel.message(name).hex())
                        .toArray(String[]::new));
    }

    private static KernelException refusal(ThrowingCallable call) {
        return catchThrowableOfType(KernelException.class, call);
    }

    @Test
    void allocatesSpisFrom0x1000() throws KernelException {
        script.answer("sa");
        assertThat(kernel.allocateSpi(EAST, WEST, IpsecProtocol.ESP, 0x4001)).isEqualTo(0xc0ffee01);
        asked("alloc-spi");
    }

    @Test
    void allocatesCpisThatFitSixteenBits() throws KernelException {
        script.answer("sa");
        kernel.allocateSpi(EAST_6, WEST_6, IpsecProtocol.IPCOMP, 0x4002);
        asked("alloc-cpi");
    }

    @Test
    void saysWhyThereIsNoSpi() {
        script.acknowledge(1, ENOENT);
        assertThatThrownBy(() -> kernel.allocateSpi(EAST, WEST, IpsecProtocol.ESP, 0x4001))
                .hasMessage("netlink response for Get SPI SPI: No such file or directory (errno 2)");
    }

    @Test
    void inboundSaUpdatesTheReservedOne() throws KernelException {
        script.answer("done");
        kernel.addSa(gcmTunnel(true));
        asked("in-gcm-tunnel-encap");
    }

    @Test
    void outboundSaWithSelectorLimitsAndExtendedSequenceNumbers() throws KernelException {
        script.answer("done");
        kernel.addSa(new KernelSa(
                new SaId(WEST, EAST, IpsecProtocol.ESP, 0x1001),
                false,
                IpsecMode.TRANSPORT,
                0x4005,
                Optional.of(Encr.AES_CBC),
                key(16, 1),
                Integ.HMAC_SHA2_256_128,
                key(32, 101),
                128,
                true,
                Optional.empty(),
                Optional.of(new KernelSa.TrafficSelectors(
                        new Selector(Subnet.host(WEST), 17, 1701), new Selector(Subnet.host(EAST), 17, 0))),
                new KernelSa.Limits(1000, 2000, 30, 40, Duration.ofHours(8)),
                new KernelSa.Features(true, true, 0, Optional.empty(), Optional.empty(), Optional.empty())));
        asked("out-cbc-transport-esn");
    }

    @Test
    void outboundSaWithPaddingInterfaceAndOffload() throws KernelException {
        script.answer("done");
        kernel.addSa(new KernelSa(
                new SaId(WEST_6, EAST_6, IpsecProtocol.ESP, 0x1002),
                false,
                IpsecMode.TUNNEL,
                0x4009,
                Optional.of(Encr.TRIPLE_DES_CBC),
                key(24, 1),
                Integ.HMAC_SHA1_96,
                key(20, 101),
                0,
                false,
                Optional.empty(),
                Optional.empty(),
                KernelSa.Limits.NONE,
                new KernelSa.Features(
                        false,
                        false,
                        1200,
                        Optional.empty(),
                        Optional.of(7),
                        Optional.of(new KernelSa.Offload("eth0", false)))));
        asked("out-3des-tunnel-v6-features");
    }

    @Test
    void ahOverIpv4AlignsToFourOctets() throws KernelException {
        script.answer("done");
        kernel.addSa(new KernelSa(
                new SaId(EAST, WEST, IpsecProtocol.AH, 0x1003),
                true,
                IpsecMode.TUNNEL,
                0x4000,
                Optional.empty(),
                key(0, 0),
                Integ.HMAC_SHA2_512_256,
                key(64, 101),
                0,
                false,
                Optional.empty(),
                Optional.empty(),
                KernelSa.Limits.NONE,
                KernelSa.Features.NONE));
        asked("in-ah-sha512");
    }

    @Test
    void compressionHasNeitherKeysNorReplayWindow() throws KernelException {
        script.answer("done");
        kernel.addSa(new KernelSa(
                new SaId(WEST, EAST, IpsecProtocol.IPCOMP, 0x1234),
                false,
                IpsecMode.TUNNEL,
                0x4002,
                Optional.empty(),
                key(0, 0),
                Integ.NONE,
                key(0, 0),
                128,
                true,
                Optional.empty(),
                Optional.empty(),
                KernelSa.Limits.NONE,
                KernelSa.Features.NONE));
        asked("out-ipcomp");
    }

    @Test
    void keysDoNotStayInTheRequestBuffer() throws KernelException {
        NetlinkWriter writer = new NetlinkWriter(ByteOrder.LITTLE_ENDIAN);
        script.answer("done");
        new XfrmKernel(new NetlinkChannel(script, writer), name -> 0).addSa(gcmTunnel(true));
        Bytes left = Bytes.wrap(rest(writer));
        assertThat(left.hex()).matches("0{700}0*");
    }

    private static byte[] rest(NetlinkWriter writer) {
        byte[] octets = new byte[400];
        writer.zeros(0).finish(0).clear().get(octets);
        // The empty message's own length is no key.
        octets[0] = 0;
        return octets;
    }

    @Test
    void namesTheAlgorithmThatTheKernelLacks() {
        script.acknowledge(1, ENOSYS)
                // ESP: there; the encryption algorithm alone: there; the integrity algorithm alone: not
                .acknowledge(2, 0)
                .acknowledge(3, 0)
                .acknowledge(4, 0)
                .acknowledge(5, 0)
                .acknowledge(6, ENOSYS);
        KernelException refusal = refusal(() -> kernel.addSa(cbcTunnel()));
        assertThat(refusal)
                .hasMessage(
                        "netlink response for Add SA esp.c0ffee01@192.0.2.1: " + "Function not implemented (errno 38)");
        assertThat(refusal.errno()).isEqualTo("ENOSYS");
        assertThat(refusal.advice())
                .contains("this kernel lacks the integrity algorithm HMAC_SHA2_256_128 (hmac(sha256))");
        assertThat(script.requests()).hasSize(6);
    }

    @Test
    void namesBothAlgorithmsOrTheirCombination() {
        script.acknowledge(1, ENOENT)
                .acknowledge(2, EPROTONOSUPPORT)
                .acknowledge(3, ENOENT)
                .acknowledge(4, ENOSYS);
        assertThat(refusal(() -> kernel.addSa(cbcTunnel())).advice())
                .contains("this kernel lacks ESP over IPv4 (kernel module esp4); "
                        + "this kernel lacks the encryption algorithm AES_CBC (aes); "
                        + "this kernel lacks the integrity algorithm HMAC_SHA2_256_128 (hmac(sha256))");

        script.acknowledge(5, ENOENT);
        for (int request = 6; request <= 11; request++) {
            script.acknowledge(request, 0);
        }
        assertThat(refusal(() -> kernel.addSa(cbcTunnel())).advice())
                .contains("this kernel cannot combine AES_CBC with HMAC_SHA2_256_128");
    }

    @Test
    void namesTheProtocolThatTheKernelLacks() {
        script.acknowledge(1, EPROTONOSUPPORT);
        assertThat(refusal(() -> kernel.addSa(cbcTunnel())).advice())
                .contains("this kernel lacks ESP over IPv4 (kernel module esp4)");
    }

    @Test
    void passesOnTheKernelsOwnWords() {
        script.answer("refused");
        // ENOSYS, then the algorithm turns out to be there: what the kernel says is left
        script.acknowledge(2, 0).acknowledge(3, 0).acknowledge(4, 0).acknowledge(5, 0);
        KernelException refusal = refusal(() -> kernel.addSa(gcmTunnel(false)));
        assertThat(refusal.advice()).contains("this kernel cannot combine AES_GCM_16 with NONE");

        script.answer(ScriptedKernel.message("refused")
                .first(8)
                .plus(ScriptedKernel.ints(6, 0, -22))
                .plus(ScriptedKernel.message("refused").from(20)));
        refusal = refusal(() -> kernel.addSa(gcmTunnel(false)));
        assertThat(refusal.errno()).isEqualTo("EINVAL");
        assertThat(refusal.advice()).contains("the kernel says: Requested AEAD not found");
    }

    @Test
    void lateInboundSaIsAdvisedOfTheReservationsLifetime() {
        script.acknowledge(1, ESRCH);
        KernelException refusal = refusal(() -> kernel.addSa(gcmTunnel(true)));
        assertThat(refusal.errno()).isEqualTo("ESRCH");
        assertThat(refusal.advice().orElseThrow()).contains("/proc/sys/net/core/xfrm_acq_expires");
    }

    @Test
    void twoOutboundSasWithOneSpiClash() {
        script.acknowledge(1, EEXIST);
        KernelException refusal = refusal(() -> kernel.addSa(gcmTunnel(false)));
        assertThat(refusal.errno()).isEqualTo("EEXIST");
        assertThat(refusal.advice()).isEmpty();
    }

    @Test
    void deletesSas() throws KernelException {
        script.answer("done");
        kernel.deleteSa(INBOUND);
        asked("del-sa");
        script.acknowledge(2, ESRCH);
        KernelException refusal = refusal(() -> kernel.deleteSa(new SaId(EAST_6, WEST_6, IpsecProtocol.AH, 0x1002)));
        assertThat(refusal.errno()).isEqualTo("ESRCH");
        assertThat(refusal).hasMessage("netlink response for Del SA ah:1002@2001:db8::1: No such process (errno 3)");
    }

    @Test
    void readsCounters() throws KernelException {
        script.answer("sa");
        assertThat(kernel.counters(new SaId(WEST_6, EAST_6, IpsecProtocol.AH, 0x1002)))
                .contains(new SaCounters(
                        84, 1, Instant.ofEpochSecond(1700000000), Optional.of(Instant.ofEpochSecond(1700000009))));
        asked("get-sa");
        script.acknowledge(2, ESRCH);
        assertThat(kernel.counters(INBOUND)).isEmpty();
    }

    @Test
    void tunnelPolicy() throws KernelException {
        script.answer("done").acknowledge(2, 0);
        kernel.putPolicy(OUT);
        asked("out-policy-tunnel");
    }

    @Test
    void bundlePolicyForAnIcmpTypeWithMark() throws KernelException {
        script.answer("done");
        Selector source = new Selector(Subnet.host(EAST_6), 58, 128 << 8 | 3);
        kernel.putPolicy(new KernelPolicy(
                Direction.IN,
                source,
                new Selector(Subnet.host(WEST_6), 58, 0),
                Action.ALLOW,
                List.of(
                        new Template(IpsecProtocol.IPCOMP, IpsecMode.TUNNEL, 0x4002, EAST_6, WEST_6, true),
                        new Template(IpsecProtocol.ESP, IpsecMode.TRANSPORT, 0x4001, EAST_6, WEST_6, false)),
                1000,
                Optional.of(new Mark(0x10, 0xff)),
                Optional.empty()));
        asked("in-policy-bundle-icmp-mark");
    }

    @Test
    void blockingPolicyOfAnInterface() throws KernelException {
        script.answer("done");
        Selector all = Selector.of(Subnet.all(AddressFamily.IPV4));
        kernel.putPolicy(new KernelPolicy(
                Direction.FORWARD,
                all,
                all,
                Action.BLOCK,
                List.of(),
                5,
                Optional.of(new Mark(9, 0xff)),
                Optional.of(7)));
        asked("fwd-policy-block-interface");
    }

    private static final SecurityLabel LABEL = SecurityLabel.of("a:b:c:s0");
    /** XFRMA_SEC_CTX: both lengths, its type, SELinux, LSM, the text and its NUL, padded to four octets. */
    private static final String LABEL_ATTRIBUTE =
            "1500" + "0800" + "1100" + "0800" + "01" + "01" + "0900" + "613a623a633a733000" + "000000";

    private static KernelPolicy labelled(KernelPolicy policy) {
        return new KernelPolicy(
                policy.direction(),
                policy.source(),
                policy.destination(),
                policy.action(),
                policy.templates(),
                policy.priority(),
                policy.mark(),
                policy.interfaceId(),
                Optional.of(LABEL));
    }

    /** The request that is like another one, but ends with a label. */
    private void askedWithLabel(String name) {
        Bytes plain = ScriptedKernel.message(name);
        assertThat(script.requests().get(script.requests().size() - 1).from(4).hex())
                .isEqualTo(plain.from(4).hex() + LABEL_ATTRIBUTE);
    }

    @Test
    void labelOfPolicies() throws KernelException {
        script.answer("done");
        kernel.putPolicy(labelled(OUT));
        askedWithLabel("out-policy-tunnel");
    }

    @Test
    void policiesAreDeletedByTheirLabel() throws KernelException {
        script.answer("done");
        kernel.deletePolicy(labelled(OUT));
        askedWithLabel("del-policy");
    }

    @Test
    void labelOfAnSa() throws KernelException {
        script.answer("done");
        KernelSa plain = new KernelSa(
                new SaId(WEST, EAST, IpsecProtocol.ESP, 0x1001),
                false,
                IpsecMode.TUNNEL,
                0x4001,
                Optional.of(Encr.AES_CBC),
                key(16, 1),
                Integ.HMAC_SHA1_96,
                key(20, 1),
                32,
                false,
                Optional.empty(),
                Optional.empty(),
                KernelSa.Limits.NONE,
                new KernelSa.Features(
                        false, false, 0, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(LABEL)));
        kernel.addSa(plain);
        assertThat(script.requests().get(0).hex()).endsWith(LABEL_ATTRIBUTE);
    }

    @Test
    void aPolicyIsOfOneFamily() {
        KernelPolicy mixed = new KernelPolicy(
                Direction.OUT,
                OUT.source(),
                Selector.of(Subnet.of("2001::/16")),
                Action.ALLOW,
                List.of(),
                5,
                Optional.empty(),
                Optional.empty());
        assertThat(refusal(() -> kernel.putPolicy(mixed)))
                .hasMessage("kernel: xfrm XFRM_MSG_UPDPOLICY %pass(none) response for flow (out): "
                        + "Invalid argument (errno 22)");
    }

    @Test
    void deletesPolicies() throws KernelException {
        script.answer("done");
        kernel.deletePolicy(OUT);
        asked("del-policy");
        script.acknowledge(2, ENOENT);
        KernelException refusal = refusal(() -> kernel.deletePolicy(OUT));
        assertThat(refusal.errno()).isEqualTo("ENOENT");
        assertThat(refusal)
                .hasMessage("kernel: xfrm XFRM_MSG_DELPOLICY IPv4 response for flow (out): "
                        + "No such file or directory (errno 2)");
    }

    @Test
    void migrates() throws KernelException {
        script.answer("done");
        kernel.migrate(new KernelMigration(
                Direction.OUT,
                new KernelSa.TrafficSelectors(OUT.source(), OUT.destination()),
                IpsecProtocol.ESP,
                IpsecMode.TUNNEL,
                0x4001,
                WEST,
                EAST,
                IpAddress.of("192.0.2.99"),
                EAST,
                Optional.of(new KernelSa.Encapsulation(4500, 4501))));
        asked("migrate");
    }

    @Test
    void flushesSasAndPolicies() throws KernelException {
        script.answer("done").acknowledge(2, 0);
        kernel.flush();
        asked("flush-sa", "flush-policy");
    }

    @Test
    void socketBypassIsWhatTheKernelTakes() {
        byte[] bypass =
                SocketPolicy.encode(new NetlinkWriter(ByteOrder.LITTLE_ENDIAN), AddressFamily.IPV6, Direction.OUT);
        assertThat(Bytes.wrap(bypass)).isEqualTo(ScriptedKernel.message("bypass"));
    }

    @Test
    void probeNamesWhatIsMissingAndLeavesNothingBehind() {
        // ESP v4: there; ESP v6: missing; AH v4, v6: there; IPCOMP: no deflate
        script.acknowledge(1, 0)
                .acknowledge(2, 0)
                .acknowledge(3, EPROTONOSUPPORT)
                .acknowledge(4, EEXIST)
                .acknowledge(5, 0)
                .acknowledge(6, 0)
                .acknowledge(7, 0)
                .acknowledge(8, 0)
                .acknowledge(9, ENOSYS)
                .acknowledge(10, EPROTONOSUPPORT);
        assertThat(kernel.probe().missingProtocols())
                .containsExactly(
                        "this kernel lacks ESP over IPv6 (kernel module esp6)",
                        "this kernel lacks the compression algorithm deflate",
                        "this kernel lacks IPCOMP over IPv6 (kernel module ipcomp6)");
        assertThat(script.requests().get(1).get(4)).isEqualTo(Xfrm.XFRM_MSG_DELSA);
    }
}
