// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.SignatureHash;
import org.jswan.crypto.Hash;
import org.jswan.crypto.NumberSpace;
import org.jswan.exchange.Incoming;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.NotifyPayload;

/** Which hashes signatures are made with: the notify of IKE_SA_INIT that tells (RFC 7427 §4). */
public final class SignatureHashes {
    private static final int IDENTIFIER = 2;
    private static final List<SignatureHash> STRONGEST_FIRST =
            List.of(SignatureHash.SHA2_512, SignatureHash.SHA2_384, SignatureHash.SHA2_256);
    private static final Set<AuthenticationMethod> DIGITAL_SIGNATURES =
            Set.of(AuthenticationMethod.RSASIG, AuthenticationMethod.RSASIG_V1_5, AuthenticationMethod.ECDSA);

    private SignatureHashes() {}

    /** Whether one of these methods signs, as RFC 7427 has it or as RFC 7296 §2.15. */
    public static boolean sign(Set<AuthenticationMethod> methods) {
        return methods.stream().anyMatch(DIGITAL_SIGNATURES::contains);
    }

    /** The hashes that a connection allows, the strongest first. */
    static List<Hash> allowed(Connection connection) {
        return STRONGEST_FIRST.stream()
                .filter(connection.config().signatureHashes()::contains)
                .map(SignatureHashes::hash)
                .toList();
    }

    /** The strongest of some hashes. */
    static Optional<Hash> strongest(Set<Hash> hashes) {
        return STRONGEST_FIRST.stream()
                .map(SignatureHashes::hash)
                .filter(hashes::contains)
                .findFirst();
    }

    private static Hash hash(SignatureHash hash) {
        return switch (hash) {
            case SHA2_256 -> Hash.SHA2_256;
            case SHA2_384 -> Hash.SHA2_384;
            case SHA2_512 -> Hash.SHA2_512;
        };
    }

    /** Tells the peer what it may sign with; nothing if the connection allows none. */
    public static Optional<NotifyPayload> payload(Connection connection) {
        List<Hash> hashes = new ArrayList<>(allowed(connection));
        if (hashes.isEmpty()) {
            return Optional.empty();
        }
        Collections.reverse(hashes);
        Bytes data = Bytes.EMPTY;
        for (Hash hash : hashes) {
            int id = hash.ids().in(NumberSpace.IKEV2).orElseThrow();
            data = data.plus(Bytes.of(id >>> Byte.SIZE, id));
        }
        return Optional.of(NotifyPayload.of(NotifyType.SIGNATURE_HASH_ALGORITHMS, data));
    }

    /** Takes what the peer tells. */
    public static void learn(IkeSa ike, Incoming message, Impairments impair) {
        Optional<NotifyPayload> told = message.notify(NotifyType.SIGNATURE_HASH_ALGORITHMS);
        if (told.isEmpty()) {
            return;
        }
        if (impair.on(Impairment.IGNORE_V2N_SIGNATURE_HASH_ALGORITHMS)) {
            ike.logger().log("IMPAIR: ignoring SIGNATURE_HASH_ALGORITHMS notify in IKE_SA_INIT " + message.role());
            return;
        }
        List<Hash> allowed = allowed(ike.connection());
        Bytes data = told.get().data();
        for (int at = 0; at + IDENTIFIER <= data.length(); at += IDENTIFIER) {
            int id = data.get(at) << Byte.SIZE | data.get(at + 1);
            Optional<Hash> hash = Hash.byIkev2Id(id);
            if (hash.isEmpty()) {
                ike.logger().log("received and ignored unknown hash algorithm " + id);
            } else if (allowed.contains(hash.get())) {
                ike.negotiation().authentication().commonHashes().add(hash.get());
            }
        }
        ike.negotiation().authentication().setHashesAnnounced();
    }
}
