// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.jswan.pfkey.ScriptedKernel.hex;

import java.io.IOException;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
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
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.nativesocket.octets.MalformedMessage;
import org.junit.jupiter.api.Test;

/** What the kernel answers, and tells unasked. */
class AnswersTest {
    private static final IpAddress US = IpAddress.of("192.0.2.1");
    private static final IpAddress PEER = IpAddress.of("192.0.2.2");
    private static final SaId ID = new SaId(PEER, US, IpsecProtocol.ESP, 0x1234);

    /** Linux's acquire: no pid, its own number; neither protocol nor ports. */
    private static final Bytes ACQUIRE = hex(
            """
            02 06 00 03 0a00 0000 07000000 00000000
            0300 0500 00 20 0000  0200 0000 c0000201 0000000000000000
            0300 0600 00 20 0000  0200 0000 c0000202 0000000000000000
            0200 1200 0200 02 00 09000000 00000000
            """);

    /** The answer to the question for a policy that any packet meets. */
    private static final String ANY_POLICY =
            """
            0300 0500 ff 00 0000  0200 0000 00000000 0000000000000000
            0300 0600 ff 00 0000  0200 0000 00000000 0000000000000000
            """;

    /** A soft limit, reached after 67 packets of 12345 octets. */
    private static final Bytes EXPIRE = hex(
            """
            02 08 00 03 1200 0000 00000000 00000000
            0200 0100 00001234 20 01 03 0c 00000000
            0400 0400 0a000000 0000000000000000 0000000000000000 0000000000000000
            0400 0200 43000000 3930000000000000 00f1536500000000 05f1536500000000
            0300 0500 ff 20 0000  0200 0000 c0000202 0000000000000000
            0300 0600 ff 20 0000  0200 0000 c0000201 0000000000000000
            """);

    private static final Bytes HARD = hex(EXPIRE.hex().replace("040004000a000000", "040003000a000000"));

    private static final Bytes NEW_MAPPING = hex(
            """
            02 17 00 03 0c00 0000 00000000 00000000
            0200 0100 00001234 00 00 00 00 00000000
            0300 0500 00 20 0000  0200 0000 c0000202 0000000000000000
            0100 1500 1194 0000
            0300 0600 00 20 0000  0200 0000 c6336408 0000000000000000
            0100 1600 0409 0000
            """);

    private final ScriptedKernel script = new ScriptedKernel(Dialect.LINUX);
    private final PfkeyKernel kernel = script.kernel();
    private final List<String> complaints = new ArrayList<>();
    private final Told told = new Told();

    private PfkeyEvents events() {
        return new PfkeyEvents(script, script.writer(), ScriptedKernel.ASKER, complaints::add);
    }

    @Test
    void theSpiIsInTheAnswer() throws KernelException {
        script.grant("0200 0100 c0ffee01 00 00 00 00 00000000");
        assertThat(kernel.allocateSpi(PEER, US, IpsecProtocol.ESP, 1)).isEqualTo(0xc0ffee01);
        script.grant("0200 0100 00001234 00 00 00 00 00000000");
        assertThat(kernel.allocateSpi(PEER, US, IpsecProtocol.IPCOMP, 1)).isEqualTo(0x1234);
    }

    @Test
    void countersAreThoseOfTheCurrentLifetime() throws KernelException {
        script.grant("0400 0200 43000000 3930000000000000 00f1536500000000 05f1536500000000");
        assertThat(kernel.counters(ID))
                .contains(new SaCounters(12345, 67, Instant.ofEpochSecond(0x6553f100), Optional.empty()));
        script.refuse(3);
        assertThat(kernel.counters(ID)).isEmpty();
    }

