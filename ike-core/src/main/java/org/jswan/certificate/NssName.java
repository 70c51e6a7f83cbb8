// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.jswan.identity.DistinguishedName;

/** Distinguished names as NSS writes them: the last attribute first, values with special characters in quotes. */
final class NssName {
    private static final String SPECIAL = ",+\"\\<>;=\n\r";
    private static final Map<ASN1ObjectIdentifier, String> KEYWORDS = Map.ofEntries(
            Map.entry(BCStyle.CN, "CN"),
            Map.entry(BCStyle.ST, "ST"),
            Map.entry(BCStyle.O, "O"),
            Map.entry(BCStyle.OU, "OU"),
            Map.entry(BCStyle.DN_QUALIFIER, "dnQualifier"),
            Map.entry(BCStyle.C, "C"),
            Map.entry(BCStyle.SERIALNUMBER, "serialNumber"),
            Map.entry(BCStyle.L, "L"),
            Map.entry(BCStyle.T, "title"),
            Map.entry(BCStyle.SURNAME, "SN"),
            Map.entry(BCStyle.STREET, "STREET"),
            Map.entry(BCStyle.GIVENNAME, "givenName"),
            Map.entry(BCStyle.INITIALS, "initials"),
            Map.entry(BCStyle.GENERATION, "generationQualifier"),
            Map.entry(BCStyle.DC, "DC"),
            Map.entry(BCStyle.UID, "UID"),
            Map.entry(BCStyle.E, "E"));

    private NssName() {}

    static String of(DistinguishedName name) {
        X500Name parsed;
        try {
            parsed = X500Name.getInstance(name.der().toArray());
        } catch (IllegalArgumentException malformed) {
            return name.toString();
        }
        List<RDN> rdns = new ArrayList<>(List.of(parsed.getRDNs()));
        Collections.reverse(rdns);
        return rdns.stream()
                .map(rdn -> Stream.of(rdn.getTypesAndValues()).map(NssName::of).collect(Collectors.joining("+")))
                .collect(Collectors.joining(","));
    }

    /** The mail addresses of a name. */
    static List<String> emails(DistinguishedName name) {
        try {
            return Stream.of(X500Name.getInstance(name.der().toArray()).getRDNs(BCStyle.E))
                    .map(rdn -> text(rdn.getFirst()))
                    .toList();
        } catch (IllegalArgumentException malformed) {
            return List.of();
        }
    }

    private static String text(AttributeTypeAndValue attribute) {
        return attribute.getValue().toASN1Primitive() instanceof ASN1String string
                ? string.getString()
                : attribute.getValue().toString();
    }

    private static String of(AttributeTypeAndValue attribute) {
        String keyword = KEYWORDS.getOrDefault(
                attribute.getType(), "OID." + attribute.getType().getId());
        String value = text(attribute);
        boolean quote = value.startsWith(" ")
                || value.endsWith(" ")
                || value.startsWith("#")
                || value.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
        return keyword + "=" + (quote ? '"' + value.replaceAll("([\"\\\\])", "\\\\$1") + '"' : value);
    }
}
