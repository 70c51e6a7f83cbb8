// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.Connection;
import org.jswan.identity.DistinguishedName;
import org.jswan.identity.IdentifiedKey;
import org.jswan.identity.PublicKeyStore;
import org.jswan.key.KeyType;

/** Who vouches for peers. */
@FunctionalInterface
public interface PeerAuthorities {
    /**
     * Who issued the certificate that the peer's first RSA key is from that the connection's authority allows; empty for
     * a raw key, and where there is no such key. As libreswan: of what the peer itself sends nothing counts.
     */
    Optional<DistinguishedName> of(Connection connection);

    /** Those that are known by the keys and certificates which we hold. */
    static PeerAuthorities held(PublicKeyStore keys, HeldCertificates certificates) {
        return connection -> {
            Optional<DistinguishedName> wanted =
                    connection.remote().config().certificate().ca();
            return keys.all().stream()
                    .filter(key -> key.key().type() == KeyType.RSA
                            && key.id().sameAs(connection.remote().id())
                            && certificates
                                    .known()
                                    .distance(key.issuer(), wanted)
                                    .isPresent())
                    .findFirst()
                    .flatMap(IdentifiedKey::issuer);
        };
    }
}
