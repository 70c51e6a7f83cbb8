// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jswan.base.IpAddress;
import org.jswan.kernel.DeviceFeatures;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelAbilities;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelInterfaces;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelMigration;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelProbe;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.KernelSocket;
import org.jswan.nativesocket.Linux;
import org.jswan.xfrm.NetlinkChannel.RequestException;

/** The IPsec of Linux. */
public final class XfrmKernel implements KernelIpsec, AutoCloseable {
    private static final int MIN_SPI = 0x1000;
    private static final int MAX_SPI = 0xffffffff;
    /** RFC 3173 §3.3: the range that is negotiated. */
    private static final int MIN_CPI = 256;

    private static final int MAX_CPI = 61439;

    private final NetlinkChannel channel;
    private final ToIntFunction<String> interfaceIndex;
    private final Consumer<String> debug;
    private final KernelProbe probe;
    private final KernelInterfaces interfaces;
    private final Optional<DeviceFeatures> features;

    /** @param interfaceIndex the index of an interface by its name, for offload; 0 if there is none */
    public XfrmKernel(KernelSocket socket, ToIntFunction<String> interfaceIndex) {
        this(new NetlinkChannel(socket), interfaceIndex);
    }

    XfrmKernel(NetlinkChannel channel, ToIntFunction<String> interfaceIndex) {
        this(channel, interfaceIndex, line -> {});
    }

    XfrmKernel(NetlinkChannel channel, ToIntFunction<String> interfaceIndex, Consumer<String> debug) {
        this(channel, interfaceIndex, KernelInterfaces.NONE, Optional.empty(), debug);
    }

    private XfrmKernel(
            NetlinkChannel channel,
            ToIntFunction<String> interfaceIndex,
            KernelInterfaces interfaces,
            Optional<DeviceFeatures> features,
            Consumer<String> debug) {
        this.interfaces = interfaces;
        this.features = features;
        this.channel = channel;
        this.debug = debug;
        this.interfaceIndex = interfaceIndex;
        probe = new KernelProbe(this::errnoOf);
    }

    /**
     * Over a netlink socket of its own.
     *
     * @param debug takes lines that say what is asked of the kernel
     */
    public static XfrmKernel open(
            ToIntFunction<String> interfaceIndex, KernelInterfaces interfaces, Consumer<String> debug)
            throws ErrnoException {
        NetlinkSocket socket = NetlinkSocket.forRequests(Linux.NETLINK_XFRM);
        Ethtool ethtool = new Ethtool(
                (device, question) -> socket.nativeSocket().askInterface(Linux.SIOCETHTOOL, device, question));
        return new XfrmKernel(new NetlinkChannel(socket), interfaceIndex, interfaces, Optional.of(ethtool), debug);
    }

    @Override
    public KernelInterfaces interfaces() {
        return interfaces;
    }

    @Override
    public Optional<DeviceFeatures> deviceFeatures() {
        return features;
    }

    /** What this kernel has and lacks. */
    public KernelProbe probe() {
        return probe;
    }

    @Override
    public String name() {
        return "xfrm";
    }

    @Override
    public KernelAbilities abilities() {
        return KernelAbilities.ALL;
    }

    @Override
    public int allocateSpi(IpAddress source, IpAddress destination, IpsecProtocol protocol, int requestId)
            throws KernelException {
        boolean compression = protocol == IpsecProtocol.IPCOMP;
        SaCodec.writeSpiRequest(
                channel.writer().message(Xfrm.XFRM_MSG_ALLOCSPI, 0),
                new SaId(source, destination, protocol, 0),
                requestId,
                compression ? MIN_CPI : MIN_SPI,
                compression ? MAX_CPI : MAX_SPI);
        try {
            return channel.answered(Xfrm.XFRM_MSG_NEWSA, message -> SaCodec.readState(message.payload()))
                    .spi();
        } catch (RequestException e) {
            throw refused(e, "Get SPI", compression ? "CPI" : "SPI", spoken(e));
        }
    }

    @Override
    public void addSa(KernelSa sa) throws KernelException {
        Optional<String> device = sa.features().offload().map(KernelSa.Offload::device);
        int offload = device.map(interfaceIndex::applyAsInt).orElse(0);
        debug.accept("kernel: setting IPsec SA replay-window to " + sa.replayWindow());
        debug.accept("xfrm: setting IPsec SA replay-window to " + sa.replayWindow() + " using "
                + (SaCodec.hasOldReplay(sa) ? "old-style req" : "xfrm_replay_state_esn"));
        debug.accept(device.map(name -> "xfrm: esp-hw-offload set via interface " + name + " for IPsec SA")
                .orElse("xfrm: esp-hw-offload not set for IPsec SA"));
        int type = sa.inbound() ? Xfrm.XFRM_MSG_UPDSA : Xfrm.XFRM_MSG_NEWSA;
        SaCodec.write(channel.writer().message(type, Netlink.NLM_F_ACK), sa, offload);
        try {
            channel.acknowledged();
        } catch (RequestException e) {
            throw refused(e, "Add SA", sa.id().toString(), adviceOnSa(e, sa));
        }
    }

