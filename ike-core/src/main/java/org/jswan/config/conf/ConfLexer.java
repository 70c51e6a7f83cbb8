// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jswan.base.Bytes;
import org.jswan.config.ConfigFiles;
import org.jswan.config.FileErrors;
import org.jswan.config.conf.Token.Kind;
import org.jswan.config.value.Numbers;
import org.jswan.config.value.ValueException;

/**
 * Cuts configuration files into tokens. At each place the rule that matches the longest text wins, the earlier one of
 * equals; what matches no rule inside a line is skipped. Which rules there are depends on what came before: see {@link
 * Mode}.
 */
final class ConfLexer {
    private static final int MAX_INCLUDE_DEPTH = 10;

    /** What the next text is read as. */
    private enum Mode {
        /** Between statements and behind a value. */
        START,
        /** Behind a key, up to its {@code =}. */
        KEY,
        BOOLEAN_KEY,
        COMMENT_KEY,
        VALUE,
        BOOLEAN_VALUE,
        /** All the rest of the line. */
        COMMENT_VALUE
    }

    /** A place in a file, and the files of the same {@code include} that are to follow it. */
    private static final class Source {
        private String name;
        private String text = "";
        private int at;
        private int line = 1;
        private boolean lastLineEnded;
        private final Deque<String> following;

        Source(String name, List<String> following) {
            this.name = name;
            this.following = new ArrayDeque<>(following);
        }

        boolean isAtLineStart() {
            return at == 0 || text.charAt(at - 1) == '\n';
        }
    }

    private final ConfigFiles files;
    private final ConfLog log;
    private final Deque<Source> stack = new ArrayDeque<>();
    private Source source;
    private Mode mode = Mode.START;

    ConfLexer(ConfigFiles files, ConfLog log, String file) throws ConfException {
        this.files = files;
        this.log = log;
        source = new Source(file, List.of());
        try {
            source.text = decode(files.read(file));
        } catch (IOException e) {
            throw ConfException.malformed("can't load file '" + file + "'");
        }
    }

    String file() {
        return source.name;
    }

    int line() {
        return source.line;
    }

