// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jswan.base.Bytes;
import org.junit.jupiter.api.Test;

class NetlinkChannelTest {
    private static final int TYPE = 77;

    private final ScriptedKernel script = new ScriptedKernel();
    private final NetlinkChannel channel = script.channel();

    private static Bytes entry(int sequence, int flags, int value) {
        return ScriptedKernel.message(20, TYPE, flags, sequence).plus(ScriptedKernel.ints(value));
    }

    private static Bytes done(int sequence) {
        return ScriptedKernel.message(20, Netlink.NLMSG_DONE, 0, sequence).plus(ScriptedKernel.ints(0));
    }

    private List<Integer> dump() throws NetlinkChannel.RequestException {
        return channel.dump(
                () -> channel.writer().message(TYPE - 1, Netlink.NLM_F_DUMP), TYPE, message -> message.payload()
                        .u32());
    }

    @Test
    void answersToOtherRequestsArePassedOver() throws NetlinkChannel.RequestException {
        script.answer(entry(99, 0, 5)).answer(entry(1, 0, 6));
        channel.writer().message(TYPE - 1, 0);
        assertThat(channel.<Integer>answered(TYPE, message -> message.payload().u32()))
                .isEqualTo(6);
    }

    @Test
    void dumpsComeInSeveralDatagramsOfSeveralMessages() throws NetlinkChannel.RequestException {
        script.answer(entry(1, 0, 1).plus(entry(1, 0, 2)))
                .answer(entry(1, 0, 3))
                .answer(done(1));
        assertThat(dump()).containsExactly(1, 2, 3);
    }

    @Test
    void anInterruptedDumpIsAskedForAgain() throws NetlinkChannel.RequestException {
        script.answer(entry(1, 0, 1))
                .answer(entry(1, Netlink.NLM_F_DUMP_INTR, 2))
                .answer(done(1))
                .answer(entry(2, 0, 3))
                .answer(done(2));
        assertThat(dump()).containsExactly(3);
        assertThat(script.requests()).hasSize(2);
    }

    @Test
    void silenceIsAnErrorAndTheChannelGoesOn() throws NetlinkChannel.RequestException {
        channel.writer().message(TYPE - 1, Netlink.NLM_F_ACK);
        assertThatThrownBy(channel::acknowledged).hasMessage("the kernel does not answer");
        // The late answer to the first request does not pass for one to the second.
        script.acknowledge(1, 22).acknowledge(2, 0);
        channel.writer().message(TYPE - 1, Netlink.NLM_F_ACK);
        channel.acknowledged();
    }

    @Test
    void theWrongKindOfAnswerIsAnError() {
        script.answer(entry(1, 0, 6));
        channel.writer().message(TYPE - 1, Netlink.NLM_F_ACK);
        assertThatThrownBy(channel::acknowledged).hasMessage("message 77 for an acknowledgement");
        script.acknowledge(2, 0);
        channel.writer().message(TYPE - 1, 0);
        assertThatThrownBy(() -> channel.answered(TYPE, NetlinkMessage::payload))
                .hasMessage("acknowledged but not answered");
    }

    @Test
    void refusalsCarryTheErrno() {
        script.acknowledge(1, 1);
        channel.writer().message(TYPE - 1, Netlink.NLM_F_ACK);
        assertThatThrownBy(channel::acknowledged)
                .hasMessage("Operation not permitted (errno 1)")
                .isInstanceOfSatisfying(NetlinkChannel.RequestException.class, e -> assertThat(e.errno())
                        .isEqualTo("EPERM"));
    }
}
