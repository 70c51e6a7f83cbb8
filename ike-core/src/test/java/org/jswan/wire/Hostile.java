// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.jswan.base.Bytes;

/** Spoils octets in many ways and checks that a decoder answers each with a value or a {@link WireException}. */
public final class Hostile {
    /** What is under test. */
    public interface Decoder {
        void decode(Bytes octets) throws WireException;
    }

    private Hostile() {}

    /** Every prefix, every octet set to telling values, and {@code rounds} of several random changes at once. */
    public static void attack(Bytes valid, int rounds, long seed, Decoder decoder) {
        for (int length = 0; length <= valid.length(); length++) {
            feed(valid.first(length), "prefix of " + length + " octets", decoder);
        }
        for (int at = 0; at < valid.length(); at++) {
            int old = valid.get(at);
            for (int value : new int[] {0, 1, 3, 4, 7, 8, 0x7f, 0x80, 0xff, old - 1, old + 1}) {
                feed(with(valid, at, value), "octet " + at + " set to " + (value & 0xff), decoder);
            }
            for (int bit = 0; bit < 8; bit++) {
                feed(with(valid, at, old ^ 1 << bit), "bit " + bit + " of octet " + at, decoder);
            }
        }
        Random random = new Random(seed);
        for (int round = 0; round < rounds; round++) {
            byte[] octets = valid.toArray();
            for (int change = random.nextInt(6); change >= 0 && octets.length > 0; change--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt();
            }
            Bytes cut = Bytes.wrap(octets)
                    .first(octets.length - (random.nextBoolean() ? random.nextInt(octets.length + 1) : 0));
            feed(cut, "seed " + seed + " round " + round, decoder);
        }
    }

    /** Random octets of random lengths. */
    public static void noise(int rounds, int longest, long seed, Decoder decoder) {
        Random random = new Random(seed);
        for (int round = 0; round < rounds; round++) {
            byte[] octets = new byte[random.nextInt(longest + 1)];
            random.nextBytes(octets);
            feed(Bytes.wrap(octets), "noise of seed " + seed + " round " + round, decoder);
        }
    }

    private static Bytes with(Bytes octets, int at, int value) {
        byte[] changed = octets.toArray();
        changed[at] = (byte) value;
        return Bytes.wrap(changed);
    }

    private static void feed(Bytes octets, String what, Decoder decoder) {
        try {
            decoder.decode(octets);
        } catch (WireException e) {
            if (e.getMessage() == null || e.getMessage().isEmpty()) {
                fail(what + ": an exception without a text");
            }
        } catch (RuntimeException | Error e) {
            fail(what + ": " + octets, e);
        }
    }
}
