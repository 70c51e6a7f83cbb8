// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import static org.jswan.pfkey.Pfkey.*;

import java.time.Instant;
import java.util.Optional;
import org.jswan.base.Secret;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * Messages about SAs, RFC 2367 §3.1, their extensions in libreswan's order. The first of them is
 *
 * <pre>
 *  sadb_sa: spi be32 | replay u8 | state u8 | integrity u8 | encryption u8 | flags u32
 * </pre>
 */
final class SaCodec {
    private SaCodec() {}

    /** @param id without an SPI */
    static void writeSpiRequest(PfkeyWriter out, SaId id, int requestId, int min, int max) {
        out.message(SADB_GETSPI, satype(id.protocol()));
        // As libreswan over XFRM: transport mode whatever comes; the larval SA is replaced by the real one.
        writeSa2(out, IpsecMode.TRANSPORT, requestId);
        AddressCodec.writeHosts(out, id);
        out.extension(SADB_EXT_SPIRANGE).u32(min).u32(max).zeros(4).end();
    }

    /**
     * An update if it is inbound, which completes what was reserved, else an addition.
     *
     * @param sa one with algorithms that the dialect has
     */
    static void write(PfkeyWriter out, KernelSa sa) {
        Dialect dialect = out.dialect();
        out.message(sa.inbound() ? SADB_UPDATE : SADB_ADD, satype(sa.id().protocol()));
        out.extension(SADB_EXT_SA)
                .be32(sa.id().spi())
                .u8(replay(dialect, sa))
                .u8(SADB_SASTATE_MATURE)
                .u8(integrity(dialect, sa))
                .u8(encryption(dialect, sa))
                .u32(flags(dialect, sa))
                .end();
        writeSa2(out, sa.mode(), sa.requestId());
        AddressCodec.writeHosts(out, sa.id());
        writeKey(out, SADB_EXT_KEY_AUTH, sa.integKey(), false);
        writeKey(
                out,
                SADB_EXT_KEY_ENCRYPT,
                sa.encrKey(),
                sa.encr().isPresent() && dialect.sas().emptyKeys());
        KernelSa.Limits limits = sa.limits();
        long seconds = dialect.sas().timeLimits() ? limits.life().toSeconds() : 0;
        writeLimits(out, SADB_EXT_LIFETIME_HARD, limits.hardPackets(), limits.hardBytes(), seconds);
        writeLimits(out, SADB_EXT_LIFETIME_SOFT, limits.softPackets(), limits.softBytes(), seconds);
        sa.encapsulation().ifPresent(encapsulation -> writeEncapsulation(out, encapsulation));
        if (dialect.sas().replayUnit() > 1 && units(dialect, sa) > dialect.sas().maxReplay()) {
            out.extension(SADB_X_EXT_SA_REPLAY).u32(sa.replayWindow()).end();
        }
    }

    private static int replay(Dialect dialect, KernelSa sa) {
        return Math.min(units(dialect, sa), dialect.sas().maxReplay());
    }

    private static int units(Dialect dialect, KernelSa sa) {
        int unit = dialect.sas().replayUnit();
        return sa.id().protocol() == IpsecProtocol.IPCOMP
                ? 0
                : (int) ((Integer.toUnsignedLong(sa.replayWindow()) + unit - 1) / unit);
    }

    private static int integrity(Dialect dialect, KernelSa sa) {
        if (sa.id().protocol() == IpsecProtocol.IPCOMP) {
            return 0;
        }
        Algorithms algorithms = dialect.algorithms();
        if (sa.integ() == Integ.NONE) {
            Encr encr = sa.encr().orElseThrow();
            return algorithms.besides(encr, (sa.encrKey().length() - encr.saltLength()) * Byte.SIZE);
        }
        return algorithms.number(sa.integ()).orElseThrow();
    }

    private static int encryption(Dialect dialect, KernelSa sa) {
        return switch (sa.id().protocol()) {
            case IPCOMP -> Algorithms.compression();
            case AH -> 0;
            case ESP -> dialect.algorithms().number(sa.encr().orElseThrow()).orElseThrow();
        };
    }

