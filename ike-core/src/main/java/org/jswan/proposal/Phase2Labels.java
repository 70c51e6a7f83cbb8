// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Optional;
import java.util.function.Function;
import org.jswan.base.Bytes;
import org.jswan.base.SecurityLabel;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.NotificationType;

/**
 * The security label in transforms of Quick Mode: an attribute of libreswan's own.
 *
 * <pre>
 *  domain of interpretation u8 | algorithm u8 | length of the label u16 | the label with its NUL
 * </pre>
 *
 * @param offered the label that transforms of ours bear
 * @param refusal why a label of the peer's is not taken, if so
 */
public record Phase2Labels(Optional<SecurityLabel> offered, Function<SecurityLabel, Optional<String>> refusal) {
    /** Of a connection without a label. */
    public static final Phase2Labels NONE = new Phase2Labels(
            Optional.empty(),
            label -> Optional.of("received IPsec Security Label on connection not configured with labeled ipsec"));

    private static final int HEADER = 4;
    private static final int LSM = 1;
    private static final int SELINUX = 1;

    static WireAttribute attribute(SecurityLabel label) {
        int length = label.octets().length();
        return new WireAttribute(
                Ikev1Attribute.SECCTX,
                false,
                Bytes.of(LSM, SELINUX, length >>> Byte.SIZE, length & 0xff).plus(label.octets()));
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
