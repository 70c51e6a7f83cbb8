// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Humber;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.exchange.ChildKernel;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaCounters;
import org.jswan.net.Transport;
import org.jswan.sa.ChildSa;
import org.jswan.sa.DeadPeerDetection;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.State.Category;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;

/** What the status tells of SAs. */
public final class StateLines {
    private final SaDatabase sas;
    private final ChildKernel kernel;
    private final Clock clock;

    public StateLines(SaDatabase sas, ChildKernel kernel, Clock clock) {
        this.sas = sas;
        this.kernel = kernel;
        this.clock = clock;
    }

    /** How many SAs there are of each kind. */
    public List<String> counts(boolean cookiesRequired, boolean refusing) {
        int halfOpen = sas.count(Category.HALF_OPEN);
        int open = sas.count(Category.OPEN);
        int established = sas.count(Category.ESTABLISHED_IKE);
        int children = sas.count(Category.ESTABLISHED_CHILD);
        int nobodys = anonymous(Category.ESTABLISHED_IKE);
        int nobodysChildren = anonymous(Category.ESTABLISHED_CHILD);
        return List.of(
                "State Information: DDoS cookies " + (cookiesRequired ? "REQUIRED" : "not required") + ", "
                        + (refusing ? "NOT ACCEPTING" : "Accepting") + " new IKE connections",
                "IKE SAs: total(" + (halfOpen + open + established) + "), half-open(" + halfOpen + "), open(" + open
                        + "), authenticated(" + (established - nobodys) + "), anonymous(" + nobodys + ")",
                "IPsec SAs: total(" + children + "), authenticated(" + (children - nobodysChildren) + "), anonymous("
                        + nobodysChildren + ")");
    }

    /** How many of the SAs of a kind are with peers that did not prove who they are. */
    private int anonymous(Category category) {
        int count = 0;
        for (Sa sa : sas.all()) {
            IkeSa ike = sa instanceof ChildSa child ? child.ike() : (IkeSa) sa;
            if (sa.state().category() == category && ike.isPeerAnonymous()) {
                count++;
            }
        }
        return count;
    }

    /** All SAs, by the names of their connections. */
    public List<String> states() {
        List<Sa> sorted = new ArrayList<>(sas.all());
        sorted.sort(Comparator.comparing((Sa sa) -> sa.connection().name())
                .thenComparing(sa -> sa.connection().serial())
                .thenComparing(Sa::serial));
        List<String> lines = new ArrayList<>();
        for (Sa sa : sorted) {
            lines.add(state(sa));
            if (sa instanceof ChildSa child && child.isEstablished()) {
                lines.add(details(child));
            }
            if (sa instanceof IkeSa ike && ike.isVersion1()) {
                ike.wishes().stream()
                        .flatMap(wish -> wish.waiting().stream())
                        .forEach(what -> lines.add(ike.serial() + ": pending Phase 2 for " + what));
            } else if (sa instanceof IkeSa ike && !ike.isEstablished()) {
                ike.negotiation()
                        .pendingChild()
                        .ifPresent(c -> lines.add(ike.serial() + ": pending CHILD SA for " + c));
            }
        }
        return lines;
    }

    private String state(Sa sa) {
        Connection c = sa.connection();
        IkeSa ike = sa instanceof ChildSa child ? child.ike() : (IkeSa) sa;
        StringBuilder line = new StringBuilder()
                .append(sa.serial())
                .append(": ")
                .append(c)
                .append(':')
                .append(ike.remote().port())
                .append(ike.socket().transport() == Transport.TCP ? "(tcp)" : "")
                .append(' ')
                .append(sa.state().fullName())
                .append(" (")
                .append(sa.state().story())
                .append(");");
        for (Map.Entry<Sa.Event, TimerQueue.Timer> event : sa.pendingEvents()) {
            long seconds = Duration.ofNanos(event.getValue().deadline() - clock.nanos())
                    .toSeconds();
            line.append(' ')
                    .append(event.getKey().text())
                    .append(" in ")
                    .append(seconds)
                    .append("s;");
        }
        if (c.newestIke().equals(Optional.of(sa.serial())) || c.newestChild().equals(Optional.of(sa.serial()))) {
            line.append(" newest;");
        }
        if (c.routeOwner().equals(Optional.of(sa.serial()))) {
            line.append(" eroute owner;");
        }
        if (sa instanceof ChildSa child && child.isEstablished()) {
            line.append(ike.isVersion1() ? " ISAKMP SA " : " IKE SA ")
                    .append(ike.serial())
                    .append(';');
        } else if (ike.isVersion1()) {
            line.append(signsOfLife(ike));
        }
        return line.append(ike.isSuspended() ? " crypto_calculating;" : " idle;")
                .toString();
    }

