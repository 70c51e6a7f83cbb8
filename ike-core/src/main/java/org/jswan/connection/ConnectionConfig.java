// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.kernel.KernelPolicy;
import org.jswan.proposal.AlgorithmSuites;

/**
 * A connection as configured, checked and complete: defaults are filled in. Instances share it with their template.
 *
 * @param aliases other names, as given, separated by blanks
 * @param ikeProposal the text of {@code ike=}; empty: the defaults
 * @param childProposal the text of {@code esp=}, PFS group included; empty: the defaults
 * @param ikeSuites what {@code ike=} or the defaults come to; empty if nothing is negotiated
 * @param childSuites what {@code esp=} or the defaults come to; empty if nothing is negotiated
 * @param securityLabel {@code policy-label=}
 * @param networkManager whether NetworkManager made it
 * @param debug the debug flags that this connection turns on, by name
 */
public record ConnectionConfig(
        String name,
        Optional<String> aliases,
        IkeVersion ikeVersion,
        EndConfig left,
        EndConfig right,
        AddressFamily hostFamily,
        Set<ConnectionPolicy> policies,
        Set<SignatureHash> signatureHashes,
        Shunts shunts,
        Optional<String> ikeProposal,
        Optional<String> childProposal,
        Optional<AlgorithmSuites> ikeSuites,
        Optional<AlgorithmSuites> childSuites,
        Lifetimes lifetimes,
        Retransmission retransmission,
        Liveness liveness,
        NatTraversal natTraversal,
        Tcp tcp,
        Announcements announcements,
        Kernel kernel,
        ModeConfig modeConfig,
        Redirect redirect,
        Optional<SecurityLabel> securityLabel,
        boolean networkManager,
        List<String> debug) {

    /** Whether each label of a packet gets an SA of its own. IKEv1 has one label for all, unless a packet names another. */
    public boolean isLabelled() {
        return ikeVersion == IkeVersion.IKEV2 && securityLabel.isPresent();
    }

    public ConnectionConfig {
        policies = Collections.unmodifiableSet(copy(policies, ConnectionPolicy.class));
        signatureHashes = Collections.unmodifiableSet(copy(signatureHashes, SignatureHash.class));
        debug = List.copyOf(debug);
    }

    private static <E extends Enum<E>> Set<E> copy(Set<E> set, Class<E> type) {
        Set<E> copy = EnumSet.noneOf(type);
        copy.addAll(set);
        return copy;
    }

    /**
     * Checks a request and fills in the defaults.
     *
     * @throws ConnectionRefused telling the user why not; warnings went to the context's logger before
     */
    static ConnectionConfig of(ConnectionRequest request, AddContext context) throws ConnectionRefused {
        return new ConfigCheck(request, context).config();
    }

    public EndConfig end(EndConfig.Side side) {
        return side == EndConfig.Side.LEFT ? left : right;
    }

    public boolean has(ConnectionPolicy policy) {
        return policies.contains(policy);
    }

    /** Whether this only tells the kernel to pass or drop: no IKE. */
    public boolean neverNegotiates() {
        return !has(ConnectionPolicy.ENCRYPT) && !has(ConnectionPolicy.AUTHENTICATE);
    }

    /** What happens to packets before, during and after a failed negotiation. */
    public record Shunts(Shunt prospective, Shunt negotiation, Shunt failure) {}

    /**
     * How long SAs live.
     *
     * @param margin how long before the end a new SA is negotiated, at the latest
     * @param fuzzPercent by how much of the margin that may be earlier, at random
     * @param keyingTries how often a negotiation is begun anew; 0: for ever
     * @param maxBytes and {@code maxPackets}: unsigned
     */
    public record Lifetimes(
            Duration ike,
            Duration ipsec,
            Duration margin,
            long fuzzPercent,
            long keyingTries,
            long maxBytes,
            long maxPackets) {
        /** The same without another attempt after the first. */
        Lifetimes triedOnce() {
            return new Lifetimes(ike, ipsec, margin, fuzzPercent, 1, maxBytes, maxPackets);
        }
    }

    /** When a request without an answer is sent again, and given up. */
    public record Retransmission(Duration interval, Duration timeout) {}

    /**
     * Whether the peer is asked for a sign of life.
     *
     * @param delay zero: never
     * @param timeout IKEv1 only
     */
    public record Liveness(DpdAction action, Duration delay, Duration timeout) {}

    /**
     * {@code encapsulation=}, {@code nat-keepalive=}, {@code nat-ikev1-method=}.
     *
     * @param encapsulation empty acts as {@link YesNoAuto#AUTO} and shows as {@code no}
     */
    public record NatTraversal(Optional<YesNoAuto> encapsulation, boolean keepalive, NatMethodV1 ikev1Method) {}

    /** {@code enable-tcp=}, {@code tcp-remoteport=}. */
    public record Tcp(TcpMode mode, int remotePort) {}

    /**
     * What the peer is told without need.
     *
     * @param certificateChain what is sent of the authorities above our certificate
     */
    public record Announcements(
            boolean initialContact,
            boolean ciscoUnity,
            boolean fakeStrongswan,
            boolean vendorId,
            boolean noEspTfc,
            SendCa certificateChain) {}

    /**
     * What the kernel is told beside keys and selectors.
     *
     * @param replayWindow in packets
     * @param requestId 0: one of our own choice
     * @param priority of policies; 0: computed
     * @param mtu 0: not set
     * @param tfcPadding in octets, 0: none
     * @param nflogGroup 0: none
     * @param uniqueMarks whether each instance has marks of its own
     * @param interfaceId of {@code ipsec-interface=}
     */
    public record Kernel(
            long replayWindow,
            int requestId,
            long priority,
            int metric,
            int mtu,
            int tfcPadding,
            int nflogGroup,
            Optional<KernelPolicy.Mark> markIn,
            Optional<KernelPolicy.Mark> markOut,
            boolean uniqueMarks,
            Optional<String> vtiInterface,
            boolean vtiRouting,
            boolean vtiShared,
            Optional<Integer> interfaceId,
            YesNoAuto nicOffload) {
        /** The number of the interface that users call 0, which cannot be a number. */
        public static final int INTERFACE_ZERO = 16_384;

        /** The same with that mark in both directions, whose masks stay. */
        Kernel marked(int mark) {
            return new Kernel(
                    replayWindow,
                    requestId,
                    priority,
                    metric,
                    mtu,
                    tfcPadding,
                    nflogGroup,
                    Optional.of(new KernelPolicy.Mark(mark, mask(markIn))),
                    Optional.of(new KernelPolicy.Mark(mark, mask(markOut))),
                    false,
                    vtiInterface,
                    vtiRouting,
                    vtiShared,
                    interfaceId,
                    nicOffload);
        }

        private static int mask(Optional<KernelPolicy.Mark> mark) {
            return mark.map(KernelPolicy.Mark::mask).orElse(0);
        }
    }

    /** What road warriors are given, and how IKEv1's are asked for names and passwords. */
    public record ModeConfig(
            List<IpAddress> dns,
            List<String> domains,
            Optional<String> banner,
            XauthMethod xauthBy,
            XauthFailure xauthFailure,
            RemotePeerType remotePeerType) {}

    /** RFC 5685: where peers are sent, and where we let ourselves be sent. */
    public record Redirect(Optional<String> to, Optional<String> accept) {}
}
