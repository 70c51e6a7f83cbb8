// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.agreement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jswan.base.Bytes;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.log.Logger;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.Proposals;
import org.jswan.proposal.SecurityProtocol;
import org.jswan.proposal.Transform;
import org.jswan.proposal.TransformType;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v2.SaPayload;

/** SA payloads with the transforms that they ought to have, unless that is impaired. */
public final class ImpairedProposals {
    private final Impairments impair;
    private final Logger logger;

    private ImpairedProposals(Impairments impair, Logger logger) {
        this.impair = impair;
        this.logger = logger;
    }

    /** As an initiator offers them. */
    public static SaPayload offer(Proposals offered, Bytes spi, Impairments impair, Logger logger) {
        ImpairedProposals impaired = new ImpairedProposals(impair, logger);
        return SaPayload.of(offered.all().stream()
                .map(proposal -> impaired.wire(proposal, spi, proposal::isOffered))
                .toList());
    }

    /** As a responder tells what it chose. */
    public static SaPayload answer(Proposal chosen, Bytes spi, Impairments impair, Logger logger) {
        return SaPayload.of(List.of(new ImpairedProposals(impair, logger).wire(chosen, spi, transform -> true)));
    }

    private WireProposal wire(Proposal proposal, Bytes spi, Predicate<Transform> normally) {
        for (Transform transform : proposal.transforms()) {
            isSent(proposal, transform, "counting transforms", normally);
        }
        WireProposal wire = proposal.with(spi, transform -> isSent(proposal, transform, "emitting proposal", normally));
        Impairment keyLength = proposal.protocol() == SecurityProtocol.IKE
                ? Impairment.IKE_KEY_LENGTH_ATTRIBUTE
                : Impairment.CHILD_KEY_LENGTH_ATTRIBUTE;
        return withTransform(impair.on(keyLength) ? withKeyLengths(wire, keyLength) : wire, proposal.protocol());
    }

    /** The first proposal, with a transform more if one is to be added. */
    private WireProposal withTransform(WireProposal proposal, SecurityProtocol protocol) {
        OptionalLong added = impair.number(
                protocol == SecurityProtocol.IKE
                        ? Impairment.IKEV2_ADD_IKE_TRANSFORM
                        : Impairment.IKEV2_ADD_CHILD_TRANSFORM);
        if (proposal.number() != 1 || added.isEmpty()) {
            return proposal;
        }
        int type = (int) (added.getAsLong() >> 16) & 0xff;
        int id = (int) added.getAsLong() & 0xffff;
        Optional<TransformType> known = TransformType.byId(type);
        logger.log("IMPAIR: adding transform type "
                + known.map(TransformType::toString).orElse(type + "??") + " (0x" + Integer.toHexString(type) + ") id "
                + known.map(t -> t.longName(id)).orElse(id + "??") + " (0x" + Integer.toHexString(id) + ")");
        List<WireTransform> transforms = new ArrayList<>(proposal.transforms());
        transforms.add(new WireTransform(type, id, List.of()));
        return new WireProposal(proposal.number(), proposal.protocol(), proposal.spi(), transforms);
    }

    private boolean isSent(Proposal proposal, Transform transform, String when, Predicate<Transform> normally) {
        Impairment impairment =
                transform.type() == TransformType.INTEG ? Impairment.V2_PROPOSAL_INTEG : Impairment.V2_PROPOSAL_DH;
        boolean concerned = transform.type() == TransformType.INTEG || transform.type() == TransformType.DH;
        if (!concerned || !impair.on(impairment)) {
            return normally.test(transform);
        }
        boolean omit = impair.on(impairment, "omit");
        boolean drop = impair.on(impairment, "drop-none");
        if (!omit && !drop && !impair.on(impairment, "allow-none")) {
            return normally.test(transform);
        }
        boolean sent = !omit && !(drop && transform.isNone());
        if (omit || transform.isNone()) {
            logger.log("IMPAIR: proposal " + proposal.number() + " transform " + transform.type() + "=" + transform
                    + (sent ? " included" : " excluded") + " when " + when);
        }
        return sent;
    }

    private WireProposal withKeyLengths(WireProposal proposal, Impairment impairment) {
        List<WireTransform> transforms = new ArrayList<>();
        for (WireTransform transform : proposal.transforms()) {
            transforms.add(
                    transform.type() == TransformType.ENCR.id()
                            ? new WireTransform(
                                    transform.type(), transform.id(), keyLength(transform.attributes(), impairment))
                            : transform);
        }
        return new WireProposal(proposal.number(), proposal.protocol(), proposal.spi(), transforms);
    }

    private List<WireAttribute> keyLength(List<WireAttribute> normal, Impairment impairment) {
        OptionalLong number = impair.number(impairment);
        if (number.isPresent()) {
            int bits = (int) number.getAsLong() & 0xffff;
            logger.log("IMPAIR: emitting fixed-length key-length attribute with " + bits + " key");
            return List.of(WireAttribute.number(WireAttribute.KEY_LENGTH, bits));
        }
        if (impair.on(impairment, "empty")) {
            logger.log("IMPAIR: emitting variable-size key-length attribute with no key");
            if (impair.on(Impairment.EMITTING)) {
                logger.log("IMPAIR: emitting af+type of IKEv2 Attribute Substructure Payload has an unknown value:"
                        + " 0x0+14 (0xe)");
            }
            return List.of(new WireAttribute(WireAttribute.KEY_LENGTH, false, Bytes.EMPTY));
        }
        if (impair.on(impairment, "omit")) {
            logger.log("IMPAIR: omitting fixed-size key-length attribute");
            return List.of();
        }
        if (impair.on(impairment, "duplicate")) {
            logger.log("IMPAIR: duplicating key-length attribute");
            WireAttribute once = normal.isEmpty() ? WireAttribute.number(WireAttribute.KEY_LENGTH, 0) : normal.get(0);
            return List.of(once, once);
        }
        return normal;
    }
}
