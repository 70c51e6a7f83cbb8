// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.Bytes;

/**
 * X.501 distinguished names: text to DER and back, and comparison. The octets of a name are hashed and compared as they
 * came, values may be given as raw BER, and what a peer sends need not be valid: so this reads and writes the few
 * tag-length-value layers itself instead of building ASN.1 objects.
 *
 * <pre>
 * SEQUENCE { SET { SEQUENCE { OBJECT IDENTIFIER type, string value } ... } ... }
 * </pre>
 */
public final class DistinguishedName {
    private static final int OID = 0x06;
    private static final int UTF8_STRING = 0x0c;
    private static final int PRINTABLE_STRING = 0x13;
    private static final int T61_STRING = 0x14;
    private static final int IA5_STRING = 0x16;
    private static final int BMP_STRING = 0x1e;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    /** As the oracle: what a log line can hold. */
    private static final int MAX_DER = 512;

    private static final Bytes EMAIL = Bytes.ofHex("2a864886f70d010901");

    /** The names of attribute types; the first of those with one identifier is the one printed. */
    private static final List<AttributeType> TYPES = List.of(
            printable("ND", "028206010a0714"),
            printable("UID", "0992268993f22c640101"),
            printable("DC", "0992268993f22c640119"),
            printable("CN", "550403"),
            printable("S", "550404"),
            printable("SN", "550405"),
            printable("serialNumber", "550405"),
            printable("C", "550406"),
            printable("L", "550407"),
            printable("ST", "550408"),
            printable("O", "55040a"),
            printable("OU", "55040b"),
            printable("T", "55040c"),
            printable("D", "55040d"),
            printable("N", "550429"),
            printable("G", "55042a"),
            printable("I", "55042b"),
            printable("ID", "55042d"),
            new AttributeType("E", EMAIL, IA5_STRING),
            new AttributeType("Email", EMAIL, IA5_STRING),
            new AttributeType("emailAddress", EMAIL, IA5_STRING),
            new AttributeType("unstructuredName", Bytes.ofHex("2a864886f70d010902"), IA5_STRING),
            new AttributeType("UN", Bytes.ofHex("2a864886f70d010902"), IA5_STRING),
            printable("TCGID", "2b060104018931010102024b"));

    private final Bytes der;

    private DistinguishedName(Bytes der) {
        this.der = der;
    }

    private record AttributeType(String name, Bytes oid, int stringTag) {}

    private static AttributeType printable(String name, String oid) {
        return new AttributeType(name, Bytes.ofHex(oid), PRINTABLE_STRING);
    }

    /** Octets that should be a name; whether they are shows when they are read. */
    public static DistinguishedName ofDer(Bytes der) {
        return new DistinguishedName(der);
    }

    public Bytes der() {
        return der;
    }

    // ---- from text ----

    /**
     * {@code C=DE, O=Example, CN=gate} or {@code /C=DE/O=Example/CN=gate}; values may have {@code \,} and {@code \2C}, or
     * be {@code #} and the hexadecimal BER of the value.
     */
    public static DistinguishedName parse(String text) throws IdentityException {
        return new TextReader(text.getBytes(StandardCharsets.UTF_8)).name();
    }

    static DistinguishedName parse(Bytes text) throws IdentityException {
        return new TextReader(text.toArray()).name();
    }

    private static final class TextReader {
        private final byte[] text;
        private int at;

        TextReader(byte[] text) {
            this.text = text;
        }

        private int peek(int ahead) {
            return at + ahead < text.length ? text[at + ahead] & 0xff : 0;
        }

        private void skip(String any) {
            while (peek(0) != 0 && any.indexOf(peek(0)) >= 0) {
                at++;
            }
        }

        DistinguishedName name() throws IdentityException {
            List<Bytes> rdns = new ArrayList<>();
            int size = 0;
            for (skip(" /,"); peek(0) != 0; skip(" /,")) {
                Bytes rdn = tlv(SET, tlv(SEQUENCE, attribute()));
                size += rdn.length();
                if (size > MAX_DER - 4) {
                    throw new IdentityException("DN too big");
                }
                rdns.add(rdn);
            }
            return new DistinguishedName(tlv(SEQUENCE, Bytes.concat(rdns.toArray(Bytes[]::new))));
        }

