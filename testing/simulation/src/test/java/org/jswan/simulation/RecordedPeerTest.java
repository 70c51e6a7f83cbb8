// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jswan.base.Bytes;
import org.junit.jupiter.api.Test;

/**
 * Negotiations with libreswan (record-peer.sh), once more without it: what it sent is understood, and what we send is what it
 * understood, octet for octet. A change of what we send, or of the order in which we need randomness, needs a new recording.
 */
class RecordedPeerTest {
    /**
     * Speaks from a recording: {@code > hex} is what we sent, {@code < hex} what libreswan sent, {@code !} what it was told
     * to do.
     */
    private static final class Recorded implements PeerScene.Peer {
        private final Deque<String> lines;

        Recorded(String name) throws IOException {
            try (InputStream in = RecordedPeerTest.class.getResourceAsStream(name)) {
                lines = new ArrayDeque<>(new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                        .lines()
                        .toList());
            }
        }

        @Override
        public List<Bytes> begin() {
            assertThat(lines.poll()).isEqualTo("! begin");
            return spoken();
        }

        @Override
        public List<Bytes> answer(Bytes message) {
            assertThat("> " + message.hex()).isEqualTo(lines.poll());
            return spoken();
        }

        @Override
        public List<Bytes> end() {
            assertThat(lines.poll()).isEqualTo("! end");
            return spoken();
        }

        private List<Bytes> spoken() {
            List<Bytes> messages = new ArrayList<>();
            while (!lines.isEmpty() && lines.peek().startsWith("< ")) {
                messages.add(Bytes.ofHex(lines.poll().substring(2)));
            }
            return messages;
        }
    }

    @Test
    void libreswanResponds() throws IOException {
        Recorded peer = new Recorded("libreswan-responds.txt");
        new PeerScene(peer).initiate();
        assertThat(peer.lines).isEmpty();
    }

    @Test
    void libreswanInitiates() throws IOException {
        Recorded peer = new Recorded("libreswan-initiates.txt");
        new PeerScene(peer).respond();
        assertThat(peer.lines).isEmpty();
    }
}
