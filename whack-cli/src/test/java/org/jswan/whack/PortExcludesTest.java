// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ipsec portexcludes} over a stand-in for whack. */
class PortExcludesTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void standIn() throws IOException {
        Files.createDirectories(folder.resolve("policies"));
        Files.createFile(folder.resolve("pluto.pid"));
        Path whack = folder.resolve("whack");
        Files.writeString(
                whack,
                """
                #!/bin/sh
                shift 2
                case "$1" in
                --status)
                    echo '000 "portexclude-in-ipv4-3":   policy: IKEv2+AUTH_NEVER+TUNNEL+PASS+NEVER_NEGOTIATE;'
                    echo '000 "portexclude-not":   policy: IKEv2+PSK+ENCRYPT+TUNNEL;'
                    echo '000 "other":   policy: IKEv2+AUTH_NEVER+TUNNEL+PASS+NEVER_NEGOTIATE;' ;;
                *) echo "$@" >> "$IPSEC_RUNDIR/said" ;;
                esac
                """);
        Files.setPosixFilePermissions(whack, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What it prints, and with which status it ends. */
    private String run(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "../etc/portexcludes"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("IPSEC_CONFDDIR", folder.toString());
        builder.environment().put("IPSEC_RUNDIR", folder.toString());
        builder.environment().put("IPSEC_EXECDIR", folder.toString());
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + process.waitFor();
    }

    private void rules(String text) throws IOException {
        Files.writeString(folder.resolve("policies/portexcludes.conf"), text);
    }

    private List<String> said() throws IOException {
        return Files.readAllLines(folder.resolve("said"));
    }

    private static String pass(String name, String family, String ours, String theirs) {
        boolean four = family.equals("ipv4");
        return "--name portexclude-" + name + " --auth-never --" + family + " --priority 1023 --pass --host "
                + (four ? "127.0.0.1" : "::1") + " --client " + ours + " --to --host " + (four ? "0.0.0.0" : "::0")
                + " --client " + theirs + " --route";
    }

    @Test
    void eachRuleIsAConnection() throws Exception {
        rules(
                """
                # comment
                in   tcp any 22 1023

                both udp 10.0.0.0/8 53 1023
                  out tcp 2001:db8::/32@7 any6 1023
                """);
        assertThat(run()).isEqualTo("0");
        assertThat(said())
                .containsExactly(
                        "--delete --name portexclude-in-ipv4-3",
                        pass(
                                "in-ipv4-2",
                                "ipv4",
                                "0.0.0.0/0 --clientprotoport tcp/22",
                                "0.0.0.0/0 --clientprotoport tcp/0"),
                        pass("in-ipv6-2", "ipv6", "::/0 --clientprotoport tcp/22", "::/0 --clientprotoport tcp/0"),
                        pass(
                                "in-ipv4-4",
                                "ipv4",
                                "0.0.0.0/0 --clientprotoport udp/53",
                                "10.0.0.0/8 --clientprotoport udp/0"),
                        pass(
                                "out-ipv4-4",
                                "ipv4",
                                "10.0.0.0/8 --clientprotoport udp/0",
                                "0.0.0.0/0 --clientprotoport udp/53"),
                        pass(
                                "out-ipv6-5",
                                "ipv6",
                                "2001:db8::/32 --clientprotoport tcp/7",
                                "::/0 --clientprotoport tcp/0"));
    }

    @Test
    void aRuleThatReadsTheSameFromBothEndsIsOne() throws Exception {
        rules("both udp 10.0.0.0/8@514 10.0.0.0/8@514 1023\n");
        run();
        assertThat(said())
                .endsWith(pass(
                        "in-ipv4-1",
                        "ipv4",
                        "10.0.0.0/8 --clientprotoport udp/514",
                        "10.0.0.0/8 --clientprotoport udp/514"))
                .hasSize(2);
    }

    @Test
    void anyFamilyMayHaveAPort() throws Exception {
        rules("out udp 10.0.0.0/8 any4@53 7\nin udp any6@53 2001:db8::/32 8\nin tcp 10.0.0.0/8 any@22 9");
        assertThat(run()).isEqualTo("0");
        assertThat(said())
                .containsExactly(
                        "--delete --name portexclude-in-ipv4-3",
                        pass(
                                        "out-ipv4-1",
                                        "ipv4",
                                        "10.0.0.0/8 --clientprotoport udp/0",
                                        "0.0.0.0/0 --clientprotoport udp/53")
                                .replace("1023", "7"),
                        pass(
                                        "in-ipv6-2",
                                        "ipv6",
                                        "2001:db8::/32 --clientprotoport udp/0",
                                        "::/0 --clientprotoport udp/53")
                                .replace("1023", "8"),
                        pass(
                                        "in-ipv4-3",
                                        "ipv4",
                                        "0.0.0.0/0 --clientprotoport tcp/22",
                                        "10.0.0.0/8 --clientprotoport tcp/0")
                                .replace("1023", "9"));
    }

    @Test
    void rulesThatMakeNoSenseAreTold() throws Exception {
        rules("out tcp any any4 5\nin tcp 10.0.0.0/8 2001:db8::/32 6\nin tcp any 22\n");
        assertThat(run())
                .isEqualTo(
                        """
                        Ignored rule on line 1 - any* to any* would cover ALL traffic
                        Ignored rule on line 2 - cannot mix ipv4 and ipv6
                        # skipped broken line 3
                        0""");
        assertThat(said()).hasSize(1);
    }

    @Test
    void clearOnlyTakesBack() throws Exception {
        rules("in tcp any 22 1023\n");
        assertThat(run("--clear", "-v")).isEqualTo("ipsec whack --delete --name portexclude-in-ipv4-3\n0");
        assertThat(said()).hasSize(1);
    }

    @Test
    void itNeedsADaemonAndRules() throws Exception {
        assertThat(run()).isEqualTo("0");
        Files.delete(folder.resolve("pluto.pid"));
        assertThat(run()).isEqualTo("libreswan service is not running\n1");
    }
}
