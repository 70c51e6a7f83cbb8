// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.base.SecurityLabel;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.Compression;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.NumberSpace;
import org.jswan.log.RcCode;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v1.ProtocolId;

/**
 * Reads one transform of Quick Mode, attribute by attribute (RFC 2407 §4.5). As libreswan, a flaw mostly is the end of the
 * whole SA payload.
 */
final class Phase2Transform {
    private static final Duration DEFAULT_LIFE = Duration.ofHours(8);
    private static final Duration MAX_LIFE = Duration.ofDays(1);

    private final WireTransform transform;
    private final int protocol;
    private final Phase2Labels labels;
    private final List<LogLine> log;
    private final SeenAttributes seen =
            new SeenAttributes(Ikev1Attribute.SA_LIFE_TYPE, Ikev1Attribute.SA_LIFE_DURATION);

    private Optional<Encr> encr = Optional.empty();
    private int keyBits;
    private Optional<Integ> integ = Optional.empty();
    private Optional<KeGroup> group = Optional.empty();
    private Optional<EncapsulationMode> mode = Optional.empty();
    private Duration life = DEFAULT_LIFE;
    private Optional<SecurityLabel> label = Optional.empty();

    private Phase2Transform(WireTransform transform, int protocol, Phase2Labels labels, List<LogLine> log) {
        this.transform = transform;
        this.protocol = protocol;
        this.labels = labels;
        this.log = log;
        if (protocol == ProtocolId.ESP) {
            encr = Algorithm.byId(Encr.ALL, NumberSpace.IKEV1_IPSEC, transform.id());
        }
    }

    /**
     * Reads all attributes.
     *
     * @param protocol AH, ESP or IPCOMP
     * @param labels judges the security label
     * @param log gets lines about what is not acceptable but does not harm
     */
    static Phase2Transform read(WireTransform transform, int protocol, Phase2Labels labels, List<LogLine> log)
            throws SaRefused {
        Phase2Transform read = new Phase2Transform(transform, protocol, labels, log);
        for (WireAttribute attribute : transform.attributes()) {
            read.read(attribute);
        }
        read.complete();
        return read;
    }

    WireTransform wire() {
        return transform;
    }

    /** The cipher of ESP; empty if it is unknown or lacks the key length that it needs. */
    Optional<Encr> encr() {
        return encr;
    }

    int keyBits() {
        return keyBits;
    }

    /** {@link Integ#NONE} if ESP has no attribute for it; empty if it has one but it is unknown. */
    Optional<Integ> integ() {
        return integ;
    }

    Optional<KeGroup> group() {
        return group;
    }

    EncapsulationMode mode() {
        return mode.orElseThrow();
    }

    Duration life() {
        return life;
    }

    Optional<SecurityLabel> label() {
        return label;
    }

    boolean isDeflate() {
        return Algorithm.byId(Compression.ALL, NumberSpace.IKEV1_IPSEC, transform.id())
                .filter(found -> found == Compression.DEFLATE)
                .isPresent();
    }

    /** Of a transform whose algorithms are known. */
    ChildSuite suite() {
        return new ChildSuite(encr, keyBits, integ.orElseThrow());
    }

    private void read(WireAttribute attribute) throws SaRefused {
        if (!seen.isFirst(attribute)) {
            throw labels.isLabel(attribute)
                    ? SaRefused.badSyntax("repeated SECCTX attribute in IPsec Transform " + transform.type())
                    : SaRefused.badSyntax("repeated " + Ikev1Names.ipsec(attribute) + " attribute in IPsec Transform "
                            + transform.type());
        }
        boolean suitsCompression = attribute.type() <= Ikev1Attribute.ENCAPSULATION_MODE || labels.isLabel(attribute);
        if (attribute.type() == Ikev1Attribute.SA_LIFE_DURATION) {
            lifeDuration(attribute);
        } else if (attribute.fixed()) {
            read(attribute, Ikev1Attribute.value(attribute));
        } else if (labels.isLabel(attribute)) {
            label = Optional.of(labels.read(attribute));
        } else {
            throw unsupported(attribute);
        }
        if (protocol == ProtocolId.IPCOMP && !suitsCompression) {
            throw SaRefused.badSyntax("IPsec attribute " + Ikev1Names.ipsec(attribute) + " inappropriate for IPCOMP");
        }
    }

