// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.ChildKernel;
import org.jswan.exchange.Incoming;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaId;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * IPCOMP beside a Child SA (RFC 7296 §2.22): each end tells the CPI under which it takes compressed packets. What the
 * notify carries:
 *
 * <pre>
 *  0                   1                   2
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |              CPI              | transform ID  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 */
final class ChildCompression {
    private static final int DEFLATE = 2;
    private static final int LENGTH = 3;

    /** RFC 3173 §3.3: those below have fixed meanings. */
    private static final int FIRST_NEGOTIATED = 256;

    /** How a notify is refused. */
    private record Refusal(String algorithm, String cpi, NotifyType why) {}

    private static final Refusal REQUEST = new Refusal(
            "unsupported IPCOMP compression algorithm ", "illegal IPCOMP CPI ", NotifyType.NO_PROPOSAL_CHOSEN);
    private static final Refusal RESPONSE =
            new Refusal("Unsupported IPCOMP compression method ", "Illegal IPCOMP CPI ", NotifyType.INVALID_SYNTAX);

    private final ChildKernel kernel;

    ChildCompression(ChildKernel kernel) {
        this.kernel = kernel;
    }

    private static boolean isWanted(ChildSa child) {
        return child.connection().has(ConnectionPolicy.COMPRESS);
    }

    /** Reserves our CPI if the connection wants compression. */
    void reserve(ChildSa child) throws KernelException {
        if (isWanted(child)) {
            kernel.reserveCompression(child);
        }
    }

    /** Reserves our CPI if the peer offered compression and the connection wants it. */
    void reserveIfAgreed(ChildSa child) throws KernelException {
        if (child.isCompressed()) {
            kernel.reserveCompression(child);
        }
    }

    /** What our request tells. */
    static List<Payload> offer(ChildSa child) {
        return child.inboundCompression().map(ChildCompression::payload).stream()
                .toList();
    }

    /** What our answer tells. */
    static List<Payload> answer(ChildSa child) {
        return child.isCompressed() ? offer(child) : List.of();
    }

    private static Payload payload(SaId inbound) {
        return NotifyPayload.of(
                NotifyType.IPCOMP_SUPPORTED, Bytes.of(inbound.spi() >>> Byte.SIZE, inbound.spi(), DEFLATE));
    }

    /** Takes what the peer's request tells. */
    static void judge(ChildSa child, Incoming request) throws ChildRefused {
        Optional<NotifyPayload> offer = request.notify(NotifyType.IPCOMP_SUPPORTED);
        if (offer.isPresent() && isWanted(child)) {
            take(child, offer.get(), REQUEST);
        }
    }

    /** Takes what the answer to our request tells. */
    static void adopt(ChildSa child, Incoming response) throws ChildRefused {
        Optional<NotifyPayload> answer = response.notify(NotifyType.IPCOMP_SUPPORTED);
        if (answer.isEmpty()) {
            return;
        }
        if (!isWanted(child)) {
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "Unexpected IPCOMP request as our connection policy did not indicate support for it");
            throw new ChildRefused(NotifyType.NO_PROPOSAL_CHOSEN);
        }
        take(child, answer.get(), RESPONSE);
    }

    private static void take(ChildSa child, NotifyPayload notify, Refusal refusal) throws ChildRefused {
        Bytes data = notify.data();
        int algorithm = data.length() < LENGTH ? 0 : data.get(2);
        if (algorithm != DEFLATE) {
            throw refused(child, refusal.algorithm() + algorithm, refusal);
        }
        int cpi = data.get(0) << Byte.SIZE | data.get(1);
        if (cpi < FIRST_NEGOTIATED) {
            throw refused(child, refusal.cpi() + cpi, refusal);
        }
        child.setOutboundCompression(new SaId(
                child.ike().socket().local().address(), child.ike().remote().address(), IpsecProtocol.IPCOMP, cpi));
    }

    private static ChildRefused refused(ChildSa child, String text, Refusal refusal) {
        child.logger().log(RcCode.LOG_SERIOUS, text);
        return new ChildRefused(refusal.why());
    }
}
