// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jswan.config.value.NetworkNames;

/** The machine's names of protocols and services, read when first asked for. From any thread. */
final class SystemNames implements Supplier<NetworkNames> {
    private NetworkNames names;

    @Override
    public synchronized NetworkNames get() {
        if (names == null) {
            names = NetworkNames.of(text(Path.of("/etc/protocols")), text(Path.of("/etc/services")));
        }
        return names;
    }

    /** A machine without the file has no names. */
    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
