// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;

/** A message as a real peer sent it, with its plaintext if it is encrypted. */
public record Captured(String name, Bytes datagram, Optional<Bytes> plaintext) {
    /** The messages in {@code psk-aes-gcm.txt}, in their order. */
    public static List<Captured> pskAesGcm() {
        try (InputStream in = Captured.class.getResourceAsStream("psk-aes-gcm.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            List<Captured> messages = new ArrayList<>();
            for (String section : text.substring(text.indexOf("\n[") + 2).split("\n\\[")) {
                String[] nameAndBody = section.split("\\]\ndatagram\n");
                String[] hex = nameAndBody[1].split("plaintext\n");
                messages.add(new Captured(
                        nameAndBody[0],
                        Bytes.ofHex(hex[0]),
                        hex.length > 1 ? Optional.of(Bytes.ofHex(hex[1])) : Optional.empty()));
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
