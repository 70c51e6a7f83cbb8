// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.UnknownPayload;
import org.jswan.wire.WireException;
import org.jswan.wire.sk.AuthenticButBad;
import org.jswan.wire.sk.Decoded;
import org.jswan.wire.sk.DecodedMessage;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.sk.NotAuthentic;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SkfPayload;

/** From the octets of a message to its payloads: in clear, decrypted, put together of fragments. */
final class MessageReader {
    private final Failures failures;

    MessageReader(Failures failures) {
        this.failures = failures;
    }

    /** What to do with a notify that answers an unreadable message. */
    interface Refusal {
        void with(NotifyPayload notify);
    }

    /** Reads the payloads that are not encrypted. */
    static Optional<Incoming> clear(Incoming bare, Logger logger, Refusal refusal) {
        List<Payload> payloads;
        try {
            payloads = Message.decode(bare.header(), bare.octets()).payloads();
        } catch (WireException malformed) {
            logger.log(RcCode.LOG_SERIOUS, "malformed payload in packet: " + malformed.getMessage());
            refusal.with(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
            return Optional.empty();
        }
        Optional<NotifyPayload> critical = unknownCritical(payloads, bare.role(), logger);
        if (critical.isPresent()) {
            refusal.with(critical.get());
            return Optional.empty();
        }
        return Optional.of(new Incoming(
                bare.socket(), bare.sender(), bare.header(), bare.octets(), known(payloads), Optional.empty()));
    }

    /** The decrypted message without what we don't know; empty if we must not go on, which then has been told. */
    Optional<Incoming> known(IkeSa ike, Incoming message) {
        Optional<NotifyPayload> critical = unknownCritical(message.payloads(), message.role(), ike.logger());
        if (critical.isPresent()) {
            failures.authenticButBad(ike, message, critical.get());
            return Optional.empty();
        }
        return Optional.of(message.opened(known(message.payloads())));
    }

    /** RFC 7296 §2.5: a critical payload that we don't know makes us refuse the message, naming its type. */
    private static Optional<NotifyPayload> unknownCritical(List<Payload> payloads, MessageRole role, Logger logger) {
        for (Payload payload : payloads) {
            if (payload instanceof UnknownPayload unknown) {
                if (unknown.critical()) {
                    logger.log(
                            RcCode.LOG_SERIOUS,
                            "message " + role + " contained an unknown critical payload type (" + unknown.type() + ")");
                    return Optional.of(NotifyPayload.of(
                            NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD,
                            Bytes.of(unknown.type().number())));
                }
                logger.log(
                        RcCode.COMMENT,
                        "non-critical payload ignored because it contains an unknown or unexpected payload type ("
                                + unknown.type() + ") at the outermost level");
            }
        }
        return Optional.empty();
    }

    /** RFC 7296 §2.5: what we don't know is skipped, unless it is critical. */
    private static List<Payload> known(List<Payload> payloads) {
        return payloads.stream()
                .filter(payload -> !(payload instanceof UnknownPayload))
                .toList();
    }

    /** Decrypts; empty if it is not authentic, not to be understood, or a fragment of a message that is not complete. */
    Optional<Incoming> open(IkeSa ike, Incoming message) {
        Message outer = new Message(message.header(), message.clear(), message.octets());
        Decoded decoded;
        if (message.clear().stream().anyMatch(SkfPayload.class::isInstance)) {
            if (!ike.isFragmentationAllowed()) {
                ike.logger().log(RcCode.LOG_SERIOUS, "ignoring fragment as peer never proposed fragmentation");
                return Optional.empty();
            }
            decoded = ike.reassembler().add(outer, ike.inbound());
        } else {
            decoded = EncryptedMessage.open(outer, ike.inbound());
        }
        if (decoded instanceof DecodedMessage whole) {
            ike.forgetFragments();
            transcribe(ike, whole);
            ike.logger().debug(() -> MessageTrace.parsed(whole.inner(), whole.content()));
            return Optional.of(message.opened(whole.inner()));
        }
        if (decoded instanceof NotAuthentic not) {
            not.cause().ifPresent(ike.logger()::log);
            ike.logger().log(not.fragment() ? RcCode.LOG_SERIOUS : RcCode.LOG, not.problem());
        } else if (decoded instanceof AuthenticButBad bad) {
            ike.forgetFragments();
            ike.logger().log(RcCode.LOG_SERIOUS, "malformed payload in packet: " + bad.problem());
            failures.authenticButBad(ike, message, NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        return Optional.empty();
    }

    /** What IKE_INTERMEDIATE says is signed in IKE_AUTH (RFC 9242 §3.3.2). */
    private static void transcribe(IkeSa ike, DecodedMessage whole) {
        if (whole.outer().header().exchange().equals(ExchangeType.IKE_INTERMEDIATE)) {
            ike.negotiation()
                    .intermediate()
                    .add(ike.keys(), whole.outer().header(), whole.clear(), whole.firstInner(), whole.content());
        }
    }
}
