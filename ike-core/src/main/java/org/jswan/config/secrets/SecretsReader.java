// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.secrets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.config.ConfigFiles;
import org.jswan.config.FileErrors;
import org.jswan.config.RecordLexer;
import org.jswan.identity.DataText;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.log.RcCode;
import org.jswan.net.NameResolver;

/**
 * Reads a secrets file and what it includes. What makes no sense is said and left out; the rest counts. Reading may look
 * up host names: not on the loop.
 *
 * <pre>
 * file    = { include | record }
 * include = "include" pattern
 * record  = { index } ":" ( "PSK" secret | "XAUTH" secret | "PPKS" "name" secret )
 * </pre>
 */
public final class SecretsReader {
    private static final int MAX_DEPTH = 10;
    private static final int MAX_PATH = 2047;

    private final ConfigFiles files;
    private final NameResolver resolver;
    private final SecretsLog log;
    private final List<SecretEntry> entries = new ArrayList<>();

    private SecretsReader(ConfigFiles files, NameResolver resolver, SecretsLog log) {
        this.files = files;
        this.resolver = resolver;
        this.log = log;
    }

    /** The secrets of the files that {@code pattern} matches. */
    public static SecretStore read(String pattern, ConfigFiles files, NameResolver resolver, SecretsLog log) {
        SecretsReader reader = new SecretsReader(files, resolver, log);
        reader.files(pattern, 0);
        return new SecretStore(reader.entries);
    }

    private void serious(String text) {
        log.log(RcCode.LOG_SERIOUS, text);
    }

    private void serious(RecordLexer lexer, String text) {
        serious("\"" + lexer.file() + "\" line " + lexer.line() + ": " + text);
    }

    private void files(String pattern, int depth) {
        if (depth > MAX_DEPTH) {
            serious("preshared secrets file \"" + pattern + "\" nested too deeply");
            return;
        }
        List<String> paths;
        try {
            paths = files.glob(pattern, false);
        } catch (IOException e) {
            serious("ERROR: problem with secrets file \"" + FileErrors.file(e) + "\": " + FileErrors.withNumber(e));
            return;
        }
        if (paths.isEmpty()) {
            log.log(RcCode.LOG, "no secrets filename matched \"" + pattern + "\"");
        }
        for (String path : paths) {
            file(path, depth + 1);
        }
    }

    private void file(String path, int depth) {
        RecordLexer lexer;
        try {
            Bytes octets = files.read(path);
            // said before the first line is looked at, as what it may say comes after
            log.log(RcCode.LOG, "loading secrets from \"" + path + "\"");
            lexer = new RecordLexer(path, octets, this::serious);
        } catch (IOException e) {
            serious("ERROR: could not open \"" + path + "\": " + FileErrors.withNumber(e));
            return;
        }
        lexer.endRecord("file starts with indentation (continuation notation)");
        while (true) {
            lexer.endRecord("");
            if (lexer.isAtEnd()) {
                return;
            }
            lexer.nextRecord();
            if (lexer.isWord("include")) {
                include(lexer, depth);
            } else {
                record(lexer);
            }
        }
    }

    private void include(RecordLexer lexer, int depth) {
        if (!lexer.shift()) {
            serious(lexer, "unexpected end of include directive");
            return;
        }
        String pattern = lexer.token();
        int slash = lexer.file().lastIndexOf('/');
        if (!pattern.startsWith("/") && slash >= 0) {
            pattern = lexer.file().substring(0, slash + 1) + pattern;
        }
        if (pattern.length() > MAX_PATH) {
            serious(lexer, "include pathname too long");
            return;
        }
        lexer.shift();
        if (lexer.endRecord("ignoring malformed INCLUDE -- expected Record Boundary after filename")) {
            files(pattern, depth);
        }
    }

    private void record(RecordLexer lexer) {
        int line = lexer.line();
        List<IkeId> ids = new ArrayList<>();
        while (!lexer.is(":")) {
            try {
                ids.add(id(lexer));
            } catch (IdentityException e) {
                serious("ERROR \"" + lexer.file() + "\" line " + lexer.line() + ": index \"" + lexer.token() + "\" "
                        + e.getMessage());
            }
            if (!lexer.shift()) {
                serious(lexer, "unexpected end of id list");
                return;
            }
        }
        lexer.shift();
        try {
            SecretEntry entry = key(lexer, ids, line);
            if (lexer.endRecord("expected record boundary in key")) {
                entries.add(entry);
            } else {
                entry.secret().destroy();
            }
        } catch (Malformed e) {
            serious(lexer, e.getMessage());
        }
    }

    private IkeId id(RecordLexer lexer) throws IdentityException {
        if (lexer.is("%any")) {
            return IkeId.of(IpAddress.ANY_V4);
        }
        if (lexer.is("%any6")) {
            return IkeId.of(IpAddress.ANY_V6);
        }
        return IkeId.parse(lexer.tokenOctets(), resolver);
    }

    /** A key part that makes no sense, and why. */
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    private SecretEntry key(RecordLexer lexer, List<IkeId> ids, int line) throws Malformed {
        if (lexer.isWord("psk")) {
            need(lexer, "ERROR: unexpected end of record in PSK");
            if (isQuoted(lexer) && lexer.tokenOctets().length() < 8) {
                serious("WARNING: using a weak secret (PSK)");
            }
            return new SecretEntry(SecretKind.PSK, ids, secret(lexer, "PSK"), Bytes.EMPTY, line);
        }
        if (lexer.isWord("xauth")) {
            need(lexer, "ERROR: unexpected end of record in PSK");
            return new SecretEntry(SecretKind.XAUTH, ids, secret(lexer, "PSK"), Bytes.EMPTY, line);
        }
        if (lexer.isWord("ppks")) {
            need(lexer, "ERROR: unexpected end of record in static PPK");
            if (!isQuoted(lexer)) {
                throw new Malformed("No quotation marks found. PPK ID should be in quotation marks");
            }
            Bytes name = lexer.tokenOctets();
            need(lexer, "No PPK found. PPK should be specified after PPK ID");
            return new SecretEntry(SecretKind.PPK, ids, secret(lexer, "PPK"), name, line);
        }
        throw new Malformed("WARNING: ignored unrecognized keyword: " + lexer.token());
    }

    private static void need(RecordLexer lexer, String message) throws Malformed {
        if (!lexer.shift()) {
            throw new Malformed(message);
        }
    }

    private static boolean isQuoted(RecordLexer lexer) {
        return lexer.quote() == '"' || lexer.quote() == '\'';
    }

    private static Secret secret(RecordLexer lexer, String kind) throws Malformed {
        try {
            Bytes octets = isQuoted(lexer) ? lexer.tokenOctets() : DataText.parse(lexer.tokenOctets());
            lexer.shift();
            return Secret.copyOf(octets);
        } catch (IdentityException e) {
            String shown = new String(lexer.tokenOctets().toArray(), StandardCharsets.ISO_8859_1);
            throw new Malformed(kind + " data malformed (" + e.getMessage() + "): " + shown);
        }
    }
}
