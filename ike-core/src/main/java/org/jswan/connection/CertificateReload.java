// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateSet;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing.Found;
import org.jswan.key.PrivateKeyRing.Presence;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Reads the certificates of connections anew, as those in the database may have been renewed. */
public final class CertificateReload {
    private final ConnectionDatabase connections;
    private final KeyMaterial keys;

    public CertificateReload(ConnectionDatabase connections, KeyMaterial keys) {
        this.connections = connections;
        this.keys = keys;
    }

    /** Reads those of all connections, and forgets what else of the database was kept. */
    public void all(Logger asker, Runnable done) {
        keys.certificates().load(asker, held -> {
            Set<Ckaid> wanted = new LinkedHashSet<>();
            held.certificates()
                    .forEach(certificate -> wanted.add(certificate.key().ckaid()));
            keys.privateKeys().load(new ArrayList<>(wanted), found -> {
                connections.newestFirst().forEach(connection -> reload(connection, held, found, asker));
                done.run();
            });
        });
    }

    private void reload(Connection connection, CertificateSet held, Map<Ckaid, Found> found, Logger asker) {
        Logger logger = asker.derive(() -> connection + ": ");
        for (ConnectionEnd end : List.of(connection.local(), connection.remote())) {
            end.certificate().ifPresent(old -> reload(end, old, held, found, logger));
        }
        logger.detachAll();
    }

    private void reload(
            ConnectionEnd end, Certificate old, CertificateSet held, Map<Ckaid, Found> found, Logger logger) {
        String option = end.config().side() + "cert='" + old.nickname() + "'";
        Optional<Certificate> reread = held.named(old.nickname());
        if (reread.isEmpty()) {
            logger.log("reloading " + option + " failed: not found in the NSS database");
            return;
        }
        if (!reread.get().isValidAt(keys.now())) {
            logger.log(
                    RcCode.BADID,
                    "reloading " + option + " failed: " + end.config().side() + " certificate '" + old.nickname()
                            + "' is expired or not yet valid");
            return;
        }
        end.setCertificate(reread.get());
        keys.publish(reread.get(), end.id());
        if (found.get(reread.get().key().ckaid()).presence() == Presence.LOADED) {
            logger.logOnly(
                    "loaded private key matching " + end.config().side() + " certificate '" + old.nickname() + "'");
        }
        logger.log(RcCode.COMMENT, "reloaded " + option);
    }
}
