// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;

/**
 * The server's end of EAP-TLS: TLS octets in and out of EAP messages.
 *
 * <pre>
 *                               &lt;--  EAP-Request (TLS, START)
 * EAP-Response (TLS data)  --&gt;
 *                               &lt;--  EAP-Request (TLS data, LENGTH, MORE)
 * EAP-Response (nothing)  --&gt;
 *                               &lt;--  EAP-Request (the rest)  ...
 * EAP-Response (nothing)  --&gt;
 *                               &lt;--  EAP-Success, or EAP-Failure after an alert
 * </pre>
 */
public final class EapTlsServer implements EapTls {
    private final TlsEnd tls;
    private final EapTlsFlow flow = new EapTlsFlow(EapTlsMessage.REQUEST);
    private int identifier;

    public EapTlsServer(TlsEnd tls) {
        this.tls = tls;
    }

    /** The first message. */
    public Bytes start() {
        return new EapTlsMessage(EapTlsMessage.REQUEST, nextIdentifier(), EapTlsMessage.START, 0, Bytes.EMPTY).octets();
    }

    private int nextIdentifier() {
        int next = identifier;
        identifier = identifier + 1 & 0xff;
        return next;
    }

    @Override
    public Answer take(Bytes message) throws EapException {
        EapTlsMessage response = EapTlsMessage.read(message);
        if (response.code() != EapTlsMessage.RESPONSE) {
            throw EapTlsMessage.unexpectedCode(response.code());
        }
        List<String> log = new ArrayList<>();
        flow.came(response, log);
        if (response.isAcknowledgement()) {
            if (!flow.isSending() && (tls.hasKey() || tls.isFailed())) {
                return end(log);
            }
            log.add("EAP Fragment acknowledgement");
            return goOn(flow.next(nextIdentifier(), log), log);
        }
        flow.add(tls.receive(response.data(), log));
        if (tls.isFailed() && !flow.isSending()) {
            return end(log);
        }
        return goOn(
                response.has(EapTlsMessage.MORE)
                        ? flow.acknowledgement(nextIdentifier(), log)
                        : flow.next(nextIdentifier(), log),
                log);
    }

    private static Answer goOn(EapTlsMessage request, List<String> log) {
        return new Answer(Course.GOES_ON, request.octets(), log);
    }

    private Answer end(List<String> log) {
        boolean good = !tls.isFailed();
        int code = good ? EapCode.SUCCESS : EapCode.FAILURE;
        if (good) {
            log.add("EAP Final ACK");
        }
        log.add("responding with EAP termination code " + code);
        return new Answer(good ? Course.SUCCEEDED : Course.FAILED, EapCode.end(code, nextIdentifier()), log);
    }

    /** Whether the peer can be told of nothing but failure any more. */
    public boolean isFailed() {
        return tls.isFailed();
    }

    @Override
    public Secret key() throws EapException {
        return tls.key();
    }

    @Override
    public void destroy() {
        tls.destroy();
    }
}
