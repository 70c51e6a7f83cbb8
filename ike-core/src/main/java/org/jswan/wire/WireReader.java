// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;

/**
 * Reads the octets of one structure from front to back. All numbers are unsigned and in network order. It never reads
 * past the structure, and a reader of an inner structure cannot see past that one. Every failure is a
 * {@link WireException} that names the structure.
 */
public final class WireReader {
    private final Bytes octets;
    private final String structure;
    private int at;

    private WireReader(Bytes octets, String structure) {
        this.octets = octets;
        this.structure = structure;
    }

    /**
     * A reader of all of {@code octets}.
     *
     * @param structure what the octets are, for error texts: {@code IKEv2 Nonce Payload}
     */
    public static WireReader of(Bytes octets, String structure) {
        return new WireReader(octets, structure);
    }

    /** What the octets are, for error texts. */
    public String structure() {
        return structure;
    }

    /** How many octets are left. */
    public int remaining() {
        return octets.length() - at;
    }

    public boolean hasMore() {
        return remaining() > 0;
    }

    public int u8() throws WireException {
        return octets.get(advance(1));
    }

    public int u16() throws WireException {
        int from = advance(2);
        return octets.get(from) << 8 | octets.get(from + 1);
    }

    public int u24() throws WireException {
        int from = advance(3);
        return octets.get(from) << 16 | octets.get(from + 1) << 8 | octets.get(from + 2);
    }

    public long u32() throws WireException {
        return (long) u16() << 16 | u16();
    }

    /** 64 bits; the sign is the uppermost. */
    public long u64() throws WireException {
        return u32() << 32 | u32();
    }

    public Bytes bytes(int count) throws WireException {
        return octets.slice(advance(count), count);
    }

    /** Everything that is left. */
    public Bytes rest() {
        Bytes rest = octets.from(at);
        at = octets.length();
        return rest;
    }

    /** {@code count} strings of {@code size} octets each. */
    public List<Bytes> repeat(int count, int size) throws WireException {
        if (size == 0 && count > 0) {
            throw new WireException(count + " empty members in " + structure);
        }
        room((long) count * size);
        List<Bytes> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members.add(bytes(size));
        }
        return members;
    }

    /** A reader of the next {@code count} octets, which this one steps over. */
    public WireReader slice(int count, String inner) throws WireException {
        return new WireReader(bytes(count), inner);
    }

    /**
     * A reader of the next inner structure, which this one steps over. The structure says in 16 bits how long it is,
     * counted from its own first octet; its reader starts at that octet.
     *
     * @param fixed octets that such a structure has at least
     * @param lengthAt where in it the length stands
     */
    public WireReader structure(String inner, int fixed, int lengthAt) throws WireException {
        if (remaining() < fixed) {
            throw noRoom(inner, fixed);
        }
        int length = octets.get(at + lengthAt) << 8 | octets.get(at + lengthAt + 1);
        checkLength(inner, fixed, length);
        return slice(length, inner);
    }

    /** Refuses a length that is below {@code fixed} or past what is left. */
    public void checkLength(String inner, int fixed, long length) throws WireException {
        if (length < fixed) {
            throw new WireException(length + "-byte length of " + inner + " is smaller than minimum");
        }
        if (length > remaining()) {
            throw new WireException(length + "-byte length of " + inner + " is larger than can fit");
        }
    }

    /**
     * Refuses a number that its field cannot have.
     *
     * @param field the name of the field for the error text
     */
    public void require(boolean known, String field, long value) throws WireException {
        if (!known) {
            throw WireException.unknownValue(field, structure, value);
        }
    }

    /** Refuses octets that nothing claimed. */
    public void expectEnd() throws WireException {
        if (hasMore()) {
            throw new WireException(remaining() + " octets left over in " + structure);
        }
    }

    private int advance(int count) throws WireException {
        room(count);
        int from = at;
        at += count;
        return from;
    }

    private void room(long count) throws WireException {
        if (count < 0 || count > remaining()) {
            throw noRoom(structure, count);
        }
    }

    /** The refusal of a structure of {@code size} octets that is not all there. */
    public WireException noRoom(String what, long size) {
        return new WireException(
                "not enough room in input packet for " + what + " (remain=" + remaining() + ", sd->size=" + size + ")");
    }
}
