// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.List;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.CertificateReload;
import org.jswan.control.WhackCommand.FetchCrls;
import org.jswan.control.WhackCommand.ListCaCerts;
import org.jswan.control.WhackCommand.ListCerts;
import org.jswan.control.WhackCommand.ListCrls;
import org.jswan.control.WhackCommand.PurgeOcsp;
import org.jswan.control.WhackCommand.RereadCerts;
import org.jswan.control.WhackCommand.RereadCrls;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing.Presence;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.revocation.Revocation;
import org.jswan.status.CertificateLines;
import org.jswan.status.ListTime;
import org.jswan.time.Clock;

/** The commands about certificates and their revocation. */
final class CertificateCommands {
    private final HeldCertificates certificates;
    private final KeyListing listing;
    private final CertificateReload reload;
    private final Revocation revocation;
    private final String listFolder;
    private final Clock clock;

    /** @param listFolder has files with lists of revoked certificates */
    CertificateCommands(
            HeldCertificates certificates,
            KeyListing listing,
            CertificateReload reload,
            Revocation revocation,
            String listFolder,
            Clock clock) {
        this.certificates = certificates;
        this.listing = listing;
        this.reload = reload;
        this.revocation = revocation;
        this.listFolder = listFolder;
        this.clock = clock;
    }

    void register(CommandTable table) {
        table.slow(ListCerts.class, (command, request, done) -> list(false, request, done));
        table.slow(ListCaCerts.class, (command, request, done) -> list(true, request, done));
        table.slow(ListCrls.class, (command, request, done) -> listRevocations(command.utc(), request, done));
        table.slow(RereadCerts.class, (command, request, done) -> reload.all(request.logger(), done));
        table.slow(
                RereadCrls.class,
                (command, request, done) -> revocation.lists().readFiles(listFolder, request.logger(), done));
        table.slow(
                FetchCrls.class, (command, request, done) -> revocation.lists().fetchAll(request.logger(), done));
        table.on(PurgeOcsp.class, (command, request) -> revocation.purgeOcsp());
    }

    private void list(boolean authorities, Request request, Runnable done) {
        certificates.load(request.logger(), held -> {
            List<Ckaid> all = held.certificates().stream()
                    .filter(certificate -> certificate.isAuthority() == authorities)
                    .map(certificate -> certificate.key().ckaid())
                    .toList();
            listing.say(
                    all,
                    request,
                    presence -> CertificateLines.certificates(
                            held, authorities, ckaid -> presence.apply(ckaid) != Presence.NO),
                    done);
        });
    }

    private void listRevocations(boolean utc, Request request, Runnable done) {
        certificates.load(request.logger(), held -> {
            listing.say(request, CertificateLines.revocations(held));
            listing.say(
                    request, CertificateLines.requests(revocation.lists().requests(), ListTime.of(utc, clock.zone())));
            done.run();
        });
    }
}