    /** As an SA's identity is written: the family shows in what stands behind the protocol. */
    private static String tunnelTo(IpAddress address) {
        return " tun" + (address.family() == AddressFamily.IPV6 ? ":0@" : ".0@") + address;
    }

    private String signsOfLife(IkeSa ike) {
        if (!ike.phase1().peer().detectsDeadPeers()) {
            return " nodpd;";
        }
        DeadPeerDetection state = ike.phase1().deadPeerDetection();
        long ago = state.lastContact()
                .map(at -> Duration.ofNanos(clock.nanos() - at).toSeconds())
                .orElse(-1L);
        return " lastdpd=" + ago + "s(seq in:" + state.next() + " out:" + state.awaited() + ");";
    }

    private String details(ChildSa child) {
        StringBuilder line =
                new StringBuilder().append(child.serial()).append(": ").append(child.connection());
        Optional<SaCounters> in = counters(child, true);
        Optional<SaCounters> out = counters(child, false);
        if (child.connection().routeOwner().equals(Optional.of(child.serial()))) {
            out.flatMap(SaCounters::lastUsed).ifPresent(used -> line.append(" used ")
                    .append(Duration.between(used, clock.wall()).toSeconds())
                    .append("s ago;"));
        }
        child.outbound().ifPresent(id -> line.append(' ').append(id));
        child.inbound().ifPresent(id -> line.append(' ').append(id));
        if (child.isCompressed()) {
            child.outboundCompression().ifPresent(id -> line.append(' ').append(id));
            child.inboundCompression().ifPresent(id -> line.append(' ').append(id));
        }
        if (child.mode() == IpsecMode.TUNNEL) {
            child.outbound().ifPresent(id -> line.append(tunnelTo(id.destination())));
            child.inbound().ifPresent(id -> line.append(tunnelTo(id.destination())));
        }
        line.append(" Traffic:");
        List<IpsecProtocol> protocols =
                child.isCompressed() ? List.of(child.protocol(), IpsecProtocol.IPCOMP) : List.of(child.protocol());
        for (IpsecProtocol name : protocols) {
            // As libreswan: what the main SA carried is said of all.
            in.ifPresent(c -> line.append(' ').append(name).append("in=").append(readable(c.bytes())));
            out.ifPresent(c -> line.append(' ').append(name).append("out=").append(readable(c.bytes())));
            line.append(' ')
                    .append(name)
                    .append("max=")
                    .append(Humber.max(child.connection().config().lifetimes().maxBytes(), "B"));
        }
        return line.append(' ')
                .append(child.userName().map(name -> "username=" + name).orElse(""))
                .toString();
    }

    /** Bytes, or whole kilobytes or megabytes from some size on. */
    private static String readable(long bytes) {
        if (bytes > 1 << 21) {
            return (bytes >> 20) + "MB";
        }
        return bytes > 1 << 11 ? (bytes >> 10) + "KB" : bytes + "B";
    }

    private Optional<SaCounters> counters(ChildSa child, boolean inbound) {
        try {
            return kernel.counters(child, inbound);
        } catch (KernelException unreadable) {
            child.logger().debug(unreadable.getMessage());
            return Optional.empty();
        }
    }

    /** One line for each established Child SA, by serial number. */
    public List<String> traffic() {
        List<ChildSa> children = new ArrayList<>();
        for (Sa sa : sas.all()) {
            if (sa instanceof ChildSa child && child.isEstablished()) {
                children.add(child);
            }
        }
        // By connection; of one connection the oldest SA first, as they come.
        children.sort(Comparator.comparing(child -> child.connection().name()));
        return children.stream().map(this::traffic).toList();
    }

    /** The line of one Child SA. */
    public String traffic(ChildSa child) {
        StringBuilder line = new StringBuilder()
                .append(child.serial())
                .append(": ")
                .append(child.connection())
                .append(child.userName().map(name -> ", username=" + name).orElse(""))
                .append(", type=")
                .append(child.protocol())
                .append(", add_time=")
                .append(child.addedSeconds());
        counters(child, true).ifPresent(c -> line.append(", inBytes=").append(c.bytes()));
        counters(child, false).ifPresent(c -> line.append(", outBytes=")
                .append(c.bytes())
                .append(", maxBytes=")
                .append(Humber.max(child.connection().config().lifetimes().maxBytes(), "B")));
        Connection c = child.connection();
        if (child.userName().isEmpty()) {
            line.append(", id='").append(c.remote().id()).append('\'');
        }
        // As libreswan: who gives addresses tells the peer's, else our own that the peer gave.
        if (c.remote().isLeased()) {
            c.remote().client().ifPresent(lease -> line.append(", lease=").append(lease.subnet()));
        } else if (c.local().hasReceivedAddress()) {
            c.local().client().ifPresent(lease -> line.append(", lease=").append(lease.subnet()));
        }
        return line.toString();
    }
}
