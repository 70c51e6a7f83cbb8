// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.junit.jupiter.api.Test;

class XfrmEventsTest {
    private final ScriptedKernel script = new ScriptedKernel();
    private final List<String> complaints = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();
    private final XfrmEvents events = new XfrmEvents(script, complaints::add);

    private final KernelEvents recorder = new KernelEvents() {
        @Override
        public void acquire(Selector source, Selector destination, int requestId, Optional<SecurityLabel> label) {
            seen.add("acquire " + source + " " + destination + " " + Integer.toHexString(requestId)
                    + label.map(l -> " " + l).orElse(""));
        }

        @Override
        public void expired(SaId id, boolean hard, SaCounters counters) {
            assertThat(counters)
                    .isEqualTo(new SaCounters(12345, 67, Instant.ofEpochSecond(1700000000), Optional.empty()));
            seen.add((hard ? "hard " : "soft ") + id.source() + " " + id);
        }

        @Override
        public void mappingChanged(int spi, IpAddress newAddress, int newPort) {
            seen.add("mapping " + spi + " " + newAddress + " " + newPort);
        }

        @Override
        public void eventsLost() {
            seen.add("lost");
        }
    };

    @Test
    void tellsWhatTheKernelTells() throws IOException {
        script.answer("acquire").answer("expire").answer("mapping").answer("sa");
        assertThat(events.deliver(recorder, 100)).isFalse();
        assertThat(seen)
                .containsExactly(
                        "acquire 10.1.0.9/32/17/5353 10.2.0.8/32/17/53 4001",
                        "hard 2001:db8::2 ah:deadbeef@2001:db8::1",
                        "mapping 4097 198.51.100.8 1033");
        assertThat(complaints).isEmpty();
    }

    /** The acquire with an attribute XFRMA_SEC_CTX of that content. */
    private static Bytes labelled(String context) {
        byte[] octets = ScriptedKernel.message("acquire")
                .plus(Bytes.ofHex("1100" + "0800" + context + "000000"))
                .toArray();
        octets[0] = (byte) octets.length;
        octets[1] = (byte) (octets.length >> 8);
        return Bytes.wrap(octets);
    }

    @Test
    void packetsHaveLabels() throws IOException {
        script.answer(labelled("0d00080001010500" + "613a733000"));
        events.deliver(recorder, 100);
        assertThat(seen).containsExactly("acquire 10.1.0.9/32/17/5353 10.2.0.8/32/17/53 4001 a:s0");
    }

    @Test
    void labelsThatAreNoneAreIgnoredWithTheirPackets() throws IOException {
        script.answer(labelled("0d00080001020500" + "613a733000"))
                .answer(labelled("0d00080007010500" + "613a733000"))
                .answer(labelled("0d00080001010500" + "613a733030"));
        events.deliver(recorder, 100);
        assertThat(seen).isEmpty();
        assertThat(complaints)
                .containsExactly(
                        "Acquire message for unknown sec_label DOI 2; ignoring Acquire message",
                        "Acquire message for unknown sec_label LSM 7; ignoring Acquire message",
                        "received bad security label is missing the NUL terminator; ignoring Acquire message");
    }

    @Test
    void deliversNoMoreThanAskedFor() throws IOException {
        script.answer("mapping").answer("acquire");
        assertThat(events.deliver(recorder, 1)).isTrue();
        assertThat(seen).hasSize(1);
    }

    @Test
    void aLarvalSaThatEndsIsNoNews() throws IOException {
        byte[] expire = ScriptedKernel.message("expire").toArray();
        int spi = 16 + 56 + 16;
        for (int i = 0; i < 4; i++) {
            expire[spi + i] = 0;
        }
        script.answer(Bytes.wrap(expire));
        events.deliver(recorder, 100);
        assertThat(seen).isEmpty();
    }

    @Test
    void lossIsSaidOnceAndTheRestDelivered() throws IOException {
        script.overrun().overrun().answer("mapping");
        events.deliver(recorder, 100);
        assertThat(seen).containsExactly("lost", "mapping 4097 198.51.100.8 1033");
        assertThat(complaints)
                .containsExactly("kernel: the kernel dropped messages (ENOBUFS); acquires or expiries may be lost");
    }

    @Test
    void malformedMessagesAreNamed() throws IOException {
        byte[] acquire = ScriptedKernel.message("acquire").toArray();
        acquire[16 + 24 + 16 + 42] = 31; // prefixlen_d of the packet's selector
        script.answer(org.jswan.base.Bytes.wrap(acquire));
        byte[] expire = ScriptedKernel.message("expire").toArray();
        expire[16 + 212] = 77; // the family
        script.answer(Bytes.wrap(expire));
        events.deliver(recorder, 100);
        assertThat(seen).isEmpty();
        assertThat(complaints)
                .containsExactly(
                        "XFRM_MSG_ACQUIRE message from kernel malformed: prefixlen_d 31 invalid",
                        "XFRM_MSG_EXPIRE message from kernel malformed: family 77 unknown");
    }
}
