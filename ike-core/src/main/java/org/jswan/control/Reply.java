// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.Bytes;
import org.jswan.base.OctetText;

/**
 * What the daemon sends, any number of times: type (1), length (4), octets.
 */
public sealed interface Reply {
    /** The longest reply, in octets. */
    int MAX_LENGTH = 1 << 20;

    /** The octets of type and length. */
    int HEADER = 5;

    /** The digits of a line's code, at least. */
    int CODE_WIDTH = 3;

    /** A line for standard output, {@code NNN text}; its code counts for the exit status. */
    record Line(int code, String text) implements Reply {}

    /** Text for standard output as it is. */
    record Raw(Bytes octets) implements Reply {}

    /** Text for standard error as it is. */
    record ErrorText(Bytes octets) implements Reply {}

    /** A line for standard output whose question the user answers; 40 is read without an echo. */
    record Prompt(int code, String text) implements Reply {}

    /** Nothing follows. Without a status, the lines have decided it. */
    record End(OptionalInt status) implements Reply {}

    /** Text for standard error. */
    static Reply error(String text) {
        return new ErrorText(Bytes.ofUtf8(text));
    }

    /** Text for standard output without a code. */
    static Reply raw(String text) {
        return new Raw(Bytes.ofUtf8(text));
    }

    /** The end, with {@code status} as the exit status. */
    static Reply end(int status) {
        return new End(OptionalInt.of(status));
    }

    /** The end; the lines have decided the exit status. */
    static Reply end() {
        return new End(OptionalInt.empty());
    }

    /** This as it is sent. Octets past {@link #MAX_LENGTH} are cut off. */
    default Bytes encode() {
        Bytes body = body();
        Bytes cut = body.first(Math.min(body.length(), MAX_LENGTH));
        ByteBuffer header = ByteBuffer.allocate(HEADER).put((byte) type()).putInt(cut.length());
        return Bytes.wrap(header.array()).plus(cut);
    }

    private int type() {
        return this instanceof Line
                ? 1
                : this instanceof Raw ? 2 : this instanceof ErrorText ? 3 : this instanceof Prompt ? 4 : 5;
    }

    private Bytes body() {
        if (this instanceof Line line) {
            return numbered(line.code, line.text);
        } else if (this instanceof Prompt prompt) {
            return numbered(prompt.code, prompt.text);
        } else if (this instanceof Raw raw) {
            return raw.octets;
        } else if (this instanceof ErrorText error) {
            return error.octets;
        }
        OptionalInt status = ((End) this).status;
        return status.isPresent() ? Bytes.of(status.getAsInt()) : Bytes.EMPTY;
    }

    /** Not by a formatter: a listing has a line for each of thousands of things. */
    private static Bytes numbered(int code, String text) {
        String digits = Integer.toString(code);
        return Bytes.wrap(OctetText.write("0".repeat(Math.max(0, CODE_WIDTH - digits.length())) + digits + " " + text));
    }

    /** Cuts replies out of the octets that arrive. */
    final class Decoder {
        private Bytes received = Bytes.EMPTY;

        /** Takes the next octets, for {@link #next}. */
        public void feed(Bytes octets) {
            received = received.plus(octets);
        }

        /**
         * The next whole reply, if there is one.
         *
         * @throws ControlException if what came is none
         */
        public Optional<Reply> next() throws ControlException {
            if (received.length() < HEADER) {
                return Optional.empty();
            }
            long length = Integer.toUnsignedLong(received.buffer().getInt(1));
            if (length > MAX_LENGTH) {
                throw new ControlException("reply too long: " + length + " octets");
            }
            if (received.length() - HEADER < length) {
                return Optional.empty();
            }
            Bytes body = Bytes.copyOf(received.slice(HEADER, (int) length).toArray());
            int type = received.get(0);
            received = received.from(HEADER + (int) length);
            return Optional.of(decode(type, body));
        }

        private static Reply decode(int type, Bytes body) throws ControlException {
            return switch (type) {
                case 1 -> new Line(code(body), text(body));
                case 2 -> new Raw(body);
                case 3 -> new ErrorText(body);
                case 4 -> new Prompt(code(body), text(body));
                case 5 -> new End(body.isEmpty() ? OptionalInt.empty() : OptionalInt.of(body.get(0)));
                default -> throw new ControlException("reply of unknown type " + type);
            };
        }

        private static int code(Bytes body) throws ControlException {
            int blank = body.utf8().indexOf(' ');
            String digits = blank < 0 ? "" : body.utf8().substring(0, blank);
            if (!digits.matches("[0-9]{1,9}")) {
                throw new ControlException("log line missing NNN prefix: " + body.utf8());
            }
            return Integer.parseInt(digits);
        }

        private static String text(Bytes body) {
            String line = OctetText.read(body.toArray());
            return line.substring(line.indexOf(' ') + 1);
        }
    }
}
