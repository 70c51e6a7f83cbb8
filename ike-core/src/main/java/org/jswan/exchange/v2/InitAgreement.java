// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.keymat.IkeKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Progress;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.v2.agreement.Agreement;
import org.jswan.exchange.v2.agreement.KeyShare;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.log.RcCode;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.Selection;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.wire.KnownVendorId;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.KePayload;
import org.jswan.wire.v2.VendorIdPayload;

/** What both ends of an IKE_SA_INIT exchange have in common: nonces, groups, proposals and the keys that come of it. */
final class InitAgreement {
    /** Those that the log says to be received, though they change nothing; others are said to be ignored. */
    private static final Set<KnownVendorId> RECEIVED =
            Set.of(KnownVendorId.LIBRESWAN, KnownVendorId.LIBRESWAN_OLD, KnownVendorId.OPPORTUNISTIC);

    private InitAgreement() {}

    static <T> T valueOf(Outcome<T> outcome) throws ProtocolFailure {
        if (outcome.failure() != null) {
            throw ProtocolFailure.silent(Scope.IKE_SA, KeyShare.failure(outcome));
        }
        return outcome.value();
    }

    static Proposal chosen(IkeSa ike, Selection selection, boolean asResponder) throws ProtocolFailure {
        if (selection instanceof Selection.Chosen found) {
            found.log().forEach(line -> Progress.tell(ike, line));
            found.debug().forEach(ike.logger()::debug);
            return found.proposal();
        }
        Selection.Refused refused = (Selection.Refused) selection;
        refused.log().forEach(line -> ike.logger().log(RcCode.LOG_SERIOUS, line));
        Optional<NotifyType> tell = asResponder ? Optional.of(refused.notification()) : Optional.empty();
        throw new ProtocolFailure(tell, Bytes.EMPTY, Scope.IKE_SA, "");
    }

    static Bytes nonce(Incoming message, String name, Optional<NotifyType> tell) throws ProtocolFailure {
        Bytes nonce = Agreement.nonce(message);
        Optional<String> fault = Agreement.nonceFault(nonce, name);
        if (fault.isPresent()) {
            throw new ProtocolFailure(tell, Bytes.EMPTY, Scope.IKE_SA, fault.get());
        }
        return nonce;
    }

    static void checkLength(KePayload ke, KeGroup group, Optional<NotifyType> tell) throws ProtocolFailure {
        Optional<String> fault = Agreement.lengthFault(ke, group);
        if (fault.isPresent()) {
            throw new ProtocolFailure(tell, Bytes.EMPTY, Scope.IKE_SA, fault.get());
        }
    }

    static void deriveKeys(IkeSa ike, Secret sharedSecret) {
        Negotiation n = ike.negotiation();
        try (sharedSecret) {
            ike.setKeys(IkeKeys.initial(
                    ike.suite().orElseThrow(),
                    sharedSecret,
                    new Nonces(n.initiatorNonce(), n.responderNonce()),
                    ike.initiatorSpi().octets(),
                    ike.responderSpi().octets()));
        }
    }

    /** Says what software the initiator says it is; as libreswan, an initiator does not care for the responder's. */
    static void tellVendorIds(IkeSa ike, Incoming request) {
        request.all(VendorIdPayload.class).map(VendorIdPayload::data).forEach(octets -> {
            Optional<KnownVendorId> known = KnownVendorId.find(octets);
            if (known.isPresent()) {
                ike.logger().debug(known.get().told(octets, RECEIVED.contains(known.get())));
            } else {
                ike.logger().log(RcCode.LOG_SERIOUS, KnownVendorId.toldUnknown(octets));
            }
        });
    }

    /** Whether the initiator says that it does opportunistic encryption. */
    static boolean isOpportunistic(Incoming request) {
        return request.all(VendorIdPayload.class)
                .anyMatch(vendor -> vendor.data().equals(KnownVendorId.OPPORTUNISTIC.octets()));
    }

    /** @param own our own, sent on demand only */
    static List<Payload> vendorIds(Connection c, Bytes own) {
        ConnectionConfig.Announcements announced = c.config().announcements();
        List<Payload> payloads = new ArrayList<>();
        if (announced.vendorId()) {
            payloads.add(new VendorIdPayload(own));
        }
        if (announced.fakeStrongswan()) {
            payloads.add(new VendorIdPayload(KnownVendorId.STRONGSWAN.octets()));
        }
        // As libreswan: who takes peers that prove nothing says so.
        boolean open = c.local().config().authby().contains(AuthenticationMethod.NULL)
                || c.remote().config().authby().contains(AuthenticationMethod.NULL);
        if (open) {
            payloads.add(new VendorIdPayload(KnownVendorId.OPPORTUNISTIC.octets()));
        }
        return payloads;
    }
}
