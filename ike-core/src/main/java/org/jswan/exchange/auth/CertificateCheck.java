// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.auth;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.certificate.PeerCertificates;
import org.jswan.connection.Connection;
import org.jswan.exchange.Context;
import org.jswan.identity.DistinguishedName;
import org.jswan.log.RcCode;
import org.jswan.revocation.Revocation;
import org.jswan.sa.IkeSa;

/** Whether the certificates that a peer sent are to be believed; helpers find out. */
public final class CertificateCheck {
    private final Context context;
    private final HeldCertificates held;

    public CertificateCheck(Context context) {
        this.context = context;
        this.held = context.certificates();
    }

    /**
     * Checks certificates, says what is to be said about them, and remembers what came of it for the negotiation.
     *
     * @param done told whether nothing bad was among them; on the loop, later
     */
    public void check(IkeSa ike, List<PeerCertificates.Payload> payloads, Consumer<Boolean> done) {
        held.get(
                ike.logger(),
                known -> judge(ike, payloads, known, found -> {
                    checked(ike, found, known);
                    done.accept(found.harmless());
                }));
    }

    private void judge(
            IkeSa ike, List<PeerCertificates.Payload> payloads, CertificateSet known, Consumer<PeerCertificates> done) {
        Revocation revocation = context.revocation();
        context.world()
                .helpers()
                .submit(
                        () -> PeerCertificates.check(
                                payloads,
                                known,
                                revocation.setting().strict(),
                                context.world().clock().wall()),
                        outcome -> outcome.settle(
                                PeerCertificates.REFUSED,
                                found -> revocation.confirm(found, known, ike.logger(), done)));
    }

    private void checked(IkeSa ike, PeerCertificates found, CertificateSet known) {
        if (!context.sas().isAlive(ike)) {
            return;
        }
        if (found.revocationsNeeded()) {
            listedBy(ike.connection()).ifPresent(context.revocation().lists()::fetch);
        }
        context.revocation().warnWithoutList(found, known, ike.logger());
        for (PeerCertificates.Line line : found.lines()) {
            switch (line.weight()) {
                case NORMAL -> ike.logger().log(line.text());
                case SERIOUS -> ike.logger().log(RcCode.LOG_SERIOUS, line.text());
                case LOG_ONLY -> ike.logger().logOnly(line.text());
                case DEBUG -> ike.logger().debug(line.text());
            }
        }
        ike.negotiation().authentication().setPeerCertificates(found);
    }

    /** Whose list is missing, as far as the connection tells. */
    private static Optional<DistinguishedName> listedBy(Connection c) {
        return c.remote()
                .config()
                .certificate()
                .ca()
                .or(() -> c.remote().certificate().map(Certificate::issuer))
                .or(() -> c.local().config().certificate().ca());
    }
}
