// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.auth;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;
import org.jswan.exchange.Context;
import org.jswan.exchange.auth.PeerKeys.Candidate;
import org.jswan.helper.Helpers;
import org.jswan.identity.IdentifiedKey;
import org.jswan.identity.IkeId;
import org.jswan.key.PublicKey;
import org.jswan.key.Signature;
import org.jswan.sa.IkeSa;

/** Whose signature it is that a peer sent. */
public final class PeerSignatures {
    /** As many octets of the list of keys tried as a log line shows. */
    private static final int TRIED_WIDTH = 49;

    private final Helpers helpers;
    private final PeerKeys peerKeys;

    public PeerSignatures(Context context) {
        helpers = context.world().helpers();
        peerKeys = new PeerKeys(
                context.publicKeys(), context.certificates(), context.world().clock());
    }

    /**
     * A signature.
     *
     * @param octets what was signed
     */
    public record Signed(Signature signature, Hash hash, Bytes octets, Bytes value) {
        private Optional<Integer> signer(List<PublicKey> keys) {
            for (int i = 0; i < keys.size(); i++) {
                if (signature.verify(keys.get(i), hash, octets, value)) {
                    return Optional.of(i);
                }
            }
            return Optional.empty();
        }
    }

    /** The keys that the peer may have signed with; none of them if it has proven nothing. */
    public List<Candidate> candidates(IkeSa ike, Signature signature) {
        return peerKeys.of(ike, signature.keyType());
    }

    /** Finds the first of the keys that the signature is by; tells so later, on the loop. */
    public void find(List<Candidate> candidates, Signed signed, Consumer<Optional<Candidate>> then) {
        List<PublicKey> keys =
                candidates.stream().map(candidate -> candidate.key().key()).toList();
        helpers.submit(
                () -> signed.signer(keys),
                outcome -> outcome.settle(Optional.empty(), signer -> then.accept(signer.map(candidates::get))));
    }

    /** That there is no key to check with. */
    public static String unmatched(IkeSa ike, Signature signature, Hash hash) {
        return "authentication failed: no certificate matched " + signature.text() + " with " + hash.fqn() + " and '"
                + ike.peerId() + "'";
    }

    /** That none of the keys is the one. */
    public static String tried(IkeSa ike, Signature signature, Hash hash, List<Candidate> candidates) {
        StringBuilder tried = new StringBuilder();
        String origin = "";
        for (Candidate candidate : candidates) {
            if (!candidate.origin().equals(origin)) {
                origin = candidate.origin();
                tried.append(' ').append(origin).append(':');
            }
            tried.append(" *").append(candidate.key().key().keyId());
        }
        if (tried.length() > TRIED_WIDTH) {
            tried.setLength(TRIED_WIDTH - 3);
            tried.append("...");
        }
        IkeId peer = ike.peerId();
        return "authentication failed: using " + signature.text() + " with " + hash.fqn() + " for '" + peer + "' tried"
                + tried;
    }

    /**
     * That the peer has proven who it is.
     *
     * @param name what the log calls the signature
     */
    public static String authenticated(Signature signature, Hash hash, String name, Candidate signer) {
        IdentifiedKey key = signer.key();
        return "authenticated peer '" + signature.describe(key.key(), hash) + "' " + name + " using " + signer.origin()
                + " certificate '" + key.id() + "'"
                + key.issuer().map(ca -> " issued by CA '" + ca + "'").orElse("");
    }
}
