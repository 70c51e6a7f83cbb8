// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jswan.helper.Helpers;
import org.jswan.key.KeyDatabase;
import org.jswan.key.KeyDatabaseException;
import org.jswan.log.Logger;
import org.jswan.time.Clock;

/**
 * The certificates of the database, kept while they are used, as reading them takes long. It belongs to the loop; the
 * database is asked by helpers.
 */
public final class HeldCertificates {
    private static final Duration KEPT = Duration.ofMinutes(5);

    private final Helpers helpers;
    private final KeyDatabase database;
    private final Clock clock;
    private CertificateSet known = CertificateSet.EMPTY;
    private long freshUntil;
    private boolean fresh;

    public HeldCertificates(Helpers helpers, KeyDatabase database, Clock clock) {
        this.helpers = helpers;
        this.database = database;
        this.clock = clock;
    }

    /** What the database held when it was asked last. */
    public CertificateSet known() {
        return known;
    }

    /** The database is asked anew from now on. */
    public void forget() {
        fresh = false;
    }

    /**
     * Gets what the database holds, or held when it was asked a little while ago.
     *
     * @param logger told if it cannot be read
     * @param then on the loop, maybe at once
     */
    public void get(Logger logger, Consumer<CertificateSet> then) {
        if (fresh && clock.nanos() - freshUntil < 0) {
            freshUntil = clock.nanos() + KEPT.toNanos();
            then.accept(known);
        } else {
            load(logger, then);
        }
    }

    /** Asks the database. */
    public void load(Logger logger, Consumer<CertificateSet> then) {
        helpers.submit(this::read, outcome -> {
            if (outcome.failure() == null) {
                known = outcome.value();
                fresh = true;
                freshUntil = clock.nanos() + KEPT.toNanos();
                then.accept(known);
            } else {
                logger.log(String.valueOf(outcome.failure().getMessage()));
                then.accept(CertificateSet.EMPTY);
            }
        });
    }

    private CertificateSet read() throws KeyDatabaseException {
        List<Certificate> certificates = new ArrayList<>();
        Set<Certificate> peers = new HashSet<>();
        for (KeyDatabase.Certificate held : database.certificates()) {
            try {
                Certificate certificate =
                        Certificate.of(held.nickname(), held.der(), held.trust() == KeyDatabase.Trust.AUTHORITY);
                certificates.add(certificate);
                if (held.trust() == KeyDatabase.Trust.PEER) {
                    peers.add(certificate);
                }
            } catch (CertificateFormatException unknown) {
                // The database may hold what is for others than us.
            }
        }
        List<RevocationList> revocations = new ArrayList<>();
        for (KeyDatabase.RevocationList held : database.revocationLists()) {
            try {
                revocations.add(RevocationList.of(held.der(), held.url()));
            } catch (CertificateFormatException unknown) {
                // As above.
            }
        }
        return new CertificateSet(certificates, peers, revocations);
    }
}