        private Bytes attribute() throws IdentityException {
            boolean numeric = isDigit(peek(0));
            AttributeType type = numeric ? null : namedType();
            Bytes oid = tlv(OID, numeric ? numericOid() : type.oid);
            skip(" ");
            if (peek(0) != '=') {
                throw new IdentityException("missing '='");
            }
            at++;
            skip(" ");
            if (peek(0) == '#') {
                at++;
                return oid.plus(rawValue());
            }
            if (peek(0) == '"') {
                throw new IdentityException("obsolete rfc1779 quoting using '\"' not supported");
            }
            if (type == null) {
                throw new IdentityException("numeric OID requires #HEXPAIR BER");
            }
            Bytes value = value();
            boolean asType = type.stringTag != PRINTABLE_STRING || isPrintableString(value);
            return oid.plus(tlv(asType ? type.stringTag : T61_STRING, value));
        }

        private AttributeType namedType() throws IdentityException {
            int start = at;
            while (peek(0) != 0 && peek(0) != ' ' && peek(0) != '=') {
                at++;
            }
            String name = new String(text, start, at - start, StandardCharsets.ISO_8859_1);
            return TYPES.stream()
                    .filter(t -> t.name.equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(() -> new IdentityException("unknown OID in ID_DER_ASN1_DN"));
        }

        private Bytes numericOid() throws IdentityException {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            long first = number().orElse(Integer.MAX_VALUE);
            if (first > 255 / 40) {
                throw new IdentityException("numeric OID has invalid first digit");
            }
            if (peek(0) != '.') {
                throw new IdentityException("numeric OID missing first '.'");
            }
            at++;
            int second = number().orElse(Integer.MAX_VALUE);
            if (second >= 40) {
                throw new IdentityException("numeric OID has invalid second digit");
            }
            octets.write((int) first * 40 + second);
            while (peek(0) == '.') {
                at++;
                int arc = number().orElseThrow(() -> new IdentityException("numeric OID has invalid second digit"));
                for (int shift = 28; shift > 0; shift -= 7) {
                    if (arc >>> shift != 0) {
                        octets.write(arc >>> shift & 0x7f | 0x80);
                    }
                }
                octets.write(arc & 0x7f);
            }
            return Bytes.wrap(octets.toByteArray());
        }

        /** A decimal number up to 2^31-1; none if there is no digit or it is larger. */
        private OptionalInt number() {
            long value = 0;
            int start = at;
            while (isDigit(peek(0)) && value <= Integer.MAX_VALUE) {
                value = value * 10 + peek(0) - '0';
                at++;
            }
            return at == start || value > Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of((int) value);
        }

        private Bytes rawValue() {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            while (isHexDigit(peek(0)) && isHexDigit(peek(1))) {
                octets.write(Character.digit(peek(0), 16) << 4 | Character.digit(peek(1), 16));
                at += 2;
            }
            return Bytes.wrap(octets.toByteArray());
        }

        private Bytes value() {
            ByteArrayOutputStream octets = new ByteArrayOutputStream();
            int keep = 0;
            while (peek(0) != 0 && peek(0) != ',' && peek(0) != '/') {
                if (peek(0) == '\\' && isHexDigit(peek(1)) && isHexDigit(peek(2))) {
                    octets.write(Character.digit(peek(1), 16) << 4 | Character.digit(peek(2), 16));
                    at += 3;
                    keep = octets.size();
                } else if (peek(0) == '\\' && peek(1) != 0) {
                    octets.write(peek(1));
                    at += 2;
                    keep = octets.size();
                } else {
                    octets.write(peek(0));
                    at++;
                }
            }
            Bytes value = Bytes.wrap(octets.toByteArray());
            int length = value.length();
            while (length > keep && value.get(length - 1) == ' ') {
                length--;
            }
            return value.first(length);
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHexDigit(int c) {
        return c < 128 && Character.digit(c, 16) >= 0;
    }

    private static boolean isPrintableString(Bytes value) {
        for (int i = 0; i < value.length(); i++) {
            int c = value.get(i);
            boolean letter = c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
            if (!letter && !isDigit(c) && " '()+,-./:=?".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static Bytes tlv(int tag, Bytes content) {
        int n = content.length();
        Bytes header = n < 128 ? Bytes.of(tag, n) : n < 256 ? Bytes.of(tag, 0x81, n) : Bytes.of(tag, 0x82, n >> 8, n);
        return header.plus(content);
    }

    // ---- reading DER ----

    /** One type and value of a name. {@code ber} is the value with its tag and length. */
    private record Attribute(Bytes oid, Bytes ber, int tag, Bytes value) {
        boolean isWildcard() {
            return value.length() == 1 && value.get(0) == '*';
        }

        /** Equal but for the string type, and for case where the attribute has none. */
        boolean matches(Attribute other) {
            if (!oid.equals(other.oid) || value.length() != other.value.length()) {
                return false;
            }
            if (tag != other.tag || tag == PRINTABLE_STRING) {
                // Their octets past ASCII cannot be compared: the types read them differently.
                if (hasHighBit(value) || hasHighBit(other.value)) {
                    return false;
                }
            }
            if (value.equals(other.value)) {
                return true;
            }
            boolean caseless = tag == PRINTABLE_STRING || tag == IA5_STRING && oid.equals(EMAIL);
            return caseless && lower(value).equals(lower(other.value));
        }
    }

    private static boolean hasHighBit(Bytes value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.get(i) >= 0x80) {
                return true;
            }
        }
        return false;
    }

    private static String lower(Bytes value) {
        return new String(value.toArray(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    /** A walk over tag-length-value objects; {@link #next} takes the next one of a given tag. */
    private static final class DerReader {
        private Bytes rest;

        DerReader(Bytes rest) {
            this.rest = rest;
        }

        boolean isAtEnd() {
            return rest.isEmpty();
        }

        int tag() throws IdentityException {
            if (rest.isEmpty()) {
                throw new IdentityException("missing ASN.1 type");
            }
            return rest.get(0);
        }

        Bytes next(int tag) throws IdentityException {
            if (tag() != tag) {
                throw new IdentityException("unexpected ASN.1 type");
            }
            return next();
        }

        Bytes next() throws IdentityException {
            if (rest.length() < 2) {
                throw new IdentityException("insufficient number of octets to parse ASN.1 length");
            }
            int length = rest.get(1);
            int start = 2;
            if (length >= 0x80) {
                int octets = length & 0x7f;
                if (octets > 8) {
                    throw new IdentityException("number of length octets overflows size_t");
                }
                if (octets > rest.length() - 2) {
                    throw new IdentityException("number of length octets is larger than ASN.1 object");
                }
                long value = 0;
                for (int i = 0; i < octets; i++) {
                    value = value << 8 | rest.get(2 + i);
                }
                start += octets;
                length = value < 0 || value > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) value;
            }
            if (length > rest.length() - start) {
                throw new IdentityException("ASN.1 length larger than space");
            }
            Bytes content = rest.slice(start, length);
            rest = rest.from(start + length);
            return content;
        }
    }

    /** The name's relative names, each of one or more attributes. */
    private List<List<Attribute>> rdns() throws IdentityException {
        DerReader whole = new DerReader(der);
        DerReader sets = new DerReader(whole.next(SEQUENCE));
        if (!whole.isAtEnd()) {
            throw new IdentityException("DN has crud after ASN1_SEQUENCE");
        }
        List<List<Attribute>> rdns = new ArrayList<>();
        while (!sets.isAtEnd()) {
            DerReader set = new DerReader(sets.next(SET));
            List<Attribute> rdn = new ArrayList<>();
            do {
                rdn.add(attribute(set.next(SEQUENCE)));
            } while (!set.isAtEnd());
            rdns.add(rdn);
        }
        return rdns;
    }

    private static Attribute attribute(Bytes sequence) throws IdentityException {
        DerReader reader = new DerReader(sequence);
        Bytes oid = reader.next(OID);
        if (reader.isAtEnd()) {
            throw new IdentityException("no room for string's type");
        }
        Bytes ber = reader.rest;
        int tag = reader.tag();
        switch (tag) {
            case PRINTABLE_STRING, T61_STRING, IA5_STRING, UTF8_STRING, BMP_STRING -> {}
            default -> throw new IdentityException("unexpected ASN1 string type");
        }
        Bytes value = reader.next();
        if (!reader.isAtEnd()) {
            throw new IdentityException("crap after OID and value pair of RDN");
        }
        return new Attribute(oid, ber, tag, value);
    }

    private Optional<List<Attribute>> attributes() {
        try {
            return Optional.of(rdns().stream().flatMap(List::stream).toList());
        } catch (IdentityException malformed) {
            return Optional.empty();
        }
    }

    /** Whether the octets are a name at all. */
    public boolean isWellFormed() {
        return attributes().isPresent();
    }

    // ---- comparing ----

    /** Whether some value is {@code *}. */
    public boolean hasWildcards() {
        return attributes()
                .map(all -> all.stream().anyMatch(Attribute::isWildcard))
                .orElse(false);
    }

    /** The same name, attribute by attribute in order, caseless where the string type is. Malformed ones never are. */
    public boolean sameAs(DistinguishedName other) {
        return der.equals(other.der)
                || der.length() == other.der.length() && inOrder(other, false).isPresent();
    }

    /**
     * How well this name fits {@code pattern}, whose values may be {@code *}: the number of wildcards used, in the
     * pattern's order or, failing that, in any order; empty if it does not fit.
     */
    public OptionalInt match(DistinguishedName pattern) {
        OptionalInt ordered = inOrder(pattern, true);
        return ordered.isPresent() ? ordered : inAnyOrder(pattern);
    }

    private OptionalInt inOrder(DistinguishedName pattern, boolean wild) {
        List<Attribute> mine = attributes().orElse(null);
        List<Attribute> theirs = pattern.attributes().orElse(null);
        if (mine == null || theirs == null || mine.size() != theirs.size()) {
            return OptionalInt.empty();
        }
        int wildcards = 0;
        for (int i = 0; i < mine.size(); i++) {
            Attribute a = mine.get(i);
            Attribute b = theirs.get(i);
            if (wild && b.isWildcard() && a.oid.equals(b.oid)) {
                wildcards++;
            } else if (!a.matches(b)) {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.of(wildcards);
    }

    /** Each relative name of the pattern is found somewhere in this one; as the oracle, this one may have more. */
    private OptionalInt inAnyOrder(DistinguishedName pattern) {
        try {
            List<List<Attribute>> mine = rdns();
            List<List<Attribute>> theirs = pattern.rdns();
            int wildcards = 0;
            for (List<Attribute> wanted : theirs) {
                Optional<List<Attribute>> found =
                        mine.stream().filter(rdn -> covers(rdn, wanted)).findFirst();
                if (found.isEmpty()) {
                    return OptionalInt.empty();
                }
                wildcards += wanted.stream().anyMatch(Attribute::isWildcard) ? 1 : 0;
            }
            return theirs.isEmpty() ? OptionalInt.empty() : OptionalInt.of(wildcards);
        } catch (IdentityException malformed) {
            return OptionalInt.empty();
        }
    }

    private static boolean covers(List<Attribute> rdn, List<Attribute> wanted) {
        return wanted.stream()
                .allMatch(b -> rdn.stream().anyMatch(a -> a.oid.equals(b.oid) && (b.isWildcard() || a.matches(b))));
    }

    // ---- to text ----

    /** RFC 4514 text with {@code ", "} between attributes and more escapes than it asks for; hexadecimal if malformed. */
    @Override
    public String toString() {
        try {
            StringBuilder text = new StringBuilder();
            for (List<Attribute> rdn : rdns()) {
                for (Attribute attribute : rdn) {
                    text.append(text.length() == 0 ? "" : ", ");
                    print(attribute, text);
                }
            }
            return text.toString();
        } catch (IdentityException malformed) {
            return "0x" + der.hex().toUpperCase(Locale.ROOT);
        }
    }

    private static void print(Attribute attribute, StringBuilder text) throws IdentityException {
        Optional<AttributeType> type =
                TYPES.stream().filter(t -> t.oid.equals(attribute.oid)).findFirst();
        Bytes value = attribute.value;
        text.append(type.isPresent() ? type.get().name : numericOid(attribute.oid))
                .append('=');
        if (type.isEmpty() || !value.isEmpty() && value.get(0) == '#') {
            // NSS, which reads such text too, cannot be told of a leading '#' by an escape.
            text.append('#').append(attribute.ber.hex().toUpperCase(Locale.ROOT));
            return;
        }
        for (int i = 0; i < value.length(); i++) {
            int c = value.get(i);
            boolean edgeBlank = c == ' ' && (i == 0 || i == value.length() - 1);
            if (edgeBlank || "\\\"+,;<>#=".indexOf(c) >= 0) {
                text.append('\\').append((char) c);
            } else if (c >= 0x20 && c <= 0x7e) {
                text.append((char) c);
            } else {
                text.append(String.format("\\%02X", c));
            }
        }
    }

    private static String numericOid(Bytes oid) throws IdentityException {
        if (oid.isEmpty()) {
            throw new IdentityException("OID length is zero");
        }
        StringBuilder text =
                new StringBuilder().append(oid.get(0) / 40).append('.').append(oid.get(0) % 40);
        long arc = 0;
        for (int i = 1; i < oid.length(); i++) {
            if (arc > Long.MAX_VALUE >> 7) {
                throw new IdentityException("OID too large");
            }
            arc = arc << 7 | oid.get(i) & 0x7f;
            if (oid.get(i) < 0x80) {
                text.append('.').append(arc);
                arc = 0;
            } else if (i == oid.length() - 1) {
                throw new IdentityException("corrupt OID run encoding");
            }
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DistinguishedName that && der.equals(that.der);
    }

    @Override
    public int hashCode() {
        return der.hashCode();
    }
}
