// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jswan.base.Bytes;

/** The first block of a text that carries an encoding in base 64 (RFC 7468). */
public final class PemBlock {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN [^-]+-----([^-]*)-----END [^-]+-----");

    private static final byte DER_SEQUENCE = 0x30;

    private PemBlock() {}

    /** What the block carries, or the octets themselves if there is none. */
    public static Bytes contentOrSelf(Bytes octets) {
        Matcher block = BLOCK.matcher(new String(octets.toArray(), StandardCharsets.ISO_8859_1));
        if (octets.isEmpty() || octets.toArray()[0] == DER_SEQUENCE || !block.find()) {
            return octets;
        }
        try {
            return Bytes.wrap(Base64.getMimeDecoder().decode(block.group(1)));
        } catch (IllegalArgumentException malformed) {
            return octets;
        }
    }
}
