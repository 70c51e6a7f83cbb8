// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import static org.jswan.wire.PayloadType.KE;
import static org.jswan.wire.PayloadType.NONCE;
import static org.jswan.wire.PayloadType.SA;
import static org.jswan.wire.PayloadType.TSI;
import static org.jswan.wire.PayloadType.TSR;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.MessageRole;
import org.jswan.exchange.Row;
import org.jswan.exchange.v2.agreement.Agreement;
import org.jswan.exchange.v2.agreement.ConnectionProposals;
import org.jswan.log.RcCode;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.ProposalBuilder;
import org.jswan.proposal.ProposalBuilder.ChildGroups;
import org.jswan.proposal.ProposalBuilder.ConfiguredGroups;
import org.jswan.proposal.ProposalBuilder.DefaultGroup;
import org.jswan.proposal.Proposals;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.KePayload;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.SaPayload;

/** What both ends of a CREATE_CHILD_SA exchange about a Child SA have in common: its messages, groups and keys. */
final class ChildAgreement {
    private ChildAgreement() {}

    /** A message that proposes, or accepts, a Child SA. */
    static Row.Builder row(String story, MessageRole role) {
        return Row.row(story)
                .on(ExchangeType.CREATE_CHILD_SA, role)
                .from(V2State.ESTABLISHED_IKE_SA)
                .to(V2State.ESTABLISHED_IKE_SA)
                .encrypted(SA, NONCE, TSI, TSR)
                .optional(KE);
    }

    /** What is proposed, or accepted, for one more Child SA; the log tells. */
    static Proposals another(IkeSa ike, ChildSa larval) {
        Connection c = larval.connection();
        Proposals proposals = ConnectionProposals.child(c, groups(ike, c));
        larval.logger().logOnly("Child SA proposals (new child):");
        proposals.lines().forEach(larval.logger()::logOnly);
        return proposals;
    }

    /** With perfect forward secrecy, where {@code esp=} names no group, that of the IKE SA. */
    private static ChildGroups groups(IkeSa ike, Connection c) {
        return c.has(ConnectionPolicy.PFS)
                ? new DefaultGroup(ike.suite().orElseThrow().group())
                : new ConfiguredGroups();
    }

    /** What is proposed, or accepted, for the successor: what the Child SA has, so that rekeying never weakens it. */
    static Proposals successor(ChildSa old) {
        Connection c = old.connection();
        Proposal chosen = old.proposal().orElseThrow();
        KeGroup group = chosen.firstGroup()
                .or(() ->
                        c.has(ConnectionPolicy.PFS) ? old.ike().suite().map(suite -> suite.group()) : Optional.empty())
                .orElse(KeGroup.NONE);
        return ProposalBuilder.rekeyChild(chosen, group, c.has(ConnectionPolicy.MSDH_DOWNGRADE));
    }

    /** The nonce and the KE payload stand behind the SA payload. */
    static List<Payload> withAgreement(List<Payload> payloads, Bytes nonce, Optional<KeyExchange> ke) {
        List<Payload> all = new ArrayList<>();
        for (Payload payload : payloads) {
            all.add(payload);
            if (payload instanceof SaPayload) {
                all.add(new NoncePayload(nonce));
                ke.ifPresent(ours -> all.add(new KePayload(Agreement.groupId(ours.group()), ours.publicValue())));
            }
        }
        return all;
    }

    static void check(ChildSa larval, Optional<String> fault) throws ChildRefused {
        if (fault.isPresent()) {
            larval.logger().log(RcCode.LOG_SERIOUS, fault.get());
            throw new ChildRefused(NotifyType.INVALID_SYNTAX);
        }
    }

    static Bytes peerValue(ChildSa larval, Incoming message, KeGroup group) throws ChildRefused {
        Optional<KePayload> ke = message.first(KePayload.class);
        check(
                larval,
                ke.isEmpty() ? Optional.of("KE payload of group " + group.fqn() + " is missing") : Optional.empty());
        if (ke.get().group() != Agreement.groupId(group)) {
            larval.logger()
                    .log("initiator guessed wrong keying material group (" + Agreement.groupName(ke.get())
                            + "); responding with INVALID_KE_PAYLOAD requesting " + group.fqn());
            throw new ChildRefused(NotifyType.INVALID_KE_PAYLOAD, Agreement.groupOctets(group));
        }
        check(larval, Agreement.lengthFault(ke.get(), group));
        return ke.get().data();
    }

    static ChildKeys keys(IkeSa ike, ChildSa larval, Optional<Secret> sharedSecret, Nonces nonces) {
        try {
            return ChildKeys.derive(
                    ike.keys(), sharedSecret, nonces, larval.suite().orElseThrow());
        } finally {
            sharedSecret.ifPresent(Secret::destroy);
        }
    }
}
