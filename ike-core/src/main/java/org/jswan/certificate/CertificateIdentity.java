// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.certificate.Certificate.AlternativeName;
import org.jswan.certificate.Certificate.AlternativeName.Kind;
import org.jswan.identity.DistinguishedName;
import org.jswan.identity.IdType;
import org.jswan.identity.IdentifiedKey;
import org.jswan.identity.IkeId;

/** Whose a certificate is. */
public final class CertificateIdentity {
    private CertificateIdentity() {}

    /** The certificate's subject as an identity. */
    public static IkeId subject(Certificate certificate) {
        return IkeId.of(certificate.subject());
    }

    /**
     * The certificate's key as the key of all whom it names, the subject first.
     *
     * @param another an identity that it is for, too
     */
    public static List<IdentifiedKey> keys(Certificate certificate, Optional<IkeId> another, Instant now) {
        Set<IkeId> ids = new LinkedHashSet<>();
        another.filter(id -> switch (id.type()) {
                    case NONE, FROMCERT, DER_ASN1_DN -> false;
                    default -> true;
                })
                .ifPresent(ids::add);
        ids.add(subject(certificate));
        NssName.emails(certificate.subject()).forEach(email -> ids.add(IkeId.userFqdn(email)));
        certificate.alternativeNames().orElse(List.of()).forEach(name -> id(name).ifPresent(ids::add));
        List<IdentifiedKey> keys = new ArrayList<>();
        for (IkeId id : ids) {
            keys.add(new IdentifiedKey(
                    id,
                    certificate.key(),
                    now,
                    Optional.of(certificate.notAfter()),
                    Optional.of(certificate.issuer())));
        }
        return keys;
    }

    private static Optional<IkeId> id(AlternativeName name) {
        return switch (name.kind()) {
            case DNS -> Optional.of(IkeId.fqdn(name.octets().utf8()));
            case EMAIL -> Optional.of(IkeId.userFqdn(name.octets().utf8()));
            case DIRECTORY -> Optional.of(IkeId.of(DistinguishedName.ofDer(name.octets())));
            case ADDRESS -> isAddress(name.octets())
                    ? Optional.of(IkeId.of(IpAddress.of(name.octets())))
                    : Optional.empty();
        };
    }

    private static boolean isAddress(Bytes octets) {
        return octets.length() == AddressFamily.IPV4.octets() || octets.length() == AddressFamily.IPV6.octets();
    }

    /**
     * What a certificate that is to be believed says of an expected identity.
     *
     * @param identity who the peer is from now on, where something was left open
     * @param refusal why the certificate is not for that identity
     */
    public record Match(Optional<IkeId> identity, Optional<String> refusal) {
        private static Match good() {
            return new Match(Optional.empty(), Optional.empty());
        }

        private static Match now(IkeId identity) {
            return new Match(Optional.of(identity), Optional.empty());
        }

        private static Match refused(String why) {
            return new Match(Optional.empty(), Optional.of(why));
        }
    }

    /** Whether a certificate is for an identity. */
    public static Match match(Certificate certificate, IkeId expected) {
        if (certificate.isAuthority()) {
            return Match.refused("cannot use peer CA certificate");
        }
        return switch (expected.type()) {
            case IPV4_ADDR, IPV6_ADDR, FQDN, USER_FQDN -> namesMismatch(certificate, expected)
                    .map(Match::refused)
                    .orElseGet(Match::good);
            case FROMCERT -> Match.now(subject(certificate));
            case DER_ASN1_DN -> matchSubject(certificate, expected);
            default -> Match.refused("unhandled ID type " + expected.type().label()
                    + "; cannot match peer's certificate with expected peer ID");
        };
    }

    private static Match matchSubject(Certificate certificate, IkeId expected) {
        OptionalInt wildcards =
                certificate.subject().match(expected.distinguishedName().orElseThrow());
        if (wildcards.isEmpty()) {
            return Match.refused("peer ID_DER_ASN1_DN '" + NssName.of(certificate.subject())
                    + "' does not match expected '" + expected + "'");
        }
        return wildcards.getAsInt() > 0 ? Match.now(subject(certificate)) : Match.good();
    }

    /** Why none of the certificate's alternative names is that identity; nothing if one is. */
    public static Optional<String> namesMismatch(Certificate certificate, IkeId expected) {
        if (certificate.alternativeNames().isEmpty()) {
            return Optional.of("peer certificate contains no subjectAltName extension to match "
                    + expected.type().label() + " '" + expected + "'");
        }
        String text = expected.toString();
        String plain = expected.type() == IdType.FQDN ? text.substring(1) : text;
        // as libreswan: a name that reads like an address is one
        Optional<IpAddress> address = IpAddress.parse(plain);
        for (AlternativeName name : certificate.alternativeNames().get()) {
            boolean same = address.isPresent()
                    ? name.kind() == Kind.ADDRESS
                            && name.octets().equals(address.get().octets())
                    : (name.kind() == Kind.DNS || name.kind() == Kind.EMAIL)
                            && covers(new String(name.octets().toArray(), StandardCharsets.ISO_8859_1), plain);
            if (same) {
                return Optional.empty();
            }
        }
        return Optional.of("peer certificate subjectAltName extension does not match "
                + expected.type().label() + " '" + plain + "'");
    }

    /** A name that begins with {@code *.} stands for any first component. */
    private static boolean covers(String pattern, String name) {
        String rest = name;
        String wanted = pattern;
        if (pattern.length() > 2 && pattern.startsWith("*.")) {
            wanted = pattern.substring(2);
            int dot = name.indexOf('.');
            if (dot < 0) {
                return false;
            }
            rest = name.substring(dot + 1);
        }
        return wanted.toLowerCase(Locale.ROOT).equals(rest.toLowerCase(Locale.ROOT));
    }
}
