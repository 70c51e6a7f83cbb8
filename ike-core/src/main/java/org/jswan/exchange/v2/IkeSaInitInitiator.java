// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.exchange.MessageRole.RESPONSE;
import static org.jswan.exchange.Row.row;
import static org.jswan.wire.PayloadType.CERTREQ;
import static org.jswan.wire.PayloadType.KE;
import static org.jswan.wire.PayloadType.NONCE;
import static org.jswan.wire.PayloadType.SA;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.KeGroup;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Progress;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Transitions.Beginning;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.v2.agreement.Agreement;
import org.jswan.exchange.v2.agreement.ConnectionProposals;
import org.jswan.exchange.v2.agreement.ImpairedProposals;
import org.jswan.exchange.v2.agreement.KeyShare;
import org.jswan.exchange.v2.auth.CertificatePayloads;
import org.jswan.exchange.v2.auth.DnsKeys;
import org.jswan.exchange.v2.auth.PostquantumKeys;
import org.jswan.exchange.v2.auth.SignatureHashes;
import org.jswan.impair.Impairment;
import org.jswan.net.IkePorts;
import org.jswan.net.IkeSocket;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.ProposalMatcher;
import org.jswan.redirect.Redirections;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.KePayload;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SaPayload;
import org.jswan.world.World;

/** Begins the first exchange (RFC 7296 §1.2): algorithms, nonces, Diffie-Hellman.
 *
 * <pre>
 * HDR, [N(COOKIE),] SAi1, KEi, Ni, [N...]  --&gt;
 *                                          &lt;--  HDR, SAr1, KEr, Nr, [N...]
 *                                      or  &lt;--  HDR, N(COOKIE)
 *                                      or  &lt;--  HDR, N(INVALID_KE_PAYLOAD)
 * </pre>
 */
public final class IkeSaInitInitiator implements Beginning {
    private static final int LONGEST_COOKIE = 64;

    /** A responder that asks for a new beginning more often than this is not answered any more. */
    private static final int MAXIMUM_RESTARTS = 10;

    private final Context context;
    private final World world;
    private final Intermediate intermediate;
    private final DnsKeys dnsKeys;
    private final Bytes vendorId;

    public IkeSaInitInitiator(Context context, Intermediate intermediate, DnsKeys dnsKeys, Bytes vendorId) {
        this.context = context;
        this.world = context.world();
        this.intermediate = intermediate;
        this.dnsKeys = dnsKeys;
        this.vendorId = vendorId;
    }

    /** The transitions of this end. */
    public List<Row> rows() {
        return List.of(
                row("Initiator: begin again with the cookie asked for")
                        .on(ExchangeType.IKE_SA_INIT, RESPONSE)
                        .from(V2State.PARENT_I1)
                        .to(V2State.PARENT_I0)
                        .clear()
                        .with(NotifyType.COOKIE)
                        .by(this::cookieAsked),
                row("Initiator: begin again with the group asked for")
                        .on(ExchangeType.IKE_SA_INIT, RESPONSE)
                        .from(V2State.PARENT_I1)
                        .to(V2State.PARENT_I0)
                        .clear()
                        .with(NotifyType.INVALID_KE_PAYLOAD)
                        .by(this::otherGroupAsked),
                row("Initiator: process IKE_SA_INIT response, initiate IKE_AUTH")
                        .on(ExchangeType.IKE_SA_INIT, RESPONSE)
                        .from(V2State.PARENT_I1)
                        .to(V2State.PARENT_I2)
                        .clear(SA, KE, NONCE)
                        .optional(CERTREQ)
                        .then(Row.Timer.RETRANSMIT)
                        .announce(Row.Announcement.STORY_AND_ALGORITHMS)
                        .by(this::responded));
    }

