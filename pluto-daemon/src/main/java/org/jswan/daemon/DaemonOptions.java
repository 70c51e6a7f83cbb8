// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.DebugClass;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.exchange.NatKeepalive;
import org.jswan.net.SocketOptions;
import org.jswan.net.Transport;
import org.jswan.redirect.GlobalRedirect;
import org.jswan.revocation.RevocationSetting;
import org.jswan.status.SetupFacts;

/**
 * What the command line and {@code config setup} say.
 *
 * @param redirect whether those who begin with us are sent elsewhere
 * @param ikev1 what becomes of peers and connections that want IKEv1
 * @param lifetimes that for SPIs is only shown: the kernel has a setting of its own
 * @param expireShuntInterval how often it is looked which shunts of no connection are too old
 * @param helpers 0 to 1000, or −1 to choose by the machine
 * @param debugging the debugging classes that are on
 * @param uniqueIds whether a peer's new IKE SA ends its older ones
 * @param fetchSource the interface, by name or address, over which documents are fetched
 * @param virtualPrivate as given, {@code %v4:10.0.0.0/8,...}
 * @param dnssec how answers of the DNS are validated
 * @param leakDetective whether to say at the end what is still held
 * @param protostack by which interface the kernel is told
 * @param nflogAll the group of netfilter's log for all that IPsec protects, which is only shown; 0: none
 * @param labelAttribute the number of IKEv1's attribute for security labels
 * @param warnings what was accepted but has no effect, for the log
 */
record DaemonOptions(
        Paths paths,
        Log log,
        Sockets sockets,
        NatKeepalive.Setting keepalive,
        HalfOpenLimit.Setting halfOpen,
        GlobalRedirect.Setting redirect,
        Ikev1Policy ikev1,
        SetupFacts.Lifetimes lifetimes,
        Duration expireShuntInterval,
        int helpers,
        boolean fork,
        boolean selftest,
        Set<DebugClass> debugging,
        boolean uniqueIds,
        RevocationSetting revocation,
        Optional<String> fetchSource,
        String virtualPrivate,
        SetupFacts.Dnssec dnssec,
        boolean leakDetective,
        Protostack protostack,
        int nflogAll,
        int labelAttribute,
        List<String> warnings) {

    /** Where things are; relative ones as given. */
    record Paths(String config, String rundir, String secretsFile, String ipsecdir, String nssdir, String dumpdir) {}

    /**
     * Where the log goes.
     *
     * @param stderr wins over a file
     * @param file wins over syslog
     * @param addresses whether peers' addresses are shown
     */
    record Log(boolean stderr, Optional<String> file, boolean timestamps, boolean append, boolean addresses) {}

    /**
     * What to listen on.
     *
     * @param interfaces names or addresses; empty: all
     */
    record Sockets(
            List<String> interfaces,
            Optional<IpAddress> listen,
            int ikePort,
            int natIkePort,
            Set<Transport> transports,
            SocketOptions options) {}
}
