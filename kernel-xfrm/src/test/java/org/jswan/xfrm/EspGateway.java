// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelInterfaces;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Template;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.SocketName;

/**
 * One end of a connection without IKE: a process in a network namespace of its own, because a netlink socket speaks for
 * the namespace in which it was opened. Takes one command a line, {@code word key=value...}, and answers with one line.
 */
final class EspGateway {
    private static final int REQUEST = 0x4001;
    private static final int NAT_PORT = 4500;
    private static final long PATIENCE_ROUNDS = 3;

    private final XfrmKernel kernel = XfrmKernel.open(name -> 0, KernelInterfaces.NONE, line -> {});
    private final NetlinkSocket eventSocket = XfrmEvents.openSocket();
    private final XfrmEvents events = new XfrmEvents(eventSocket, complaint -> {
        throw new IllegalStateException(complaint);
    });
    private final NativeSocket natSocket = NativeSocket.open(Linux.AF_INET, Linux.SOCK_DGRAM, 0);
    private final List<SaId> inbound = new ArrayList<>();
    private final List<SaId> outbound = new ArrayList<>();
    private final List<KernelPolicy> policies = new ArrayList<>();
    private final List<Integer> reserved = new ArrayList<>();

    private EspGateway() throws IOException {
        SocketPolicy.bypass(natSocket, AddressFamily.IPV4);
        natSocket.bind(SocketName.inet(new byte[4], NAT_PORT));
        natSocket.setOption(Linux.IPPROTO_UDP, Linux.UDP_ENCAP, Linux.UDP_ENCAP_ESPINUDP);
    }

