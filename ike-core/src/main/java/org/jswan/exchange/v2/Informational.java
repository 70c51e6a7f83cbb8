// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.exchange.MessageRole.REQUEST;
import static org.jswan.exchange.MessageRole.RESPONSE;
import static org.jswan.exchange.Row.row;
import static org.jswan.wire.PayloadType.CP;
import static org.jswan.wire.PayloadType.DELETE;
import static org.jswan.wire.PayloadType.NOTIFY;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.InformationalPart;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Verdict;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.DeletePayload;

/**
 * What the ends tell each other in passing (RFC 7296 §1.4): that an SA is deleted, that they are alive.
 *
 * <pre>
 * HDR, SK {[D,] [N...]}  --&gt;
 *                        &lt;--  HDR, SK {[D]}
 * </pre>
 */
public final class Informational {
    private static final int SPI_LENGTH = 4;

    private final Context context;
    private final List<InformationalPart> parts = new ArrayList<>();

    public Informational(Context context) {
        this.context = context;
    }

    /** One more use of this exchange; those added before come first. */
    public void add(InformationalPart part) {
        parts.add(part);
    }

    /** The transitions of this exchange. */
    public List<Row> rows() {
        return List.of(
                row("Informational Request")
                        .on(ExchangeType.INFORMATIONAL, REQUEST)
                        .from(V2State.ESTABLISHED_IKE_SA)
                        .to(V2State.ESTABLISHED_IKE_SA)
                        .encrypted()
                        .optional(NOTIFY, DELETE, CP)
                        .by(this::respond),
                row("Informational Response")
                        .on(ExchangeType.INFORMATIONAL, RESPONSE)
                        .from(V2State.ESTABLISHED_IKE_SA)
                        .to(V2State.ESTABLISHED_IKE_SA)
                        .encrypted()
                        .optional(NOTIFY, DELETE, CP)
                        .by(this::responded));
    }

    private Verdict respond(IkeSa ike, Incoming request) throws ProtocolFailure {
        if (request.payloads().isEmpty()) {
            context.sas().statistics().count("ike.dpd.replied");
        }
        if (request.notifies().findAny().isEmpty()) {
            return delete(ike, request, List.of());
        }
        return Verdict.suspendHolding(resume ->
                asked(ike, request, parts, List.of(), answer -> resume.resume(() -> delete(ike, request, answer))));
    }

    private static void asked(
            IkeSa ike,
            Incoming request,
            List<InformationalPart> left,
            List<Payload> answer,
            Consumer<List<Payload>> then) {
        if (left.isEmpty()) {
            then.accept(answer);
            return;
        }
        left.get(0).requested(ike, request, payloads -> {
            List<Payload> more = new ArrayList<>(answer);
            more.addAll(payloads);
            asked(ike, request, left.subList(1, left.size()), more, then);
        });
    }

    private Verdict delete(IkeSa ike, Incoming request, List<Payload> before) throws ProtocolFailure {
        List<DeletePayload> deletes = request.all(DeletePayload.class).toList();
        long ofIke =
                deletes.stream().filter(d -> d.protocol() == DeletePayload.IKE).count();
        for (DeletePayload delete : deletes) {
            check(ike, delete);
        }
        if (ofIke > 1) {
            throw bad("Error: INFORMATIONAL Exchange with more than one Delete Payload for the IKE SA");
        }
        if (ofIke == 1) {
            if (deletes.size() > 1) {
                ike.logger().log("Odd: INFORMATIONAL Exchange deletes IKE SA and yet also deletes some IPsec SA");
            }
            return Verdict.end(List.of());
        }
        List<Payload> answer = new ArrayList<>(before);
        for (DeletePayload delete : deletes) {
            if (delete.protocol() == DeletePayload.ESP || delete.protocol() == DeletePayload.AH) {
                answer.add(DeletePayload.child(delete.protocol(), deleteChildren(ike, delete)));
            }
        }
        return Verdict.reply(answer);
    }

    private static void check(IkeSa ike, DeletePayload delete) throws ProtocolFailure {
        switch (delete.protocol()) {
            case DeletePayload.IKE -> {
                if (delete.spiSize() != 0 || !delete.spis().isEmpty()) {
                    throw bad("IKE SA Delete has non-zero SPI size or number of SPIs");
                }
            }
            case DeletePayload.AH, DeletePayload.ESP -> {
                if (delete.spiSize() != SPI_LENGTH) {
                    throw bad("IPsec Delete Notification has invalid SPI size " + delete.spiSize());
                }
            }
            default -> ike.logger().log("Ignored bogus delete protoid '" + delete.protocol() + "'");
        }
    }

    private static ProtocolFailure bad(String text) {
        return ProtocolFailure.of(NotifyType.INVALID_SYNTAX, Scope.IKE_SA, text);
    }

    /** Ends the Child SAs whose outbound SPIs the peer names; our inbound SPIs of them are the answer. */
    private List<Bytes> deleteChildren(IkeSa ike, DeletePayload delete) {
        List<Bytes> ours = new ArrayList<>();
        for (Bytes spi : delete.spis()) {
            // A peer that deletes while we replace the IKE SA may name what has moved on meanwhile.
            Optional<ChildSa> child = ike.childByOutbound(delete.protocol(), spi)
                    .or(() -> context.lifecycle()
                            .heir(ike)
                            .flatMap(heir -> heir.childByOutbound(delete.protocol(), spi)));
            if (child.isEmpty()) {
                String name = delete.protocol() == DeletePayload.ESP ? "PROTO_v2_ESP" : "PROTO_v2_AH";
                ike.logger()
                        .log("received delete request for " + name + " SA(0x" + spi.hex()
                                + ") but corresponding state not found");
                continue;
            }
            if (!child.get().isClosing()) {
                // RFC 7296 §1.4.1: what we have asked to delete ourselves is not in the answer.
                ours.add(ChildSa.spiOctets(child.get().inbound().orElseThrow().spi()));
            }
            context.lifecycle().endChild(child.get(), Lifecycle.Notice.NEVER);
        }
        return ours;
    }

    private Verdict responded(IkeSa ike, Incoming response) {
        if (response.payloads().isEmpty()) {
            context.sas().statistics().count("ike.dpd.recv");
        }
        if (response.notifies().findAny().isEmpty()) {
            return deleted(ike, response);
        }
        return Verdict.suspendHolding(
                resume -> answered(ike, response, parts, () -> resume.resume(() -> deleted(ike, response))));
    }

    private static void answered(IkeSa ike, Incoming response, List<InformationalPart> left, Runnable then) {
        if (left.isEmpty()) {
            then.run();
        } else {
            left.get(0).answered(ike, response, () -> answered(ike, response, left.subList(1, left.size()), then));
        }
    }

    private Verdict deleted(IkeSa ike, Incoming response) {
        context.lifecycle().closed(ike);
        for (DeletePayload delete : response.all(DeletePayload.class).toList()) {
            if (delete.spiSize() == SPI_LENGTH
                    && (delete.protocol() == DeletePayload.ESP || delete.protocol() == DeletePayload.AH)) {
                for (Bytes spi : delete.spis()) {
                    ike.childByOutbound(delete.protocol(), spi)
                            .ifPresent(c -> context.lifecycle().endChild(c, Lifecycle.Notice.NEVER));
                }
            }
        }
        return Verdict.advance();
    }
}
