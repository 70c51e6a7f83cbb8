// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jswan.base.Bytes;

/**
 * A published example of a computation: inputs and what must come out.
 *
 * <p>A file of them has algorithms in brackets on a line of their own, below each the descriptions of its examples, below
 * each description lines that begin with a space and say {@code name = octets} in hexadecimal. {@code #} begins a comment.
 *
 * @param values by name
 */
record KnownAnswer(String algorithm, String description, Map<String, Bytes> values) {
    /** Reads the file that lies beside this class, whose form is trusted. */
    static List<KnownAnswer> load(String resource) {
        List<KnownAnswer> all = new ArrayList<>();
        String algorithm = "";
        for (String line : lines(resource)) {
            if (line.startsWith("[")) {
                algorithm = line.substring(1, line.length() - 1);
            } else if (line.startsWith(" ")) {
                int equals = line.indexOf('=');
                Bytes value = Bytes.wrap(
                        HexFormat.of().parseHex(line.substring(equals + 1).strip()));
                all.get(all.size() - 1).values.put(line.substring(0, equals).strip(), value);
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                all.add(new KnownAnswer(algorithm, line, new LinkedHashMap<>()));
            }
        }
        return all;
    }

    /** The value of that name; empty octets if there is none. */
    Bytes get(String name) {
        return values.getOrDefault(name, Bytes.EMPTY);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    private static List<String> lines(String resource) {
        try (InputStream in = KnownAnswer.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }
}
