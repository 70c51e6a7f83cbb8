// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.List;
import java.util.Optional;
import org.jswan.base.SaSerial;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelSa;
import org.jswan.log.Logger;

/**
 * A negotiated Child SA, ready for the kernel. What it carries is what the connection's two ends say then.
 *
 * @param child its serial number
 * @param logger its logger
 * @param outbound its SAs towards the peer, the innermost first; their request ids are the connection's
 * @param inbound its SAs from the peer, in the same order
 * @param outboundLater whether the peer may not yet have its half: packets leave by the predecessor until {@link
 *     Routing#use}
 * @param peer what the peer told that updown passes on
 */
public record ChildInstall(
        SaSerial child,
        Logger logger,
        IpsecMode mode,
        List<KernelSa> outbound,
        List<KernelSa> inbound,
        boolean outboundLater,
        PeerFacts peer) {

    public ChildInstall {
        outbound = List.copyOf(outbound);
        inbound = List.copyOf(inbound);
        if (outbound.isEmpty() || outbound.size() != inbound.size()) {
            throw new IllegalArgumentException(outbound.size() + " SAs out and " + inbound.size() + " in");
        }
    }

    /** The same, for the script that takes the route away because our address went. */
    ChildInstall leaving() {
        return new ChildInstall(child, logger, mode, outbound, inbound, outboundLater, peer.withLostAddress());
    }

    /** The SA that counts: ESP, else AH, else IPCOMP. */
    KernelSa main(boolean in) {
        List<KernelSa> sas = in ? inbound : outbound;
        return find(sas, IpsecProtocol.ESP)
                .or(() -> find(sas, IpsecProtocol.AH))
                .orElse(sas.get(0));
    }

    private static Optional<KernelSa> find(List<KernelSa> sas, IpsecProtocol protocol) {
        return sas.stream().filter(sa -> sa.id().protocol() == protocol).findFirst();
    }

    /**
     * What updown is told of the peer beside the connection.
     *
     * @param behindNat whether the peer is behind a NAT
     * @param userName by which XAUTH or EAP let it in
     * @param xauthFailed whether it was let in although its password was wrong
     * @param dns and {@code domains} and {@code banner}: what a server gave us, "" if nothing
     * @param lostAddress whether the script runs because our own address went away
     */
    public record PeerFacts(
            boolean behindNat,
            Optional<String> userName,
            boolean xauthFailed,
            String dns,
            String domains,
            String banner,
            boolean lostAddress) {
        public static final PeerFacts NONE = new PeerFacts(false, Optional.empty(), false, "", "", "", false);

        /** What IKEv2 knows: where the peer is, and whom to ask for names. */
        public static PeerFacts of(boolean behindNat, String dns, String domains) {
            return new PeerFacts(behindNat, Optional.empty(), false, dns, domains, "", false);
        }

        /** What IKEv1 knows besides: as whom XAUTH let the peer in, and what Mode Config wants users to read. */
        public PeerFacts withUser(Optional<String> name, boolean failed, String text) {
            return new PeerFacts(behindNat, name, failed, dns, domains, text, lostAddress);
        }

        PeerFacts withLostAddress() {
            return new PeerFacts(behindNat, userName, xauthFailed, dns, domains, banner, true);
        }
    }
}
