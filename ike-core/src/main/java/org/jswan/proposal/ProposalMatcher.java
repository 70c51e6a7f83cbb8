// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.Bytes;
import org.jswan.wire.NotifyType;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v2.SaPayload;

/**
 * Compares a peer's proposals with ours. As libreswan, the responder's order counts: of our proposals, the first that any of
 * the peer's matches is taken, and in it, of each type the first transform that the peer offers.
 */
public final class ProposalMatcher {
    private static final int LOG_LENGTH = 1022;

    private final Proposals local;
    private final boolean ike;
    private final boolean withSpi;
    private final boolean accepted;
    private final List<String> log = new ArrayList<>();
    private final StringBuilder remote = new StringBuilder();
    private Optional<Proposal> best = Optional.empty();
    private int bestLocal = Integer.MAX_VALUE;

    private ProposalMatcher(Proposals local, boolean ike, boolean withSpi, boolean accepted) {
        this.local = local;
        this.ike = ike;
        this.withSpi = withSpi;
        this.accepted = accepted;
    }

    /**
     * The responder's choice.
     *
     * @param ike whether proposals for IKE are expected, else those for ESP or AH
     * @param withSpi whether each has an SPI: all but those for a first IKE SA
     */
    public static Selection choose(Proposals local, SaPayload offered, boolean ike, boolean withSpi) {
        return new ProposalMatcher(local, ike, withSpi, false).run(offered);
    }

    /** The initiator's check that the peer accepted one of {@code sent}, a single transform of each type. */
    public static Selection accept(Proposals sent, SaPayload answer, boolean ike, boolean withSpi) {
        return new ProposalMatcher(sent, ike, withSpi, true).run(answer);
    }

    /** Stops the comparison: the peer breaks the rules. */
    private static final class BrokenRule extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private Selection run(SaPayload payload) {
        try {
            int expected = 1;
            for (WireProposal proposal : payload.proposals()) {
                remote.append(expected == 1 ? "" : " ");
                compare(proposal, expected++, payload.proposals().size());
            }
        } catch (BrokenRule e) {
            log.add("partial list of remote proposals: " + remoteText());
            return new Selection.Refused(NotifyType.INVALID_SYNTAX, log);
        }
        if (best.isEmpty()) {
            log.add((accepted ? "remote accepted the invalid proposal " : "no local proposal matches remote proposals ")
                    + remoteText());
            return new Selection.Refused(NotifyType.NO_PROPOSAL_CHOSEN, log);
        }
        if (accepted) {
            return new Selection.Chosen(best.get(), log, List.of("remote accepted the proposal " + remoteText()));
        }
        log.add("proposal " + best.get() + " chosen from remote proposals " + remoteText());
        return new Selection.Chosen(best.get(), log, List.of());
    }

    private void compare(WireProposal proposal, int expected, int count) throws BrokenRule {
        Optional<SecurityProtocol> protocol = SecurityProtocol.byId(proposal.protocol());
        remote.append(proposal.number())
                .append(':')
                .append(protocol.map(Enum::name).orElse(proposal.protocol() + "??"))
                .append(':');
        checkNumber(proposal, expected, count);
        if (protocol.isEmpty() || (protocol.get() == SecurityProtocol.IKE) != ike) {
            log.add("proposal " + proposal.number() + " has unexpected Protocol ID " + proposal.protocol()
                    + "; expected " + (ike ? "IKE" : "AH or ESP"));
            remote.append("[unexpected-protoid]");
            return;
        }
        int spiLength = withSpi ? protocol.get().spiLength() : 0;
        if (proposal.spi().length() != spiLength) {
            log.add("proposal " + proposal.number() + " has incorrect SPI size ("
                    + proposal.spi().length() + "), expected " + spiLength + "; ignored");
            remote.append("[spi-size]");
            return;
        }
        Optional<List<Transform>> transforms = transforms(proposal);
        if (transforms.isPresent()) {
            match(proposal, protocol.get(), transforms.get());
        }
    }

    private void checkNumber(WireProposal proposal, int expected, int count) throws BrokenRule {
        if (!accepted) {
            if (proposal.number() != expected) {
                log.add("proposal number was " + proposal.number() + " but " + expected + " expected");
                remote.append("[wrong-protonum]");
                throw new BrokenRule();
            }
            return;
        }
        if (count > 1) {
            log.add("Error: more than one accepted proposal received.");
            remote.append("[too-many-accepted-proposals]");
            throw new BrokenRule();
        }
        if (proposal.number() < 1 || proposal.number() > local.all().size()) {
            log.add("Error: invalid accepted proposal.");
            remote.append("[invalid-accepted-proposal]");
            throw new BrokenRule();
        }
    }

