// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

/** What holds where neither an option nor {@code config setup} says otherwise. */
record Defaults(String config, String secretsFile, String ipsecdir, String nssdir) {
    static final String RUNDIR = "/run/pluto";
    static final int IKE_PORT = 500;
    static final int NAT_IKE_PORT = 4500;

    /** As libreswan is packaged. */
    static final Defaults PACKAGED =
            new Defaults("/etc/ipsec.conf", "/etc/ipsec.secrets", "/etc/ipsec.d", "/var/lib/ipsec/nss");
}
