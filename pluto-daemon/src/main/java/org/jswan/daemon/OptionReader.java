// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jswan.base.IpAddress;
import org.jswan.config.conf.DebugFlags;
import org.jswan.config.value.Addresses;
import org.jswan.config.value.ValueException;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.DebugClass;
import org.jswan.control.Version;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.exchange.NatKeepalive;
import org.jswan.net.SocketOptions;
import org.jswan.net.Transport;
import org.jswan.proposal.Phase2Labels;
import org.jswan.redirect.GlobalRedirect;
import org.jswan.routing.NegotiationShunts;
import org.jswan.status.SetupFacts;
import org.jswan.whack.getopt.Getopt;
import org.jswan.whack.getopt.GetoptException;

/**
 * Reads the command line, option by option: of {@code --config} and an option, and of an option given twice, the later
 * wins. What it has to say goes to the terminal, as there is no log yet.
 */
final class OptionReader {
    private static final int MAX_HELPERS = 1000;
    private static final int MAX_PORT = 65535;
    private static final int MAX_BUFFER = 65535;
    private static final int MAX_U16 = 0xffff;
    private static final int SECONDS_A_DAY = 86_400;
    private static final int MOST_SHUNT_INTERVAL = 1000;

    /** The keys of {@code config setup}, read from a file. */
    @FunctionalInterface
    interface SetupFile {
        /**
         * Sets what the file says.
         *
         * @throws InvalidException with the parser's words if the file cannot be used at all
         */
        void read(String file, OptionReader into) throws InvalidException;
    }

    /** What became of the command line. */
    sealed interface Outcome {}

    /** Start with these. */
    record Start(DaemonOptions options) implements Outcome {}

    /** Everything is said already; the process ends. */
    record End(ExitStatus status) implements Outcome {}

    /** An option's argument is not valid, and why. */
    static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1;

        private final boolean complete;

        private InvalidException(String why, boolean complete) {
            super(why);
            this.complete = complete;
        }

        InvalidException(String why) {
            this(why, false);
        }