    @Override
    public Verdict begin(IkeSa ike) {
        Negotiation n = ike.negotiation();
        if (n.initiatorNonce().isEmpty()) {
            n.setInitiatorNonce(world.random().bytes(Agreement.NONCE_LENGTH));
            dnsKeys.begin(ike);
        }
        if (n.group() == null) {
            Optional<KeGroup> first = ConnectionProposals.ike(ike.connection()).firstGroup();
            if (first.isEmpty()) {
                return Verdict.suspend(resume -> resume.resume(() -> {
                    throw ProtocolFailure.silent(Scope.IKE_SA, "proposals do not contain a valid DH");
                }));
            }
            n.setGroup(first.get());
        }
        if (n.localKe() != null && n.localKe().group() == n.group()) {
            return Verdict.advance();
        }
        KeGroup group = n.group();
        return Verdict.suspend(resume -> world.helpers()
                .submit(
                        () -> group.generate(world.random()),
                        outcome -> resume.resume(() -> {
                            n.setLocalKe(InitAgreement.valueOf(outcome));
                            return Verdict.advance();
                        })));
    }

    @Override
    public List<Payload> requestPayloads(IkeSa ike) {
        Connection c = ike.connection();
        Negotiation n = ike.negotiation();
        List<Payload> payloads = new ArrayList<>();
        if (world.impair().on(Impairment.SEND_BOGUS_DCOOKIE)) {
            ike.logger().debug("Mangling dcookie because --impair-send-bogus-dcookie is set");
            n.setCookie(world.random().bytes(1));
        }
        if (!n.cookie().isEmpty()) {
            payloads.add(NotifyPayload.of(NotifyType.COOKIE, n.cookie()));
        }
        payloads.add(ImpairedProposals.offer(ConnectionProposals.ike(c), Bytes.EMPTY, world.impair(), ike.logger()));
        payloads.addAll(KeyShare.payload(n.group(), n.localKe().publicValue(), world.impair(), ike.logger()));
        payloads.add(new NoncePayload(n.initiatorNonce()));
        if (c.has(ConnectionPolicy.IKE_FRAG_ALLOW)) {
            payloads.add(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
        }
        payloads.addAll(PostquantumKeys.offer(c));
        payloads.addAll(Intermediate.offer(c));
        payloads.addAll(Redirections.offer(c));
        // The responder is to sign with one of these; which connection is for us is settled, so ask only if it signs.
        if (world.impair().on(Impairment.OMIT_V2N_SIGNATURE_HASH_ALGORITHMS)) {
            ike.logger().log("IMPAIR: omitting the SIGNATURE_HASH_ALGORITHM notification in IKE_SA_INIT request");
        } else if (SignatureHashes.sign(c.remote().config().authby())) {
            SignatureHashes.payload(c).ifPresent(payloads::add);
        }
        payloads.addAll(NatDetection.payloads(ike, IkeSpi.ZERO));
        payloads.addAll(InitAgreement.vendorIds(c, vendorId));
        return payloads;
    }

    /** HDR, N(COOKIE) --> the same request again, the cookie in front. */
    private Verdict cookieAsked(IkeSa ike, Incoming response) {
        Bytes cookie = response.notify(NotifyType.COOKIE).orElseThrow().data();
        if (cookie.isEmpty() || cookie.length() > LONGEST_COOKIE) {
            Progress.tell(
                    ike,
                    "IKEv2 COOKIE notify payload too " + (cookie.isEmpty() ? "small" : "big") + " - packet dropped");
            return Verdict.drop("cookie of " + cookie.length() + " octets");
        }
        if (tooManyRestarts(ike)) {
            return Verdict.drop("restarted too often");
        }
        ike.negotiation().setCookie(cookie);
        Progress.tell(ike, "received anti-DDOS COOKIE response, resending IKE_SA_INIT request with COOKIE payload");
        return new Verdict.Restart();
    }

    /** HDR, N(INVALID_KE_PAYLOAD) --> the request again with the group that the responder wants. */
    private Verdict otherGroupAsked(IkeSa ike, Incoming response) {
        Bytes data =
                response.notify(NotifyType.INVALID_KE_PAYLOAD).orElseThrow().data();
        String sent = ike.negotiation().group().fqn();
        Optional<KeGroup> wanted = Agreement.groupAsked(data);
        if (wanted.isEmpty()
                || !ConnectionProposals.ike(ike.connection()).includesGroup(wanted.get())
                || wanted.get() == ike.negotiation().group()) {
            ike.logger()
                    .log("Discarding unauthenticated INVALID_KE_PAYLOAD response to DH " + sent + "; suggested DH "
                            + wanted.map(KeGroup::fqn).orElse(data.hex()) + " is not acceptable");
            return Verdict.drop("unacceptable group");
        }
        if (tooManyRestarts(ike)) {
            return Verdict.drop("restarted too often");
        }
        ike.logger()
                .log("Received unauthenticated INVALID_KE_PAYLOAD response to DH " + sent
                        + "; resending with suggested DH " + wanted.get().fqn());
        context.sas()
                .statistics()
                .countWrongGroup("recv", Agreement.groupId(ike.negotiation().group()), Agreement.groupId(wanted.get()));
        ike.negotiation().setGroup(wanted.get());
        return new Verdict.Restart();
    }

    private static boolean tooManyRestarts(IkeSa ike) {
        ike.negotiation().countRestart();
        return ike.negotiation().restarts() > MAXIMUM_RESTARTS;
    }

    /** HDR, SAr1, KEr, Nr --> HDR, SK {IDi, AUTH, SAi2, TSi, TSr}. */
    private Verdict responded(IkeSa ike, Incoming response) throws ProtocolFailure {
        Negotiation n = ike.negotiation();
        KePayload ke = response.need(KePayload.class);
        InitAgreement.checkLength(ke, n.group(), Optional.empty());
        n.setResponderNonce(InitAgreement.nonce(response, "Nr", Optional.empty()));
        Proposal accepted = InitAgreement.chosen(
                ike,
                ProposalMatcher.accept(
                        ConnectionProposals.ike(ike.connection()), response.need(SaPayload.class), true, false),
                false);
        if (accepted.ikeSuite().group() != n.group() || ke.group() != Agreement.groupId(n.group())) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA,
                    "responder accepted " + accepted.ikeSuite().group().fqn()
                            + " but the KE payload is of another group");
        }
        if (response.header().responderSpi().isZero()) {
            throw ProtocolFailure.silent(Scope.IKE_SA, "IKE_SA_INIT response has a zero responder SPI");
        }
        ike.setProposal(accepted);
        n.setRemoteKe(ke.data());
        n.setRemoteMessage(response.octets());
        PostquantumKeys.learn(ike, response);
        Intermediate.learn(ike, response);
        SignatureHashes.learn(ike, response, world.impair());
        CertificatePayloads.learnRequest(ike, response);
        ike.setResponderSpi(response.header().responderSpi());
        ike.setFragmentationAllowed(response.has(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED)
                && ike.connection().has(ConnectionPolicy.IKE_FRAG_ALLOW));
        ike.setNat(NatDetection.detect(ike, response));
        if (ike.nat().detected()) {
            floatToNatPort(ike);
        }
        return Verdict.suspend(resume -> world.helpers()
                .submit(
                        () -> n.localKe().sharedSecret(n.remoteKe()),
                        outcome -> resume.resume(() -> {
                            InitAgreement.deriveKeys(ike, InitAgreement.valueOf(outcome));
                            return intermediate.request(ike);
                        })));
    }

    /** RFC 7296 §2.23: with a NAT between, all goes through port 4500 from the second exchange on. */
    private void floatToNatPort(IkeSa ike) throws ProtocolFailure {
        IkeSocket socket = ike.socket();
        if (!socket.encapsulates()) {
            socket = context.sockets()
                    .natSocket(socket.interfaceAddress())
                    .orElseThrow(() -> ProtocolFailure.silent(
                            Scope.IKE_SA,
                            "NAT: cannot float to "
                                    + ike.socket()
                                            .local()
                                            .withPort(context.sockets().natPort())
                                    + " as no such interface"));
        }
        Endpoint remote = ike.remote();
        boolean portConfigured = ike.connection().remote().config().host().ikePort() != 0;
        if (!portConfigured && remote.port() == IkePorts.IKE) {
            remote = remote.withPort(IkePorts.NAT_IKE);
        }
        ike.moveTo(socket, remote);
    }
}
