// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.DebugClass;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.exchange.NatKeepalive;
import org.jswan.net.SocketOptions;
import org.jswan.net.Transport;
import org.jswan.proposal.Phase2Labels;
import org.jswan.redirect.GlobalRedirect;
import org.jswan.revocation.RevocationSetting;
import org.jswan.routing.NegotiationShunts;
import org.jswan.status.SetupFacts;

/**
 * What the command line and {@code config setup} decide for the daemon's core.
 *
 * @param interfaces the only interfaces to listen on; empty: all
 * @param listen the only address to listen on
 * @param ikePort UDP, 1 to 65535; 500 unless told
 * @param natIkePort UDP, 1 to 65535; 4500 unless told
 * @param transports what is listened for
 * @param sockets until a command says otherwise
 * @param redirect whether those who begin with us are sent elsewhere, until a command says otherwise
 * @param ikev1 what becomes of peers and connections that want IKEv1
 * @param uniqueIds whether a peer's new IKE SA ends its older ones
 * @param labelAttribute the number of IKEv1's attribute for security labels
 * @param virtualPrivate what {@code virtual-private=} says
 * @param debugging the debugging classes that are on at the start
 * @param shunts how long those of no connection stay
 * @param status what only the status lines show, in the order they show it
 */
public record PlutoOptions(
        List<String> interfaces,
        Optional<IpAddress> listen,
        int ikePort,
        int natIkePort,
        Set<Transport> transports,
        SocketOptions sockets,
        NatKeepalive.Setting keepalive,
        HalfOpenLimit.Setting halfOpen,
        GlobalRedirect.Setting redirect,
        Ikev1Policy ikev1,
        boolean uniqueIds,
        int labelAttribute,
        RevocationSetting revocation,
        PrivateNetworks virtualPrivate,
        Set<DebugClass> debugging,
        NegotiationShunts.Setting shunts,
        SetupStatus status) {

    /** The oracle's defaults. */
    public static PlutoOptions defaults() {
        return new PlutoOptions(
                List.of(),
                Optional.empty(),
                500,
                4500,
                Set.of(Transport.UDP),
                SocketOptions.DEFAULT,
                NatKeepalive.Setting.DEFAULT,
                HalfOpenLimit.Setting.DEFAULT,
                GlobalRedirect.Setting.DEFAULT,
                Ikev1Policy.DROP,
                true,
                Phase2Labels.DEFAULT_NUMBER,
                RevocationSetting.DEFAULT,
                PrivateNetworks.NONE,
                Set.of(),
                NegotiationShunts.Setting.DEFAULT,
                SetupStatus.defaults());
    }

    public PlutoOptions withTransports(Set<Transport> listenedFor) {
        return with(listenedFor, keepalive, halfOpen, ikev1, uniqueIds, revocation, virtualPrivate);
    }

    public PlutoOptions withKeepalive(NatKeepalive.Setting setting) {
        return with(transports, setting, halfOpen, ikev1, uniqueIds, revocation, virtualPrivate);
    }

    public PlutoOptions withHalfOpen(HalfOpenLimit.Setting setting) {
        return with(transports, keepalive, setting, ikev1, uniqueIds, revocation, virtualPrivate);
    }

    public PlutoOptions withIkev1(Ikev1Policy policy) {
        return with(transports, keepalive, halfOpen, policy, uniqueIds, revocation, virtualPrivate);
    }

    public PlutoOptions withUniqueIds(boolean unique) {
        return with(transports, keepalive, halfOpen, ikev1, unique, revocation, virtualPrivate);
    }

    public PlutoOptions withRevocation(RevocationSetting setting) {
        return with(transports, keepalive, halfOpen, ikev1, uniqueIds, setting, virtualPrivate);
    }

    public PlutoOptions withVirtualPrivate(PrivateNetworks setting) {
        return with(transports, keepalive, halfOpen, ikev1, uniqueIds, revocation, setting);
    }

    public PlutoOptions withLabelAttribute(int number) {
        return new PlutoOptions(
                interfaces,
                listen,
                ikePort,
                natIkePort,
                transports,
                sockets,
                keepalive,
                halfOpen,
                redirect,
                ikev1,
                uniqueIds,
                number,
                revocation,
                virtualPrivate,
                debugging,
                shunts,
                status);
    }

    private PlutoOptions with(
            Set<Transport> otherTransports,
            NatKeepalive.Setting otherKeepalive,
            HalfOpenLimit.Setting otherHalfOpen,
            Ikev1Policy otherIkev1,
            boolean otherUniqueIds,
            RevocationSetting otherRevocation,
            PrivateNetworks otherVirtualPrivate) {
        return new PlutoOptions(
                interfaces,
                listen,
                ikePort,
                natIkePort,
                otherTransports,
                sockets,
                otherKeepalive,
                otherHalfOpen,
                redirect,
                otherIkev1,
                otherUniqueIds,
                labelAttribute,
                otherRevocation,
                otherVirtualPrivate,
                debugging,
                shunts,
                status);
    }

    /**
     * What only {@code --status} shows.
     *
     * @param helpers how many, −1 for one less than there are processors
     * @param logAppend whether the log file is appended to
     * @param logIp whether the log names the addresses of peers
     * @param nflogAll the group of netfilter's log for all that IPsec protects; 0: none
     */
    public record SetupStatus(
            SetupFacts.Paths paths,
            SetupFacts.Lifetimes lifetimes,
            int helpers,
            boolean logAppend,
            boolean logIp,
            int nflogAll) {
        static SetupStatus defaults() {
            return new SetupStatus(
                    new SetupFacts.Paths(
                            "/etc",
                            "/etc/ipsec.conf",
                            "/etc/ipsec.secrets",
                            "/etc/ipsec.d",
                            "/var/lib/ipsec/nss",
                            "/run/pluto",
                            Optional.empty(),
                            SetupFacts.Dnssec.DEFAULT,
                            "/usr/sbin",
                            "/usr/libexec/ipsec"),
                    SetupFacts.Lifetimes.DEFAULT,
                    -1,
                    true,
                    true,
                    0);
        }
    }
}