    /** The transforms of the peer's proposal; nothing if it is none that we can compare. */
    private Optional<List<Transform>> transforms(WireProposal proposal) throws BrokenRule {
        List<Transform> transforms = new ArrayList<>();
        OptionalInt firstInteg = OptionalInt.empty();
        for (int i = 0; i < proposal.transforms().size(); i++) {
            remote.append(i == 0 ? "" : ";");
            WireTransform wire = proposal.transforms().get(i);
            if (wire.type() == 0) {
                throw new BrokenRule();
            }
            Optional<TransformType> type = TransformType.byId(wire.type());
            if (type.isEmpty()) {
                return Optional.empty();
            }
            checkEncoding(proposal, i);
            OptionalInt keyBits = Transform.keyBits(wire.attributes());
            if (keyBits.isEmpty()) {
                log.add("remote proposal " + proposal.number() + " transform " + i + " has unknown attribute "
                        + unknownAttribute(wire) + " or unexpeced attribute encoding");
                remote.append("[unknown-attribute]");
                return Optional.empty();
            }
            Transform transform = new Transform(type.get(), wire.id(), keyBits.getAsInt());
            remote.append(transform.type()).append('=').append(transform);
            transforms.add(transform);
            if (transform.type() == TransformType.INTEG) {
                if (firstInteg.isPresent() && (firstInteg.getAsInt() == 0 || transform.id() == 0)) {
                    log.add("remote proposal " + proposal.number() + " transform " + i
                            + " has more than 'none' integrity " + firstInteg.getAsInt() + " " + transform.id());
                    remote.append("[mixed-integrity]");
                    return Optional.empty();
                }
                firstInteg = firstInteg.isPresent() ? firstInteg : OptionalInt.of(transform.id());
            }
        }
        return Optional.of(transforms);
    }

    /** RFC 7296 §3.3.5: "This attribute MUST be encoded using the Type/Value format". */
    private void checkEncoding(WireProposal proposal, int transform) throws BrokenRule {
        int length = WireAttribute.KEY_LENGTH;
        for (WireAttribute attribute : proposal.transforms().get(transform).attributes()) {
            if (attribute.type() == length && !attribute.fixed()) {
                log.add("remote proposal " + proposal.number() + " transform " + transform
                        + " contains corrupt attributeaf+type of IKEv2 Attribute Substructure Payload has an unknown"
                        + " value: " + length + " (0x" + Integer.toHexString(length) + ")");
                remote.append("[corrupt-attribute]");
                throw new BrokenRule();
            }
        }
    }

    private static int unknownAttribute(WireTransform wire) {
        return wire.attributes().stream()
                .filter(a -> Transform.keyBits(List.of(a)).isEmpty())
                .findFirst()
                .orElseThrow()
                .type();
    }

    private void match(WireProposal wire, SecurityProtocol protocol, List<Transform> offered) {
        for (Proposal ours : local.all()) {
            if (accepted ? ours.number() != wire.number() : ours.number() >= bestLocal) {
                continue;
            }
            Optional<List<Transform>> common = common(ours, protocol, offered);
            if (common.isPresent()) {
                remote.append(best.isEmpty() ? "[first-match]" : "[better-match]");
                bestLocal = ours.number();
                Bytes spi = withSpi ? wire.spi() : Bytes.EMPTY;
                best = Optional.of(new Proposal(wire.number(), protocol, spi, common.get()));
                return;
            }
        }
    }

    /** Of each type our first transform that is offered; nothing if one is missing or one too many is offered. */
    private static Optional<List<Transform>> common(Proposal ours, SecurityProtocol protocol, List<Transform> offered) {
        if (ours.protocol() != protocol) {
            return Optional.empty();
        }
        Map<TransformType, Transform> matched = new EnumMap<>(TransformType.class);
        for (TransformType type : TransformType.values()) {
            boolean needed = false;
            boolean mayBeNone = false;
            for (Transform same : ours.ofType(type)) {
                needed = true;
                mayBeNone |= same.isNone();
                if (!matched.containsKey(type) && offered.contains(same)) {
                    matched.put(type, same);
                }
            }
            if (needed && !mayBeNone && !matched.containsKey(type)) {
                return Optional.empty();
            }
        }
        for (Transform transform : offered) {
            if (!matched.containsKey(transform.type())) {
                return Optional.empty();
            }
        }
        return Optional.of(List.copyOf(matched.values()));
    }

    // as libreswan: the description is cut to what fits in a log line
    private String remoteText() {
        return remote.length() <= LOG_LENGTH ? remote.toString() : remote.substring(0, LOG_LENGTH - 3) + "...";
    }
}