    private static int flags(Dialect dialect, KernelSa sa) {
        int flags = sa.extendedSequenceNumbers() ? dialect.sas().esnFlag() : 0;
        if (sa.id().protocol() != IpsecProtocol.IPCOMP && dialect.sas().features()) {
            flags |= sa.features().decapsulateDscp() ? SADB_SAFLAGS_DECAP_DSCP : 0;
            flags |= sa.features().noPathMtuDiscovery() ? SADB_SAFLAGS_NOPMTUDISC : 0;
        }
        return flags;
    }

    /** {@code sadb_x_sa2}: mode u8, (3), sequence u32, request id u32. */
    private static void writeSa2(PfkeyWriter out, IpsecMode mode, int requestId) {
        Dialect dialect = out.dialect();
        out.extension(SADB_X_EXT_SA2)
                .u8(dialect.sas().modes() ? mode(mode) : IPSEC_MODE_ANY)
                .zeros(3 + 4)
                .u32(dialect.requestId(requestId))
                .end();
    }

    /** {@code sadb_key}: bits u16, (2), the key. */
    private static void writeKey(PfkeyWriter out, int extension, Secret key, boolean evenEmpty) {
        if (key.length() > 0 || evenEmpty) {
            out.extension(extension)
                    .u16(key.length() * Byte.SIZE)
                    .zeros(2)
                    .bytes(key)
                    .end();
        }
    }

    /** {@code sadb_lifetime}: allocations u32, bytes u64, seconds since it was added u64, since it was used u64; 0: no limit. */
    private static void writeLimits(PfkeyWriter out, int extension, long packets, long bytes, long seconds) {
        out.extension(extension)
                .u32(packets == Long.MAX_VALUE ? 0 : (int) Math.min(packets, 0xffffffffL))
                .u64(bytes == Long.MAX_VALUE ? 0 : bytes)
                .u64(seconds)
                .zeros(8)
                .end();
    }

    private static void writeEncapsulation(PfkeyWriter out, KernelSa.Encapsulation encapsulation) {
        out.extension(SADB_X_EXT_NAT_T_TYPE).u8(UDP_ENCAP_ESPINUDP).zeros(3).end();
        out.extension(SADB_X_EXT_NAT_T_SPORT)
                .be16(encapsulation.sourcePort())
                .zeros(2)
                .end();
        out.extension(SADB_X_EXT_NAT_T_DPORT)
                .be16(encapsulation.destinationPort())
                .zeros(2)
                .end();
    }

    /** @param type {@link Pfkey#SADB_DELETE} or {@link Pfkey#SADB_GET} */
    static void writeQuery(PfkeyWriter out, int type, SaId id) {
        out.message(type, satype(id.protocol()));
        out.extension(SADB_EXT_SA).be32(id.spi()).zeros(8).end();
        AddressCodec.writeHosts(out, id);
    }

    /** In host byte order; a CPI in its lower half. */
    static int readSpi(PfkeyMessage message) throws MalformedMessage {
        return message.extension(SADB_EXT_SA).be32();
    }

    /** Empty if it is an SA of a protocol that is none of ours. */
    static Optional<SaId> readId(PfkeyMessage message, Dialect dialect) throws MalformedMessage {
        int spi = readSpi(message);
        for (IpsecProtocol protocol : IpsecProtocol.values()) {
            if (satype(protocol) == message.satype()) {
                return Optional.of(new SaId(
                        AddressCodec.readHost(message, SADB_EXT_ADDRESS_SRC, dialect),
                        AddressCodec.readHost(message, SADB_EXT_ADDRESS_DST, dialect),
                        protocol,
                        spi));
            }
        }
        return Optional.empty();
    }

    /**
     * Without {@link SaCounters#lastUsed}: RFC 2367 §2.3.2 has the kernel tell when the SA was last used, but Linux and today's
     * FreeBSD tell when it first was.
     */
    static SaCounters readCounters(PfkeyMessage message) throws MalformedMessage {
        PfkeyReader in = message.extension(SADB_EXT_LIFETIME_CURRENT);
        long packets = Integer.toUnsignedLong(in.u32());
        long bytes = in.u64();
        Instant added = instant(in.u64());
        in.skip(8);
        return new SaCounters(bytes, packets, added, Optional.empty());
    }

    /** Seconds of the calendar; nonsense is the epoch rather than an exception. */
    private static Instant instant(long seconds) {
        return seconds < 0 || seconds > Instant.MAX.getEpochSecond() ? Instant.EPOCH : Instant.ofEpochSecond(seconds);
    }
}
