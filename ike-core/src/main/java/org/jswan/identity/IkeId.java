// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.config.value.Addresses;
import org.jswan.config.value.Numbers;
import org.jswan.config.value.ValueException;
import org.jswan.net.NameResolver;

/**
 * Who an end is: a kind and its octets as they stand in an ID payload after the reserved ones (RFC 7296 §3.5). {@link
 * #equals} means the same octets; {@link #sameAs} and {@link #matches} are what decides between peers.
 */
public final class IkeId {
    /** Any identity, {@code %any}: matches all. Printed {@code (none)}. */
    public static final IkeId NONE = new IkeId(IdType.NONE, Bytes.EMPTY);
    /** To be taken from the certificate. */
    public static final IkeId FROM_CERT = new IkeId(IdType.FROMCERT, Bytes.EMPTY);
    /** RFC 7619 §2.2; what octets a peer sent with it does not matter. */
    public static final IkeId NULL = new IkeId(IdType.NULL, Bytes.EMPTY);

    private final IdType type;
    private final Bytes body;

    private IkeId(IdType type, Bytes body) {
        this.type = type;
        this.body = body;
    }

    public static IkeId of(IpAddress address) {
        return new IkeId(
                address.family() == AddressFamily.IPV4 ? IdType.IPV4_ADDR : IdType.IPV6_ADDR, address.octets());
    }

    /** A host name, without the {@code @} that marks it in text. */
    public static IkeId fqdn(String name) {
        return new IkeId(IdType.FQDN, Bytes.ofUtf8(name));
    }

    /** A mail address. */
    public static IkeId userFqdn(String name) {
        return new IkeId(IdType.USER_FQDN, Bytes.ofUtf8(name));
    }

    public static IkeId keyId(Bytes key) {
        return new IkeId(IdType.KEY_ID, key);
    }

    public static IkeId of(DistinguishedName name) {
        return new IkeId(IdType.DER_ASN1_DN, name.der());
    }

    /**
     * An identity from an ID payload.
     *
     * @param number the payload's ID type, 0 to 255
     * @throws IdentityException if we do not take that type from a peer or the octets cannot be one
     */
    public static IkeId ofWire(int number, Bytes body) throws IdentityException {
        IdType type = IdType.ofWire(number)
                .orElseThrow(() -> new IdentityException(
                        "Unsupported identity type (" + IdType.label(number) + ") in Phase 1 (Parent) ID Payload"));
        return switch (type) {
            case IPV4_ADDR -> address(type, body, 4);
            case IPV6_ADDR -> address(type, body, 16);
            case FQDN, USER_FQDN -> {
                if (indexOf(body, 0) >= 0) {
                    throw new IdentityException(
                            "Phase 1 (Parent)ID Payload of type " + type.label() + " contains a NUL");
                }
                yield new IkeId(type, body);
            }
            case NULL -> NULL;
            default -> new IkeId(type, body);
        };
    }

    private static IkeId address(IdType type, Bytes body, int octets) throws IdentityException {
        if (body.length() < octets) {
            throw new IdentityException("not enough bytes left to get peer ID from Identification Payload");
        }
        // as the oracle: what follows the address is not looked at
        return new IkeId(type, body.first(octets));
    }

    /** As {@link #parse(Bytes, NameResolver)}, for text that has no octets of its own: they are its UTF-8. */
    public static IkeId parse(String text, NameResolver resolver) throws IdentityException {
        return parse(Bytes.ofUtf8(text), resolver);
    }

    /**
     * An identity as configuration writes it: {@code %any %none %null %fromcert}, an address or a host name to look up,
     * {@code @name}, {@code user@name}, {@code @[key id]}, {@code @#hex} key id, {@code @~hex} DER name, or anything with
     * {@code =} as a distinguished name.
     *
     * @throws IdentityException saying what is wrong
     */
    public static IkeId parse(Bytes text, NameResolver resolver) throws IdentityException {
        String ascii = latin1(text);
        switch (ascii) {
            case "%fromcert":
                return FROM_CERT;
            case "%none", "%any", "0.0.0.0":
                return NONE;
            case "%null":
                return NULL;
            default:
                break;
        }
        if (ascii.indexOf('=') >= 0) {
            return of(DistinguishedName.parse(ascii.startsWith("@") ? text.from(1) : text));
        }
        if (ascii.indexOf('@') < 0) {
            return of(addressOf(text.utf8(), resolver));
        }
        if (ascii.startsWith("@#")) {
            return keyId(DataText.hex(text.from(2)));
        }
        if (ascii.startsWith("@~")) {
            return of(DistinguishedName.ofDer(DataText.hex(text.from(2))));
        }
        if (ascii.startsWith("@[")) {
            int end = ascii.endsWith("]") ? text.length() - 1 : text.length();
            return keyId(text.slice(2, end - 2));
        }
        return ascii.startsWith("@") ? new IkeId(IdType.FQDN, text.from(1)) : new IkeId(IdType.USER_FQDN, text);
    }

