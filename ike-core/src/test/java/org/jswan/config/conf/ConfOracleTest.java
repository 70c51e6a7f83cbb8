// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.config.ConfigFiles;
import org.jswan.config.value.NetworkNames;
import org.jswan.net.NameResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Configurations, good and broken, with what libreswan 4.10 says to them: the exit status and standard error of {@code
 * addconn --checkconfig}, and what {@code readwriteconf} writes of them.
 */
class ConfOracleTest {
    private static final Path CASES = Path.of("src/test/resources/org/jswan/config/conf/cases");

    /** The files of the cases, with glob(7) as far as they use it. */
    private static final ConfigFiles FILES = new ConfigFiles() {
        @Override
        public Bytes read(String path) throws IOException {
            if (!Files.exists(CASES.resolve(path))) {
                throw new NoSuchFileException(path);
            }
            return Bytes.wrap(Files.readAllBytes(CASES.resolve(path)));
        }

        @Override
        public List<String> glob(String pattern, boolean braces) throws IOException {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            try (Stream<Path> files = Files.walk(CASES)) {
                return files.map(CASES::relativize)
                        .filter(matcher::matches)
                        .map(Path::toString)
                        .sorted()
                        .toList();
            }
        }
    };

    static Stream<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".conf"))
                    .map(name -> name.substring(0, name.length() - 5))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void judgesAsTheOracle(String name) throws IOException {
        String expected = Files.readString(CASES.resolve(name + ".expected"), StandardCharsets.UTF_8);
        assertThat(outcome(name + ".conf")).isEqualTo(expected);
    }

    private static String outcome(String file) {
        StringBuilder errors = new StringBuilder();
        ConfLog log = new ConfLog() {
            @Override
            public void log(String text) {
                errors.append(text).append('\n');
            }

            @Override
            public void debug(String text) {}
        };
        ConfEnvironment environment =
                new ConfEnvironment(FILES, NameResolver.NONE, NetworkNames.none(), List.of(), log);
        int status = 0;
        String written = "";
        try {
            ConfFile loaded = ConfLoader.load(file, environment);
            if (!loaded.errors().isEmpty()) {
                errors.append("addconn, in config '" + file + "', " + loaded.errors() + "\n");
            }
            written = ConfWriter.write(loaded, true, Optional.empty());
        } catch (ConfException e) {
            status = e.isComplete() ? 1 : 3;
            errors.append(e.isComplete() ? e.getMessage() : "cannot load config '" + file + "': " + e.getMessage())
                    .append('\n');
        }
        return "addconn " + status + "\n" + errors + "\nreadwriteconf\n" + written;
    }

    @Test
    void thereAreCases() throws IOException {
        assertThat(cases()).hasSizeGreaterThan(150);
    }
}
