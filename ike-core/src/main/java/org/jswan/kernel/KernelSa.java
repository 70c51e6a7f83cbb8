// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.time.Duration;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;

/**
 * An SA as the kernel gets it.
 *
 * @param inbound whether packets come in through it
 * @param requestId ties it to the templates of policies
 * @param encr empty for AH and IPCOMP; with an AEAD algorithm {@code integ} is {@link Integ#NONE}
 * @param encrKey with the salt of a counter mode at its end, as in KEYMAT
 * @param replayWindow in packets, 0 for none
 * @param encapsulation NAT traversal's UDP ports
 * @param selector in transport mode, what the SA may carry; empty in tunnel mode
 */
public record KernelSa(
        SaId id,
        boolean inbound,
        IpsecMode mode,
        int requestId,
        Optional<Encr> encr,
        Secret encrKey,
        Integ integ,
        Secret integKey,
        int replayWindow,
        boolean extendedSequenceNumbers,
        Optional<Encapsulation> encapsulation,
        Optional<TrafficSelectors> selector,
        Limits limits,
        Features features) {

    /** The same between other addresses. */
    public KernelSa moved(IpAddress source, IpAddress destination, Optional<Encapsulation> newEncapsulation) {
        return with(new SaId(source, destination, id.protocol(), id.spi()), newEncapsulation, features);
    }

    /**
     * ESP in UDP (RFC 3948) or in a TCP stream (RFC 9329).
     *
     * @param sourcePort and {@code destinationPort}: of the outer header, those of the sender and of the receiver
     */
    public record Encapsulation(Carrier carrier, int sourcePort, int destinationPort) {
        /** What ESP packets are put into. */
        public enum Carrier {
            UDP,
            TCP
        }

        /** In UDP. */
        public Encapsulation(int sourcePort, int destinationPort) {
            this(Carrier.UDP, sourcePort, destinationPort);
        }

        /** That of the packets that go the other way. */
        public Encapsulation reversed() {
            return new Encapsulation(carrier, /* sourcePort= */ destinationPort, /* destinationPort= */ sourcePort);
        }
    }

    /** The same, encrypted by the kernel itself. */
    public KernelSa withoutOffload() {
        return with(id, encapsulation, features.withoutOffload());
    }

    private KernelSa with(SaId newId, Optional<Encapsulation> newEncapsulation, Features newFeatures) {
        return new KernelSa(
                newId,
                inbound,
                mode,
                requestId,
                encr,
                encrKey,
                integ,
                integKey,
                replayWindow,
                extendedSequenceNumbers,
                newEncapsulation,
                selector,
                limits,
                newFeatures);
    }

    /** Both ends of what is carried. */
    public record TrafficSelectors(Selector source, Selector destination) {}

    /**
     * After how much traffic, unsigned, the kernel sends a soft expire or a hard one; {@link Long#MAX_VALUE}: never.
     *
     * @param life after how long the SA ends, of which the daemon sees to it; not every kernel is told. Zero: not told
     */
    public record Limits(long softBytes, long hardBytes, long softPackets, long hardPackets, Duration life) {
        public static final Limits NONE =
                new Limits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Duration.ZERO);
    }

    /**
     * A network interface is to encrypt in the kernel's place.
     *
     * @param dispensable whether the kernel is to do it if that interface cannot
     */
    public record Offload(String device, boolean dispensable) {}

    /**
     * What few SAs have.
     *
     * @param tfcPadding outbound packets are padded to this length (RFC 4303 §2.7); 0: not
     * @param mark what packets that came through are marked with; only with an interface id, whose own number it replaces
     * @param offload the device that is to encrypt
     * @param label the SELinux context of the packets that it carries
     */
    public record Features(
            boolean decapsulateDscp,
            boolean noPathMtuDiscovery,
            int tfcPadding,
            Optional<KernelPolicy.Mark> mark,
            Optional<Integer> interfaceId,
            Optional<Offload> offload,
            Optional<SecurityLabel> label) {
        public static final Features NONE =
                new Features(false, false, 0, Optional.empty(), Optional.empty(), Optional.empty());

        /** Without a label. */
        public Features(
                boolean decapsulateDscp,
                boolean noPathMtuDiscovery,
                int tfcPadding,
                Optional<KernelPolicy.Mark> mark,
                Optional<Integer> interfaceId,
                Optional<Offload> offload) {
            this(decapsulateDscp, noPathMtuDiscovery, tfcPadding, mark, interfaceId, offload, Optional.empty());
        }

        private Features withoutOffload() {
            return new Features(
                    decapsulateDscp, noPathMtuDiscovery, tfcPadding, mark, interfaceId, Optional.empty(), label);
        }
    }
}
