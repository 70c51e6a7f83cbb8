// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.connection.Ikev1Policy;
import org.jswan.net.SocketOptions;
import org.jswan.revocation.RevocationSetting;

/**
 * What the status tells of the daemon's own configuration.
 *
 * @param version as {@code ipsec --versioncode} prints it
 * @param vendorId as peers see it
 * @param helpers as configured, −1 for one less than there are processors
 * @param uniqueIds whether a peer's new IKE SA ends its older ones
 * @param keepAlive seconds between NAT keepalives
 * @param listen the only address that is listened on
 * @param virtualPrivate what {@code virtual-private=} says
 * @param ikev1 what becomes of IKEv1
 * @param lifetimes as configured
 * @param nflogAll the group of netfilter's log for all that IPsec protects; 0: none
 * @param selinux whether SELinux enforces its policy
 * @param labelAttribute the number of IKEv1's attribute for security labels
 * @param debug names of the debug flags that are on
 * @param impairments what is impaired, {@code suppress-retransmits:yes}
 */
public record SetupFacts(
        Paths paths,
        String version,
        String vendorId,
        int helpers,
        boolean uniqueIds,
        RevocationSetting revocation,
        boolean logAppend,
        boolean logIp,
        int keepAlive,
        int natIkePort,
        Optional<IpAddress> listen,
        PrivateNetworks virtualPrivate,
        Ddos ddos,
        Redirect redirect,
        Ikev1Policy ikev1,
        Lifetimes lifetimes,
        SocketOptions sockets,
        int nflogAll,
        boolean selinux,
        int labelAttribute,
        List<String> debug,
        List<String> impairments) {

    public SetupFacts {
        debug = List.copyOf(debug);
        impairments = List.copyOf(impairments);
    }

    /** Where things are. */
    public record Paths(
            String configDirectory,
            String configFile,
            String secretsFile,
            String ipsecDirectory,
            String nssDirectory,
            String dumpDirectory,
            Optional<String> statsBinary,
            Dnssec dnssec,
            String sbinDirectory,
            String libexecDirectory) {}

    /** Whether answers of the DNS are validated, and the files of keys that are trusted. */
    public record Dnssec(boolean enabled, Optional<String> rootKeyFile, Optional<String> trusted) {
        /** What holds where nobody says otherwise. */
        public static final Dnssec DEFAULT = new Dnssec(true, Optional.of("/usr/share/dns/root.key"), Optional.empty());
    }

    /** What protects against floods of half-open peers, and from how many on. */
    public record Ddos(DdosMode mode, long cookiesFrom, long refuseFrom) {}

    /** Whether those who begin with us are sent elsewhere, {@code no}, {@code yes} or {@code auto}, and where; "": nowhere. */
    public record Redirect(String mode, String destinations) {
        /** What holds where nobody says otherwise. */
        public static final Redirect NONE = new Redirect("no", "");
    }

    /** When half-open peers have to answer a cookie first. */
    public enum DdosMode {
        AUTO,
        BUSY,
        UNLIMITED
    }

    /**
     * How long things stay in the kernel that no SA of ours owns.
     *
     * @param shunt a policy without a connection
     * @param reservedSpi an SPI that was reserved for a Child SA that does not come about, in seconds
     */
    public record Lifetimes(Duration shunt, long reservedSpi) {
        public static final Lifetimes DEFAULT = new Lifetimes(Duration.ofMinutes(15), 30);
    }
}
