// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.auth;

import java.util.List;
import java.util.Optional;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.PeerCertificates;
import org.jswan.connection.Connection;
import org.jswan.connection.SendCa;
import org.jswan.connection.SendCertificate;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;

/** Which certificates we show a peer. */
public final class LocalCertificates {
    private LocalCertificates() {}

    /** Our own, if there is one and the connection has it that it is sent always, or that it is sent as it was asked for. */
    public static Optional<Certificate> end(IkeSa ike) {
        Connection c = ike.connection();
        SendCertificate when = c.local().config().certificate().send();
        boolean sent = when == SendCertificate.ALWAYS
                || when == SendCertificate.IF_ASKED
                        && ike.negotiation().authentication().isCertificateWanted();
        return sent ? c.local().certificate() : Optional.empty();
    }

    /** Whether certificates of authorities go with our own. */
    public static boolean isWithChain(Connection c) {
        return c.config().announcements().certificateChain() != SendCa.NONE;
    }

    /** The authorities' certificates that go with our own, as far as they are known. */
    public static List<Certificate> chain(Connection c, Certificate end, CertificateSet known) {
        return isWithChain(c)
                ? known.chainAbove(end, c.config().announcements().certificateChain() == SendCa.ALL)
                : List.of();
    }

    /** Says that certificates of a kind that we have none of were asked for. */
    public static void tellUnsupported(IkeSa ike, int encoding) {
        ike.logger()
                .log(
                        RcCode.LOG_SERIOUS,
                        "ignoring CERTREQ payload of unsupported type CERT_" + PeerCertificates.encodingName(encoding));
    }
}
