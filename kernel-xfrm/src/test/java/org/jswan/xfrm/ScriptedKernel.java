// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.nativesocket.KernelSocket;

/** A kernel that answers what it was told to, and remembers what it was asked. Little-endian. */
final class ScriptedKernel implements KernelSocket {
    private static final NetlinkWriter WRITER = new NetlinkWriter(ByteOrder.LITTLE_ENDIAN);

    private final Deque<Optional<Bytes>> answers = new ArrayDeque<>();
    private final List<Bytes> requests = new ArrayList<>();

    /** The messages of messages.txt by name. */
    static Map<String, Bytes> messages() {
        Map<String, Bytes> messages = new LinkedHashMap<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                ScriptedKernel.class.getResourceAsStream("messages.txt"), StandardCharsets.UTF_8))) {
            in.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                String[] words = line.split(" ", -1);
                messages.put(words[0], Bytes.ofHex(words[1]));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages;
    }

    static Bytes message(String name) {
        return messages().get(name);
    }

    /** All of them write into one buffer: fuzzing makes many. */
    NetlinkChannel channel() {
        return new NetlinkChannel(this, WRITER);
    }

    ScriptedKernel answer(String name) {
        return answer(message(name));
    }

    ScriptedKernel answer(Bytes datagram) {
        answers.add(Optional.of(datagram));
        return this;
    }

    ScriptedKernel overrun() {
        answers.add(Optional.empty());
        return this;
    }

    /** An acknowledgement of request {@code sequence} that refuses with {@code errno}, or if it is 0 does not. */
    ScriptedKernel acknowledge(int sequence, int errno) {
        return answer(
                message(36, Netlink.NLMSG_ERROR, Netlink.NLM_F_CAPPED, sequence).plus(ints(-errno, 300, 0, 0, 0)));
    }

    static Bytes message(int length, int type, int flags, int sequence) {
        ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(length).putShort((short) type).putShort((short) flags).putInt(sequence);
        return Bytes.wrap(header.array());
    }

    static Bytes ints(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            buffer.putInt(value);
        }
        return Bytes.wrap(buffer.array());
    }

    List<Bytes> requests() {
        return requests;
    }

    @Override
    public void send(ByteBuffer datagram) {
        byte[] octets = new byte[datagram.remaining()];
        datagram.get(octets);
        requests.add(Bytes.wrap(octets));
    }

    @Override
    public ByteBuffer receive() throws OverrunException {
        if (answers.isEmpty()) {
            return null;
        }
        Bytes answer = answers.remove().orElseThrow(OverrunException::new);
        return answer.buffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean await() {
        return !answers.isEmpty();
    }

    @Override
    public void close() {}
}
