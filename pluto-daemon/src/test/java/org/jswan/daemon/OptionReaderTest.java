// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jswan.base.IpAddress;
import org.jswan.control.DebugClass;
import org.jswan.control.Version;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.exchange.NatKeepalive;
import org.jswan.net.SocketOptions;
import org.jswan.net.Transport;
import org.jswan.revocation.RevocationSetting;
import org.jswan.status.SetupFacts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OptionReaderTest {
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();

    private OptionReader.Outcome read(String... words) {
        OptionReader.SetupFile file = (name, into) -> {
            if (name.equals("broken")) {
                throw new OptionReader.InvalidException("broken:1: syntax error [x]");
            }
            into.setLogFile("from-" + name);
        };
        return new OptionReader("pluto", Defaults.PACKAGED, file, out::add, err::add).read(Arrays.asList(words));
    }

    private DaemonOptions started(String... words) {
        OptionReader.Outcome outcome = read(words);
        assertThat(outcome).isInstanceOf(OptionReader.Start.class);
        return ((OptionReader.Start) outcome).options();
    }

    private void refused(String... words) {
        assertThat(read(words)).isEqualTo(new OptionReader.End(ExitStatus.FAIL));
    }

    @Test
    void withoutOptionsEverythingIsAsPackaged() {
        DaemonOptions options = started();
        assertThat(options.paths())
                .isEqualTo(new DaemonOptions.Paths(
                        "/etc/ipsec.conf",
                        "/run/pluto",
                        "/etc/ipsec.secrets",
                        "/etc/ipsec.d",
                        "/var/lib/ipsec/nss",
                        "/run/pluto"));
        assertThat(options.log()).isEqualTo(new DaemonOptions.Log(false, Optional.empty(), true, true, true));
        assertThat(options.sockets())
                .isEqualTo(new DaemonOptions.Sockets(
                        List.of(), Optional.empty(), 500, 4500, Set.of(Transport.UDP), SocketOptions.DEFAULT));
        assertThat(options.helpers()).isEqualTo(-1);
        assertThat(options.fork()).isTrue();
        assertThat(options.leakDetective()).isFalse();
        assertThat(err).isEmpty();
    }

    @Test
    void everyOptionOfNowChangesWhatItSays() {
        DaemonOptions options = started(
                "--nofork --stderrlog --logfile l --log-no-time --log-no-append --log-no-ip --rundir /r --secretsfile s"
                        .split(" "));
        assertThat(options.fork()).isFalse();
        assertThat(options.log()).isEqualTo(new DaemonOptions.Log(true, Optional.of("l"), false, false, false));
        assertThat(options.paths().rundir()).isEqualTo("/r");
        assertThat(options.paths().secretsFile()).isEqualTo("s");

        options = started(
                ("--ipsecdir /i --nssdir /n --dumpdir /d --nhelpers 7 --ikeport 5000 --natikeport 5001 --interface eth0"
                                + " --interface eth1 --listen 192.0.2.1 --ike-socket-bufsize 2000"
                                + " --listen-tcp --no-listen-udp --dnssec-rootkey-file= --dnssec-trusted /k --ike-socket-no-errqueue --keep-alive 5 --force-keepalive --force-unlimited"
                                + " --leak-detective --use-xfrm --use-netkey --debug base"
                                + " --virtual-private %v4:10.0.0.0/8")
                        .split(" "));
        assertThat(options.paths().ipsecdir()).isEqualTo("/i");
        assertThat(options.paths().nssdir()).isEqualTo("/n");
        assertThat(options.paths().dumpdir()).isEqualTo("/d");
        assertThat(options.helpers()).isEqualTo(7);
        assertThat(options.sockets())
                .isEqualTo(new DaemonOptions.Sockets(
                        List.of("eth0", "eth1"),
                        IpAddress.parse("192.0.2.1"),
                        5000,
                        5001,
                        Set.of(Transport.TCP),
                        new SocketOptions(2000, false)));
        assertThat(options.keepalive()).isEqualTo(new NatKeepalive.Setting(Duration.ofSeconds(5), true));
        assertThat(options.halfOpen().mode()).isEqualTo(HalfOpenLimit.Mode.UNLIMITED);
        assertThat(started("--force-busy").halfOpen().mode()).isEqualTo(HalfOpenLimit.Mode.BUSY);
        assertThat(started("--keep-alive", "0").keepalive()).isEqualTo(NatKeepalive.Setting.DEFAULT);
        assertThat(options.dnssec()).isEqualTo(new SetupFacts.Dnssec(false, Optional.empty(), Optional.of("/k")));
        assertThat(options.leakDetective()).isTrue();
        assertThat(options.virtualPrivate()).isEqualTo("%v4:10.0.0.0/8");
        assertThat(options.debugging()).containsExactly(DebugClass.BASE);
        assertThat(err)
                .containsExactly(
                        "pluto:  adjusting ipsec.d to /i",
                        "pluto:  adjusting nssdir to /n",
                        "pluto: bind() will be filtered for 192.0.2.1");
    }

    @Test
    void theLastKernelInterfaceWins() {
        assertThat(started().protostack()).isEqualTo(Protostack.XFRM);
        assertThat(started("--use-pfkeyv2").protostack()).isEqualTo(Protostack.PFKEYV2);
        assertThat(started("--use-xfrm", "--use-bsdkame").protostack()).isEqualTo(Protostack.PFKEYV2);
        assertThat(started("--use-bsdkame", "--use-netkey").protostack()).isEqualTo(Protostack.XFRM);
        assertThat(err).isEmpty();
    }

    @Test
    void howRevocationIsFoundOut() {
        DaemonOptions options = started(
                ("--crl-strict --crlcheckinterval 600 --curl-iface eth1 --curl-timeout 7 --ocsp-enable --ocsp-strict"
                                + " --ocsp-method post --ocsp-timeout 3 --ocsp-uri http://ocsp.example/"
                                + " --ocsp-trustname responder --ocsp-cache-size 10 --ocsp-cache-min-age 60"
                                + " --ocsp-cache-max-age 7200")
                        .split(" "));
        assertThat(options.revocation())
                .isEqualTo(new RevocationSetting(
                        true,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(7),
                        new RevocationSetting.Ocsp(
                                true,
                                true,
                                true,
                                Duration.ofSeconds(3),
                                Optional.of("http://ocsp.example/"),
                                Optional.of("responder"),
                                new RevocationSetting.Cache(10, Duration.ofMinutes(1), Duration.ofHours(2)))));
        assertThat(options.fetchSource()).contains("eth1");
        assertThat(started().revocation()).isEqualTo(RevocationSetting.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "crlcheckinterval, x, bad duration value \"x\": first decimal digit invalid",
        "crlcheckinterval, 5x, unrecognized duration multiplier \"x\"",
        "ocsp-timeout, 0, must not be 0",
        "ocsp-timeout, a, non-digit in number",
        "ocsp-method, put, ocsp-method is either 'post' or 'get'",
        "curl-timeout, 0, must not be < 1",
        "ocsp-cache-size, 70000, too large"
    })
    void whatCannotBeMeantAboutRevocation(String option, String text, String why) {
        refused("--" + option, text);
        assertThat(err).containsExactly("pluto: option --" + option + " \"" + text + "\" invalid: " + why);
    }

    @ParameterizedTest
    @EnumSource(PlutoOption.class)
    void noOptionIsIgnoredInSilence(PlutoOption option) {
        String argument = option.word().endsWith("secctx-attr-type") ? "10" : "1";
        read(
                option.takesArgument()
                        ? new String[] {"--" + option.word(), argument}
                        : new String[] {"--" + option.word()});
        if (option.isSupported()) {
            assertThat(err).noneMatch(line -> line.contains("not supported"));
        } else {
            assertThat(err).containsExactly("pluto: warning: not supported yet: --" + option.word());
        }
    }

    @Test
    void numbersOfLabelsAndOfNetfiltersLog() {
        assertThat(started().labelAttribute()).isEqualTo(32001);
        assertThat(started("--secctx-attr-type", "10").labelAttribute()).isEqualTo(10);
        assertThat(started("--ikev1-secctx-attr-type", "32001").labelAttribute())
                .isEqualTo(32001);
        assertThat(started("--nflog-all", "7").nflogAll()).isEqualTo(7);
        err.clear();
        refused("--secctx-attr-type", "11");
        assertThat(err)
                .containsExactly(
                        "pluto: option --secctx-attr-type \"11\" invalid: must be a positive 32001 (default) or"
                                + " 10 (for backward compatibility)");
    }

    @Test
    void ofTheFileAndAnOptionTheLaterWins() {
        assertThat(started("--logfile", "l", "--config", "c").log().file()).contains("from-c");
        assertThat(started("--config", "c", "--logfile", "l").log().file()).contains("l");
    }

    @Test
    void aFileThatCannotBeUsedIsAnInvalidArgument() {
        refused("--config", "broken");
        assertThat(err).containsExactly("pluto: option --config \"broken\" invalid: broken:1: syntax error [x]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--bogus|unrecognized option '--bogus'",
                "--bogus=1|unrecognized option '--bogus=1'",
                "--config|option '--config' requires an argument",
                "--nofork=3|option '--nofork' doesn't allow an argument",
                "-x|invalid option -- 'x'",
                "--log-no|option '--log-no' is ambiguous; possibilities: '--log-no-time' '--log-no-append'"
                        + " '--log-no-ip' '--log-no-audit'"
            })
    void aCommandLineThatIsNotUnderstoodIsRefusedAsGetoptDoes(String word, String message) {
        refused(word);
        assertThat(err).containsExactly("pluto: " + message, "For usage information: pluto --help", Version.TEXT);
    }

    @ParameterizedTest
    @CsvSource({
        "x, non-digit in number",
        "-2, non-digit in number",
        "12a, non-digit in number",
        "'', empty string",
        "1001, too large",
        "99999999999999999999, too large"
    })
    void aNumberThatIsNoneIsInvalid(String text, String why) {
        refused("--nhelpers", text);
        assertThat(err).containsExactly("pluto: option --nhelpers \"" + text + "\" invalid: " + why);
    }

    @Test
    void wordsBetweenTheOptionsAreRefusedAfterAllOptions() {
        refused("trail", "--nhelpers", "x");
        assertThat(err).containsExactly("pluto: option --nhelpers \"x\" invalid: non-digit in number");
        err.clear();
        refused("--nofork", "one", "--", "--two");
        assertThat(err).containsExactly("pluto: unexpected trailing argument: one");
    }

    @Test
    void anUnambiguousBeginningOfAnOptionIsEnough() {
        assertThat(started("--nof", "--nhelp=3").helpers()).isEqualTo(3);
        assertThat(read("--no-d")).isInstanceOf(OptionReader.Start.class);
        assertThat(read("--no-ik")).isInstanceOf(OptionReader.End.class);
    }

    @Test
    void debuggingClassesAddUp() {
        assertThat(started("--debug", "all", "--debug", "no-refcnt", "--no-debug", "cpu-usage")
                        .debugging())
                .containsExactly(DebugClass.BASE);
        assertThat(started("--debug-all", "--debug", "none,tmi").debugging())
                .isEqualTo(Set.of(DebugClass.BASE, DebugClass.CPU_USAGE, DebugClass.REFCNT, DebugClass.TMI));
        assertThat(started("--debug", "foo").debugging()).isEmpty();
        assertThat(err).containsExactly("pluto: unrecognized --debug 'foo' option ignored");
    }

    @Test
    void helpListsEveryOptionInLinesThatFit() {
        assertThat(read("--help")).isEqualTo(new OptionReader.End(ExitStatus.OK));
        assertThat(out.get(0)).startsWith("Usage: pluto [--help] [--version]");
        assertThat(out).allSatisfy(line -> assertThat(line.length()).isLessThan(73));
        for (PlutoOption option : PlutoOption.values()) {
            if (option.replacement() == null) {
                assertThat(String.join("\n", out)).containsPattern("\\[--" + option.word() + "[] ]");
            }
        }
    }

    /** The launcher decides on the daemon fork before there is a Java machine, from a table of its own. */
    @Test
    void theLauncherKnowsTheSameOptions() throws IOException {
        Matcher entry = Pattern.compile("\\{\"([^\"]+)\", (true|false), (true|false), (true|false)}")
                .matcher(Files.readString(Path.of("src/main/c/pluto_options.h")));
        List<String> launcher = new ArrayList<>();
        while (entry.find()) {
            launcher.add(String.join(" ", entry.group(1), entry.group(2), entry.group(3), entry.group(4)));
        }
        assertThat(launcher)
                .isEqualTo(Arrays.stream(PlutoOption.values())
                        .map(o ->
                                o.word() + " " + o.takesArgument() + " " + o.staysInForeground() + " " + o.exactOnly())
                        .toList());
    }
}
