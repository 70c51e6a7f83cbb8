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
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ipsec look} over stand-ins for the commands that it asks. */
class LookCommandTest {
    private static final Path LIBRESWAN = Path.of("/var/cache/jswan-testing/libreswan/usr/libexec/ipsec/look");
    private static final String NSS = "/var/lib/ipsec/nss";

    @TempDir
    private Path folder;

    @BeforeEach
    void standIns() throws IOException {
        command("hostname", "echo west");
        command("date", "echo NOW");
        command("iptables", "echo iptables \"$@\"");
        command("ip", "case \"$*\" in", "'xfrm state') echo SAs ;;", "'-o xfrm policy') cat <<'END'");
        Files.writeString(
                folder.resolve("ip"),
                """
                src ::/0 dst ::/0 \\\tdir in priority 0 ptype main \\
                src 10.0.2.0/24 dst 10.0.1.0/24 \\\tdir in priority 1757393 ptype main \\\\\ttmpl src 1.1.1.1 dst 2.2.2.2\\
                src 0.0.0.0/0 dst 0.0.0.0/0 \\\tsocket out priority 0 ptype main \\
                src 10.0.1.0/24 dst 10.0.2.0/24 \\\tdir out priority 1757393 ptype main \\
                src 10.9.0.0/16 dst 10.8.0.0/16 \\\tdir out priority 99 ptype main \\
                src ::/0 dst ::/0 proto ipv6-icmp type 136 \\\tdir out priority 1 ptype main \\
                src ::/0 dst ::/0 proto ipv6-icmp type 135 \\\tdir out priority 1 ptype main \\
                src 2001:db8:1::/64 dst 2001:db8:2::/64 \\\tdir out priority 1736833 ptype main \\
                END
                ;;
                '-4 route') echo 'default  via 192.0.2.1 dev eth0 ' ;;
                '-6 route') echo 'fe80::/64 dev eth0' ;;
                esac
                """,
                StandardCharsets.UTF_8,
                java.nio.file.StandardOpenOption.APPEND);
        command("certutil", "printf '\\nName  Trust Attributes\\n  SSL,S/MIME,JAR/XPI\\n\\nwest u,u,u\\neast P,,\\n'");
    }

    private void command(String name, String... lines) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String look(Path script, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PATH", folder + ":" + System.getenv("PATH"));
        builder.environment().remove("IPSEC_NSSDIR");
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output + process.waitFor();
    }

    private Path ours(String nssdir) throws IOException {
        Path script = folder.resolve("look");
        Files.writeString(script, Files.readString(Path.of("../etc/look")).replace("@NSSDIR@", nssdir));
        return script;
    }

    @Test
    void policiesAreSortedByFamilyIcmpTypePriorityAndSelector() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/sys/net/core/xfrm_acq_expires")), "no XFRM in the kernel");
        assertThat(look(ours(NSS), "state", "policy"))
                .isEqualTo(
                        """
                        west NOW
                        XFRM state:
                        SAs
                        XFRM policy:
                        src 10.9.0.0/16 dst 10.8.0.0/16
                        \tdir out priority 99 ptype main
                        src 10.0.1.0/24 dst 10.0.2.0/24
                        \tdir out priority 1757393 ptype main
                        src 10.0.2.0/24 dst 10.0.1.0/24
                        \tdir in priority 1757393 ptype main
                        \ttmpl src 1.1.1.1 dst 2.2.2.2
                        src ::/0 dst ::/0
                        \tdir in priority 0 ptype main
                        src 2001:db8:1::/64 dst 2001:db8:2::/64
                        \tdir out priority 1736833 ptype main
                        src ::/0 dst ::/0 proto ipv6-icmp type 135
                        \tdir out priority 1 ptype main
                        src ::/0 dst ::/0 proto ipv6-icmp type 136
                        \tdir out priority 1 ptype main
                        XFRM done
                        0""");
    }

    @Test
    void routesAndCertificatesAreShown() throws Exception {
        Path database = Files.createDirectory(folder.resolve("nss"));
        assertThat(look(ours(database.toString()), "route", "nss"))
                .isEqualTo("west NOW\nROUTING TABLES\ndefault via 192.0.2.1 dev eth0\nfe80::/64 dev eth0\n0");
        Files.createFile(database.resolve("cert9.db"));
        assertThat(look(ours(database.toString()), "nss"))
                .isEqualTo("west NOW\nNSS_CERTIFICATES\n\nName  Trust Attributes\n  SSL,S/MIME,JAR/XPI\n\n"
                        + "east P,,\nwest u,u,u\n0");
        assertThat(look(ours(NSS), "bogus")).isEqualTo("Usage: ipsec look\n1");
    }

    @Test
    void itShowsWhatLibreswansShows() throws Exception {
        Assumptions.assumeTrue(Files.exists(LIBRESWAN), "no libreswan installed to compare with");
        for (String words : List.of("", "state", "policy route", "iptables", "--help", "state bogus")) {
            String[] arguments =
                    Stream.of(words.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new);
            assertThat(look(ours(NSS), arguments)).as(words).isEqualTo(look(LIBRESWAN, arguments));
        }
    }
}