    /** As the oracle: a name is only ever looked up as IPv4, for nothing in it says otherwise. */
    private static IpAddress addressOf(String text, NameResolver resolver) throws IdentityException {
        AddressFamily family = text.indexOf(':') < 0 ? AddressFamily.IPV4 : AddressFamily.IPV6;
        try {
            return numeric(text, family);
        } catch (ValueException notNumeric) {
            // then it is a name
        }
        return resolver.lookup(text).stream()
                .filter(a -> a.family() == family)
                .findFirst()
                .orElseThrow(
                        () -> new IdentityException("not a numeric " + (family == AddressFamily.IPV4 ? "IPv4" : "IPv6")
                                + " address and name lookup failed (no validation performed)"));
    }

    /** As getaddrinfo(3): a number without dots is all 32 bits of an IPv4 address. */
    private static IpAddress numeric(String text, AddressFamily family) throws ValueException {
        if (family == AddressFamily.IPV4 && text.indexOf('.') < 0) {
            long bits = Numbers.unsigned(text, 0);
            if (bits >>> 32 != 0) {
                throw new ValueException("overflow in numeric address");
            }
            return IpAddress.v4((int) bits);
        }
        return Addresses.address(text, Optional.of(family));
    }

    private static String latin1(Bytes octets) {
        return new String(octets.toArray(), StandardCharsets.ISO_8859_1);
    }

    private static int indexOf(Bytes octets, int wanted) {
        for (int i = 0; i < octets.length(); i++) {
            if (octets.get(i) == wanted) {
                return i;
            }
        }
        return -1;
    }

    public IdType type() {
        return type;
    }

    /** The octets of an ID payload after type and reserved; empty for the kinds that only a configuration has. */
    public Bytes body() {
        return body;
    }

    /** The address of an address identity. */
    public Optional<IpAddress> address() {
        return type == IdType.IPV4_ADDR || type == IdType.IPV6_ADDR
                ? Optional.of(IpAddress.of(body))
                : Optional.empty();
    }

    /** The name of a DN identity. */
    public Optional<DistinguishedName> distinguishedName() {
        return type == IdType.DER_ASN1_DN ? Optional.of(DistinguishedName.ofDer(body)) : Optional.empty();
    }

    /** What goes out for this identity: itself, or {@code host}'s address where the configuration names none. */
    public IkeId forWire(IpAddress host) {
        return type == IdType.NONE ? of(host) : this;
    }

    /** Whether this stands for any identity: none given, or an unspecified address. */
    public boolean isAny() {
        return type == IdType.NONE
                || address().map(a -> a.equals(IpAddress.any(a.family()))).orElse(false);
    }

    public boolean hasWildcards() {
        return type == IdType.NONE
                || distinguishedName().map(DistinguishedName::hasWildcards).orElse(false);
    }

    /** The same end: names without regard to case and trailing dots, DNs attribute by attribute, NONE with any. */
    public boolean sameAs(IkeId other) {
        if (type == IdType.NONE || other.type == IdType.NONE) {
            return true;
        }
        if (type != other.type) {
            return false;
        }
        return switch (type) {
            case NULL -> true;
            case FQDN, USER_FQDN -> caseless(body).equals(caseless(other.body));
            case DER_ASN1_DN, FROMCERT -> DistinguishedName.ofDer(body).sameAs(DistinguishedName.ofDer(other.body));
            default -> body.equals(other.body);
        };
    }

    private static String caseless(Bytes name) {
        String text = latin1(name);
        int length = text.length();
        while (length > 0 && text.charAt(length - 1) == '.') {
            length--;
        }
        StringBuilder lower = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            lower.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return lower.toString();
    }

    /** The count of {@link #match} when the pattern takes any identity. */
    public static final int ALL_WILD = 15;

    /**
     * How well this identity of a peer fits a configured one: the number of wildcards it took, {@link #ALL_WILD} for one
     * that takes all; empty if it does not fit.
     */
    public OptionalInt match(IkeId pattern) {
        if (pattern.type == IdType.NONE) {
            return OptionalInt.of(ALL_WILD);
        }
        if (type != pattern.type) {
            return OptionalInt.empty();
        }
        if (type == IdType.DER_ASN1_DN) {
            return DistinguishedName.ofDer(body).match(DistinguishedName.ofDer(pattern.body));
        }
        return sameAs(pattern) ? OptionalInt.of(0) : OptionalInt.empty();
    }

    public boolean matches(IkeId pattern) {
        return match(pattern).isPresent();
    }

    /** As log and status lines show it; octets that do not print are escaped. */
    @Override
    public String toString() {
        return text(Bytes::sanitized);
    }

    /** @param written how octets that somebody chose as a name are written; all else is plain text */
    public String text(Function<Bytes, String> written) {
        return switch (type) {
            case FROMCERT -> "%fromcert";
            case NONE -> "(none)";
            case NULL -> "ID_NULL";
            case IPV4_ADDR, IPV6_ADDR -> isAny() ? "%any" : IpAddress.of(body).toString();
            case FQDN -> "@" + written.apply(body);
            case USER_FQDN -> written.apply(body);
            case DER_ASN1_DN -> written.apply(
                    Bytes.ofUtf8(DistinguishedName.ofDer(body).toString()));
            case KEY_ID -> "@#0x" + body.hex();
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IkeId that && type == that.type && body.equals(that.body);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + body.hashCode();
    }
}
