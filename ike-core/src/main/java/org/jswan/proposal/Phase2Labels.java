// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Optional;
import java.util.function.Function;
import org.jswan.base.Bytes;
import org.jswan.base.SecurityLabel;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.NotificationType;

/**
 * The security label in transforms of Quick Mode: an attribute of libreswan's own, whose number is configured.
 *
 * <pre>
 *  domain of interpretation u8 | algorithm u8 | length of the label u16 | the label with its NUL
 * </pre>
 *
 * @param number the attribute's, see {@link #isNumber}; {@link #DEFAULT_NUMBER} is understood besides
 * @param offered the label that transforms of ours bear
 * @param refusal why a label of the peer's is not taken, if so
 */
public record Phase2Labels(
        int number, Optional<SecurityLabel> offered, Function<SecurityLabel, Optional<String>> refusal) {
    /** In the range for private use (RFC 2407 §4.5). */
    public static final int DEFAULT_NUMBER = Ikev1Attribute.SECCTX;

    /** What Openswan used before, although it is another attribute's. */
    public static final int OLD_NUMBER = 10;

    private static final int FIRST_PRIVATE_NUMBER = 32001;
    private static final int LAST_NUMBER = 0x7fff;

    private static final int HEADER = 4;
    private static final int LSM = 1;
    private static final int SELINUX = 1;

    /** Of a connection without a label. */
    public static Phase2Labels none(int number) {
        return new Phase2Labels(
                number,
                Optional.empty(),
                label -> Optional.of("received IPsec Security Label on connection not configured with labeled ipsec"));
    }

    /** Whether an attribute with that number may be a label: others have a meaning or are yet to get one (RFC 2407 §4.5). */
    public static boolean isNumber(long number) {
        return number == OLD_NUMBER || number >= FIRST_PRIVATE_NUMBER && number <= LAST_NUMBER;
    }

    /** What transforms of ours bear. */
    Optional<WireAttribute> attribute() {
        return offered.map(this::attribute);
    }

    private WireAttribute attribute(SecurityLabel label) {
        int length = label.octets().length();
        return new WireAttribute(
                number,
                false,
                Bytes.of(LSM, SELINUX, length >>> Byte.SIZE, length & 0xff).plus(label.octets()));
    }

    /** Whether that attribute is a label. */
    boolean isLabel(WireAttribute attribute) {
        return !attribute.fixed() && (attribute.type() == number || attribute.type() == DEFAULT_NUMBER);
    }

    /** Of the peer's transform. */
    SecurityLabel read(WireAttribute attribute) throws SaRefused {
        Bytes value = attribute.value();
        if (value.length() < HEADER) {
            throw new SaRefused(
                    NotificationType.BAD_PROPOSAL_SYNTAX,
                    Optional.of(LogLine.plain("not enough room in input packet for Security Label Context (remain="
                            + value.length() + ", sd->size=" + HEADER + ")")));
        }
        int length = value.get(2) << Byte.SIZE | value.get(3);
        Bytes octets = value.from(HEADER);
        if (octets.length() != length) {
            throw SaRefused.badSyntax("IPsec Security Label length mismatch (length=" + length + "; packet space = "
                    + octets.length() + ")");
        }
        Optional<String> fault = SecurityLabel.fault(octets);
        if (fault.isPresent()) {
            throw SaRefused.badSyntax("IPsec " + fault.get());
        }
        SecurityLabel label = new SecurityLabel(octets.compact());
        Optional<String> refused = refusal.apply(label);
        if (refused.isPresent()) {
            throw SaRefused.badSyntax(refused.get());
        }
        return label;
    }
}