    @Test
    void aRefusalHasItsErrno() {
        script.refuse(17);
        assertThatThrownBy(() -> kernel.deleteSa(ID))
                .hasMessage("PF_KEY v2 response for Del SA esp.1234@192.0.2.1: File exists (errno 17)")
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.errno()).isEqualTo("EEXIST"));
        script.refuse(2);
        assertThatThrownBy(() -> kernel.deletePolicy(policy(Optional.empty())))
                .hasMessage("kernel: PF_KEY v2 SADB_X_SPDDELETE %pass(none) response for flow (out):"
                        + " No such file or directory (errno 2)");
    }

    @Test
    void anAnswerIsForWhoAsked() throws KernelException {
        // The same number from another process, an older number of ours, another type.
        script.tell(hex("02 04 03 03 0200 0000 01000040 d3040000"))
                .tell(hex("02 04 03 03 0200 0000 00000040 d2040000"))
                .tell(hex("02 03 03 03 0200 0000 01000040 d2040000"));
        kernel.deleteSa(ID);
        List<Bytes> heard = new ArrayList<>();
        PfkeyChannel channel = script.tell(ACQUIRE).channel(datagram -> {
            byte[] octets = new byte[datagram.remaining()];
            datagram.get(octets);
            heard.add(Bytes.wrap(octets));
        });
        channel.writer().message(Pfkey.SADB_FLUSH, 0);
        assertThat(catchThrowable(channel::granted)).isNull();
        assertThat(heard).containsExactly(ACQUIRE);
    }

    @Test
    void aSilentKernelIsNotWaitedForForEver() {
        script.fallSilent();
        assertThatThrownBy(() -> kernel.deleteSa(ID)).hasMessageContaining("the kernel does not answer");
    }

    @Test
    void whatOthersDoIsNoReasonToWaitForEver() {
        script.talkOfOthers(hex("02 04 03 03 0200 0000 01000040 d3040000"));
        assertThatThrownBy(() -> kernel.deleteSa(ID)).hasMessageContaining("the kernel does not answer");
    }

    @Test
    void noAnswerIsMissedForWhatOthersAreToldBadly() throws KernelException {
        script.tell(hex("02 04 03 03 0900 0000 01000040 d3040000"));
        kernel.deleteSa(ID);
        assertThat(script.requests()).hasSize(1);
    }

    private static KernelPolicy policy(Optional<Mark> mark) {
        Selector any = Selector.of(Subnet.of("10.0.0.0/8"));
        return new KernelPolicy(Direction.OUT, any, any, Action.ALLOW, List.of(), 1, mark, Optional.empty());
    }

    private static KernelSa sa(Encr encr, Integ integ, KernelSa.Features features) {
        return new KernelSa(
                ID,
                false,
                IpsecMode.TUNNEL,
                1,
                Optional.of(encr),
                Secret.take(new byte[36]),
                integ,
                Secret.take(new byte[integ.keyLength()]),
                32,
                false,
                Optional.empty(),
                Optional.empty(),
                KernelSa.Limits.NONE,
                features);
    }

    @Test
    void whatItCannotDoIsNotEvenAskedFor() {
        KernelSa.Features offload = new KernelSa.Features(
                false, false, 0, Optional.empty(), Optional.empty(), Optional.of(new KernelSa.Offload("eth0", false)));
        KernelSa.Features number =
                new KernelSa.Features(false, false, 0, Optional.empty(), Optional.of(7), Optional.empty());
        KernelSa.Features padding =
                new KernelSa.Features(false, false, 1400, Optional.empty(), Optional.empty(), Optional.empty());
        unable(
                () -> kernel.addSa(sa(Encr.AES_GCM_16, Integ.NONE, KernelSa.Features.NONE)),
                "no encryption algorithm AES_GCM_16");
        unable(
                () -> kernel.addSa(sa(Encr.AES_CBC, Integ.HMAC_SHA2_256_128, KernelSa.Features.NONE)),
                "no integrity algorithm HMAC_SHA2_256_128");
        unable(() -> kernel.addSa(sa(Encr.AES_CBC, Integ.HMAC_SHA1_96, offload)), "no offload to network interfaces");
        unable(() -> kernel.addSa(sa(Encr.AES_CBC, Integ.HMAC_SHA1_96, number)), "no interfaces for IPsec or marks");
        unable(
                () -> kernel.addSa(sa(Encr.AES_CBC, Integ.HMAC_SHA1_96, padding)),
                "no padding against traffic analysis");
        unable(() -> kernel.putPolicy(policy(Optional.of(new Mark(1, -1)))), "no marks or interface numbers");
        Optional<SecurityLabel> label = Optional.of(SecurityLabel.of("a:b:c:s0"));
        KernelSa.Features labelled =
                new KernelSa.Features(false, false, 0, Optional.empty(), Optional.empty(), Optional.empty(), label);
        unable(() -> kernel.addSa(sa(Encr.AES_CBC, Integ.HMAC_SHA1_96, labelled)), "no security labels");
        Selector net = Selector.of(Subnet.of("10.0.0.0/8"));
        unable(
                () -> kernel.putPolicy(new KernelPolicy(
                        Direction.OUT,
                        net,
                        net,
                        Action.ALLOW,
                        List.of(),
                        1,
                        Optional.empty(),
                        Optional.empty(),
                        label)),
                "no security labels");
        unable(
                () -> kernel.migrate(new KernelMigration(
                        Direction.OUT,
                        new KernelSa.TrafficSelectors(
                                policy(Optional.empty()).source(),
                                policy(Optional.empty()).destination()),
                        IpsecProtocol.ESP,
                        IpsecMode.TUNNEL,
                        1,
                        US,
                        PEER,
                        PEER,
                        US,
                        Optional.empty())),
                "no migration");
        assertThat(script.requests()).isEmpty();
    }

    private static void unable(ThrowingCallable call, String words) {
        assertThatThrownBy(call)
                .hasMessageEndingWith("PF_KEY v2 on Linux has " + words)
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.errno()).isEqualTo("EOPNOTSUPP"));
    }

    @Test
    void eventsAreHandedOverInOrder() throws IOException {
        script.tell(ACQUIRE).tell(EXPIRE).tell(HARD).tell(NEW_MAPPING).grant(ANY_POLICY);
        PfkeyEvents events = events();
        assertThat(events.deliver(told, 3)).isTrue();
        assertThat(told.lines()).hasSize(3);
        assertThat(events.deliver(told, 3)).isFalse();
        assertThat(told.lines())
                .containsExactly(
                        "acquire 192.0.2.1/32 192.0.2.2/32",
                        "soft 192.0.2.2 esp.1234@192.0.2.1 12345 67",
                        "hard 192.0.2.2 esp.1234@192.0.2.1 12345 67",
                        "mapping 1234 198.51.100.8 1033");
        assertThat(complaints).isEmpty();
    }

    @Test
    void larvalSasAndForeignMessagesAreNoEvents() throws IOException {
        script.tell(hex(EXPIRE.hex().replaceFirst("02000100" + "00001234", "02000100" + "00000000")))
                .tell(hex("02 03 00 03 0200 0000 05000000 99000000"))
                .tell(hex("02 06 03 03 0200 0000 05000000 d2040000"));
        events().deliver(told, 9);
        assertThat(told.lines()).isEmpty();
        assertThat(complaints).isEmpty();
    }

    @Test
    void whatComesWhileItRegistersIsNotLost() throws IOException, KernelException {
        PfkeyEvents events = events();
        script.tell(ACQUIRE);
        events.register();
        assertThat(script.requests().stream().map(r -> r.first(4).hex()))
                .containsExactly("02070002", "02070003", "02070009");
        script.grant(ANY_POLICY);
        events.deliver(told, 9);
        assertThat(told.lines()).containsExactly("acquire 192.0.2.1/32 192.0.2.2/32");
        assertThat(complaints).isEmpty();
    }

    private String acquired(String policy) throws IOException {
        told.lines().clear();
        script.tell(ACQUIRE).grant(policy);
        events().deliver(told, 9);
        assertThat(script.lastRequest())
                .isEqualTo(hex("02 10 00 00 0400 0000 01000040 d2040000 0200 1200 0000 00 00 09000000 00000000"));
        return told.lines().get(0);
    }

    /** What the acquire names is the packet, or the SA that the policy wants. */
    @Test
    void thePolicyTellsWhatAnAcquireDoesNot() throws IOException {
        assertThat(
                        acquired(
                                """
                        0300 0500 06 20 0000  0200 0000 c0000201 0000000000000000
                        0300 0600 06 20 0000  0200 0016 c0000202 0000000000000000
                        """))
                .isEqualTo("acquire 192.0.2.1/32/6/0 192.0.2.2/32/6/22");
        assertThat(
                        acquired(
                                """
                        0300 0500 ff 18 0000  0200 0000 0a000100 0000000000000000
                        0300 0600 ff 18 0000  0200 0000 0a000200 0000000000000000
                        """))
                .isEqualTo("acquire 10.0.1.0/32 10.0.2.0/32");
        assertThat(
                        acquired(
                                """
                        0300 0500 01 18 0000  0200 0008 0a000100 0000000000000000
                        0300 0600 01 18 0000  0200 0001 0a000200 0000000000000000
                        """))
                .isEqualTo("acquire 10.0.1.0/32/1/2049 10.0.2.0/32/1/2049");
        assertThat(complaints).isEmpty();
        assertThat(acquired("0300 0500 ff 21 0000  0200 0000 0a000100 0000000000000000"))
                .isEqualTo("acquire 192.0.2.1/32 192.0.2.2/32");
        assertThat(complaints).containsExactly("kernel: the policy of an acquire cannot be read: prefix length 33");
    }

    @Test
    void thePolicyOfAnAcquireMayBeGone() throws IOException {
        script.tell(ACQUIRE).refuse(2);
        events().deliver(told, 9);
        assertThat(told.lines()).containsExactly("acquire 192.0.2.1/32 192.0.2.2/32");
        assertThat(complaints)
                .containsExactly(
                        "kernel: the policy of an acquire cannot be read:" + " No such file or directory (errno 2)");
    }

    @Test
    void whatTheKernelDoesNotTellOfIsNotProposed() throws KernelException {
        PfkeyEvents events = events();
        script.grant("0200 0e00 00000000 03 00 a000a000 0000")
                .grant(
                        """
                        0300 0e00 00000000 03 00 a000a000 0000 07 00 00020002 0000
                        0200 0f00 00000000 0c 10 80000001 0000
                        """);
        events.register();
        PfkeyKernel own = new PfkeyKernel(script.channel(datagram -> {}), events.supported(), line -> {});
        assertThat(own.has(Encr.AES_CBC)).isTrue();
        assertThat(own.has(Encr.CAMELLIA_CBC)).isFalse();
        assertThat(own.has(Integ.HMAC_SHA1_96)).isTrue();
        assertThat(own.has(Integ.HMAC_SHA2_512_256)).isTrue();
        assertThat(own.has(Integ.HMAC_SHA2_384_192)).isFalse();
        assertThat(own.has(Integ.NONE)).isTrue();
    }

    @Test
    void anSaOfWhichNothingIsHeardIsRemoved() {
        script.fallSilent();
        assertThatThrownBy(() -> kernel.addSa(sa(Encr.AES_CBC, Integ.HMAC_SHA1_96, KernelSa.Features.NONE)))
                .hasMessage("PF_KEY v2 response for Add SA esp.1234@192.0.2.1: the kernel does not answer");
        assertThat(script.requests().stream().map(r -> r.get(1))).containsExactly(Pfkey.SADB_ADD, Pfkey.SADB_DELETE);
        assertThat(script.lastRequest().slice(20, 4)).isEqualTo(hex("00001234"));
    }

    @Test
    void anSaThatIsRefusedIsNot() {
        script.refuse(17);
        assertThatThrownBy(() -> kernel.addSa(sa(Encr.AES_CBC, Integ.HMAC_SHA1_96, KernelSa.Features.NONE)))
                .hasMessageEndingWith("File exists (errno 17)");
        assertThat(script.requests()).hasSize(1);
    }

    @Test
    void numbersBeginSomewhereElseEachTime() {
        assertThat(Asker.of(7, octets -> Arrays.fill(octets, (byte) 0))).isEqualTo(new Asker(7, 0x40000000));
        Asker high = Asker.of(7, octets -> Arrays.fill(octets, (byte) 0xaa));
        assertThat(Integer.toUnsignedLong(high.beforeFirst())).isBetween(0x40000001L, 0xc0000000L);
    }

    @Test
    void whoMayNotRegisterIsTold() {
        script.refuse(1);
        assertThatThrownBy(() -> events().register())
                .hasMessage("kernel: registering with PF_KEY for AH: Operation not permitted (errno 1)");
    }

    @Test
    void freebsdsAcquireSaysThePacketsPortAndAnyProtocol() throws MalformedMessage {
        PfkeyMessage message = PfkeyMessage.parse(
                hex("""
                        02 06 00 03 0800 0000 07000000 00000000
                        0300 0500 ff 20 0000  10 02 0035 c0000201 0000000000000000
                        0300 0600 11 20 0000  10 02 0000 c0000202 0000000000000000
                        """)
                        .buffer()
                        .order(ByteOrder.LITTLE_ENDIAN));
        assertThat(AddressCodec.readPacket(message, Pfkey.SADB_EXT_ADDRESS_SRC, Dialect.FREEBSD))
                .hasToString("192.0.2.1/32/0/53");
        assertThat(AddressCodec.readPacket(message, Pfkey.SADB_EXT_ADDRESS_DST, Dialect.FREEBSD))
                .hasToString("192.0.2.2/32/17/0");
    }

    private String complaint(String message) throws IOException {
        complaints.clear();
        script.tell(hex(message));
        events().deliver(told, 9);
        assertThat(told.lines()).isEmpty();
        assertThat(complaints).hasSize(1);
        return complaints.get(0);
    }

    @Test
    void whatIsMalformedIsSaidOnce() throws IOException {
        assertThat(complaint("02")).isEqualTo("PF_KEY message from kernel malformed: ends 1 octets early");
        assertThat(complaint("03 06 00 03 0200 0000 00000000 00000000"))
                .isEqualTo("PF_KEY message from kernel malformed: version 3");
        assertThat(complaint("02 06 00 03 0300 0000 00000000 00000000"))
                .isEqualTo("PF_KEY message from kernel malformed: length 24 in a message of 16 octets");
        assertThat(complaint("02 06 00 03 0300 0000 00000000 00000000 0000 0500 00000000"))
                .isEqualTo("PF_KEY message from kernel malformed: extension 5 of no length");
        assertThat(complaint("02 06 00 03 0300 0000 00000000 00000000 0200 0500 00000000"))
                .isEqualTo("PF_KEY message from kernel malformed: ends 8 octets early");
        assertThat(complaint("02 06 00 03 0400 0000 00000000 00000000 0100 0500 00000000 0100 0500 00000000"))
                .isEqualTo("PF_KEY message from kernel malformed: extension 5 twice");
        assertThat(complaint("02 06 00 03 0300 0000 00000000 00000000 0100 0500 00000000"))
                .isEqualTo("SADB_ACQUIRE message from kernel malformed: ends 2 octets early");
        assertThat(complaint("02 06 00 03 0200 0000 00000000 00000000"))
                .isEqualTo("SADB_ACQUIRE message from kernel malformed: no extension 5");
        assertThat(complaint("02 06 00 03 0400 0000 00000000 00000000 0200 0500 00000000 63000000 00000000"))
                .isEqualTo("SADB_ACQUIRE message from kernel malformed: address family 99");
    }

    @Test
    void anythingElseEndsInAComplaintToo() throws IOException {
        Random random = new Random(20261122);
        for (Bytes whole : List.of(ACQUIRE, EXPIRE, NEW_MAPPING)) {
            for (int length = 0; length < whole.length(); length++) {
                script.tell(whole.first(length));
            }
            for (int i = 0; i < 2000; i++) {
                byte[] spoilt = whole.toArray();
                for (int flips = random.nextInt(4); flips >= 0; flips--) {
                    spoilt[random.nextInt(spoilt.length)] ^= (byte) (1 << random.nextInt(8));
                }
                script.tell(Bytes.wrap(spoilt));
            }
        }
        PfkeyEvents events = events();
        while (events.deliver(told, 64)) {
            // Nothing but complaints may come of it.
        }
        assertThat(complaints).isNotEmpty();
    }

    @Test
    void requestIdsBeyondThoseOfUsersWrapAroundOnLinux() {
        assertThat(Dialect.LINUX.requestId(0)).isZero();
        assertThat(Dialect.LINUX.requestId(0x3fff)).isEqualTo(0x3fff);
        assertThat(Dialect.LINUX.requestId(0x4000)).isEqualTo(1);
        assertThat(Dialect.LINUX.requestId(0x4004)).isEqualTo(5);
        assertThat(Dialect.LINUX.requestId(0x4000 + 0x3fff)).isEqualTo(1);
        for (int id = -1; id > -100000; id--) {
            assertThat(Dialect.LINUX.requestId(id)).isBetween(1, 0x3fff);
        }
        assertThat(Dialect.FREEBSD.requestId(0x4001)).isEqualTo(0x4001);
    }
}