    private void read(WireAttribute attribute, int value) throws SaRefused {
        switch (attribute.type()) {
            case Ikev1Attribute.SA_LIFE_TYPE -> lifeType(attribute, value);
            case Ikev1Attribute.GROUP_DESCRIPTION -> group(attribute, value);
            case Ikev1Attribute.ENCAPSULATION_MODE -> mode =
                    Optional.of(EncapsulationMode.byNumber(value).orElseThrow(() -> invalid(attribute, value)));
            case Ikev1Attribute.AUTH_ALGORITHM -> integrity(attribute, value);
            case Ikev1Attribute.KEY_LENGTH -> keyLength(value);
            default -> throw unsupported(attribute);
        }
    }

    private void lifeType(WireAttribute attribute, int type) throws SaRefused {
        if (!SeenAttributes.isLifeType(type)) {
            throw invalid(attribute, type);
        }
        if (!seen.isFirstLife(type)) {
            throw SaRefused.badSyntax(
                    "attribute SA_LIFE_TYPE value " + Ikev1Names.IPSEC_LIFE.longName(type) + " repeated in message");
        }
    }

    private void lifeDuration(WireAttribute attribute) throws SaRefused {
        if (!seen.has(Ikev1Attribute.SA_LIFE_TYPE)) {
            throw SaRefused.badSyntax("SA_LIFE_DURATION IPsec attribute not preceded by SA_LIFE_TYPE attribute");
        }
        seen.life(attribute).ifPresent(asked -> life = asked.compareTo(MAX_LIFE) > 0 ? MAX_LIFE : asked);
    }

    private void group(WireAttribute attribute, int id) throws SaRefused {
        if (!TransformNames.GROUP.has(id)) {
            throw invalid(attribute, id);
        }
        if (protocol == ProtocolId.IPCOMP) {
            log.add(new LogLine(
                    RcCode.COMMENT, "IPCA (IPcomp SA) contains GROUP_DESCRIPTION.  Ignoring inappropriate attribute."));
        }
        group = Algorithm.byId(KeGroup.ALL, NumberSpace.IKEV1_OAKLEY, id);
        if (group.isEmpty()) {
            throw SaRefused.badSyntax("OAKLEY_GROUP " + id + " not supported for PFS");
        }
    }

    private void integrity(WireAttribute attribute, int id) throws SaRefused {
        if (!TransformNames.ESP_INTEG.has(id)) {
            throw invalid(attribute, id);
        }
        integ = Algorithm.byId(Integ.ALL, NumberSpace.IKEV1_IPSEC, id);
        if (integ.isEmpty()) {
            // as libreswan: named as if the number were a transform ID of AH
            log.add(LogLine.serious("IKEv1 " + (protocol == ProtocolId.ESP ? "ESP" : "AH") + " integrity algorithm "
                    + Ikev1Names.AH.longName(id) + " not supported"));
        }
    }

    private void keyLength(int bits) throws SaRefused {
        if (encr.isEmpty() || !encr.get().hasKeyBits(bits)) {
            throw SaRefused.badSyntax("IKEv1 key-length attribute without encryption algorithm");
        }
        keyBits = bits;
    }

    /** What must be there, and what goes without saying. */
    private void complete() throws SaRefused {
        if (mode.isEmpty()) {
            if (protocol != ProtocolId.IPCOMP) {
                throw SaRefused.badSyntax("IPsec Transform must specify ENCAPSULATION_MODE");
            }
            mode = Optional.of(EncapsulationMode.TRANSPORT);
        }
        boolean withIntegrity = seen.has(Ikev1Attribute.AUTH_ALGORITHM);
        if (protocol == ProtocolId.AH && !withIntegrity) {
            throw SaRefused.badSyntax("AUTH_ALGORITHM attribute missing in AH Transform");
        }
        if (protocol == ProtocolId.ESP) {
            if (encr.isPresent() && !seen.has(Ikev1Attribute.KEY_LENGTH)) {
                completeKeyLength(encr.get());
            }
            if (!withIntegrity) {
                integ = Optional.of(Integ.NONE);
            }
        }
    }

    private void completeKeyLength(Encr cipher) {
        if (cipher.isKeyLengthOmitted()) {
            keyBits = cipher.defaultKeyBits();
        } else {
            log.add(LogLine.serious(
                    "IPsec encryption transform " + cipher.fqn() + " did not specify required KEY_LENGTH attribute"));
            encr = Optional.empty();
        }
    }

    private static SaRefused unsupported(WireAttribute attribute) {
        return SaRefused.badSyntax("unsupported IPsec attribute " + Ikev1Names.ipsec(attribute));
    }

    private static SaRefused invalid(WireAttribute attribute, int value) {
        return SaRefused.badSyntax(
                "invalid value " + value + " for attribute " + Ikev1Names.ipsec(attribute) + " in IPsec Transform");
    }
}
