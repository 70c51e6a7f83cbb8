// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;

/** The secrets in force, in the order of their files. Whoever replaces a store destroys it. */
public final class SecretStore {
    /** As the oracle: unlike NONE, it is not the same as whatever an entry names. */
    private static final IkeId ANYBODY = IkeId.of(IpAddress.any(AddressFamily.IPV4));

    private final List<SecretEntry> entries;

    public SecretStore(List<SecretEntry> entries) {
        this.entries = List.copyOf(entries);
    }

    public static SecretStore empty() {
        return new SecretStore(List.of());
    }

    public List<SecretEntry> entries() {
        return entries;
    }

    /**
     * The preshared key of two ends. A key whose indices name both beats one that names {@code local} alone, that one
     * that names {@code %any}, and any of them one without indices; of equals the first in the file wins.
     *
     * @param remote NONE for a peer that may be anybody, whom only {@code %any} names
     */
    public Optional<Secret> psk(IkeId local, IkeId remote) {
        IkeId named = remote.type() == IdType.NONE ? ANYBODY : remote;
        return find(SecretKind.PSK, local, Optional.of(named), false).map(SecretEntry::secret);
    }

    /** The password of an XAUTH user. */
    public Optional<Secret> xauth(String user) {
        return find(SecretKind.XAUTH, IkeId.fqdn(user), Optional.empty(), true).map(SecretEntry::secret);
    }

    /** The postquantum preshared key of that name. */
    public Optional<SecretEntry> ppk(Bytes id) {
        // The oracle keeps its list backwards, so the last one of a name is the one it finds.
        return entries.stream()
                .filter(e -> e.kind() == SecretKind.PPK && e.ppkId().equals(id))
                .reduce((first, second) -> second);
    }

    /**
     * The entry that fits best.
     *
     * @param remote none where only one end counts
     * @param asymmetric whether an entry may name our end among others without naming the peer: so with public keys
     */
    public Optional<SecretEntry> find(SecretKind kind, IkeId local, Optional<IkeId> remote, boolean asymmetric) {
        SecretEntry best = null;
        Match bestMatch = null;
        for (int i = entries.size() - 1; i >= 0; i--) {
            SecretEntry entry = entries.get(i);
            if (entry.kind() != kind) {
                continue;
            }
            Match match = Match.of(entry.ids(), local, remote);
            if (match.isUsable(asymmetric) && (best == null || match.beats(bestMatch, entry, best))) {
                best = entry;
                bestMatch = match;
            }
        }
        return Optional.ofNullable(best);
    }

    /** How an entry's indices relate to two ends. */
    private record Match(boolean local, boolean remote, boolean any, boolean ours) {
        /** @param ids none means an entry for everybody, which counts like {@code %any} */
        static Match of(List<IkeId> ids, IkeId localId, Optional<IkeId> remoteId) {
            boolean local = false;
            boolean remote = false;
            boolean any = ids.isEmpty();
            for (IkeId id : ids) {
                if (id.isAny()) {
                    any = true;
                } else {
                    local |= id.sameAs(localId);
                    remote |= remoteId.isPresent() && id.sameAs(remoteId.get());
                }
            }
            boolean ours = local && !remote && !any && ids.size() == 1;
            return new Match(local, remote, any, ours);
        }

        /**
         * As the oracle: naming only the peer is never enough, naming only us is for public keys unless it is the sole
         * index, and both ends together with {@code %any} are no match either.
         */
        boolean isUsable(boolean asymmetric) {
            if (local && remote) {
                return !any;
            }
            if (local) {
                return any || ours || asymmetric;
            }
            return any;
        }

        /** An equal match of an earlier line wins, unless it is the same secret anyway. */
        boolean beats(Match other, SecretEntry mine, SecretEntry theirs) {
            return rank() > other.rank()
                    || rank() == other.rank() && !mine.secret().equals(theirs.secret());
        }

        /** Higher is better. Our end weighs more than the peer's, the peer's more than {@code %any}. */
        int rank() {
            return (local ? 8 : 0) + (remote ? 4 : 0) + (any ? 2 : 0) + (ours ? 1 : 0);
        }
    }

    /** Overwrites all secrets. */
    public void destroy() {
        entries.forEach(entry -> entry.secret().destroy());
    }
}
