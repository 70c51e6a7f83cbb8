// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.wire.FieldText;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.ProtocolId;

/**
 * What is inside an SA payload of IKEv1, as debugging output. As libreswan: of what came, what is looked at is shown, as
 * often as it is looked at; an answer's attributes are copied from the offer and not shown again.
 */
public final class SaTrace {
    /** Octets of a proposal without its SPI, and of a transform without its attributes. */
    private static final int FIXED = 8;

    private static final int ATTRIBUTE_FIXED = 4;
    private static final int FORMAT_BIT = 0x8000;

    private final String verb;
    private final boolean attributes;
    private final List<String> lines = new ArrayList<>();

    private SaTrace(String verb, boolean attributes) {
        this.verb = verb;
        this.attributes = attributes;
    }

    private boolean parses() {
        return verb.equals("parse");
    }

    /** All of what came. */
    public static List<String> parsed(List<WireProposal> proposals) {
        return new SaTrace("parse", true).all(proposals, List.of());
    }

    /**
     * What came, up to what was taken of it.
     *
     * @param taken the proposals that were taken, each with the one transform of it; empty if none was
     */
    public static List<String> parsed(List<WireProposal> proposals, List<WireProposal> taken) {
        return new SaTrace("parse", true).all(proposals, taken);
    }

    /** An offer that goes. */
    public static List<String> offered(List<WireProposal> proposals) {
        return new SaTrace("emit", true).all(proposals, List.of());
    }

    /** An answer that goes. */
    public static List<String> answered(List<WireProposal> proposals) {
        return new SaTrace("emit", false).all(proposals, List.of());
    }

    private List<String> all(List<WireProposal> proposals, List<WireProposal> taken) {
        lines.add(FieldText.structure(4, verb, "IPsec DOI SIT"));
        lines.add(FieldText.named("IPsec DOI SIT", "SIT_IDENTITY_ONLY", 1));
        for (int i = 0; i < proposals.size(); i++) {
            WireProposal each = proposals.get(i);
            if (!taken.isEmpty() && taken.stream().allMatch(t -> t.number() < each.number())) {
                return lines;
            }
            Optional<WireTransform> last = taken.stream()
                    .filter(t -> t.number() == each.number() && t.protocol() == each.protocol())
                    .map(t -> t.transforms().get(0))
                    .findFirst();
            proposal(each, i == proposals.size() - 1, last);
        }
        return lines;
    }

    private void proposal(WireProposal proposal, boolean isLast, Optional<WireTransform> until) {
        lines.add(FieldText.structure(4, verb, "ISAKMP Proposal Payload"));
        next(isLast ? 0 : PayloadTypes.P.number());
        length(FIXED
                + proposal.spi().length()
                + proposal.transforms().stream().mapToInt(SaTrace::length).sum());
        lines.add(FieldText.number("proposal number", proposal.number(), 1));
        lines.add(FieldText.named("protocol ID", ProtocolId.name(proposal.protocol()), proposal.protocol()));
        lines.add(FieldText.number("SPI size", proposal.spi().length(), 1));
        lines.add(FieldText.number("number of transforms", proposal.transforms().size(), 1));
        for (int i = 0; i < proposal.transforms().size(); i++) {
            WireTransform transform = proposal.transforms().get(i);
            transform(proposal.protocol(), transform, i == proposal.transforms().size() - 1);
            if (until.filter(transform::equals).isPresent()) {
                return;
            }
        }
    }

    private void next(int type) {
        lines.add(FieldText.named("next payload type", PayloadTypes.name(PayloadType.of(type)), type));
    }

    private void length(int octets) {
        if (parses()) {
            lines.add(FieldText.number("length", octets, 2));
        }
    }

    private static int length(WireTransform transform) {
        return FIXED
                + transform.attributes().stream()
                        .mapToInt(a ->
                                ATTRIBUTE_FIXED + (a.fixed() ? 0 : a.value().length()))
                        .sum();
    }

    private void transform(int protocol, WireTransform transform, boolean isLast) {
        String name =
                switch (protocol) {
                    case ProtocolId.AH -> "AH";
                    case ProtocolId.ESP -> "ESP";
                    case ProtocolId.IPCOMP -> "IPCOMP";
                    default -> "ISAKMP";
                };
        lines.add(FieldText.structure(
                5, verb, "ISAKMP Transform Payload (" + (name.equals("IPCOMP") ? "COMP" : name) + ")"));
        next(isLast ? 0 : PayloadTypes.T.number());
        length(length(transform));
        lines.add(FieldText.number(name + " transform number", transform.type(), 1));
        lines.add(FieldText.named(
                name + " transform ID", Ikev1Names.transform(protocol, transform.id()), transform.id()));
        if (attributes) {
            transform.attributes().forEach(attribute -> attribute(protocol, attribute));
        }
    }

    private void attribute(int protocol, WireAttribute attribute) {
        boolean phase1 = protocol == ProtocolId.ISAKMP;
        lines.add(FieldText.structure(6, verb, phase1 ? "ISAKMP Oakley attribute" : "ISAKMP IPsec DOI attribute"));
        int number = attribute.type() | (attribute.fixed() ? FORMAT_BIT : 0);
        String name = phase1 ? Ikev1Names.oakley(attribute) : Ikev1Names.ipsec(attribute);
        lines.add(FieldText.named("af+type", (attribute.fixed() ? "AF+" : "") + name, number));
        int value = Ikev1Attribute.value(attribute);
        if (attribute.fixed() || parses()) {
            lines.add(FieldText.number("length/value", value, 2));
        }
        if (attribute.fixed()) {
            (phase1 ? Ikev1Names.oakleyValue(attribute.type(), value) : Ikev1Names.ipsecValue(attribute.type(), value))
                    .ifPresent(meaning -> lines.add((parses() ? "   [" : "    [") + value + " is " + meaning + "]"));
        }
    }
}
