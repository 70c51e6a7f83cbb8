// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v1.ProtocolId;

/** IKEv1's proposals with their key lengths falsified, on purpose. */
public final class ImpairedKeyLengths {
    private static final long MAX_VALUE = 0xffff;

    private final Impairments impair;
    private final Impairment how;
    private final int attribute;
    private final Consumer<String> log;

    private ImpairedKeyLengths(Impairments impair, boolean phase1, Consumer<String> log) {
        this.impair = impair;
        this.how = phase1 ? Impairment.IKE_KEY_LENGTH_ATTRIBUTE : Impairment.CHILD_KEY_LENGTH_ATTRIBUTE;
        this.attribute = phase1 ? Ikev1Attribute.OAKLEY_KEY_LENGTH : Ikev1Attribute.KEY_LENGTH;
        this.log = log;
    }

    /**
     * The proposals as they are to be sent: as they are, unless an impairment is on.
     *
     * @param log gets a line for each change
     */
    public static List<WireProposal> of(List<WireProposal> offered, Impairments impair, Consumer<String> log) {
        return offered.stream()
                .map(proposal ->
                        new ImpairedKeyLengths(impair, proposal.protocol() == ProtocolId.ISAKMP, log).of(proposal))
                .toList();
    }

    private WireProposal of(WireProposal proposal) {
        if (!impair.on(how)) {
            return proposal;
        }
        List<WireTransform> transforms = new ArrayList<>();
        for (WireTransform transform : proposal.transforms()) {
            transforms.add(new WireTransform(transform.type(), transform.id(), attributes(transform.attributes())));
        }
        return new WireProposal(proposal.number(), proposal.protocol(), proposal.spi(), transforms);
    }

    private List<WireAttribute> attributes(List<WireAttribute> normal) {
        List<WireAttribute> attributes = new ArrayList<>();
        List<WireAttribute> stripped = new ArrayList<>();
        for (WireAttribute each : normal) {
            if (each.type() == attribute) {
                log.accept("IMPAIR: stripping key-length");
                stripped.add(each);
            } else {
                attributes.add(each);
            }
        }
        attributes.addAll(replaced(stripped));
        return attributes;
    }

    /** What comes in place of the key length, if there was one. */
    private List<WireAttribute> replaced(List<WireAttribute> stripped) {
        OptionalLong number = impair.number(how);
        if (number.isPresent()) {
            log.accept("IMPAIR: sending key-length attribute value " + number.getAsLong());
            return List.of(Ikev1Attribute.of(attribute, number.getAsLong() & MAX_VALUE));
        }
        if (impair.on(how, "empty")) {
            log.accept("IMPAIR: key-length-attribute:empty not implemented");
            return List.of();
        }
        if (impair.on(how, "omit")) {
            log.accept("IMPAIR: not sending key-length attribute");
            return List.of();
        }
        if (stripped.isEmpty()) {
            log.accept("IMPAIR: no key-length to duplicate");
            return List.of();
        }
        log.accept("IMPAIR: duplicating key-length");
        return List.of(stripped.get(0), stripped.get(0));
    }
}
