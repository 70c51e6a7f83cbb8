// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jswan.whack.getopt.LongOption;

/**
 * Every option that pluto knows, in the order of {@code --help}. The launcher's {@code pluto_options.h} has the same names: it must
 * tell an option from an option's argument before there is a Java machine.
 */
enum PlutoOption {
    HELP("help"),
    VERSION("version"),
    CONFIG("config", "<filename>"),
    NOFORK("nofork"),
    STDERRLOG("stderrlog"),
    LOGFILE("logfile", "<filename>"),
    DNSSEC_ROOTKEY_FILE("dnssec-rootkey-file", "<filename>"),
    DNSSEC_TRUSTED("dnssec-trusted", "<filename>"),
    LOG_NO_TIME("log-no-time"),
    LOG_NO_APPEND("log-no-append"),
    LOG_NO_IP("log-no-ip"),
    LOG_NO_AUDIT("log-no-audit", null, Support.LATER),
    FORCE_BUSY("force-busy"),
    FORCE_UNLIMITED("force-unlimited"),
    CRL_STRICT("crl-strict"),
    OCSP_STRICT("ocsp-strict"),
    OCSP_ENABLE("ocsp-enable"),
    OCSP_URI("ocsp-uri", ""),
    OCSP_TIMEOUT("ocsp-timeout", ""),
    OCSP_TRUSTNAME("ocsp-trustname", ""),
    OCSP_CACHE_SIZE("ocsp-cache-size", ""),
    OCSP_CACHE_MIN_AGE("ocsp-cache-min-age", ""),
    OCSP_CACHE_MAX_AGE("ocsp-cache-max-age", ""),
    OCSP_METHOD("ocsp-method", ""),
    CRLCHECKINTERVAL("crlcheckinterval", ""),
    UNIQUEIDS("uniqueids"),
    NO_DNSSEC("no-dnssec"),
    USE_PFKEYV2("use-pfkeyv2"),
    USE_BSDKAME("use-bsdkame"),
    USE_XFRM("use-xfrm"),
    USE_NETKEY("use-netkey"),
    INTERFACE("interface", "<ifname|ifaddr>"),
    CURL_IFACE("curl-iface", "<ifname|ifaddr>"),
    CURL_TIMEOUT("curl-timeout", "<secs>"),
    LISTEN("listen", "<ifaddr>"),
    LISTEN_TCP("listen-tcp"),
    NO_LISTEN_UDP("no-listen-udp"),
    IKEPORT("ikeport", "<port-number>"),
    NATIKEPORT("natikeport", "<port-number>"),
    IKE_SOCKET_BUFSIZE("ike-socket-bufsize", "<buf-size>"),
    IKE_SOCKET_NO_ERRQUEUE("ike-socket-no-errqueue"),
    NFLOG_ALL("nflog-all", "<group-number>"),
    RUNDIR("rundir", "<path>"),
    CTLSOCKET("ctlsocket", "<path>", Support.LATER),
    CTLBASE("ctlbase", "<path>", Support.LATER),
    SECRETSFILE("secretsfile", "<secrets-file>"),
    GLOBAL_REDIRECT("global-redirect", ""),
    GLOBAL_REDIRECT_TO("global-redirect-to", ""),
    COREDIR("coredir", "<dirname>"),
    DUMPDIR("dumpdir", "<dirname>"),
    STATSBIN("statsbin", "<filename>", Support.LATER),
    IPSECDIR("ipsecdir", "<ipsec-dir>"),
    FOODGROUPSDIR("foodgroupsdir", "<ipsec-dir>"),
    NSSDIR("nssdir", "<path>"),
    KEEP_ALIVE("keep-alive", "<delay_secs>"),
    FORCE_KEEPALIVE("force-keepalive"),
    VIRTUAL_PRIVATE("virtual-private", "<network_list>"),
    NHELPERS("nhelpers", "<number>"),
    EXPIRE_SHUNT_INTERVAL("expire-shunt-interval", "<secs>"),
    SEEDBITS("seedbits", "<number>", Support.LATER),
    IKEV1_SECCTX_ATTR_TYPE("ikev1-secctx-attr-type", "<number>"),
    SECCTX_ATTR_TYPE("secctx-attr-type", "<number>"),
    IKEV1_REJECT("ikev1-reject"),
    IKEV1_DROP("ikev1-drop"),
    SECCOMP_ENABLED("seccomp-enabled", null, Support.LATER),
    SECCOMP_TOLERANT("seccomp-tolerant", null, Support.LATER),
    VENDORID("vendorid", "<vendorid>", Support.LATER),
    SELFTEST("selftest"),
    LEAK_DETECTIVE("leak-detective"),
    EFENCE_PROTECT("efence-protect", "", Support.LATER),
    DEBUG_NONE("debug-none"),
    DEBUG_ALL("debug-all"),
    DEBUG("debug", ""),
    NO_DEBUG("no-debug", ""),
    IMPAIR("impair", "", Support.LATER),
    NO_IMPAIR("no-impair", "", Support.LATER);

    private enum Support {
        NOW,
        LATER
    }

    private final String word;
    private final String argument;
    private final Support support;

    PlutoOption(String word) {
        this(word, null, Support.NOW);
    }

    PlutoOption(String word, String argument) {
        this(word, argument, Support.NOW);
    }

    PlutoOption(String word, String argument, Support support) {
        this.word = word;
        this.argument = argument;
        this.support = support;
    }

    /** Those that libreswan's pluto of today does not have: they do not make its abbreviations ambiguous. */
    private static final Set<PlutoOption> OF_OLD = EnumSet.of(
            USE_PFKEYV2,
            USE_BSDKAME,
            USE_NETKEY,
            IKEPORT,
            NATIKEPORT,
            CTLSOCKET,
            CTLBASE,
            FORCE_KEEPALIVE,
            SECCTX_ATTR_TYPE,
            NO_DEBUG,
            NO_IMPAIR);

    /** All of them as getopt wants them. */
    static final List<Word> WORDS = Arrays.stream(values()).map(Word::new).toList();

    /** An option on the command line. */
    record Word(PlutoOption option) implements LongOption {
        @Override
        public String name() {
            return option.word();
        }

        @Override
        public boolean takesArgument() {
            return option.takesArgument();
        }

        @Override
        public Object meaning() {
            return option;
        }

        @Override
        public boolean exactOnly() {
            return option.exactOnly();
        }
    }

    /** The option without its dashes. */
    String word() {
        return word;
    }

    boolean takesArgument() {
        return argument != null;
    }

    /** Whether no abbreviation stands for it. */
    boolean exactOnly() {
        return OF_OLD.contains(this);
    }

    /** How {@code --help} shows the argument; "" where it shows none. */
    String argumentName() {
        return argument == null ? "" : argument;
    }

    /** Whether the option does what it says; one that does not yet is accepted with a warning. */
    boolean isSupported() {
        return support == Support.NOW;
    }

    /** Whether pluto stays in the foreground because of it. */
    boolean staysInForeground() {
        return this == NOFORK || this == SELFTEST || this == HELP || this == VERSION;
    }

    /** The current spelling of an obsolete one, or null. */
    PlutoOption replacement() {
        return this == COREDIR ? DUMPDIR : this == FOODGROUPSDIR ? IPSECDIR : null;
    }
}
