// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jswan.config.ConfigFiles;
import org.jswan.config.conf.Token.Kind;
import org.jswan.config.value.Numbers;
import org.jswan.config.value.ValueException;

/**
 * Puts tokens together.
 *
 * <pre>
 * file      = [ "version" word EOL ] { section | include }
 * section   = ( "config" "setup" | "conn" name ) EOL { SPACES [ key "=" [ value ] ] EOL }
 * include   = "include" pattern EOL
 * </pre>
 */
public final class ConfParser {
    private final ConfLexer lexer;
    private Token token;
    private Token used;

    private final List<ConfEntry> setup = new ArrayList<>();
    private final List<ConfSection> sections = new ArrayList<>();
    private boolean setupSeen;
    private ConfSection section;
    private boolean inSetup;

    private ConfParser(ConfLexer lexer) {
        this.lexer = lexer;
    }

    /**
     * Reads a file and what it includes.
     *
     * @throws ConfException if it cannot be read or makes no sense
     */
    public static ConfTree parse(String file, ConfigFiles files, ConfLog log) throws ConfException {
        return new ConfParser(new ConfLexer(files, log, file)).parse();
    }

    private ConfTree parse() throws ConfException {
        try {
            file();
        } catch (SyntaxError e) {
            // The rest may still hold a word that is worse than a syntax error: see badWord.
            readOn();
            throw ConfException.malformed(e.getMessage());
        }
        for (ConfEntry entry : setup) {
            if (!entry.key().is(ConfKey.Trait.SETUP)) {
                throw ConfException.malformed(
                        "unexpected keyword '" + entry.key().name() + "' in section 'config setup'");
            }
        }
        return new ConfTree(setup, sections);
    }

    /** As the oracle: after an error the rest is read as if it were another file, again and again. */
    private void readOn() throws ConfException {
        while (true) {
            try {
                file();
                return;
            } catch (SyntaxError again) {
                if (token.kind() == Kind.END) {
                    return;
                }
            }
        }
    }

    private static final class SyntaxError extends Exception {
        private static final long serialVersionUID = 1;

        SyntaxError(String message) {
            super(message, null, false, false);
        }
    }

    private SyntaxError error() {
        return new SyntaxError(lexer.file() + ":" + lexer.line() + ": syntax error [" + token.text() + "]");
    }

    private void advance() {
        token = lexer.next();
    }

    private boolean accept(Kind kind) {
        if (token.kind() != kind) {
            return false;
        }
        used = token;
        advance();
        return true;
    }

    private Token expect(Kind kind) throws SyntaxError {
        if (!accept(kind)) {
            throw error();
        }
        return used;
    }

    private void skipLineEnds() {
        while (token.kind() == Kind.EOL) {
            advance();
        }
    }

    private void file() throws SyntaxError, ConfException {
        advance();
        skipLineEnds();
        if (accept(Kind.VERSION)) {
            if (!accept(Kind.STRING)) {
                expect(Kind.INTEGER);
            }
            expect(Kind.EOL);
            skipLineEnds();
        }
        while (token.kind() != Kind.END) {
            part();
            skipLineEnds();
        }
    }

    private void part() throws SyntaxError, ConfException {
        if (accept(Kind.CONFIG)) {
            expect(Kind.SETUP);
            expect(Kind.EOL);
            // As the oracle: a second "config setup" with anything in it counts for nothing.
            setupSeen = !setup.isEmpty();
            inSetup = true;
            entries();
        } else if (accept(Kind.CONN)) {
            String name = expect(Kind.STRING).value();
            int line = lexer.line();
            expect(Kind.EOL);
            section = new ConfSection(name, lexer.file(), line);
            sections.add(section);
            inSetup = false;
            entries();
        } else if (accept(Kind.INCLUDE)) {
            String pattern = expect(Kind.STRING).value();
            if (token.kind() != Kind.EOL) {
                throw error();
            }
            // before the next token is read, which is the first of the included file
            lexer.include(pattern);
            advance();
        } else {
            throw error();
        }
    }

    private void entries() throws SyntaxError, ConfException {
        while (accept(Kind.FIRST_SPACES)) {
            if (token.kind() != Kind.EOL) {
                statement();
            }
            expect(Kind.EOL);
        }
    }

