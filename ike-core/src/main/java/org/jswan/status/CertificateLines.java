// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.RevocationList;
import org.jswan.key.Ckaid;
import org.jswan.key.KeyType;
import org.jswan.revocation.ListFetcher;

/** The lines of {@code --listcerts}, {@code --listcacerts} and {@code --listcrls}. Times are UTC, whatever is asked for. */
public final class CertificateLines {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss yyyy", Locale.ENGLISH);

    private CertificateLines() {}

    /**
     * The certificates of authorities, or of all others.
     *
     * @param hasPrivateKey tells whether there is the private half
     */
    public static List<String> certificates(CertificateSet held, boolean authorities, Predicate<Ckaid> hasPrivateKey) {
        Listing listing = new Listing();
        listing.blank();
        listing.heading("List of X.509 " + (authorities ? "CA" : "End") + " Certificates:");
        held.certificates().stream()
                .filter(certificate -> certificate.isAuthority() == authorities)
                .forEach(certificate -> show(listing, certificate, hasPrivateKey));
        return listing.end();
    }

    private static void show(Listing listing, Certificate certificate, Predicate<Ckaid> hasPrivateKey) {
        listing.line((certificate.isRoot() ? "Root " : "") + (certificate.isAuthority() ? "CA" : "End")
                + " certificate \"" + certificate.nickname() + "\" - SN: 0x"
                + certificate.serialNumber().hex());
        listing.line("  subject: " + certificate.subject());
        listing.line("  issuer: " + certificate.issuer());
        listing.line("  not before: " + time(certificate.notBefore()));
        listing.line("  not after: " + time(certificate.notAfter()));
        listing.line("  " + certificate.key().bits() + " bit"
                + (certificate.key().type() == KeyType.RSA ? " RSA" : "(other)")
                + (hasPrivateKey.test(certificate.key().ckaid()) ? ": has private key" : ""));
        listing.separator();
    }

    /** The lists of revoked certificates. */
    public static List<String> revocations(CertificateSet held) {
        Listing listing = new Listing();
        listing.blank();
        listing.heading("List of CRLs:");
        for (RevocationList list : held.revocations()) {
            listing.separator();
            listing.line("issuer: " + list.issuer());
            listing.line("revoked certs: " + list.size());
            listing.line("updates: this " + time(list.thisUpdate()));
            list.nextUpdate().ifPresent(next -> listing.line("         next " + time(next)));
        }
        return listing.end();
    }

    /** What is still to be fetched. */
    public static List<String> requests(List<ListFetcher.Request> requests, ListTime time) {
        Listing listing = new Listing();
        if (requests.isEmpty()) {
            return listing.end();
        }
        listing.blank();
        listing.line("List of CRL fetch requests:");
        listing.blank();
        for (ListFetcher.Request request : requests) {
            listing.line(time.text(Optional.of(request.since())) + ", trials: " + request.trials());
            listing.line("       issuer:  '" + request.issuer() + "'");
            String before = "       distPts: '";
            for (String url : request.urls()) {
                listing.line(before + url + "'");
                before = "                '";
            }
        }
        return listing.end();
    }

    private static String time(Instant instant) {
        return TIME.format(instant.atOffset(ZoneOffset.UTC));
    }
}
