// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nss;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** The file with the passwords of tokens: lines {@code token:password}, each with its end. */
public final class NssPasswords implements TokenPasswords {
    private final Path file;
    private final Consumer<String> log;

    /** @param log told what is wrong with the file, and when it was used */
    public NssPasswords(Path file, Consumer<String> log) {
        this.file = file;
        this.log = log;
    }

    /** The password of a token, if the file has one; what is wrong, and that it was used, is logged. */
    @Override
    public Optional<String> of(String token) {
        String content;
        try {
            content = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            log.accept(
                    "NSS Password file \"" + file + "\" for token \"" + token + "\" could not be opened for reading");
            return Optional.empty();
        }
        String[] lines = content.split("[\r\n\0]", -1);
        for (int i = 0; i < lines.length - 1; i++) {
            if (lines[i].startsWith(token + ":")) {
                String password = lines[i].substring(token.length() + 1);
                log.accept("NSS Password from file \"" + file + "\" for token \"" + token + "\" with length "
                        + password.length() + " passed to NSS");
                return Optional.of(password);
            }
        }
        log.accept(
                lines[lines.length - 1].isEmpty()
                        ? "NSS Password file \"" + file + "\" does not contain token \"" + token + "\""
                        : "NSS Password file \"" + file + "\" for token \"" + token
                                + "\" ends with a partial line (ignored)");
        return Optional.empty();
    }
}
