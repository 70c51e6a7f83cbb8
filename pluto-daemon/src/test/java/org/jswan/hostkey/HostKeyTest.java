// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.hostkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the programs print, and how they end. */
class HostKeyTest {
    @TempDir
    private Path folder;

    private record Result(int status, String out, String err) {}

    private Result run(String program, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of("/libexec/" + program));
        all.addAll(List.of(arguments));
        int status = HostKeyMain.run(
                all,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                folder.toString());
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private void makeDatabase() throws IOException, InterruptedException {
        Process certutil;
        try {
            certutil = new ProcessBuilder("certutil", "-N", "-d", "sql:" + folder, "--empty-password")
                    .inheritIO()
                    .start();
        } catch (IOException missing) {
            assumeTrue(false, "no certutil: Debian's package libnss3-tools");
            throw missing;
        }
        assertThat(certutil.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(certutil.exitValue()).isZero();
    }

    private static String ckaid(Result made, String type) {
        Matcher text = Pattern.compile("Generated " + type + " key pair with CKAID ([0-9a-f]{40}) was stored in the NSS"
                        + " database\nThe public key can be displayed using: ipsec showhostkey --left --ckaid \\1\n")
                .matcher(made.err());
        assertThat(text.matches()).as(made.toString()).isTrue();
        return text.group(1);
    }

    @Test
    void keysAreMadeAndShown() throws IOException, InterruptedException {
        makeDatabase();
        String rsa = ckaid(run("rsasigkey", "2192"), "RSA");
        String ecdsa = ckaid(run("ecdsasigkey"), "ECDSA");
        assertThat(run("showhostkey", "--list").out())
                .matches("< 1> RSA keyid: AwEAA[^ ]{4} ckaid: " + rsa + "\n< 2> ECDSA keyid: [^ ]{9} ckaid: " + ecdsa
                        + "\n");
        assertThat(run("showhostkey", "--left", "--ckaid", rsa).out())
                .matches("\t# rsakey AwEAA.{4}\n\tleftrsasigkey=0sAwEAA[A-Za-z0-9+/=]+\n");
        assertThat(run("showhostkey", "-r", "--ckaid", ecdsa.substring(0, 6)).out())
                .matches("\t# ecdsakey .{9}\n\trightecdsakey=0s[A-Za-z0-9+/]{86}==\n");
        assertThat(run("showhostkey", "--left", "--pubkey", "--ckaid", ecdsa).out())
                .matches("\tleftpubkey=MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==\n");
        assertThat(run("showhostkey", "--pem", "--ckaid", ecdsa).out())
                .matches("-----BEGIN PUBLIC KEY-----\n.{64}\n.{60}\n-----END PUBLIC KEY-----\n");
        assertThat(run("showhostkey", "--ipseckey", "--ckaid", ecdsa).out())
                .matches("[^ ]+\\.    IN    IPSECKEY  10 0 3 \\. [A-Za-z0-9+/]{86}==\n");
        assertThat(run("showhostkey", "--gateway", "2001:db8::1", "--precedence", "7", "--ckaid", rsa)
                        .out())
                .matches("[^ ]+\\.    IN    IPSECKEY  7 2 2 2001:db8::1 AwEAA[A-Za-z0-9+/=]+\n");
        assertThat(run("showhostkey", "--left", "--ckaid", "0" + rsa))
                .isEqualTo(new Result(20, "", "ipsec showhostkey: No keys found\n"));
    }

    @Test
    void refusals() {
        assertThat(run("rsasigkey", "1000"))
                .isEqualTo(new Result(
                        1, "", "ipsec rsasigkey: requested RSA key size (1000) is too small - use 2192 or more\n"));
        assertThat(run("rsasigkey", "3073").err())
                .isEqualTo("ipsec rsasigkey: requested RSA key size (3073) is not a multiple of 16\n");
        assertThat(run("rsasigkey", "abc").err())
                .isEqualTo("ipsec rsasigkey: keysize specification is malformed: non-digit in number\n");
        assertThat(run("ecdsasigkey", "P-256").err())
                .isEqualTo("ipsec ecdsasigkey: curve specification is malformed: P-256\n");
        assertThat(run("rsasigkey", "--nssdir", folder + "/none", "--bogus").err())
                .isEqualTo("/libexec/rsasigkey: unrecognized option '--bogus'\n");
        assertThat(run("showhostkey").err()).startsWith("ipsec showhostkey: You must specify an operation\nUsage:\n");
        assertThat(run("showhostkey", "--left", "--right").err()).contains("You must specify only one operation");
        assertThat(run("showhostkey", "--left").err()).contains("You must select a key using --ckaid or --rsaid");
        assertThat(run("showhostkey", "--list", "--ckaid", "1").err()).contains("You must not select a key");
        assertThat(run("showhostkey", "--precedence", "256").status()).isEqualTo(5);
        Result none = run("showhostkey", "--list", "--nssdir", folder + "/none");
        assertThat(none.status()).isEqualTo(1);
        assertThat(none.err())
                .isEqualTo("FATAL ERROR: ipsec showhostkey: NSS: initialization using read-only database \"sql:"
                        + folder + "/none\" failed: SEC_ERROR_BAD_DATABASE: security library: bad database.\n");
    }
}
