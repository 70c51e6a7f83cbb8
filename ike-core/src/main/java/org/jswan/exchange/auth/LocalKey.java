// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.auth;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.certificate.Certificate;
import org.jswan.connection.Connection;
import org.jswan.key.Ckaid;
import org.jswan.key.KeyType;
import org.jswan.key.PrivateKeyRing;
import org.jswan.key.PrivateKeyRing.Found;
import org.jswan.key.PrivateKeyRing.Presence;
import org.jswan.key.PublicKey;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Which private key is ours in a connection. */
public final class LocalKey {
    private final PrivateKeyRing ring;

    public LocalKey(PrivateKeyRing ring) {
        this.ring = ring;
    }

    /**
     * Finds our private key of that kind.
     *
     * @param logger told what is missing
     * @param then told its public half, or nothing; on the loop, maybe at once
     */
    public void find(Connection connection, KeyType type, Logger logger, Consumer<Optional<PublicKey>> then) {
        Optional<Certificate> certificate = connection.local().certificate();
        if (certificate.isPresent()) {
            Ckaid own = certificate.get().key().ckaid();
            ring.load(
                    List.of(own),
                    found -> then.accept(certified(connection, type, certificate.get(), found.get(own), logger)));
            return;
        }
        Optional<Ckaid> ckaid = connection.local().config().certificate().ckaid();
        if (ckaid.isEmpty()) {
            then.accept(any(connection, type, logger));
            return;
        }
        ring.load(
                List.of(ckaid.get()),
                found -> then.accept(named(connection, type, ckaid.get(), found.get(ckaid.get()), logger)));
    }

    private static Optional<PublicKey> certified(
            Connection connection, KeyType type, Certificate certificate, Found found, Logger logger) {
        if (found.presence() == Presence.NO) {
            logger.debug("private key for certificate " + certificate.nickname() + " not found in NSS DB");
            return Optional.empty();
        }
        if (found.presence() == Presence.LOADED) {
            logger.logOnly("reloaded private key matching "
                    + connection.local().config().side() + " certificate '" + certificate.nickname() + "'");
        }
        return ofType(connection, type, found, logger);
    }

    private static Optional<PublicKey> ofType(Connection connection, KeyType type, Found found, Logger logger) {
        if (found.key().filter(key -> key.type() == type).isEmpty()) {
            missing(connection, type, logger);
            return Optional.empty();
        }
        return found.key();
    }

    private static Optional<PublicKey> named(
            Connection connection, KeyType type, Ckaid ckaid, Found found, Logger logger) {
        if (found.presence() == Presence.NO) {
            logger.log(RcCode.LOG_SERIOUS, "private key matching CKAID '" + ckaid + "' not found: " + found.why());
            return Optional.empty();
        }
        if (found.presence() == Presence.LOADED) {
            logger.logOnly("reloaded private key matching "
                    + connection.local().config().side() + " CKAID " + ckaid);
        }
        return ofType(connection, type, found, logger);
    }

    /** Without a name for it, any will do that is known, the last one found first. */
    private Optional<PublicKey> any(Connection connection, KeyType type, Logger logger) {
        Optional<PublicKey> last =
                ring.all().stream().filter(key -> key.type() == type).reduce((earlier, later) -> later);
        if (last.isEmpty()) {
            missing(connection, type, logger);
        }
        return last;
    }

    private static void missing(Connection connection, KeyType type, Logger logger) {
        logger.log(RcCode.LOG_SERIOUS, "connection " + connection.name() + "'s " + type + " private key not found");
    }
}
