// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.auto.SystemFiles;
import org.jswan.config.ConfigFiles;
import org.jswan.config.conf.ConfEntry;
import org.jswan.config.conf.ConfEnvironment;
import org.jswan.config.conf.ConfException;
import org.jswan.config.conf.ConfFile;
import org.jswan.config.conf.ConfLoader;
import org.jswan.config.conf.ConfLog;
import org.jswan.config.conf.Values;
import org.jswan.config.value.NetworkNames;
import org.jswan.connection.Ikev1Policy;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.net.NameResolver;
import org.jswan.net.SocketOptions;
import org.jswan.net.Transport;
import org.jswan.proposal.Phase2Labels;
import org.jswan.status.SetupFacts;

/**
 * The keys of {@code config setup} as the daemon's options. As libreswan: all that the section decides is decided anew, by
 * its default where the file says nothing, so that an option before {@code --config} counts for nothing.
 */
final class ConfigSetup implements OptionReader.SetupFile {
    private final ConfigFiles files;

    ConfigSetup(ConfigFiles files) {
        this.files = files;
    }

    /** The files of this process. */
    static ConfigSetup ofThisProcess() {
        return new ConfigSetup(SystemFiles.own());
    }

    @Override
    public void read(String path, OptionReader into) throws OptionReader.InvalidException {
        ConfFile file = load(path, into);
        if (!file.errors().isEmpty()) {
            into.say("pluto --config '" + path + "', ignoring: " + file.errors());
        }
        for (ConfEntry entry : file.laterSetupKeys()) {
            into.warn(entry.file() + ":" + entry.line() + ": not supported yet: "
                    + entry.key().name() + "=");
        }
        apply(file.setup(), into);
    }

    private ConfFile load(String path, OptionReader into) throws OptionReader.InvalidException {
        ConfLog log = new ConfLog() {
            @Override
            public void log(String text) {
                into.say(text);
            }

            @Override
            public void debug(String text) {
                // There is no log yet that could show it.
            }
        };
        try {
            return ConfLoader.loadSetup(
                    path, new ConfEnvironment(files, NameResolver.NONE, NetworkNames.none(), List.of(), log));
        } catch (ConfException e) {
            throw e.isComplete()
                    ? OptionReader.InvalidException.complete(e.getMessage())
                    : new OptionReader.InvalidException(e.getMessage());
        }
    }

    private static void apply(Values setup, OptionReader into) throws OptionReader.InvalidException {
        given(setup, "logfile").ifPresent(into::setLogFile);
        into.setLogStyle(setup.number("logtime") != 0, setup.number("logappend") != 0, setup.number("logip") != 0);
        given(setup, "listen").ifPresent(into::setListen);
        given(setup, "dumpdir").ifPresent(into::setDumpdir);
        setup.text("secretsfile").filter(text -> !text.isEmpty()).ifPresent(into::setSecretsFile);
        into.setIpsecdir(given(setup, "ipsecdir"));
        into.setNssdir(given(setup, "nssdir"));
        setup.text("virtual-private").ifPresent(into::setVirtualPrivate);
        into.revocation().take(setup);
        into.setUniqueIds(setup.number("uniqueids") != 0);
        into.setHelpers((int) setup.number("nhelpers"));
        into.setNflogAll((int) setup.number("nflog-all"));
        into.setLabelAttribute(labelAttribute(setup.number("ikev1-secctx-attr-type"), into));
        into.setKeepAlive((int) setup.number("keep-alive"));
        into.setHalfOpen(new HalfOpenLimit.Setting(
                ddosMode(setup.number("ddos-mode")),
                setup.number("ddos-ike-threshold"),
                setup.number("max-halfopen-ike"),
                setup.number("drop-oppo-null") != 0));
        // As libreswan: what the file says holds even where it says nothing.
        into.setRedirectMode("no", "");
        setup.text("global-redirect")
                .ifPresent(word -> into.setRedirectMode(word, "unknown argument for global-redirect option"));
        into.setRedirectDestinations(setup.text("global-redirect-to").orElse(""));
        into.setLifetimes(new SetupFacts.Lifetimes(
                Duration.ofMillis(setup.number("shuntlifetime")), setup.number("xfrmlifetime")));
        into.setIkev1(Ikev1Policy.values()[(int) setup.number("ikev1-policy")]);
        into.setSockets(
                new SocketOptions((int) setup.number("ike-socket-bufsize"), setup.number("ike-socket-errqueue") != 0));
        into.setDnssec(
                setup.number("dnssec-enable") != 0,
                setup.text("dnssec-rootkey-file").filter(text -> !text.isEmpty()),
                given(setup, "dnssec-anchors"));
        into.setListening(Transport.TCP, setup.number("listen-tcp") != 0);
        into.setListening(Transport.UDP, setup.number("listen-udp") != 0);
        into.setDebugging(setup.number("plutodebug"));
        given(setup, "protostack").ifPresent(name -> into.setProtostack(protostack(name, into)));
    }

    /** More than the option takes: whoever has another number for private use with libreswan keeps it. */
    private static int labelAttribute(long number, OptionReader into) {
        if (Phase2Labels.isNumber(number)) {
            return (int) number;
        }
        into.warn("secctx-attr-type=" + number + " ignored, using secctx-attr-type=" + Phase2Labels.DEFAULT_NUMBER);
        return Phase2Labels.DEFAULT_NUMBER;
    }

    private static Protostack protostack(String name, OptionReader into) {
        return Protostack.of(name).orElseGet(() -> {
            into.say("protostack=" + name + " ignored, using protostack=xfrm");
            return Protostack.XFRM;
        });
    }

    private static HalfOpenLimit.Mode ddosMode(long number) {
        return number == 2
                ? HalfOpenLimit.Mode.BUSY
                : number == 3 ? HalfOpenLimit.Mode.UNLIMITED : HalfOpenLimit.Mode.AUTO;
    }

    private static Optional<String> given(Values setup, String field) {
        return setup.givenText(field).filter(text -> !text.isEmpty());
    }
}
