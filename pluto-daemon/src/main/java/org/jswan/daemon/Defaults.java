// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import org.jswan.connection.Ikev1Policy;

/** What holds where neither an option nor {@code config setup} says otherwise. */
record Defaults(String config, String secretsFile, String ipsecdir, String nssdir, Ikev1Policy ikev1) {
    static final String RUNDIR = "/run/pluto";
    static final int IKE_PORT = 500;
    static final int NAT_IKE_PORT = 4500;

    /** As libreswan is packaged. */
    static final Defaults PACKAGED = new Defaults(
            "/etc/ipsec.conf", "/etc/ipsec.secrets", "/etc/ipsec.d", "/var/lib/ipsec/nss", Ikev1Policy.DROP);

    /** Of this installation: whoever installed it may have chosen another place for the NSS database, another policy of IKEv1. */
    static Defaults ofInstallation() {
        return new Defaults(
                PACKAGED.config,
                PACKAGED.secretsFile,
                PACKAGED.ipsecdir,
                System.getProperty("jswan.nssdir", PACKAGED.nssdir),
                Ikev1Policy.ofInstallation());
    }

    /** Where {@code whack} and the like are. */
    static String sbindir() {
        return System.getProperty("jswan.sbindir", "/usr/local/sbin");
    }

    static String libexecdir() {
        return System.getProperty("jswan.libexecdir", "/usr/local/libexec/ipsec");
    }
}
