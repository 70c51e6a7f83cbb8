// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionRequest;

/** One thing that a whack request wants done. Declared in the order in which a request with several is carried out. */
public sealed interface WhackCommand {
    /** Debugging and impairments; with a connection's name only the debugging of that connection. */
    record Adjust(Optional<String> connection, DebugChange debugging, java.util.List<ImpairmentChange> impairments)
            implements WhackCommand {
        public Adjust {
            impairments = java.util.List.copyOf(impairments);
        }
    }

    record RekeyIke(String name) implements WhackCommand {}

    record RekeyIpsec(String name) implements WhackCommand {}

    /** @param replacing an {@link Add} follows, so that a missing connection is no error */
    record Delete(String name, boolean replacing) implements WhackCommand {}

    record DeleteUser(String user) implements WhackCommand {}

    record DeleteId(String id) implements WhackCommand {}

    /** @param serial unsigned number of the state */
    record DeleteState(long serial) implements WhackCommand {}

    record Crash(IpAddress peer) implements WhackCommand {}

    record Add(ConnectionRequest connection) implements WhackCommand {}

    /** Redirects the peers of one connection or of all, at once. */
    record ActiveRedirect(Optional<String> connection, String destinations) implements WhackCommand {}

    /** @param destinations empty to forget them and stop redirecting */
    record GlobalRedirectTo(String destinations) implements WhackCommand {}

    /** When new peers are redirected. */
    record GlobalRedirect(GlobalRedirect.Mode mode) implements WhackCommand {
        /** The values of {@code --global-redirect}. */
        public enum Mode {
            NO,
            YES,
            AUTO
        }
    }

    /** @param octets 1500 or more, unsigned */
    record SocketBuffer(long octets) implements WhackCommand {}

    record ToggleErrorQueue() implements WhackCommand {}

    record Listen() implements WhackCommand {}

    record Unlisten() implements WhackCommand {}

    /** When half-open peers have to answer a cookie first. */
    record Ddos(Ddos.Mode mode) implements WhackCommand {
        /** The three options. */
        public enum Mode {
            AUTO,
            BUSY,
            UNLIMITED
        }
    }

    record Ddns() implements WhackCommand {}

    record RereadSecrets() implements WhackCommand {}

    record ListPublicKeys(boolean utc) implements WhackCommand {}

    record CheckPublicKeys(boolean utc) implements WhackCommand {}

    record PurgeOcsp() implements WhackCommand {}

    /** Obsolete; says so. */
    record RereadCrls() implements WhackCommand {}

    record FetchCrls() implements WhackCommand {}

    record RereadCerts() implements WhackCommand {}

    record ListPsks() implements WhackCommand {}

    record ListCerts(boolean utc) implements WhackCommand {}

    record ListCaCerts(boolean utc) implements WhackCommand {}

    record ListCrls(boolean utc) implements WhackCommand {}

    record ListEvents() implements WhackCommand {}

    /**
     * The public key of an identity.
     *
     * @param add beside the keys it has, instead of in their place
     * @param key empty to forget, or with {@code add} to look it up
     */
    record Key(String id, boolean add, Optional<PublicKey> key) implements WhackCommand {
        /** The forms of raw public keys. */
        public enum Algorithm {
            /** RFC 3110. */
            RSA,
            ECDSA,
            /** SubjectPublicKeyInfo. */
            ANY
        }

        /** Octets of a public key. */
        public record PublicKey(Algorithm algorithm, Bytes octets) {}
    }

    record Route(String name) implements WhackCommand {}

    record Unroute(String name) implements WhackCommand {}

    /** @param remoteHost address or name of the peer to instantiate a template for */
    record Initiate(String name, Optional<String> remoteHost) implements WhackCommand {}

    /** A packet that opportunistic encryption is to take for an acquire. */
    record OpportunisticInitiate(IpAddress here, int sourcePort, IpAddress there, int destinationPort, int protocol)
            implements WhackCommand {}

    record Terminate(String name) implements WhackCommand {}

    record Status() implements WhackCommand {}

    record GlobalStatus() implements WhackCommand {}

    record ClearStats() implements WhackCommand {}

    record TrafficStatus(Optional<String> name) implements WhackCommand {}

    record ShuntStatus() implements WhackCommand {}

    record FipsStatus() implements WhackCommand {}

    record BriefStatus() implements WhackCommand {}

    record ProcessStatus() implements WhackCommand {}

    record AddressPoolStatus() implements WhackCommand {}

    record ShowStates() implements WhackCommand {}

    record ListGroups() implements WhackCommand {}

    record RereadGroups() implements WhackCommand {}

    /** @param leaveState neither tell peers nor clear the kernel; the daemon then ends with status 12 */
    record Shutdown(boolean leaveState) implements WhackCommand {}
}