        /** The message is all there is to say. */
        static InvalidException complete(String message) {
            return new InvalidException(message, true);
        }
    }

    private final String program;
    private final Defaults defaults;
    private final SetupFile setupFile;
    private final Consumer<String> standardOutput;
    private final Consumer<String> standardError;

    private String config;
    private String rundir = Defaults.RUNDIR;
    private String secretsFile;
    private String ipsecdir;
    private String nssdir;
    private String dumpdir = Defaults.RUNDIR;
    private boolean stderr;
    private String logFile;
    private boolean timestamps = true;
    private boolean append = true;
    private boolean addresses = true;
    private final List<String> interfaces = new ArrayList<>();
    private IpAddress listen;
    private int ikePort = Defaults.IKE_PORT;
    private int natIkePort = Defaults.NAT_IKE_PORT;
    private final Set<Transport> transports = EnumSet.of(Transport.UDP);
    private SocketOptions sockets = SocketOptions.DEFAULT;
    private Duration keepAlive = NatKeepalive.Setting.DEFAULT.interval();
    private boolean forceKeepalive;
    private HalfOpenLimit.Setting halfOpen = HalfOpenLimit.Setting.DEFAULT;
    private GlobalRedirect.Setting redirect = GlobalRedirect.Setting.DEFAULT;
    private Ikev1Policy ikev1;
    private int nflogAll;
    private int labelAttribute = Phase2Labels.DEFAULT_NUMBER;
    private SetupFacts.Lifetimes lifetimes = SetupFacts.Lifetimes.DEFAULT;
    private Duration expireShuntInterval = NegotiationShunts.Setting.DEFAULT.interval();
    private int helpers = -1;
    private boolean fork = true;
    private boolean selftest;
    private long debugging;
    private boolean uniqueIds = true;
    private final RevocationOptions revocation = new RevocationOptions();
    private String virtualPrivate = "";
    private boolean dnssec;
    private Optional<String> rootKeyFile = SetupFacts.Dnssec.DEFAULT.rootKeyFile();
    private Optional<String> trustedKeys = Optional.empty();
    private boolean leakDetective;
    private Protostack protostack = Protostack.XFRM;
    private final List<String> warnings = new ArrayList<>();

    /**
     * @param program argv[0]
     * @param standardOutput and {@code standardError}: take one line each time
     */
    OptionReader(
            String program,
            Defaults defaults,
            SetupFile setupFile,
            Consumer<String> standardOutput,
            Consumer<String> standardError) {
        this.program = program;
        this.defaults = defaults;
        this.setupFile = setupFile;
        this.standardOutput = standardOutput;
        this.standardError = standardError;
        config = defaults.config();
        secretsFile = defaults.secretsFile();
        ipsecdir = defaults.ipsecdir();
        nssdir = defaults.nssdir();
        ikev1 = defaults.ikev1();
    }

    Outcome read(List<String> words) {
        Getopt<PlutoOption.Word> getopt = new Getopt<>(program, PlutoOption.WORDS, words);
        try {
            for (var found = getopt.next(); found.isPresent(); found = getopt.next()) {
                PlutoOption option = found.get().option().option();
                if (option == PlutoOption.HELP) {
                    Usage.lines(program).forEach(standardOutput);
                    return new End(ExitStatus.OK);
                }
                if (option == PlutoOption.VERSION) {
                    standardOutput.accept(Version.TEXT + Usage.FEATURES);
                    return new End(ExitStatus.OK);
                }
                if (!accept(option, found.get().argument())) {
                    return new End(ExitStatus.FAIL);
                }
            }
        } catch (GetoptException e) {
            standardError.accept(e.getMessage());
            standardError.accept("For usage information: " + program + " --help");
            standardError.accept(Version.TEXT);
            return new End(ExitStatus.FAIL);
        }
        if (!getopt.operands().isEmpty()) {
            say("unexpected trailing argument: " + getopt.operands().get(0));
            return new End(ExitStatus.FAIL);
        }
        return new Start(options());
    }

    /** False if the argument is not valid, which has been said. */
    private boolean accept(PlutoOption option, String argument) {
        if (option.replacement() != null) {
            say("warning: option \"--" + option.word() + "\" is obsolete; use \"--"
                    + option.replacement().word() + "\"");
        }
        if (!option.isSupported()) {
            warn("not supported yet: --" + option.word());
            return true;
        }
        try {
            apply(option, argument);
            return true;
        } catch (InvalidException e) {
            if (e.complete) {
                standardError.accept(e.getMessage());
                return false;
            }
            say("option --" + option.word() + (argument == null ? "" : " \"" + argument + "\"") + " invalid: "
                    + e.getMessage());
            return false;
        }
    }

    private void apply(PlutoOption option, String argument) throws InvalidException {
        switch (option) {
            case CONFIG -> {
                config = argument;
                setupFile.read(argument, this);
            }
            case NOFORK -> fork = false;
            case STDERRLOG -> stderr = true;
            case LOGFILE -> setLogFile(argument);
            case LOG_NO_TIME -> timestamps = false;
            case LOG_NO_APPEND -> append = false;
            case LOG_NO_IP -> addresses = false;
            case USE_XFRM, USE_NETKEY -> protostack = Protostack.XFRM;
            case USE_PFKEYV2, USE_BSDKAME -> protostack = Protostack.PFKEYV2;
            case INTERFACE -> interfaces.add(argument);
            case LISTEN -> {
                if (setListen(argument)) {
                    say("bind() will be filtered for " + argument);
                }
            }
            case DNSSEC_ROOTKEY_FILE -> rootKeyFile = given(argument);
            case DNSSEC_TRUSTED -> trustedKeys = given(argument);
            case NO_DNSSEC -> dnssec = false;
            case LISTEN_TCP -> setListening(Transport.TCP, true);
            case NO_LISTEN_UDP -> setListening(Transport.UDP, false);
            case IKEPORT -> ikePort = number(argument, 1, MAX_PORT);
            case NATIKEPORT -> natIkePort = number(argument, 1, MAX_PORT);
            case IKE_SOCKET_BUFSIZE -> setBufferSize(number(argument, 0, MAX_BUFFER));
            case IKE_SOCKET_NO_ERRQUEUE -> sockets = sockets.withErrorQueue(false);
            case EXPIRE_SHUNT_INTERVAL -> expireShuntInterval =
                    // A loop that did nothing else would help nobody.
                    Duration.ofSeconds(Math.max(1, number(argument, 0, MOST_SHUNT_INTERVAL)));
            case KEEP_ALIVE -> setKeepAlive(number(argument, 0, SECONDS_A_DAY));
            case FORCE_KEEPALIVE -> forceKeepalive = true;
            case UNIQUEIDS -> uniqueIds = true;
            case FORCE_BUSY -> halfOpen = halfOpen.withMode(HalfOpenLimit.Mode.BUSY);
            case FORCE_UNLIMITED -> halfOpen = halfOpen.withMode(HalfOpenLimit.Mode.UNLIMITED);
            case GLOBAL_REDIRECT -> setRedirectMode(
                    argument, "invalid option argument for global-redirect" + " (allowed arguments: yes, no, auto)");
            case GLOBAL_REDIRECT_TO -> {
                setRedirectDestinations(argument);
                say("all IKE_SA_INIT requests will from now on be redirected to: " + argument + "\n");
            }
            case NFLOG_ALL -> nflogAll = number(argument, 0, MAX_U16);
            case IKEV1_SECCTX_ATTR_TYPE, SECCTX_ATTR_TYPE -> labelAttribute = labelAttribute(argument);
            case IKEV1_REJECT -> ikev1 = Ikev1Policy.REJECT;
            case IKEV1_DROP -> ikev1 = Ikev1Policy.DROP;
            case RUNDIR -> rundir = argument;
            case SECRETSFILE -> secretsFile = argument;
            case COREDIR, DUMPDIR -> dumpdir = argument;
            case IPSECDIR, FOODGROUPSDIR -> setIpsecdir(Optional.of(argument));
            case NSSDIR -> setNssdir(Optional.of(argument));
            case VIRTUAL_PRIVATE -> setVirtualPrivate(argument);
            case NHELPERS -> helpers = argument.equals("-1") ? -1 : number(argument, 0, MAX_HELPERS);
            case SELFTEST -> {
                selftest = true;
                stderr = true;
                timestamps = false;
                fork = false;
            }
            case LEAK_DETECTIVE -> leakDetective = true;
            case DEBUG_NONE -> debugging = 0;
            case DEBUG_ALL -> debugging = DebugFlags.ALL;
            case DEBUG -> debug(option, argument, true);
            case NO_DEBUG -> debug(option, argument, false);
            default -> {
                if (!revocation.take(option, argument)) {
                    throw new IllegalStateException("option without effect: " + option);
                }
            }
        }
    }

    private void debug(PlutoOption option, String argument, boolean enable) {
        Optional<Long> modified = DebugFlags.modify(debugging, argument, enable);
        if (modified.isPresent()) {
            debugging = modified.get();
        } else {
            say("unrecognized --" + option.word() + " '" + argument + "' option ignored");
        }
    }

    /** Whether it is an address; if not, that has been said. */
    boolean setListen(String argument) {
        try {
            listen = Addresses.address(argument, Optional.empty());
            return true;
        } catch (ValueException e) {
            say("invalid listen argument ignored: " + e.getMessage());
            return false;
        }
    }

    private static Optional<String> given(String argument) {
        return Optional.of(argument).filter(text -> !text.isEmpty());
    }

    void setDnssec(boolean on, Optional<String> rootKeys, Optional<String> otherKeys) {
        dnssec = on;
        rootKeyFile = rootKeys;
        trustedKeys = otherKeys.or(() -> trustedKeys);
    }

    void setProtostack(Protostack stack) {
        protostack = stack;
    }

    /** Whether that transport is listened for. */
    void setListening(Transport transport, boolean on) {
        if (on) {
            transports.add(transport);
        } else {
            transports.remove(transport);
        }
    }

    private void setBufferSize(int size) throws InvalidException {
        if (size == 0) {
            throw new InvalidException("must not be 0");
        }
        sockets = sockets.withBufferSize(size);
    }

    static int number(String text, int least, int most) throws InvalidException {
        if (text.isEmpty()) {
            throw new InvalidException("empty string");
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw new InvalidException("non-digit in number");
            }
            value = Math.min(value * 10 + (c - '0'), Integer.MAX_VALUE);
        }
        if (value > most) {
            throw new InvalidException("too large");
        }
        if (value < least) {
            throw new InvalidException("must not be < " + least);
        }
        return (int) value;
    }

    /** One line on the terminal. */
    void say(String text) {
        standardError.accept(program + ": " + text);
    }

    /** Something without effect: on the terminal now, and in the log later. */
    void warn(String text) {
        say("warning: " + text);
        warnings.add("warning: " + text);
    }

    void setLogFile(String file) {
        logFile = file;
    }

    void setLogStyle(boolean withTime, boolean appending, boolean withAddresses) {
        timestamps = withTime;
        append = appending;
        addresses = withAddresses;
    }

    /** As libreswan: 0 is the default. */
    void setKeepAlive(int seconds) {
        keepAlive = seconds <= 0 ? NatKeepalive.Setting.DEFAULT.interval() : Duration.ofSeconds(seconds);
    }

    void setHalfOpen(HalfOpenLimit.Setting setting) {
        halfOpen = setting;
    }

    /** @param complaint said if there is no such mode: then nothing changes */
    void setRedirectMode(String word, String complaint) {
        Arrays.stream(GlobalRedirect.Mode.values())
                .filter(mode -> mode.toString().equals(word))
                .findFirst()
                .ifPresentOrElse(
                        mode -> redirect = new GlobalRedirect.Setting(mode, redirect.destinations()),
                        () -> say(complaint));
    }

    void setRedirectDestinations(String destinations) {
        redirect = new GlobalRedirect.Setting(redirect.mode(), destinations);
    }

    private static int labelAttribute(String argument) throws InvalidException {
        int number = number(argument, 0, MAX_U16);
        if (number != Phase2Labels.DEFAULT_NUMBER && number != Phase2Labels.OLD_NUMBER) {
            throw new InvalidException("must be a positive 32001 (default) or 10 (for backward compatibility)");
        }
        return number;
    }

    void setLabelAttribute(int number) {
        labelAttribute = number;
    }

    void setNflogAll(int group) {
        nflogAll = group;
    }

    void setLifetimes(SetupFacts.Lifetimes configured) {
        lifetimes = configured;
    }

    void setIkev1(Ikev1Policy policy) {
        ikev1 = policy;
    }

    void setSockets(SocketOptions options) {
        sockets = options;
    }

    void setDumpdir(String folder) {
        dumpdir = folder;
    }

    void setSecretsFile(String file) {
        secretsFile = file;
    }

    /** Empty: the default. */
    void setIpsecdir(Optional<String> folder) {
        ipsecdir = folder.orElse(defaults.ipsecdir());
        folder.ifPresent(given -> say(" adjusting ipsec.d to " + given));
    }

    /** Empty: the default. */
    void setNssdir(Optional<String> folder) {
        nssdir = folder.orElse(defaults.nssdir());
        folder.ifPresent(given -> say(" adjusting nssdir to " + given));
    }

    /** The options about the revocation of certificates. */
    RevocationOptions revocation() {
        return revocation;
    }

    void setUniqueIds(boolean on) {
        uniqueIds = on;
    }

    void setVirtualPrivate(String networks) {
        virtualPrivate = networks;
    }

    void setHelpers(int count) {
        helpers = count;
    }

    /** @param flags as {@link DebugFlags} numbers them */
    void setDebugging(long flags) {
        debugging = flags;
    }

    private DaemonOptions options() {
        return new DaemonOptions(
                new DaemonOptions.Paths(config, rundir, secretsFile, ipsecdir, nssdir, dumpdir),
                new DaemonOptions.Log(stderr, Optional.ofNullable(logFile), timestamps, append, addresses),
                new DaemonOptions.Sockets(
                        List.copyOf(interfaces),
                        Optional.ofNullable(listen),
                        ikePort,
                        natIkePort,
                        Set.copyOf(transports),
                        sockets),
                new NatKeepalive.Setting(keepAlive, forceKeepalive),
                halfOpen,
                redirect,
                ikev1,
                lifetimes,
                expireShuntInterval,
                helpers,
                fork,
                selftest,
                DebugFlags.names(debugging).stream()
                        .map(name -> DebugClass.named(name).orElseThrow())
                        .collect(Collectors.toSet()),
                uniqueIds,
                revocation.setting(),
                revocation.source(),
                virtualPrivate,
                new SetupFacts.Dnssec(dnssec, rootKeyFile, trustedKeys),
                leakDetective,
                protostack,
                nflogAll,
                labelAttribute,
                List.copyOf(warnings));
    }
}
