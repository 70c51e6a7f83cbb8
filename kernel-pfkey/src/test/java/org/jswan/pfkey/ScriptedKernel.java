// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.nativesocket.KernelSocket;

/** A kernel that grants what it is asked, or answers as it was told to, and remembers the requests. Little-endian. */
final class ScriptedKernel implements KernelSocket {
    static final Asker ASKER = new Asker(1234, Asker.BEYOND_ACQUIRES);

    private final Dialect dialect;
    private final Deque<Bytes> waiting = new ArrayDeque<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<Bytes> requests = new ArrayList<>();
    private boolean silent;
    private Optional<Bytes> chatter = Optional.empty();
    private long nanos;

    private record Answer(int errno, Bytes extensions) {}

    ScriptedKernel(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Octets in hexadecimal, with spaces between and remarks from a number sign to the end of the line. */
    static Bytes hex(String text) {
        return Bytes.ofHex(text.replaceAll("#[^\n]*", "").replaceAll("\\s", ""));
    }

    PfkeyKernel kernel() {
        return new PfkeyKernel(channel(datagram -> {}), new Supported(), line -> {});
    }

    PfkeyChannel channel(PfkeyChannel.Listener others) {
        return new PfkeyChannel(this, () -> nanos, writer(), ASKER, others);
    }

    PfkeyWriter writer() {
        return new PfkeyWriter(dialect, ByteOrder.LITTLE_ENDIAN);
    }

    /** The next request is granted with these extensions. */
    ScriptedKernel grant(String extensions) {
        answers.add(new Answer(0, hex(extensions)));
        return this;
    }

    ScriptedKernel refuse(int errno) {
        answers.add(new Answer(errno, Bytes.EMPTY));
        return this;
    }

    /** Something comes of itself. */
    ScriptedKernel tell(Bytes datagram) {
        waiting.add(datagram);
        return this;
    }

    /** It answers no more. */
    ScriptedKernel fallSilent() {
        silent = true;
        return this;
    }

    /** It tells of what others do, each second, and never of anything else. */
    ScriptedKernel talkOfOthers(Bytes datagram) {
        chatter = Optional.of(datagram);
        return fallSilent();
    }

    List<Bytes> requests() {
        return requests;
    }

    Bytes lastRequest() {
        return requests.get(requests.size() - 1);
    }

    @Override
    public void send(ByteBuffer datagram) {
        byte[] octets = new byte[datagram.remaining()];
        datagram.get(octets);
        Bytes request = Bytes.wrap(octets);
        requests.add(request);
        if (!silent) {
            Answer answer = answers.isEmpty() ? new Answer(0, Bytes.EMPTY) : answers.remove();
            int units = (Pfkey.HEADER + answer.extensions().length()) / Pfkey.UNIT;
            waiting.add(Bytes.concat(
                    request.first(2),
                    Bytes.of(answer.errno(), request.get(3), units, 0, 0, 0),
                    request.slice(8, 8),
                    answer.extensions()));
        }
    }

    @Override
    public ByteBuffer receive() {
        return waiting.isEmpty() ? null : waiting.remove().buffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public boolean await() {
        nanos += 1_000_000_000L;
        chatter.ifPresent(waiting::add);
        return !waiting.isEmpty();
    }

    @Override
    public void close() {}
}
