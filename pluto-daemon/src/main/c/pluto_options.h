// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The names of pluto's options: which take an argument, which keep pluto in the foreground, and which
 * cannot be abbreviated. The grammar itself is
 * PlutoOption.java; a unit test compares the two.
 */
#include <stdbool.h>
#include <stddef.h>

static const struct {
    const char *name;
    bool argument;
    bool foreground;
    bool exact_only;
} PLUTO_OPTIONS[] = {
    {"help", false, true, false},
    {"version", false, true, false},
    {"config", true, false, false},
    {"nofork", false, true, false},
    {"stderrlog", false, false, false},
    {"logfile", true, false, false},
    {"dnssec-rootkey-file", true, false, false},
    {"dnssec-trusted", true, false, false},
    {"log-no-time", false, false, false},
    {"log-no-append", false, false, false},
    {"log-no-ip", false, false, false},
    {"log-no-audit", false, false, false},
    {"force-busy", false, false, false},
    {"force-unlimited", false, false, false},
    {"crl-strict", false, false, false},
    {"ocsp-strict", false, false, false},
    {"ocsp-enable", false, false, false},
    {"ocsp-uri", true, false, false},
    {"ocsp-timeout", true, false, false},
    {"ocsp-trustname", true, false, false},
    {"ocsp-cache-size", true, false, false},
    {"ocsp-cache-min-age", true, false, false},
    {"ocsp-cache-max-age", true, false, false},
    {"ocsp-method", true, false, false},
    {"crlcheckinterval", true, false, false},
    {"uniqueids", false, false, false},
    {"no-dnssec", false, false, false},
    {"use-pfkeyv2", false, false, true},
    {"use-bsdkame", false, false, true},
    {"use-xfrm", false, false, false},
    {"use-netkey", false, false, true},
    {"interface", true, false, false},
    {"curl-iface", true, false, false},
    {"curl-timeout", true, false, false},
    {"listen", true, false, false},
    {"listen-tcp", false, false, false},
    {"no-listen-udp", false, false, false},
    {"ikeport", true, false, true},
    {"natikeport", true, false, true},
    {"ike-socket-bufsize", true, false, false},
    {"ike-socket-no-errqueue", false, false, false},
    {"nflog-all", true, false, false},
    {"rundir", true, false, false},
    {"ctlsocket", true, false, true},
    {"ctlbase", true, false, true},
    {"secretsfile", true, false, false},
    {"global-redirect", true, false, false},
    {"global-redirect-to", true, false, false},
    {"coredir", true, false, false},
    {"dumpdir", true, false, false},
    {"statsbin", true, false, false},
    {"ipsecdir", true, false, false},
    {"foodgroupsdir", true, false, false},
    {"nssdir", true, false, false},
    {"keep-alive", true, false, false},
    {"force-keepalive", false, false, true},
    {"virtual-private", true, false, false},
    {"nhelpers", true, false, false},
    {"expire-shunt-interval", true, false, false},
    {"seedbits", true, false, false},
    {"ikev1-secctx-attr-type", true, false, false},
    {"secctx-attr-type", true, false, true},
    {"ikev1-reject", false, false, false},
    {"ikev1-drop", false, false, false},
    {"seccomp-enabled", false, false, false},
    {"seccomp-tolerant", false, false, false},
    {"vendorid", true, false, false},
    {"selftest", false, true, false},
    {"leak-detective", false, false, false},
    {"efence-protect", true, false, false},
    {"debug-none", false, false, false},
    {"debug-all", false, false, false},
    {"debug", true, false, false},
    {"no-debug", true, false, true},
    {"impair", true, false, false},
    {"no-impair", true, false, true},
};

#define PLUTO_OPTION_COUNT (sizeof(PLUTO_OPTIONS) / sizeof(PLUTO_OPTIONS[0]))
