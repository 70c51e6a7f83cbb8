// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.xfrm.Xfrm.*;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelPolicy.Mark;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.KernelSa.Encapsulation.Carrier;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * {@code struct xfrm_usersa_info}, 224 octets, and the attributes that complete it:
 *
 * <pre>
 *  sel 56 | id: daddr 16, spi be32, proto u8, (3) | saddr 16 |
 *  lft: soft and hard bytes, soft and hard packets, 4 times of expiry, u64 each | curlft: bytes, packets, added, used, u64 each |
 *  stats 12 | seq u32 | reqid u32 | family u16 | mode u8 | replay_window u8 | flags u8 | (7)
 * </pre>
 */
final class SaCodec {
    private static final int ALGORITHM_NAME = 64;
    /** The only compression that both IKE (RFC 3051 ff.) and the kernel know. */
    private static final String DEFLATE = "deflate";
    /** The widest window that fits the old field. */
    private static final int OLD_REPLAY_WINDOW = 32;

    private SaCodec() {}

    /** @param offloadIndex the interface's index, used only if the SA names an interface for offload */
    static void write(NetlinkWriter out, KernelSa sa, int offloadIndex) {
        AddressFamily family = sa.id().source().family();
        boolean oldReplay = hasOldReplay(sa);
        if (sa.selector().isPresent()) {
            SelectorCodec.write(
                    out, sa.selector().get().source(), sa.selector().get().destination());
        } else {
            out.zeros(SELECTOR);
        }
        writeId(out, sa.id());
        out.xfrmAddress(sa.id().source());
        out.u64(limit(sa.limits().softBytes())).u64(limit(sa.limits().hardBytes()));
        out.u64(limit(sa.limits().softPackets())).u64(limit(sa.limits().hardPackets()));
        out.zeros(32).zeros(LIFETIME_CURRENT).zeros(12);
        out.u32(0).u32(sa.requestId()).family(family).u8(mode(sa.mode()));
        out.u8(isComp(sa) || !oldReplay ? 0 : sa.replayWindow());
        out.u8(flags(sa, family)).zeros(7);
        if (!isComp(sa) && !oldReplay) {
            writeReplayWindow(out, sa.replayWindow());
        }
        writeAlgorithms(out, sa);
        sa.encapsulation().ifPresent(encapsulation -> writeEncapsulation(out, encapsulation));
        sa.features()
                .interfaceId()
                .ifPresent(id -> writeInterface(out, id, sa.features().mark()));
        if (sa.features().offload().isPresent()) {
            int ipv6 = family == AddressFamily.IPV6 ? XFRM_OFFLOAD_IPV6 : 0;
            out.attribute(XFRMA_OFFLOAD_DEV)
                    .u32(offloadIndex)
                    .u8(ipv6 | (sa.inbound() ? XFRM_OFFLOAD_INBOUND : 0))
                    .zeros(3)
                    .end();
        }
        sa.features().label().ifPresent(label -> LabelCodec.write(out, label));
    }

    private static boolean isComp(KernelSa sa) {
        return sa.id().protocol() == IpsecProtocol.IPCOMP;
    }

    private static long limit(long value) {
        return value == Long.MAX_VALUE ? XFRM_INF : value;
    }

    private static int flags(KernelSa sa, AddressFamily family) {
        // Lets a tunnel carry the other family.
        int flags = sa.mode() == IpsecMode.TUNNEL ? XFRM_STATE_AF_UNSPEC : 0;
        if (sa.id().protocol() == IpsecProtocol.AH && family == AddressFamily.IPV4) {
            // RFC 4302 §3.3.3.2.1: IPv4 aligns to 32 bits; without this the kernel aligns to 64.
            flags |= XFRM_STATE_ALIGN4;
        }
        if (!isComp(sa)) {
            flags |= sa.extendedSequenceNumbers() ? XFRM_STATE_ESN : 0;
            flags |= sa.features().decapsulateDscp() ? XFRM_STATE_DECAP_DSCP : 0;
            flags |= sa.features().noPathMtuDiscovery() ? XFRM_STATE_NOPMTUDISC : 0;
        }
        return flags;
    }

    /** Whether its replay window is written into the old field. */
    static boolean hasOldReplay(KernelSa sa) {
        return sa.replayWindow() <= OLD_REPLAY_WINDOW && !sa.extendedSequenceNumbers();
    }

    /** {@code struct xfrm_replay_state_esn}: bitmap words u32, four counters u32, window u32, the bitmap. */
    private static void writeReplayWindow(NetlinkWriter out, int window) {
        int words = (window + 31) / 32;
        out.attribute(XFRMA_REPLAY_ESN_VAL)
                .u32(words)
                .zeros(16)
                .u32(window)
                .zeros(words * 4)
                .end();
    }

    private static void writeAlgorithms(NetlinkWriter out, KernelSa sa) {
        if (sa.integKey().length() > 0) {
            writeIntegrity(out, sa.integ(), sa.integKey());
        }
        if (isComp(sa)) {
            out.attribute(XFRMA_ALG_COMP).text(DEFLATE, ALGORITHM_NAME).u32(0).end();
        } else if (sa.id().protocol() == IpsecProtocol.ESP) {
            Encr encr = sa.encr().orElseThrow(() -> new IllegalArgumentException("ESP without encryption algorithm"));
            writeEncryption(out, encr, sa.encrKey());
            // As libreswan: not with an AEAD algorithm.
            if (sa.features().tfcPadding() != 0 && sa.mode() == IpsecMode.TUNNEL && !encr.isAead()) {
                out.attribute(XFRMA_TFCPAD).u32(sa.features().tfcPadding()).end();
            }
        }
    }