    /** As UTF-8; a file that is none is taken octet by octet, so that nothing in it is lost. */
    static String decode(Bytes octets) {
        byte[] array = octets.toArray();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(array))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return new String(array, StandardCharsets.ISO_8859_1);
        }
    }

    // ---- include ----

    /** Goes on with the files that {@code pattern} names, then with this one. */
    void include(String pattern) {
        List<String> paths;
        try {
            paths = files.glob(pattern, true);
        } catch (IOException e) {
            log.log("problem with include filename '" + FileErrors.file(e) + "': " + FileErrors.text(e));
            return;
        }
        if (paths.isEmpty()) {
            if (pattern.indexOf('*') < 0) {
                log.log("warning: could not open include filename: '" + pattern + "'");
            } else {
                log.debug("could not open include wildcard filename(s): '" + pattern + "'");
            }
            return;
        }
        if (stack.size() >= MAX_INCLUDE_DEPTH - 1) {
            return; // as the oracle: without a word
        }
        log.debug("including file '" + pattern + "' ('" + pattern + "') from " + source.name + ":" + source.line);
        stack.push(source);
        source = new Source("", paths);
        openNext();
    }

    /**
     * Opens the next file of this source, or goes back to where it was included.
     *
     * @return whether there is anything left to read
     */
    private boolean openNext() {
        if (!source.following.isEmpty()) {
            String path = source.following.poll();
            try {
                source.text = decode(files.read(path));
                source.name = path;
                source.at = 0;
                source.line = 1;
                source.lastLineEnded = false;
                return true;
            } catch (IOException unreadable) {
                // As the oracle: neither it nor those after it are read, and nothing is said; the including file goes
                // on.
                log.debug("cannot open include filename: '" + path + "': " + FileErrors.text(unreadable));
                source.following.clear();
            }
        }
        log.debug("end of file " + source.name);
        if (stack.isEmpty()) {
            return false;
        }
        source = stack.pop();
        log.debug("resuming " + source.name + ":" + source.line);
        return true;
    }

    // ---- tokens ----

    Token next() {
        while (true) {
            Optional<Token> token = source.at >= source.text.length() ? atEnd() : match();
            if (token.isPresent()) {
                return token.get();
            }
        }
    }

    /** The end of a file ends its last line, newline or not. */
    private Optional<Token> atEnd() {
        if (!source.lastLineEnded) {
            source.lastLineEnded = true;
            return Optional.of(Token.plain(Kind.EOL, ""));
        }
        return openNext() ? Optional.empty() : Optional.of(Token.plain(Kind.END, ""));
    }

    private Optional<Token> match() {
        return switch (mode) {
            case START -> start();
            case KEY -> key(Mode.VALUE);
            case BOOLEAN_KEY -> key(Mode.BOOLEAN_VALUE);
            case COMMENT_KEY -> key(Mode.COMMENT_VALUE);
            case VALUE -> value();
            case BOOLEAN_VALUE -> booleanValue();
            case COMMENT_VALUE -> commentValue();
        };
    }

    private int peek(int ahead) {
        int at = source.at + ahead;
        return at < source.text.length() ? source.text.charAt(at) : -1;
    }

    /** The number of characters from here on that are {@code of}. */
    private int run(IntPredicate of) {
        return run(0, of);
    }

    private int run(int ahead, IntPredicate of) {
        String text = source.text;
        int start = source.at + ahead;
        int at = start;
        while (at < text.length() && of.test(text.charAt(at))) {
            at++;
        }
        return at - start;
    }

    private String take(int length) {
        String taken = source.text.substring(source.at, source.at + length);
        source.at += length;
        return taken;
    }

    private static boolean isBlank(int c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNotNewline(int c) {
        return c != '\n';
    }

    private Optional<Token> newline() {
        source.line++;
        mode = Mode.START;
        return Optional.of(Token.plain(Kind.EOL, take(1)));
    }

    private Optional<Token> skip(int length) {
        source.at += length;
        return Optional.empty();
    }

    private Optional<Token> start() {
        int blanks = run(ConfLexer::isBlank);
        if (source.isAtLineStart()) {
            int toEnd = blanks + (peek(blanks) == '#' ? run(blanks, ConfLexer::isNotNewline) : 0);
            if (peek(toEnd) == '\n') {
                source.line++;
                return skip(toEnd + 1);
            }
            if (blanks > 0) {
                return Optional.of(Token.plain(Kind.FIRST_SPACES, take(blanks)));
            }
        }
        if (blanks > 0) {
            return skip(blanks);
        }
        if (peek(0) == '\n') {
            return newline();
        }
        if (peek(0) == '=') {
            mode = Mode.VALUE;
            return Optional.of(Token.plain(Kind.EQUAL, take(1)));
        }
        int word = run(c -> c != '"' && c != '=' && !isBlank(c) && c != '\n');
        if (peek(0) == '#' && run(ConfLexer::isNotNewline) > word) {
            return skip(run(ConfLexer::isNotNewline));
        }
        return word == 0 ? skip(1) : Optional.of(word(take(word)));
    }

    private Token word(String word) {
        if (isNumber(word)) {
            return Token.number(Kind.INTEGER, word, number(word));
        }
        switch (word) {
            case "version":
                return Token.plain(Kind.VERSION, word);
            case "config":
                return Token.plain(Kind.CONFIG, word);
            case "setup":
                return Token.plain(Kind.SETUP, word);
            case "include":
                return Token.plain(Kind.INCLUDE, word);
            case "conn":
                mode = Mode.VALUE;
                return Token.plain(Kind.CONN, word);
            default:
                break;
        }
        Optional<ConfKeys.Found> key = ConfKeys.find(word);
        mode = key.map(k -> switch (k.key().type()) {
                    case BOOL -> Mode.BOOLEAN_KEY;
                    case COMMENT -> Mode.COMMENT_KEY;
                    default -> Mode.KEY;
                })
                .orElse(Mode.KEY);
        return key.map(k -> Token.key(k, word)).orElseGet(() -> Token.string(word, word));
    }

    private static boolean isNumber(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (!isDigit(word.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static long number(String digits) {
        try {
            return Numbers.unsigned(digits, 10);
        } catch (ValueException tooLarge) {
            return 0; // as the oracle: without a word
        }
    }

    private Optional<Token> key(Mode then) {
        if (peek(0) == '\n') {
            return newline();
        }
        if (peek(0) == '=') {
            mode = then;
            return Optional.of(Token.plain(Kind.EQUAL, take(1)));
        }
        return skip(1);
    }

    private Optional<Token> value() {
        if (peek(0) == '\n') {
            return newline();
        }
        if (isBlank(peek(0))) {
            return skip(1);
        }
        int digits = run(ConfLexer::isDigit);
        int quoted = enclosed('"');
        int braced = enclosed('}');
        int withoutQuotes = run(c -> c != '"' && !isBlank(c) && c != '\n');
        int withoutBraces = run(c -> c != '{' && c != '}' && !isBlank(c) && c != '\n');
        int plain = Math.max(withoutQuotes, withoutBraces);
        mode = Mode.START;
        if (digits > 0 && digits >= plain) {
            String text = take(digits);
            return Optional.of(Token.number(Kind.INTEGER, text, number(text)));
        }
        if (quoted > 0 && quoted >= plain || braced > 0 && braced >= plain) {
            String text = take(Math.max(quoted, braced));
            String shown = text.substring(0, text.length() - 1);
            return Optional.of(Token.string(shown, shown.substring(1)));
        }
        String text = take(plain);
        return Optional.of(text.equals("%forever") ? Token.number(Kind.INTEGER, text, 0) : Token.string(text, text));
    }

    /**
     * The length of {@code "..."} or <code>{...}</code> here, 0 if there is none. Neither holds a quote; the braces go to
     * the last one of the line.
     */
    private int enclosed(char close) {
        if (peek(0) != (close == '"' ? '"' : '{')) {
            return 0;
        }
        int inside = run(1, c -> c != '"' && c != '\n');
        if (close == '"') {
            return peek(1 + inside) == '"' ? inside + 2 : 0;
        }
        int last = source.text.lastIndexOf('}', source.at + inside);
        return last > source.at ? last - source.at + 1 : 0;
    }

    /** As the oracle: a comment without text is the next line, which then is not counted. */
    private Optional<Token> commentValue() {
        int length = run(ConfLexer::isNotNewline);
        if (length == 0) {
            return skip(1);
        }
        mode = Mode.START;
        String comment = take(length);
        return Optional.of(Token.string(comment, comment));
    }

    private static final List<String> YES = List.of("yes", "y", "true", "on");
    private static final List<String> NO = List.of("no", "n", "false", "off");

    private Optional<Token> booleanValue() {
        if (peek(0) == '\n') {
            return newline();
        }
        String best = "";
        for (List<String> words : List.of(YES, NO)) {
            for (String word : words) {
                if (source.text.startsWith(word, source.at) && word.length() > best.length()) {
                    best = word;
                }
            }
        }
        if (best.isEmpty()) {
            return skip(1);
        }
        mode = Mode.START;
        return Optional.of(Token.number(Kind.BOOL, take(best.length()), YES.contains(best) ? 1 : 0));
    }
}