    private void statement() throws SyntaxError, ConfException {
        if (accept(Kind.COMMENT)) {
            String name = used.text();
            expect(Kind.EQUAL);
            String text = expect(Kind.STRING).value();
            if (!inSetup) {
                section.addComment(name + "=" + text);
            }
            return;
        }
        ConfKeys.Found found = expect(Kind.KEY).key().orElseThrow();
        expect(Kind.EQUAL);
        switch (token.kind()) {
            case STRING -> string(found, token.value());
            case INTEGER -> integer(found, token.number());
            case BOOL -> add(found, Optional.empty(), token.number());
            default -> {
                if (!mayBeEmpty(found.key().type())) {
                    throw error();
                }
                return;
            }
        }
        advance();
    }

    /** A key without a value says nothing; where a number is expected it is an error. */
    private static boolean mayBeEmpty(KeyType type) {
        return switch (type) {
            case BOOL, TIME, PERCENT, BINARY, BYTES -> false;
            default -> true;
        };
    }

    private void integer(ConfKeys.Found found, long number) throws SyntaxError {
        switch (found.key().type()) {
            case BOOL, PERCENT -> throw error();
            case TIME -> add(found, Optional.empty(), timeUnit(found.key()).toMillis() * number);
            default -> add(found, Optional.empty(), number);
        }
    }

    private static Duration timeUnit(ConfKey key) {
        return key.is(ConfKey.Trait.MILLISECONDS) ? Duration.ofMillis(1) : Duration.ofSeconds(1);
    }

    /** As the oracle: a malformed number counts for nothing, or for 0 where no unit is taken, and nothing is said. */
    private void string(ConfKeys.Found found, String text) throws SyntaxError, ConfException {
        ConfKey key = found.key();
        try {
            switch (key.type()) {
                case BOOL -> throw error();
                case ENUM -> add(found, Optional.empty(), word(key, text));
                case DEBUG_SET -> add(found, Optional.empty(), debugSet(key, text));
                case LOOSE_ENUM, PUBLIC_KEY -> loose(found, text);
                case TIME -> add(
                        found,
                        Optional.empty(),
                        Numbers.duration(text, timeUnit(key)).toMillis());
                case PERCENT -> percent(found, text);
                case BINARY, BYTES -> add(found, Optional.empty(), Numbers.binary(text, key.type() == KeyType.BYTES));
                case NUMBER, OBSOLETE, COMMENT -> add(found, Optional.empty(), 0);
                default -> add(found, Optional.of(text), 0);
            }
        } catch (ValueException malformed) {
            return;
        }
    }

    private void percent(ConfKeys.Found found, String text) throws ValueException {
        Numbers.Leading percentage = Numbers.leading(text.strip(), 10);
        if (percentage.rest().equals("%") && percentage.value() >>> 32 == 0) {
            add(found, Optional.empty(), percentage.value());
        }
    }

    private void loose(ConfKeys.Found found, String text) {
        OptionalLong number = found.key().number(text);
        if (number.isPresent()) {
            add(found, Optional.empty(), number.getAsLong());
        } else {
            add(found, Optional.of(text), ConfKey.OTHER);
        }
    }

    /** One word; as the oracle, unknown ones are let pass once a known one was found. */
    private long word(ConfKey key, String text) throws ConfException {
        int found = 0;
        long value = 0;
        for (String piece : text.split("[:, \t]")) {
            if (piece.isEmpty()) {
                continue;
            }
            OptionalLong number = key.number(piece);
            if (number.isPresent()) {
                found++;
                value |= number.getAsLong();
            } else if (found == 0) {
                throw badWord("keyword " + key.name() + ", invalid value: " + piece);
            }
        }
        if (found > 1) {
            throw badWord("keyword " + key.name() + " accepts only one value, not " + text);
        }
        return value;
    }

    private long debugSet(ConfKey key, String text) throws ConfException {
        return DebugFlags.parse(text).orElseThrow(() -> badWord("keyword " + key.name() + ", invalid value: " + text));
    }

    private ConfException badWord(String what) {
        return ConfException.badWord("ERROR: " + lexer.file() + ": " + lexer.line() + ": " + what);
    }

    private void add(ConfKeys.Found found, Optional<String> text, long number) {
        ConfEntry entry = new ConfEntry(found, text, number, lexer.file(), lexer.line());
        if (!inSetup) {
            section.add(entry);
        } else if (!setupSeen) {
            setup.add(entry);
        }
    }
}
