// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;

/** The client's end of EAP-TLS, which RFC 3748 calls the peer: it answers what the server of {@link EapTlsServer} asks. */
public final class EapTlsPeer implements EapTls {
    private final TlsEnd tls;
    private final Bytes identity;
    private final EapTlsFlow flow = new EapTlsFlow(EapTlsMessage.RESPONSE);

    /** @param identity what a server is told that asks who we are */
    public EapTlsPeer(TlsEnd tls, Bytes identity) {
        this.tls = tls;
        this.identity = identity;
    }

    @Override
    public Answer take(Bytes message) throws EapException {
        if (message.length() < 4) {
            throw new EapException("EAP message is too short");
        }
        return switch (message.get(0)) {
            case EapCode.SUCCESS -> succeeded();
            case EapCode.FAILURE -> new Answer(
                    Course.FAILED,
                    Bytes.EMPTY,
                    tls.isFailed() ? List.of() : List.of("EAP authentication failed: peer sent EAP-Failure"));
            default -> asked(message);
        };
    }

    private Answer succeeded() throws EapException {
        if (tls.isFailed() || !tls.hasKey()) {
            throw new EapException("EAP-Success before the TLS handshake is over");
        }
        return new Answer(Course.SUCCEEDED, Bytes.EMPTY, List.of());
    }

    private Answer asked(Bytes message) throws EapException {
        List<String> log = new ArrayList<>();
        int type =
                message.length() > 4 && message.get(0) == EapTlsMessage.REQUEST ? message.get(4) : EapTlsMessage.TYPE;
        int identifier = message.get(1);
        if (type != EapTlsMessage.TYPE) {
            flow.count();
        }
        if (type == EapCode.IDENTITY) {
            return goOn(EapCode.response(identifier, EapCode.IDENTITY, identity), log);
        } else if (type != EapTlsMessage.TYPE) {
            log.add("EAP Type " + Integer.toHexString(type) + " refused, asking for EAP-TLS");
            return goOn(EapCode.response(identifier, EapCode.NAK, Bytes.of(EapTlsMessage.TYPE)), log);
        }
        EapTlsMessage request = EapTlsMessage.read(message);
        if (request.code() != EapTlsMessage.REQUEST) {
            throw EapTlsMessage.unexpectedCode(request.code());
        }
        flow.came(request, log);
        if (!request.isAcknowledgement()) {
            flow.add(tls.receive(request.data(), log));
        }
        EapTlsMessage response =
                request.has(EapTlsMessage.MORE) ? flow.acknowledgement(identifier, log) : next(identifier, log);
        return goOn(response.octets(), log);
    }

    /** Where there is nothing to say, that is what the server waits for. */
    private EapTlsMessage next(int identifier, List<String> log) {
        return flow.isSending()
                ? flow.next(identifier, log)
                : new EapTlsMessage(EapTlsMessage.RESPONSE, identifier, 0, 0, Bytes.EMPTY);
    }

    private static Answer goOn(Bytes response, List<String> log) {
        return new Answer(Course.GOES_ON, response, log);
    }

    /** The server's certificates, its own first; empty until it has shown them. */
    public List<Bytes> serverChain() {
        return tls.peerChain();
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
