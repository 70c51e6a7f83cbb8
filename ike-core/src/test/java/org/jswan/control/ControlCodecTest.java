// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.junit.jupiter.api.Test;

/** The octets are those of docs/control-protocol.md, which the native client has too. */
class ControlCodecTest {
    private static final ControlRequest STATUS =
            new ControlRequest("whack", Bytes.ofUtf8("/"), List.of(Bytes.ofUtf8("w"), Bytes.ofUtf8("--status")));
    private static final Bytes STATUS_OCTETS = Bytes.ofHex("4a53574e 01 0000001f" + "00000005 776861636b"
            + "00000001 2f" + "00000001 77" + "00000008 2d2d737461747573");

    @Test
    void aRequestHasTheseOctets() throws ControlException {
        assertThat(STATUS.encode()).isEqualTo(STATUS_OCTETS);
        assertThat(new ControlRequest.Decoder().feed(STATUS_OCTETS)).contains(STATUS);
        assertThat(STATUS.argumentTexts()).containsExactly("--status");
        assertThat(STATUS.commandName()).isEqualTo("w");
    }

    @Test
    void aRequestMayArriveOctetByOctetWithAnAnswerBehindIt() throws ControlException {
        ControlRequest.Decoder decoder = new ControlRequest.Decoder();
        for (int i = 0; i < STATUS_OCTETS.length() - 1; i++) {
            assertThat(decoder.feed(STATUS_OCTETS.slice(i, 1))).isEmpty();
        }
        Bytes answer = Answer.encode(Bytes.ofUtf8("secret"));
        assertThat(decoder.feed(STATUS_OCTETS.from(STATUS_OCTETS.length() - 1).plus(answer)))
                .contains(STATUS);
        Answer.Decoder answers = new Answer.Decoder();
        answers.feed(decoder.rest());
        assertThat(answers.next()).contains(Bytes.ofUtf8("secret"));
        assertThat(answers.next()).isEmpty();
    }

    @Test
    void whatIsNoRequestIsRefusedAtOnce() {
        assertThatThrownBy(() -> new ControlRequest.Decoder().feed(Bytes.ofUtf8("G")))
                .isInstanceOf(ControlException.class);
        assertThatThrownBy(() -> new ControlRequest.Decoder().feed(Bytes.ofHex("4a53574e 02")))
                .hasMessageContaining("version 2");
        assertThatThrownBy(() -> new ControlRequest.Decoder().feed(Bytes.ofHex("4a53574e 01 00100001")))
                .hasMessageContaining("1048577");
        assertThatThrownBy(() -> new ControlRequest.Decoder().feed(Bytes.ofHex("4a53574e 01 00000002 0000")))
                .hasMessageContaining("within a length");
        assertThatThrownBy(() -> new ControlRequest.Decoder().feed(Bytes.ofHex("4a53574e 01 00000004 ffffffff")))
                .hasMessageContaining("within a string");
        assertThatThrownBy(() -> new ControlRequest.Decoder().feed(Bytes.ofHex("4a53574e 01 00000000")))
                .hasMessageContaining("without arguments");
    }

    @Test
    void aRequestLongerThanAMebibyteIsNotSent() {
        Bytes long1 = Bytes.wrap(new byte[ControlRequest.MAX_BODY]);
        assertThatThrownBy(() -> new ControlRequest("whack", Bytes.EMPTY, List.of(long1)).encode())
                .isInstanceOf(ControlException.class);
    }

    @Test
    void repliesHaveTheseOctets() throws ControlException {
        roundTrip(new Reply.Line(2, "listening"), "01 0000000d 303032206c697374656e696e67");
        roundTrip(Reply.raw("x\n"), "02 00000002 780a");
        roundTrip(Reply.error("no\n"), "03 00000003 6e6f0a");
        roundTrip(new Reply.Prompt(40, "pass"), "04 00000008 3034302070617373");
        roundTrip(Reply.end(), "05 00000000");
        roundTrip(Reply.end(33), "05 00000001 21");
    }

    private static void roundTrip(Reply reply, String hex) throws ControlException {
        Bytes octets = Bytes.ofHex(hex);
        assertThat(reply.encode()).isEqualTo(octets);
        Reply.Decoder decoder = new Reply.Decoder();
        for (int i = 0; i < octets.length(); i++) {
            assertThat(decoder.next()).isEmpty();
            decoder.feed(octets.slice(i, 1));
        }
        assertThat(decoder.next()).contains(reply);
        assertThat(decoder.next()).isEmpty();
    }

    @Test
    void linesPassOctetsThatAreNoTextThrough() throws ControlException {
        roundTrip(new Reply.Line(3, "a\udcc3"), "01 00000006 303033 20 61c3");
    }

    @Test
    void aReplyThatIsNoneIsRefused() {
        Reply.Decoder unknown = new Reply.Decoder();
        unknown.feed(Bytes.ofHex("09 00000000"));
        assertThatThrownBy(unknown::next).hasMessageContaining("unknown type 9");
        Reply.Decoder unnumbered = new Reply.Decoder();
        unnumbered.feed(Bytes.ofHex("01 00000002 6869"));
        assertThatThrownBy(unnumbered::next).hasMessageContaining("missing NNN prefix: hi");
    }

    @Test
    void theExitStatusIsThatOfTheLastLineThatCounts() {
        ExitStatus status = new ExitStatus();
        status.line(181);
        assertThat(status.value()).isZero();
        status.line(36);
        status.line(0);
        status.line(2);
        status.line(5);
        assertThat(status.value()).isEqualTo(36);
        status.line(4);
        assertThat(status.value()).isZero();
        status.line(31);
        status.line(3);
        assertThat(status.value()).isZero();
        status.line(20);
        status.line(100);
        assertThat(status.value()).isZero();
    }

    @Test
    void debuggingIsChangedInOrder() {
        DebugChange change = DebugChange.NONE.plus(DebugClass.ALL).minus(java.util.Set.of(DebugClass.REFCNT));
        assertThat(change.applyTo(java.util.Set.of(DebugClass.REFCNT, DebugClass.TMI)))
                .containsExactlyInAnyOrder(DebugClass.BASE, DebugClass.CPU_USAGE, DebugClass.TMI);
        assertThat(DebugClass.named("cpu-usage")).isEqualTo(Optional.of(DebugClass.CPU_USAGE));
        assertThat(DebugClass.named("nothing")).isEmpty();
    }
}
