// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Text of others that passes through us and is UTF-8 for the most part. An octet that is not, from 0x80 on, stands in it as
 * the lone surrogate U+DC80 to U+DCFF, which no UTF-8 has, so that what is written is what was read.
 */
public final class OctetText {
    private static final char FIRST = '\udc80';
    private static final char LAST = '\udcff';

    private OctetText() {}

    /** Reads any octets. */
    public static String read(byte[] octets) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(octets);
        CharBuffer out = CharBuffer.allocate(octets.length);
        for (CoderResult result = decoder.decode(in, out, true);
                result.isError();
                result = decoder.decode(in, out, true)) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (FIRST - 0x80 + (in.get() & 0xff)));
            }
            decoder.reset();
        }
        return out.flip().toString();
    }

    /** The octets that {@link #read} makes this text of; of any other text, its UTF-8. */
    public static byte[] write(String text) {
        if (text.chars().noneMatch(OctetText::isOctet)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        text.codePoints().forEach(point -> {
            if (isOctet(point)) {
                out.write(point);
            } else {
                out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
            }
        });
        return out.toByteArray();
    }

    private static boolean isOctet(int point) {
        return point >= FIRST && point <= LAST;
    }
}
