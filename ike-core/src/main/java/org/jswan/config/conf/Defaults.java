// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.time.Duration;
import org.jswan.connection.Ikev1Policy;

/** What holds where a configuration says nothing. Times are in milliseconds. */
final class Defaults {
    private Defaults() {}

    static Values setup() {
        Values setup = new Values();
        for (String on : new String[] {
            "logtime",
            "logappend",
            "logip",
            "audit-log",
            "uniqueids",
            "listen-udp",
            "dnssec-enable",
            "ike-socket-errqueue"
        }) {
            setup.builtIn(on, 1);
        }
        setup.builtIn("xfrmlifetime", 30);
        setup.builtIn("nhelpers", -1);
        setup.builtIn("ddos-ike-threshold", 25_000);
        setup.builtIn("max-halfopen-ike", 50_000);
        setup.builtIn("shuntlifetime", Duration.ofMinutes(15).toMillis());
        setup.builtIn("ikev1-secctx-attr-type", 32001);
        setup.builtIn("ikev1-policy", Ikev1Policy.ofInstallation().ordinal());
        setup.builtIn("ddos-mode", 1);
        setup.builtIn("ocsp-cache-size", 1000);
        setup.builtIn("ocsp-cache-min-age", Duration.ofHours(1).toMillis());
        setup.builtIn("ocsp-cache-max-age", Duration.ofDays(1).toMillis());
        setup.builtIn("ocsp-timeout", 2);
        setup.builtIn("dnssec-rootkey-file", "/usr/share/dns/root.key");
        // Where the installation has it, unless it is in libreswan's place.
        setup.builtIn("nssdir", System.getProperty("jswan.nssdir", "/var/lib/ipsec/nss"));
        setup.builtIn("secretsfile", "/etc/ipsec.secrets");
        setup.builtIn("dumpdir", "/run/pluto");
        setup.builtIn("ipsecdir", "/etc/ipsec.d");
        return setup;
    }

    static Values conn() {
        Values conn = new Values();
        for (String on : new String[] {"nat-keepalive", "initial-contact", "ikepad", "encapsulation", "nic-offload"}) {
            conn.builtIn(on, 1);
        }
        conn.builtIn("enable-tcp", 1);
        conn.builtIn("tcp-remoteport", 4500);
        conn.builtIn("ikelifetime", Duration.ofHours(8).toMillis());
        conn.builtIn("ipsec-lifetime", Duration.ofHours(8).toMillis());
        conn.builtIn("rekeymargin", Duration.ofMinutes(9).toMillis());
        conn.builtIn("rekeyfuzz", 100);
        conn.builtIn("replay-window", 128);
        conn.builtIn("retransmit-timeout", Duration.ofSeconds(60).toMillis());
        conn.builtIn("retransmit-interval", 500);
        conn.builtIn("ipsec-max-bytes", 1L << 63);
        conn.builtIn("ipsec-max-packets", 1L << 63);
        conn.builtIn("ipsec-interface", 0xffffffffL);
        return conn;
    }

    static Values end() {
        Values end = new Values();
        end.builtIn("updown", "ipsec _updown");
        return end;
    }
}
