// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jswan.control.Version;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code ipsec} command over programs that only tell how they were called. */
class IpsecCommandTest {
    private static final Path LIBRESWAN = Path.of("/var/cache/jswan-testing/libreswan/usr/sbin/ipsec");

    private record Outcome(String output, String error, int status) {}

    @TempDir
    private Path folder;

    private Path ours;

    @BeforeEach
    void install() throws IOException {
        Files.createDirectories(folder.resolve("libexec"));
        List<String> programs = new ArrayList<>(List.of("whack", "auto", "addconn", "pluto", "_updown", "look"));
        programs.addAll(List.of("newhostkey", "showhostkey", "rsasigkey", "ecdsasigkey"));
        for (String program : programs) {
            script(folder.resolve("libexec").resolve(program), "#!/bin/sh\nprintf '%s|' \"${0##*/}\" \"$@\"\necho\n");
        }
        // A real libreswan would be asked for its libexec folder by its variable; ours has it built in.
        String text = Files.readString(Path.of("../etc/ipsec"))
                .replace("@LIBEXECDIR@", folder.resolve("libexec").toString())
                .replace("@SBINDIR@", folder.toString())
                .replace("@NSSDIR@", "/var/lib/ipsec/nss");
        assertThat(text).doesNotContainPattern("@[A-Z]+@");
        ours = folder.resolve("ipsec");
        script(ours, text);
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Outcome run(Path ipsec, Map<String, String> variables, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(ipsec.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("IPSEC_"));
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(output, error, process.waitFor());
    }

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        return run(ours, Map.of(), arguments);
    }

    private static Outcome says(String line) {
        return new Outcome(line + "\n", "", 0);
    }

    @Test
    void shortNamesAskWhack() throws Exception {
        String socket = "whack|--ctlsocket|/run/pluto/pluto.ctl|";
        assertThat(run("status")).isEqualTo(says(socket + "--status|"));
        assertThat(run("--trafficstatus")).isEqualTo(says(socket + "--trafficstatus|"));
        assertThat(run("traffic")).isEqualTo(says(socket + "--trafficstatus|"));
        assertThat(run("briefstatus")).isEqualTo(says(socket + "--briefstatus|"));
        assertThat(run("globalstatus")).isEqualTo(says(socket + "--globalstatus|"));
        assertThat(run("shuntstatus")).isEqualTo(says(socket + "--shuntstatus|"));
        assertThat(run("showstates")).isEqualTo(says(socket + "--showstates|"));
        assertThat(run("secrets")).isEqualTo(says(socket + "--rereadsecrets|"));
        assertThat(run("whack", "--name", "a b", "--initiate")).isEqualTo(says(socket + "--name|a b|--initiate|"));
        assertThat(run("whack", "--ctlsocket", "/x", "--status")).isEqualTo(says("whack|--ctlsocket|/x|--status|"));
    }

    @Test
    void programsGetTheirArgumentsAsTheyAre() throws Exception {
        assertThat(run("auto", "--up", "a b", "")).isEqualTo(says("auto|--up|a b||"));
        assertThat(run("pluto", "--nofork")).isEqualTo(says("pluto|--nofork|"));
        assertThat(run("checkconfig")).isEqualTo(says("addconn|--config|/etc/ipsec.conf|--checkconfig|"));
    }

    @Test
    void variablesAreHonoured() throws Exception {
        assertThat(run(ours, Map.of("IPSEC_RUNDIR", "/r"), "status"))
                .isEqualTo(says("whack|--ctlsocket|/r/pluto.ctl|--status|"));
        assertThat(run(ours, Map.of("IPSEC_CONF", "/c"), "checkconfig"))
                .isEqualTo(says("addconn|--config|/c|--checkconfig|"));
        assertThat(run(ours, Map.of("IPSEC_EXECDIR", "/e"), "--directory")).isEqualTo(says("/e"));
        assertThat(run("--rundir", "/r", "status")).isEqualTo(says("whack|--ctlsocket|/r/pluto.ctl|--status|"));
        assertThat(run("--ctlsocket", "/s", "whack", "--listen")).isEqualTo(says("whack|--ctlsocket|/s|--listen|"));
    }

    @Test
    void whatIsStillToComeIsRefusedInOneLine() throws Exception {
        for (String command : List.of("showroute", "verify", "barf", "--unbound", "readwriteconf")) {
            assertThat(run(command, "x"))
                    .isEqualTo(new Outcome(
                            "",
                            "ipsec: the command \"" + command.replaceFirst("^--", "") + "\" is not part of Jswan yet\n",
                            1));
        }
    }