    private String errnoOf(KernelSa sa) {
        try {
            SaCodec.write(channel.writer().message(Xfrm.XFRM_MSG_NEWSA, Netlink.NLM_F_ACK), sa, 0);
            channel.acknowledged();
            SaCodec.writeQuery(channel.writer().message(Xfrm.XFRM_MSG_DELSA, Netlink.NLM_F_ACK), sa.id());
            channel.acknowledged();
            return "";
        } catch (RequestException e) {
            return e.errno();
        }
    }

    private Optional<String> adviceOnSa(RequestException e, KernelSa sa) {
        if (e.errno().equals("ESRCH") && sa.inbound()) {
            return Optional.of("the kernel gave up the reserved SPI before the negotiation ended; "
                    + "/proc/sys/net/core/xfrm_acq_expires says after how many seconds it does");
        }
        return probe.lacking(e.errno(), sa).or(() -> spoken(e));
    }

    private static Optional<String> spoken(RequestException e) {
        return e.words().isEmpty() ? Optional.empty() : Optional.of("the kernel says: " + e.words());
    }

    @Override
    public void migrate(KernelMigration migration) throws KernelException {
        PolicyCodec.writeMigrate(channel.writer().message(Xfrm.XFRM_MSG_MIGRATE, Netlink.NLM_F_ACK), migration);
        try {
            channel.acknowledged();
        } catch (RequestException e) {
            String what = migration.oldDestination() + " to " + migration.newDestination() + " reqid="
                    + Integer.toUnsignedString(migration.requestId());
            throw refused(e, "mobike", what, spoken(e));
        }
    }

    @Override
    public void deleteSa(SaId id) throws KernelException {
        SaCodec.writeQuery(channel.writer().message(Xfrm.XFRM_MSG_DELSA, Netlink.NLM_F_ACK), id);
        try {
            channel.acknowledged();
        } catch (RequestException e) {
            throw refused(e, "Del SA", id.toString(), spoken(e));
        }
    }

    @Override
    public void putPolicy(KernelPolicy policy) throws KernelException {
        if (policy.source().family() != policy.destination().family()) {
            // The kernel would take one end's octets for an address of the other's family.
            throw refused(
                    Xfrm.XFRM_MSG_UPDPOLICY, policy, new RequestException("EINVAL", "Invalid argument (errno 22)", ""));
        }
        // Not NEWPOLICY: that fails where there is one already.
        PolicyCodec.write(channel.writer().message(Xfrm.XFRM_MSG_UPDPOLICY, Netlink.NLM_F_ACK), policy);
        policyRequest(Xfrm.XFRM_MSG_UPDPOLICY, policy);
    }

    @Override
    public Optional<String> unexpectedRemoval() {
        return Optional.of(Xfrm.messageName(Xfrm.XFRM_MSG_DELPOLICY));
    }

    @Override
    public void deletePolicy(KernelPolicy policy) throws KernelException {
        PolicyCodec.writeDelete(channel.writer().message(Xfrm.XFRM_MSG_DELPOLICY, Netlink.NLM_F_ACK), policy);
        policyRequest(Xfrm.XFRM_MSG_DELPOLICY, policy);
    }

    private void policyRequest(int type, KernelPolicy policy) throws KernelException {
        try {
            channel.acknowledged();
        } catch (RequestException e) {
            throw refused(type, policy, e);
        }
    }

    private static KernelException refused(int type, KernelPolicy policy, RequestException e) {
        String direction = policy.direction() == Direction.FORWARD
                ? "fwd"
                : policy.direction().name().toLowerCase(Locale.ROOT);
        String text = "kernel: xfrm " + Xfrm.messageName(type) + " " + PolicyCodec.name(policy) + " response for flow ("
                + direction + "): " + e.getMessage();
        return exception(e, text, spoken(e));
    }

    @Override
    public Optional<SaCounters> counters(SaId id) throws KernelException {
        SaCodec.writeQuery(channel.writer().message(Xfrm.XFRM_MSG_GETSA, 0), id);
        try {
            return Optional.of(
                    channel.answered(Xfrm.XFRM_MSG_NEWSA, message -> SaCodec.readCounters(message.payload())));
        } catch (RequestException e) {
            if (e.errno().equals("ESRCH")) {
                return Optional.empty();
            }
            throw refused(e, "Get SA", id.toString(), spoken(e));
        }
    }

    @Override
    public void flush() throws KernelException {
        try {
            // struct xfrm_usersa_flush { u8 proto; }: 0 is every protocol.
            channel.writer()
                    .message(Xfrm.XFRM_MSG_FLUSHSA, Netlink.NLM_F_ACK)
                    .u8(0)
                    .zeros(3);
            channel.acknowledged();
            channel.writer().message(Xfrm.XFRM_MSG_FLUSHPOLICY, Netlink.NLM_F_ACK);
            channel.acknowledged();
        } catch (RequestException e) {
            throw refused(e, "flush", "all", spoken(e));
        }
    }

    private static KernelException refused(RequestException e, String what, String about, Optional<String> advice) {
        return exception(e, "netlink response for " + what + " " + about + ": " + e.getMessage(), advice);
    }

    private static KernelException exception(RequestException e, String text, Optional<String> advice) {
        return new KernelException(e.errno(), text, advice).because(e);
    }

    @Override
    public void close() {
        channel.close();
    }
}
