// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.jswan.base.Bytes;

/** What the user said to a {@link Reply.Prompt}: length (4), octets; at most {@value #MAX_LENGTH} of them. */
public final class Answer {
    public static final int MAX_LENGTH = 1024;

    private Answer() {}

    /** @throws ControlException if it is too long */
    public static Bytes encode(Bytes answer) throws ControlException {
        if (answer.length() > MAX_LENGTH) {
            throw new ControlException("answer too long: " + answer.length() + " octets");
        }
        return Bytes.wrap(ByteBuffer.allocate(4 + answer.length())
                .putInt(answer.length())
                .put(answer.buffer())
                .array());
    }

    /** Cuts answers out of the octets that arrive. */
    public static final class Decoder {
        private Bytes received = Bytes.EMPTY;

        /** Takes the next octets, for {@link #next}. */
        public void feed(Bytes octets) {
            received = received.plus(octets);
        }

        /**
         * The next whole answer, if there is one.
         *
         * @throws ControlException if it is too long
         */
        public Optional<Bytes> next() throws ControlException {
            if (received.length() < 4) {
                return Optional.empty();
            }
            long length = Integer.toUnsignedLong(received.buffer().getInt());
            if (length > MAX_LENGTH) {
                throw new ControlException("answer too long: " + length + " octets");
            }
            if (received.length() - 4 < length) {
                return Optional.empty();
            }
            Bytes answer = Bytes.copyOf(received.slice(4, (int) length).toArray());
            received = received.from(4 + (int) length);
            return Optional.of(answer);
        }
    }
}