    /** {@code struct xfrm_algo_auth}: name 64, key bits u32, bits of the truncated value u32, key. */
    static void writeIntegrity(NetlinkWriter out, Integ integ, Secret key) {
        out.attribute(XFRMA_ALG_AUTH_TRUNC)
                .text(integ.xfrmName(), ALGORITHM_NAME)
                .u32(key.length() * Byte.SIZE)
                .u32(integ.icvLength() * Byte.SIZE)
                .octets(key.expose())
                .end();
    }

    /** {@code struct xfrm_algo}: name 64, key bits u32, key; {@code xfrm_algo_aead} has the value's bits between. */
    static void writeEncryption(NetlinkWriter out, Encr encr, Secret key) {
        String name = encr.xfrmName()
                .orElseThrow(() -> new IllegalArgumentException("Linux has no " + encr.fqn() + " in ESP"));
        out.attribute(encr.isAead() ? XFRMA_ALG_AEAD : XFRMA_ALG_CRYPT)
                .text(name, ALGORITHM_NAME)
                .u32(key.length() * Byte.SIZE);
        if (encr.isAead()) {
            out.u32(encr.icvLength() * Byte.SIZE);
        }
        out.octets(key.expose()).end();
    }

    /** {@code struct xfrm_encap_tmpl}: type u16, both ports be16, (2), an address that is not used. */
    static void writeEncapsulation(NetlinkWriter out, KernelSa.Encapsulation encapsulation) {
        out.attribute(XFRMA_ENCAP)
                .u16(encapsulation.carrier() == Carrier.TCP ? Xfrm.TCP_ENCAP_ESPINTCP : Linux.UDP_ENCAP_ESPINUDP)
                .be16(encapsulation.sourcePort())
                .be16(encapsulation.destinationPort())
                .zeros(2 + 16)
                .end();
    }

    /** As libreswan: packets that went through an interface's SA or policy carry its number as mark if no other is set. */
    static void writeInterface(NetlinkWriter out, int interfaceId, Optional<Mark> mark) {
        out.attribute(XFRMA_IF_ID).u32(interfaceId).end();
        if (mark.isPresent()) {
            out.attribute(XFRMA_SET_MARK).u32(mark.get().value()).end();
            out.attribute(XFRMA_SET_MARK_MASK).u32(mark.get().mask()).end();
        } else {
            out.attribute(XFRMA_SET_MARK).u32(interfaceId).end();
        }
    }

    /** What asks for an SPI: the few fields of an SA that count, and the range. */
    static void writeSpiRequest(NetlinkWriter out, SaId id, int requestId, int min, int max) {
        out.zeros(SELECTOR);
        writeId(out, id);
        out.xfrmAddress(id.source()).zeros(LIFETIME_LIMITS + LIFETIME_CURRENT + 12);
        // As libreswan: transport mode whatever comes; the larval SA is replaced by the real one.
        out.u32(0).u32(requestId).family(id.source().family()).u8(mode(IpsecMode.TRANSPORT));
        out.zeros(9).u32(min).u32(max);
    }

    private static void writeId(NetlinkWriter out, SaId id) {
        out.xfrmAddress(id.destination())
                .be32(id.spi())
                .u8(id.protocol().number())
                .zeros(3);
    }

    /** {@code struct xfrm_usersa_id}: daddr 16, spi be32, family u16, proto u8, (1). */
    static void writeQuery(NetlinkWriter out, SaId id) {
        out.xfrmAddress(id.destination())
                .be32(id.spi())
                .family(id.destination().family())
                .u8(id.protocol().number())
                .zeros(1);
    }

    /**
     * An SA as the kernel tells of it.
     *
     * @param protocol its IP protocol number; not always one of ours
     */
    record State(IpAddress source, IpAddress destination, int protocol, int spi, SaCounters counters) {
        Optional<SaId> id() {
            for (IpsecProtocol known : IpsecProtocol.values()) {
                if (known.number() == protocol) {
                    return Optional.of(new SaId(source, destination, known, spi));
                }
            }
            return Optional.empty();
        }
    }

    /** Reads the structure and leaves the attributes; {@link SaCounters#lastUsed} is empty. */
    static State readState(NetlinkReader in) throws MalformedMessage {
        in.skip(SELECTOR);
        Bytes destination = in.xfrmAddress();
        int spi = in.be32();
        int protocol = in.u8();
        Bytes source = in.skip(3).xfrmAddress();
        in.skip(LIFETIME_LIMITS);
        long bytes = in.u64();
        long packets = in.u64();
        Instant added = instant(in.u64());
        in.skip(8 + 12 + 8);
        int number = in.u16();
        in.skip(10);
        AddressFamily family = SelectorCodec.family(number);
        return new State(
                NetlinkReader.address(family, source),
                NetlinkReader.address(family, destination),
                protocol,
                spi,
                new SaCounters(bytes, packets, added, Optional.empty()));
    }

    /** The answer to a query: the structure, then {@code XFRMA_LASTUSED} among the attributes once it was used. */
    static SaCounters readCounters(NetlinkReader in) throws MalformedMessage {
        SaCounters counters = readState(in).counters();
        Map<Integer, NetlinkReader> attributes = in.attributes();
        NetlinkReader lastUsed = attributes.get(XFRMA_LASTUSED);
        return lastUsed == null
                ? counters
                : new SaCounters(
                        counters.bytes(), counters.packets(), counters.added(), Optional.of(instant(lastUsed.u64())));
    }

    /** Seconds of the calendar; nonsense is the epoch rather than an exception. */
    private static Instant instant(long seconds) {
        return seconds < 0 || seconds > Instant.MAX.getEpochSecond() ? Instant.EPOCH : Instant.ofEpochSecond(seconds);
    }
}