    private static final String LOGGED_IN = "INPUT -m policy --dir in --pol ipsec -j NFLOG";
    private static final String LOGGED_OUT = "OUTPUT -m policy --dir out --pol ipsec -j NFLOG";

    /** Rules as iptables lists them, which is otherwise than they are made. */
    private static List<String> listed(int group) {
        String end = " --nflog-prefix all-ipsec --nflog-group " + group;
        return List.of(LOGGED_IN + end, LOGGED_OUT + end);
    }

    /** A stand-in for iptables that keeps what it is told in a file. */
    private Map<String, String> iptables(Path rules) throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        script(
                bin.resolve("iptables"),
                """
                #!/bin/sh
                verb=$1; shift
                case $verb in
                -S) echo '-P INPUT ACCEPT'; sed 's/^/-A /' RULES ;;
                -I)
                    set -- $(echo "$*" | sed 's/\\(--nflog-group .*\\) \\(--nflog-prefix .*\\)/\\2 \\1/')
                    echo "$*" >> RULES ;;
                -D) grep -vxF -e "$*" RULES > RULES.new; mv RULES.new RULES ;;
                esac
                """
                        .replace("RULES", rules.toString()));
        return Map.of("PATH", bin + ":" + System.getenv("PATH"));
    }

    private void groupIs(String group) throws IOException {
        script(
                folder.resolve("libexec").resolve("addconn"),
                group.isEmpty() ? "#!/bin/sh\n" : "#!/bin/sh\necho \"export nflog_all='" + group + "'\"\n");
    }

    @Test
    void packetsAreLoggedInTheGroupThatIsConfigured() throws Exception {
        Path rules = Files.createFile(folder.resolve("rules"));
        Map<String, String> path = iptables(rules);
        String others = "INPUT -j NFLOG --nflog-prefix all-ipsec-of-others --nflog-group 5";
        Files.writeString(rules, others + "\n");
        groupIs("50");
        assertThat(run(ours, path, "checknflog")).isEqualTo(says("nflog ipsec capture enabled on nflog:50"));
        List<String> expected = new ArrayList<>(List.of(others));
        expected.addAll(listed(50));
        assertThat(Files.readAllLines(rules)).isEqualTo(expected);
        assertThat(run(ours, path, "--checknflog")).isEqualTo(says("nflog ipsec capture enabled on nflog:50"));
        assertThat(Files.readAllLines(rules)).isEqualTo(expected);
        groupIs("");
        assertThat(run(ours, path, "checknflog"))
                .isEqualTo(says("deleting rules with old nflog group 50\nnflog ipsec capture disabled"));
        assertThat(Files.readAllLines(rules)).containsExactly(others);
    }

    @Test
    void rulesOfFormerTimesGoWhateverTheirGroup() throws Exception {
        Path rules = Files.createFile(folder.resolve("rules"));
        Map<String, String> path = iptables(rules);
        List<String> old = new ArrayList<>(listed(7));
        old.addAll(listed(50));
        old.addAll(listed(5));
        Files.write(rules, old);
        groupIs("50");
        assertThat(run(ours, path, "checknflog"))
                .isEqualTo(says("deleting rules with old nflog group 5\ndeleting rules with old nflog group 7\n"
                        + "nflog ipsec capture enabled on nflog:50"));
        assertThat(Files.readAllLines(rules)).isEqualTo(listed(50));
        // Another group since: what there is counts.
        groupIs("6");
        assertThat(run(ours, path, "stopnflog")).isEqualTo(new Outcome("", "", 0));
        assertThat(rules).isEmptyFile();
    }

    @Test
    void aStartMakesRulesWhatTheConfigurationSays() throws Exception {
        Assumptions.assumeFalse(Files.exists(Path.of("/run/systemd/system")), "systemd does it here");
        Path rules = Files.createFile(folder.resolve("rules"));
        Path conf = folder.resolve("ipsec.conf");
        Map<String, String> variables = new HashMap<>(iptables(rules));
        variables.put("IPSEC_CONF", conf.toString());
        variables.put("IPSEC_RUNDIR", folder.toString());
        variables.put("IPSEC_NSSDIR", folder.toString());
        Files.createFile(folder.resolve("pluto.pid"));
        // Included by what is included.
        Files.createDirectory(folder.resolve("conf.d"));
        Files.writeString(conf, "include \"" + folder.resolve("conf.d") + "/*.conf\"   # more\n");
        Files.writeString(folder.resolve("conf.d/a.conf"), "conn a\n");
        Files.writeString(folder.resolve("conf.d/b.conf"), "include c.inc\n");
        Files.writeString(folder.resolve("conf.d/c.inc"), "config setup\n  nflog-all=50\n");
        groupIs("50");
        run(ours, variables, "start");
        assertThat(Files.readAllLines(rules)).isEqualTo(listed(50));
        // Taken out of the configuration.
        Files.writeString(conf, "conn a\n");
        groupIs("");
        run(ours, variables, "start");
        assertThat(rules).isEmptyFile();
    }

    @Test
    void aStartReadsFilesThatIncludeEachOtherOnce() throws Exception {
        Assumptions.assumeFalse(Files.exists(Path.of("/run/systemd/system")), "systemd does it here");
        Path conf = folder.resolve("ipsec.conf");
        Map<String, String> variables = new HashMap<>(iptables(Files.createFile(folder.resolve("rules"))));
        variables.put("IPSEC_CONF", conf.toString());
        variables.put("IPSEC_RUNDIR", folder.toString());
        variables.put("IPSEC_NSSDIR", folder.toString());
        Files.createFile(folder.resolve("pluto.pid"));
        Path asked = folder.resolve("asked");
        script(
                folder.resolve("bin/grep"),
                """
                #!/bin/sh
                case "$2" in nflog-all) echo "$3" >> ASKED ;; esac
                PATH=/usr/bin:/bin
                exec grep "$@"
                """
                        .replace("ASKED", asked.toString()));
        Path d = Files.createDirectory(folder.resolve("conf.d"));
        Files.writeString(conf, "include \"" + d + "/*.conf\"\n");
        Files.writeString(d.resolve("a.conf"), "conn a\n");
        Files.writeString(d.resolve("b.conf"), "include *.conf\n include ../conf?d/*\n");
        groupIs("");
        run(ours, variables, "start");
        assertThat(Files.readAllLines(asked))
                .containsExactly(
                        conf.toString(),
                        d.resolve("a.conf").toString(),
                        d.resolve("b.conf").toString());
    }

    @Test
    void newHostKeysAreMadeByTheProgramForTheirType() throws Exception {
        String dir = Files.createDirectory(folder.resolve("nss")).toString();
        Map<String, String> nss = Map.of("IPSEC_NSSDIR", dir);
        // The script discards what the programs print, so they tell where they write.
        Path told = folder.resolve("told");
        for (String program : List.of("rsasigkey", "ecdsasigkey")) {
            script(
                    folder.resolve("libexec").resolve(program),
                    "#!/bin/sh\nprintf '%s|' \"${0##*/}\" \"$@\" > " + told + "\n");
        }
        script(
                folder.resolve("libexec").resolve("newhostkey"),
                Files.readString(Path.of("../etc/newhostkey")).replace("@NSSDIR@", dir));
        assertThat(run(ours, nss, "newhostkey").output())
                .isEqualTo("NSS database in " + dir + " not initialized.\n    Please run 'ipsec initnss --nssdir " + dir
                        + "'\n");
        Files.createFile(Path.of(dir, "key4.db"));
        assertThat(run(ours, nss, "newhostkey", "--bits", "3072")).isEqualTo(new Outcome("", "", 0));
        assertThat(told).hasContent("rsasigkey|--seeddev|/dev/random|--nssdir|" + dir + "|3072|");
        assertThat(run(
                        ours,
                        nss,
                        "newhostkey",
                        "--keytype",
                        "ecdsa",
                        "--curve",
                        "secp384r1",
                        "--password",
                        "mouse",
                        "--verbose"))
                .isEqualTo(new Outcome("", "", 0));
        assertThat(told)
                .hasContent(
                        "ecdsasigkey|--verbose|--seeddev|/dev/random|--nssdir|" + dir + "|--password|mouse|secp384r1|");
        assertThat(run(ours, nss, "newhostkey", "--keytype", "dsa"))
                .isEqualTo(new Outcome("", "ipsec newhostkey: unknown key type `dsa'\n", 2));
        assertThat(run(ours, nss, "newhostkey", "--bits", "1", "--curve", "x"))
                .isEqualTo(new Outcome("ipsec newhostkey: --bits and --curve are mutually exclusive\n", "", 2));
        assertThat(run(ours, nss, "newhostkey", "--nssdir", "/nonexistent"))
                .isEqualTo(new Outcome("No such directory: /nonexistent\n", "", 255));
    }

    @Test
    void theDatabaseOfKeysIsMadeOnce() throws Exception {
        String dir = Files.createDirectory(folder.resolve("nss")).toString();
        script(
                folder.resolve("certutil"),
                "#!/bin/sh\necho \"certutil $*\"\n: > \"${3#sql:}/cert9.db\"\n: > \"${3#sql:}/key4.db\"\n");
        script(folder.resolve("pk12util"), "#!/bin/sh\necho \"pk12util $*\"\n");
        String bundle = Files.createFile(folder.resolve("x.p12")).toString();
        assertThat(run("import", "--nssdir", dir, bundle))
                .isEqualTo(new Outcome(
                        "",
                        "ERROR: NSS database files are missing, import aborted.\n"
                                + "Initialize database with command \"ipsec checknss\".\n",
                        1));
        assertThat(run("--checknss", "--nssdir", dir))
                .isEqualTo(says("Initializing NSS database\n\ncertutil -N -d sql:" + dir + " --empty-password"));
        assertThat(run("checknss", "--nssdir", dir)).isEqualTo(new Outcome("", "", 0));
        assertThat(run("initnss", "-d", dir))
                .isEqualTo(new Outcome(
                        "NSS database already initialised - aborted\n" + "To wipe the old NSS database, issue: rm "
                                + dir + "/*.db\n",
                        "",
                        42));
        assertThat(run("import", "--configdir", dir, bundle))
                .isEqualTo(new Outcome(
                        "pk12util -i " + bundle + " -d sql:" + dir + "\n",
                        "ipsec import warning: --configdir is obsoleted, use --nssdir\n",
                        0));
        assertThat(run("checknss", "--nssdir", "/nonexistent").error())
                .isEqualTo("ERROR: destination directory \"/nonexistent\" is missing or permission denied\n");
        assertThat(run("checknss", "bogus").error()).startsWith("Usage: ipsec checknss [--nssdir ");
        assertThat(run("import").error()).startsWith("Usage: ipsec import [--nssdir ");
    }

    @Test
    void versionsAreThoseOfTheProgramsBuiltWithIt() throws Exception {
        assertThat(run("--version")).isEqualTo(says(Version.TEXT));
        assertThat(run("--versioncode")).isEqualTo(says(Version.TEXT));
    }

    @Test
    void everyNameInLibreswansListIsKnown() throws Exception {
        Assumptions.assumeTrue(Files.exists(LIBRESWAN), "no libreswan installed to compare with");
        Map<String, String> real = Map.of("IPSEC_EXECDIR", "/var/cache/jswan-testing/libreswan/usr/libexec/ipsec");
        String list = run(LIBRESWAN, real, "--help").output();
        // Programs of libreswan's own unit tests, which its packager happens to install.
        List<String> notCommands = List.of("cavp", "getpeercon_server");
        for (String line : list.lines().filter(each -> each.startsWith("\t")).toList()) {
            for (String command : line.strip().split("\t+", -1)) {
                if (!command.matches(".*check|start|stop|restart|setup") && !notCommands.contains(command)) {
                    assertThat(run(command).error()).as(command).doesNotContain("unknown");
                }
            }
        }
    }

    @Test
    void whatBothKnowBothSay() throws Exception {
        Assumptions.assumeTrue(Files.exists(LIBRESWAN), "no libreswan installed to compare with");
        Map<String, String> variables = new HashMap<>();
        variables.put("IPSEC_EXECDIR", folder.resolve("libexec").toString());
        for (List<String> arguments : List.of(
                List.<String>of(),
                List.of(""),
                List.of("--version"),
                List.of("version"),
                List.of("--directory"),
                List.of("--bogus"),
                List.of("bogus"),
                List.of("status"),
                List.of("status", "x"),
                List.of("status", "showstates"),
                List.of("--rundir", "/r", "status"),
                List.of("--ctlsocket", "/s", "whack", "--status"),
                List.of("whack", "--ctlsocket", "/s"),
                List.of("whack"),
                List.of("auto", "--status"),
                List.of("rereadcrls"),
                List.of("crls"),
                List.of("fips"))) {
            String[] line = arguments.toArray(String[]::new);
            Outcome theirs = run(LIBRESWAN, variables, line);
            Outcome expected = new Outcome(
                    theirs.output().replaceAll("Libreswan 4[.]\\d+", Version.TEXT),
                    theirs.error().replace(LIBRESWAN.toString(), ours.toString()),
                    theirs.status());
            assertThat(run(ours, variables, line)).as("%s", arguments).isEqualTo(expected);
        }
    }
}
