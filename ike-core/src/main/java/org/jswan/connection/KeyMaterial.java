// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateIdentity;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.EndConfig.Side;
import org.jswan.identity.IdentifiedKey;
import org.jswan.identity.IkeId;
import org.jswan.identity.PublicKeyStore;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing;
import org.jswan.key.PrivateKeyRing.Found;
import org.jswan.log.Logger;
import org.jswan.time.Clock;

/** The keys and certificates that connections are made of: those in the database, and the public ones they bring along. */
public record KeyMaterial(
        PrivateKeyRing privateKeys, PublicKeyStore publicKeys, HeldCertificates certificates, Clock clock) {

    /** The calendar time. */
    Instant now() {
        return clock.wall();
    }

    /**
     * Finds what a request names of the database.
     *
     * @param logger told if it cannot be read
     */
    void find(ConnectionRequest request, Logger logger, BiConsumer<CertificateSet, Map<Ckaid, Found>> then) {
        boolean named = List.of(request.left(), request.right()).stream()
                .anyMatch(end -> end.has(EndOption.CERT) || end.has(EndOption.CKAID));
        if (named) {
            certificates.load(logger, held -> findKeys(request, held, then));
        } else {
            findKeys(request, CertificateSet.EMPTY, then);
        }
    }

    private void findKeys(
            ConnectionRequest request, CertificateSet held, BiConsumer<CertificateSet, Map<Ckaid, Found>> then) {
        List<Ckaid> wanted = new ArrayList<>();
        for (Side side : Side.values()) {
            EndRequest end = side == Side.LEFT ? request.left() : request.right();
            Optional<String> nickname = end.get(EndOption.CERT);
            if (nickname.isPresent()) {
                held.named(nickname.get())
                        .map(certificate -> certificate.key().ckaid())
                        .ifPresent(wanted::add);
                continue;
            }
            try {
                EndKey.of(side, end).ifPresent(key -> wanted.add(key.ckaid()));
            } catch (ConnectionRefused malformed) {
                // It is refused when it is judged.
                wanted.clear();
                break;
            }
        }
        privateKeys.load(wanted, found -> then.accept(held, found));
    }

    /** From now on the key of an end's certificate is known as that of all whom it names. */
    void publish(EndConfig end) {
        end.certificate().certificate().ifPresent(certificate -> publish(certificate, end.id()));
    }

    void publish(Certificate certificate, IkeId id) {
        List<IdentifiedKey> keys = CertificateIdentity.keys(certificate, Optional.of(id), now());
        for (int i = keys.size() - 1; i >= 0; i--) {
            publicKeys.replace(keys.get(i));
        }
    }
}
