// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import org.jswan.base.AddressRange;
import org.jswan.base.Selector;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.net.Transport;
import org.jswan.sa.ChildSa;

/** How log lines describe a Child SA. */
public final class ChildText {
    private ChildText() {}

    public static String established(ChildSa child) {
        return child.role()
                + child.replaces().map(old -> " rekeyed Child SA " + old).orElse(" established Child SA") + " using "
                + child.ike().serial() + "; IPsec " + (child.mode() == IpsecMode.TUNNEL ? "tunnel" : "transport") + " ["
                + traffic(child.localSelector()) + "] -> [" + traffic(child.remoteSelector()) + "] " + details(child);
    }

    private static String traffic(Selector selector) {
        AddressRange range = selector.subnet().range();
        int last = selector.port() == 0 ? 65535 : selector.port();
        return range.first() + "-" + range.last() + ":" + selector.port() + "-" + last + " " + selector.protocol();
    }

    private static String compression(ChildSa child) {
        return child.isCompressed()
                ? String.format(
                        " IPCOMP=>0x%08x <0x%08x",
                        child.outboundCompression().orElseThrow().spi(),
                        child.inboundCompression().orElseThrow().spi())
                : "";
    }

    /** {@code {ESP/ESN=>0x… <0x… xfrm=AES_GCM_16_256-NONE DPD=passive}}. */
    public static String details(ChildSa child) {
        String carrier = "";
        if (child.protocol() == IpsecProtocol.ESP) {
            boolean tcp = child.ike().socket().transport() == Transport.TCP;
            carrier = tcp ? "inTCP" : child.ike().nat().detected() ? "inUDP" : "";
        }
        boolean tfc = child.connection().config().kernel().tfcPadding() != 0 && child.peerTakesTfc();
        // As libreswan: not for AH, nor by IKEv1.
        String group = child.pfsGroup()
                .filter(g ->
                        child.protocol() == IpsecProtocol.ESP && !child.ike().isVersion1())
                .map(g -> "-" + g.fqn())
                .orElse("");
        String original = child.isVersion1()
                ? child.phase2()
                        .originalAddress()
                        .map(address -> " NATOA=" + address)
                        .orElse("")
                : "";
        String nat = original
                + (child.ike().nat().detected() ? " NATD=" + child.ike().remote() : "");
        return "{" + child.protocol() + carrier + (child.hasExtendedSequenceNumbers() ? "/ESN" : "")
                + (tfc ? "/TFC" : "")
                + String.format(
                        "=>0x%08x <0x%08x",
                        child.outbound().orElseThrow().spi(),
                        child.inbound().orElseThrow().spi())
                + " xfrm=" + child.suite().orElseThrow().transformName() + group + compression(child) + nat + " DPD="
                + deadPeerDetection(child)
                + child.userName().map(name -> " username=" + name).orElse("") + "}";
    }

    private static String deadPeerDetection(ChildSa child) {
        if (child.isVersion1() && !child.ike().phase1().peer().detectsDeadPeers()) {
            return "unsupported";
        }
        return child.connection().config().liveness().delay().isZero() ? "passive" : "active";
    }
}
