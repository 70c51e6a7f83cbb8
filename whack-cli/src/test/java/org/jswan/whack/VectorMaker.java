// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random argument vectors: some nearly right, some wild. */
final class VectorMaker {
    private static final List<String> VALUES = List.of(
            "1.2.3.4",
            "2.3.4.5",
            "::1",
            "2001:db8::1",
            "%any",
            "%group",
            "%opportunistic",
            "%opportunisticgroup",
            "%direct",
            "10.0.0.0/8",
            "10.0.0.1/24",
            "2001:db8::/32",
            "1.2.3.4/24",
            "%default",
            "vhost:%priv",
            "10.0.0.1-10.0.0.9",
            "10.0.0.9-10.0.0.1",
            "10.0.0.0/28",
            "127",
            "1.2.3",
            "0x01020304",
            "1.2.3.4.5",
            "1.2..4",
            "09.1.2.3",
            "1:2:3",
            "1::2::3",
            ":::",
            ":1",
            "0",
            "1",
            "5",
            "0x10",
            "077",
            "08",
            "0b101",
            "0b2",
            "0x",
            "-1",
            "+1",
            "18446744073709551615",
            "18446744073709551616",
            "99999",
            "65535",
            "65536",
            "16383",
            "16384",
            "1h",
            "2d",
            "30m",
            "1y",
            "1 s",
            "60",
            "86400",
            "86401",
            "500ms",
            "yes",
            "no",
            "auto",
            "always",
            "never",
            "ifasked",
            "issuer",
            "all",
            "none",
            "psk",
            "null",
            "rsasig",
            "rsa",
            "ecdsa",
            "eaponly",
            "tls",
            "clear",
            "hold",
            "restart",
            "restart_by_peer",
            "file",
            "alwaysok",
            "hard",
            "soft",
            "fallback",
            "both",
            "rfc",
            "drafts",
            "cisco",
            "tcp",
            "tcp/80",
            "udp/%any",
            "17/1701",
            "17/",
            "0/0",
            "0/1",
            "256/1",
            "icmp/http",
            "6/domain",
            "gre",
            "ipv6-icmp/1",
            "sctp/x",
            "aabbcc",
            "aa_bb",
            "aabbc",
            "0xaabb",
            "0sAQID",
            "0sAQ==",
            "0sAR==",
            "0sA",
            "0thello",
            "0z",
            "x",
            "",
            "a b",
            "@west",
            "C=CA, CN=west",
            "aes_gcm256-sha2;dh14",
            "ipsec _updown",
            "base",
            "all+private",
            "no-base",
            "none",
            "bust-mi2",
            "no-bust-mi2",
            "bust-mi2:yes",
            "bust-mi2:no",
            "bust-mi2=maybe",
            "ke-payload:empty",
            "ke-payload:5",
            "ke-payload",
            "v2-proposal-dh:omit",
            "v2-proposal-dh:7",
            "trigger:shunt_scan",
            "drop-incoming:3",
            "drop-incoming",
            "ike-initiator-spi:0x10",
            "nonsense",
            "nonsense:help",
            "name.invalid",
            "a-name-that-is-quite-long-and-goes-on-and-on-until-nobody-can-remember-how-it-began-so-that-errors-are-cut");

    private final Random random;
    private final List<WhackOption> options;

    VectorMaker(Random random) {
        this.random = random;
        this.options = WhackOptions.all().stream()
                .filter(option -> !option.exactOnly())
                .filter(option ->
                        !option.name().equals("help") && !option.name().equals("debug"))
                .toList();
    }

    List<String> vector() {
        List<String> vector = new ArrayList<>();
        boolean connection = random.nextInt(3) > 0;
        if (connection) {
            if (random.nextInt(8) > 0) {
                vector.addAll(List.of("--name", "conn"));
            }
            end(vector);
            vector.add("--to");
            end(vector);
        }
        int more = random.nextInt(5);
        for (int i = 0; i < more; i++) {
            vector.addAll(random.nextInt(vector.size() + 1), option());
        }
        if (random.nextInt(10) == 0) {
            vector.add(random.nextInt(vector.size() + 1), random.nextBoolean() ? "--" : value());
        }
        return vector;
    }

    private void end(List<String> vector) {
        if (random.nextInt(10) > 0) {
            String host = random.nextInt(4) > 0 ? VALUES.get(random.nextInt(2)) : value();
            vector.addAll(List.of("--host", host));
        }
        if (random.nextInt(3) == 0) {
            vector.addAll(List.of("--id", "@end"));
        }
        if (random.nextInt(3) == 0) {
            vector.addAll(List.of("--client", random.nextInt(3) > 0 ? "10.0.0.0/8" : value()));
        }
    }

    private List<String> option() {
        WhackOption option = options.get(random.nextInt(options.size()));
        String name = "--" + option.name();
        if (random.nextInt(4) == 0) {
            name = name.substring(0, 3 + random.nextInt(name.length() - 2));
        }
        int form = random.nextInt(8);
        if (form == 0) {
            return List.of(name + "=" + value());
        }
        return option.takesArgument() || form == 1 ? List.of(name, value()) : List.of(name);
    }

    private String value() {
        return VALUES.get(random.nextInt(VALUES.size()));
    }
}