    public static void main(String[] arguments) throws IOException {
        EspGateway gateway = new EspGateway();
        System.out.println("ready");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(gateway.run(line));
        }
    }

    private String run(String line) throws IOException {
        Map<String, String> values = new HashMap<>();
        String[] words = line.split(" ", -1);
        for (int i = 1; i < words.length; i++) {
            values.put(words[i].substring(0, words[i].indexOf('=')), words[i].substring(words[i].indexOf('=') + 1));
        }
        Wanted wanted = new Wanted(values);
        try {
            return switch (words[0]) {
                case "reserve" -> reserve(wanted);
                case "up" -> up(wanted);
                case "trap" -> trap(wanted);
                case "count" -> count();
                case "down" -> down();
                case "events" -> events(events, eventSocket);
                case "lose" -> lose(wanted);
                default -> "what is " + words[0] + "?";
            };
        } catch (KernelException e) {
            return "refused: " + e.getMessage() + e.advice().map(a -> "; " + a).orElse("");
        }
    }

    /** What a command asks for. */
    private record Wanted(Map<String, String> values) {
        String text(String key, String otherwise) {
            return values.getOrDefault(key, otherwise);
        }

        int number(String key, int otherwise) {
            return Integer.parseInt(text(key, Integer.toString(otherwise)));
        }

        IpAddress us() {
            return IpAddress.of(values.get("us"));
        }

        IpAddress peer() {
            return IpAddress.of(values.get("peer"));
        }

        IpsecMode mode() {
            return IpsecMode.valueOf(text("mode", "TUNNEL"));
        }

        /** What goes through the SAs, the innermost first. */
        List<IpsecProtocol> protocols() {
            List<IpsecProtocol> protocols = new ArrayList<>();
            for (String name : text("protocols", "ESP").split(",", -1)) {
                protocols.add(IpsecProtocol.valueOf(name));
            }
            return protocols;
        }

        Selector ours() {
            return Selector.of(Subnet.of(text("ours", us().toString())));
        }

        Selector theirs() {
            return Selector.of(Subnet.of(text("theirs", peer().toString())));
        }

        /** Only the innermost of a bundle is a tunnel. */
        IpsecMode modeOf(int level) {
            return level == 0 ? mode() : IpsecMode.TRANSPORT;
        }
    }

    private String reserve(Wanted wanted) throws KernelException {
        StringBuilder answer = new StringBuilder();
        reserved.clear();
        for (IpsecProtocol protocol : wanted.protocols()) {
            int spi = kernel.allocateSpi(wanted.peer(), wanted.us(), protocol, REQUEST);
            reserved.add(spi);
            answer.append(answer.isEmpty() ? "" : ",").append(Integer.toUnsignedString(spi));
        }
        return answer.toString();
    }

    private String up(Wanted wanted) throws KernelException {
        String[] peerSpis = wanted.text("spis", "").split(",", -1);
        for (int level = 0; level < wanted.protocols().size(); level++) {
            IpsecProtocol protocol = wanted.protocols().get(level);
            SaId in = new SaId(wanted.peer(), wanted.us(), protocol, reserved.get(level));
            SaId out = new SaId(wanted.us(), wanted.peer(), protocol, Integer.parseUnsignedInt(peerSpis[level]));
            kernel.addSa(sa(wanted, out, false, level));
            outbound.add(out);
            kernel.addSa(sa(wanted, in, true, level));
            inbound.add(in);
        }
        policy(wanted, Direction.IN);
        if (wanted.mode() == IpsecMode.TUNNEL) {
            policy(wanted, Direction.FORWARD);
        }
        policy(wanted, Direction.OUT);
        return "up";
    }

    private static KernelSa sa(Wanted wanted, SaId id, boolean in, int level) {
        boolean encrypts = id.protocol() == IpsecProtocol.ESP;
        Optional<Encr> encr =
                encrypts ? Optional.of(Encr.valueOf(wanted.text("encr", "AES_GCM_16"))) : Optional.empty();
        Integ integ = id.protocol() == IpsecProtocol.IPCOMP ? Integ.NONE : Integ.valueOf(wanted.text("integ", "NONE"));
        int limit = wanted.number("packets", 0);
        int ourPort = wanted.number("port", NAT_PORT);
        return new KernelSa(
                id,
                in,
                wanted.modeOf(level),
                REQUEST + level,
                encr,
                key(encr.map(e -> e.keyMaterialLength(wanted.number("bits", 256)))
                        .orElse(0)),
                integ,
                key(integ.keyLength()),
                wanted.number("window", 128),
                Boolean.parseBoolean(wanted.text("esn", "true")),
                wanted.values().containsKey("port")
                        ? Optional.of(new KernelSa.Encapsulation(in ? NAT_PORT : ourPort, NAT_PORT))
                        : Optional.empty(),
                wanted.mode() == IpsecMode.TRANSPORT
                        ? Optional.of(new KernelSa.TrafficSelectors(
                                in ? wanted.theirs() : wanted.ours(), in ? wanted.ours() : wanted.theirs()))
                        : Optional.empty(),
                limit == 0
                        ? KernelSa.Limits.NONE
                        : new KernelSa.Limits(Long.MAX_VALUE, Long.MAX_VALUE, limit / 2, limit, Duration.ZERO),
                KernelSa.Features.NONE);
    }

    /** One key for both directions will do where nothing is secret. */
    private static Secret key(int length) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (i * 91 + 3);
        }
        return Secret.take(key);
    }

    private String trap(Wanted wanted) throws KernelException {
        policy(wanted, Direction.OUT);
        return "trapped";
    }

    private void policy(Wanted wanted, Direction direction) throws KernelException {
        boolean out = direction == Direction.OUT;
        List<Template> templates = new ArrayList<>();
        for (int level = 0; level < wanted.protocols().size(); level++) {
            IpsecProtocol protocol = wanted.protocols().get(level);
            templates.add(new Template(
                    protocol,
                    wanted.modeOf(level),
                    REQUEST + level,
                    out ? wanted.us() : wanted.peer(),
                    out ? wanted.peer() : wanted.us(),
                    protocol == IpsecProtocol.IPCOMP && !out));
        }
        KernelPolicy policy = new KernelPolicy(
                direction,
                out ? wanted.ours() : wanted.theirs(),
                out ? wanted.theirs() : wanted.ours(),
                Action.ALLOW,
                templates,
                1000,
                Optional.empty(),
                Optional.empty());
        kernel.putPolicy(policy);
        policies.add(policy);
    }

    /** Packets in and out of the outermost SAs. */
    private String count() throws KernelException {
        return packets(inbound) + " " + packets(outbound);
    }

    private long packets(List<SaId> ids) throws KernelException {
        return kernel.counters(ids.get(ids.size() - 1)).map(SaCounters::packets).orElse(-1L);
    }

    private String down() throws KernelException {
        for (KernelPolicy policy : policies) {
            kernel.deletePolicy(policy);
        }
        inbound.addAll(outbound);
        for (SaId id : inbound) {
            try {
                kernel.deleteSa(id);
            } catch (KernelException e) {
                // One that reached its limit is gone already.
                if (!e.errno().equals("ESRCH")) {
                    throw e;
                }
            }
        }
        policies.clear();
        inbound.clear();
        outbound.clear();
        return "down";
    }

    /** All that happened; waits for the first. */
    private String events(XfrmEvents from, NetlinkSocket socket) throws IOException {
        List<String> seen = new ArrayList<>();
        KernelEvents recorder = recorder(seen);
        for (int round = 0; round < PATIENCE_ROUNDS && seen.isEmpty(); round++) {
            socket.await();
            from.deliver(recorder, 1000);
        }
        return String.join("; ", seen);
    }

    /** Sends to many hosts behind a trap while nobody reads, with room for a few acquires only. */
    private String lose(Wanted wanted) throws IOException, KernelException {
        policy(wanted, Direction.OUT);
        List<String> complaints = new ArrayList<>();
        try (NetlinkSocket small = NetlinkSocket.forEvents(Linux.NETLINK_XFRM, Xfrm.XFRMGRP_ACQUIRE, 4096);
                XfrmEvents few = new XfrmEvents(small, complaints::add)) {
            ByteBuffer datagram = ByteBuffer.allocateDirect(1);
            byte[] host = wanted.theirs().subnet().address().octets().toArray();
            for (int i = 1; i <= 40; i++) {
                host[3] = (byte) i;
                try (NativeSocket socket = NativeSocket.open(Linux.AF_INET, Linux.SOCK_DGRAM, 0)) {
                    socket.send(datagram.clear(), SocketName.inet(host, 9));
                }
            }
            return events(few, small) + "; complaints " + complaints.size();
        }
    }

    private KernelEvents recorder(List<String> seen) {
        return new KernelEvents() {
            @Override
            public void acquire(Selector source, Selector destination, int requestId, Optional<SecurityLabel> label) {
                seen.add("acquire " + source + " " + destination + " " + Integer.toHexString(requestId));
            }

            @Override
            public void expired(SaId id, boolean hard, SaCounters counters) {
                seen.add((hard ? "hard " : "soft ") + (outbound.contains(id) ? "outbound" : "inbound"));
            }

            @Override
            public void mappingChanged(int spi, IpAddress newAddress, int newPort) {
                seen.add("mapping " + newAddress + ":" + newPort);
            }

            @Override
            public void eventsLost() {
                seen.add("lost");
            }
        };
    }
}
