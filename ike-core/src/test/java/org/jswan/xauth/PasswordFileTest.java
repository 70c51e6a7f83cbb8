// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xauth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.xauth.PasswordFile.Verdict;
import org.junit.jupiter.api.Test;

/** The hash of a password is the password with an asterisk before it. */
class PasswordFileTest {
    private static Verdict check(String content, String user, String password) {
        PasswordFile file = new PasswordFile(
                "/etc/passwd", (secret, setting) -> Optional.of(Bytes.of('*').plus(Bytes.copyOf(secret.expose()))));
        return file.check(Bytes.ofUtf8(content), Bytes.ofUtf8(user), Secret.copyOf(Bytes.ofUtf8(password)), "road");
    }

    @Test
    void aUserWithThePasswordComesIn() {
        assertThat(check("east:*x\nwest:*secret\n", "west", "secret"))
                .isEqualTo(new Verdict(
                        true,
                        Optional.empty(),
                        java.util.List.of(
                                "XAUTH: password file (/etc/passwd) open.", "XAUTH: success user(west:(null)) ")));
        assertThat(check("west:*secret", "west", "Secret").remarks()).endsWith("XAUTH: failure user(west:(null)) ");
        assertThat(check("west:*secret\n", "wes", "secret").allowed()).isFalse();
    }

    @Test
    void anEntryMayBeForOneConnection() {
        assertThat(check("west:*secret:road\n", "west", "secret").remarks())
                .endsWith("XAUTH: success user(west:road) ");
        assertThat(check("west:*secret:other\n", "west", "secret").remarks()).hasSize(1);
        assertThat(check("west:*secret:\n", "west", "secret").allowed()).isTrue();
        assertThat(check("west:*no:road\nwest:*secret:other\nwest:*secret\n", "west", "secret")
                        .remarks())
                .containsSubsequence("XAUTH: failure user(west:road) ", "XAUTH: success user(west:(null)) ");
    }

    @Test
    void commentsAndEmptyLinesDoNotCountButBlanksDo() {
        assertThat(check("# west:*secret\n\n#\nwest:*secret\n", "west", "secret")
                        .remarks())
                .hasSize(2);
        assertThat(check(" west:*secret\n", "west", "secret").allowed()).isFalse();
        assertThat(check("west:*secret \n", "west", "secret").allowed()).isFalse();
    }

    @Test
    void aLineWithoutHashIsTold() {
        assertThat(check("#\neast\n\nwest:*secret\n", "west", "secret").remarks())
                .contains("XAUTH: /etc/passwd:2 missing password hash field");
    }

    @Test
    void anEntryMayNameAddresses() {
        assertThat(check("west:*secret:road:192.0.2.7-192.0.2.9\n", "west", "secret")
                        .addresses())
                .contains(new AddressRange(IpAddress.of("192.0.2.7"), IpAddress.of("192.0.2.9")));
        assertThat(check("west:*secret::192.0.2.7\n", "west", "secret").addresses())
                .contains(new AddressRange(IpAddress.of("192.0.2.7"), IpAddress.of("192.0.2.7")));
        assertThat(check("west:*secret:road:\n", "west", "secret").addresses()).isEmpty();
    }

    @Test
    void unusableAddressesMakeTheNextEntryCount() {
        Verdict verdict = check("west:*secret::nonsense\nwest:*secret::0.0.0.0/8\nwest:*secret\n", "west", "secret");
        assertThat(verdict.allowed()).isTrue();
        assertThat(verdict.remarks())
                .contains(
                        "XAUTH IP addresspool nonsense for the conn road user west is not valid: first digit invalid",
                        "XAUTH IP addresspool 0.0.0.0/8 for the conn road user=west cannot start at address zero");
        assertThat(check("west:*secret::2001:db8::1\n", "west", "secret").allowed())
                .isFalse();
    }

    @Test
    void aLongLineCountsAsSeveral() {
        String tail = "west:*secret";
        assertThat(check("#" + "x".repeat(1022) + tail + "\n", "west", "secret").allowed())
                .isTrue();
        assertThat(check("#" + "x".repeat(1021) + tail + "\n", "west", "secret").allowed())
                .isFalse();
        assertThat(check("#" + "x".repeat(1022) + "\neast\n", "west", "secret").remarks())
                .contains("XAUTH: /etc/passwd:3 missing password hash field");
    }

    @Test
    void whatFollowsAnOctetZeroIsNotRead() {
        assertThat(check("west:*secret\0garbage\n", "west", "secret").allowed()).isTrue();
    }
}
