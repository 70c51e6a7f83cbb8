// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;

/**
 * What a client sends first.
 *
 * <pre>
 *   "JSWN" | version (1) | length of the rest (4) | { length (4) | octets }*
 * </pre>
 *
 * The strings are the program, the working directory and the arguments from {@code argv[0]} on.
 *
 * @param program {@code whack}, {@code auto} or {@code addconn}: whose grammar the arguments are in
 * @param directory the client's working directory
 * @param arguments with {@code argv[0]}, which is how errors name the program
 */
public record ControlRequest(String program, Bytes directory, List<Bytes> arguments) {
    public static final int VERSION = 1;
    /** The longest body, in octets. */
    public static final int MAX_BODY = 1 << 20;

    private static final Bytes MAGIC = Bytes.ofUtf8("JSWN");
    private static final int HEADER = 9;

    public ControlRequest {
        arguments = List.copyOf(arguments);
    }

    /** The arguments without {@code argv[0]}, as UTF-8. */
    public List<String> argumentTexts() {
        return arguments.stream().skip(1).map(Bytes::utf8).toList();
    }

    /** {@code argv[0]}, as UTF-8. */
    public String commandName() {
        return arguments.get(0).utf8();
    }

    /** @throws ControlException if it is longer than {@link #MAX_BODY} */
    public Bytes encode() throws ControlException {
        List<Bytes> strings = new ArrayList<>();
        strings.add(Bytes.ofUtf8(program));
        strings.add(directory);
        strings.addAll(arguments);
        long body = strings.stream().mapToLong(string -> 4L + string.length()).sum();
        if (body > MAX_BODY) {
            throw new ControlException("arguments too long: " + body + " octets");
        }
        ByteBuffer out = ByteBuffer.allocate(HEADER + (int) body);
        out.put(MAGIC.buffer()).put((byte) VERSION).putInt((int) body);
        for (Bytes string : strings) {
            out.putInt(string.length()).put(string.buffer());
        }
        return Bytes.wrap(out.array());
    }

    /** Puts a request together from the pieces in which it arrives. */
    public static final class Decoder {
        private Bytes received = Bytes.EMPTY;

        /**
         * Takes the next octets. After the request is complete, what is left over waits in {@link #rest}.
         *
         * @throws ControlException as soon as it can't become a request any more
         */
        public Optional<ControlRequest> feed(Bytes octets) throws ControlException {
            received = received.plus(octets);
            int magic = Math.min(MAGIC.length(), received.length());
            if (!received.first(magic).equals(MAGIC.first(magic))) {
                throw new ControlException("not a request of whack");
            }
            if (received.length() > MAGIC.length() && received.get(MAGIC.length()) != VERSION) {
                throw new ControlException("whack speaks version " + received.get(MAGIC.length())
                        + " of the control protocol, pluto version " + VERSION
                        + "; Mismatched versions of userland tools.");
            }
            if (received.length() < HEADER) {
                return Optional.empty();
            }
            long body = Integer.toUnsignedLong(received.buffer().getInt(MAGIC.length() + 1));
            if (body > MAX_BODY) {
                throw new ControlException("request too long: " + body + " octets");
            }
            if (received.length() - HEADER < body) {
                return Optional.empty();
            }
            ControlRequest request = parse(received.slice(HEADER, (int) body));
            received = received.from(HEADER + (int) body);
            return Optional.of(request);
        }

        /** Octets that came behind the request: the beginning of answers. */
        public Bytes rest() {
            return received;
        }

        private static ControlRequest parse(Bytes body) throws ControlException {
            List<Bytes> strings = new ArrayList<>();
            int at = 0;
            while (at < body.length()) {
                if (body.length() - at < 4) {
                    throw new ControlException("request ends within a length");
                }
                long length = Integer.toUnsignedLong(body.buffer().getInt(at));
                at += 4;
                if (length > body.length() - at) {
                    throw new ControlException("request ends within a string");
                }
                strings.add(Bytes.copyOf(body.slice(at, (int) length).toArray()));
                at += (int) length;
            }
            if (strings.size() < 3) {
                throw new ControlException("request without arguments");
            }
            return new ControlRequest(strings.get(0).utf8(), strings.get(1), strings.subList(2, strings.size()));
        }
    }
}
