// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jswan.base.Bytes;

/** A message as a real peer sent it, with its plaintext if it is encrypted. */
public record Captured(String name, Bytes datagram, Optional<Bytes> plaintext) {
    private static final Pattern SECTION =
            Pattern.compile("\\[([^]]+)]\ndatagram\n([0-9a-f\\s]+)(?:plaintext\n([0-9a-f\\s]+))?");

    /** The messages in {@code psk-aes-gcm.txt}, in their order. */
    public static List<Captured> pskAesGcm() {
        return load("psk-aes-gcm.txt");
    }

    /** The fragments in {@code psk-aes-gcm-fragments.txt}, in their order. */
    public static List<Captured> fragments() {
        return load("psk-aes-gcm-fragments.txt");
    }

    /** The messages in {@code main-mode-psk.txt}, which are IKEv1, in their order. */
    public static List<Captured> mainModePsk() {
        return load("main-mode-psk.txt");
    }

    private static List<Captured> load(String resource) {
        try (InputStream in = Captured.class.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            List<Captured> messages = new ArrayList<>();
            Matcher section = SECTION.matcher(text);
            while (section.find()) {
                messages.add(new Captured(
                        section.group(1),
                        Bytes.ofHex(section.group(2)),
                        Optional.ofNullable(section.group(3)).map(Bytes::ofHex)));
            }
            return messages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Captured pskAesGcm(String name) {
        return pskAesGcm().stream()
                .filter(c -> c.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
