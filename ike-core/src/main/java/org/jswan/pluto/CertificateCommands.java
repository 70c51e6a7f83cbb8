// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.CertificateReload;
import org.jswan.control.WhackCommand.ListCaCerts;
import org.jswan.control.WhackCommand.ListCerts;
import org.jswan.control.WhackCommand.ListCrls;
import org.jswan.control.WhackCommand.RereadCerts;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing;
import org.jswan.key.PrivateKeyRing.Presence;
import org.jswan.log.RcCode;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.status.CertificateLines;

/** The commands about certificates. */
final class CertificateCommands {
    private final HeldCertificates certificates;
    private final PrivateKeyRing privateKeys;
    private final CertificateReload reload;

    CertificateCommands(HeldCertificates certificates, PrivateKeyRing privateKeys, CertificateReload reload) {
        this.certificates = certificates;
        this.privateKeys = privateKeys;
        this.reload = reload;
    }

    void register(CommandTable table) {
        table.slow(ListCerts.class, (command, request, done) -> list(false, request, done));
        table.slow(ListCaCerts.class, (command, request, done) -> list(true, request, done));
        table.slow(ListCrls.class, (command, request, done) -> show(request, CertificateLines::revocations, done));
        table.slow(RereadCerts.class, (command, request, done) -> reload.all(request.logger(), done));
    }

    private void list(boolean authorities, Request request, Runnable done) {
        certificates.load(request.logger(), held -> {
            List<Ckaid> all = held.certificates().stream()
                    .filter(certificate -> certificate.isAuthority() == authorities)
                    .map(certificate -> certificate.key().ckaid())
                    .toList();
            privateKeys.load(all, found -> {
                Predicate<Ckaid> hasPrivateKey = ckaid -> found.get(ckaid).presence() != Presence.NO;
                say(request, CertificateLines.certificates(held, authorities, hasPrivateKey));
                done.run();
            });
        });
    }

    private void show(Request request, Function<CertificateSet, List<String>> lines, Runnable done) {
        certificates.load(request.logger(), held -> {
            say(request, lines.apply(held));
            done.run();
        });
    }

    private static void say(Request request, List<String> lines) {
        lines.forEach(line -> request.logger().whackOnly(RcCode.COMMENT, line));
    }
}
