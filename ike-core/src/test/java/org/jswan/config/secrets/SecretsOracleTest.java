// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.config.ConfigFiles;
import org.jswan.identity.IkeId;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.net.NameResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Secrets files, good and broken, with what libreswan 4.10 says when it reads each as /etc/ipsec.secrets, and which
 * secrets it then lists.
 */
class SecretsOracleTest {
    private static final Path CASES = Path.of("src/test/resources/org/jswan/config/secrets/cases");

    private static ConfigFiles etc(String name) {
        return new ConfigFiles() {
            private Path real(String path) {
                return CASES.resolve(path.equals("/etc/ipsec.secrets") ? name + ".secrets" : path.substring(5));
            }

            @Override
            public Bytes read(String path) throws IOException {
                if (!Files.exists(real(path))) {
                    throw new NoSuchFileException(path);
                }
                return Bytes.wrap(Files.readAllBytes(real(path)));
            }

            @Override
            public List<String> glob(String pattern, boolean braces) throws IOException {
                if (Files.exists(real(pattern))) {
                    return List.of(pattern);
                }
                PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
                try (Stream<Path> files = Files.walk(CASES)) {
                    return files.map(path -> Path.of("/etc").resolve(CASES.relativize(path)))
                            .filter(matcher::matches)
                            .map(Path::toString)
                            .sorted()
                            .toList();
                }
            }
        };
    }

    static Stream<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".secrets"))
                    .map(name -> name.substring(0, name.length() - 8))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void judgesAsTheOracle(String name) throws IOException {
        StringBuilder said = new StringBuilder();
        SecretStore store = SecretsReader.read(
                "/etc/ipsec.secrets",
                etc(name),
                NameResolver.NONE,
                (code, text) -> said.append(String.format("%03d %s%n", code.code(), text)));
        said.append("000  \n000 List of Pre-shared secrets (from /etc/ipsec.secrets)\n000  \n");
        List<SecretEntry> latestFirst = new ArrayList<>(store.entries());
        Collections.reverse(latestFirst);
        latestFirst.stream()
                .filter(entry -> entry.kind() != SecretKind.PPK)
                .forEach(entry -> said.append(listed(entry)));
        assertThat(said.toString())
                .isEqualTo(Files.readString(CASES.resolve(name + ".expected"), StandardCharsets.UTF_8));
    }

    private static String listed(SecretEntry entry) {
        List<IkeId> ids = new ArrayList<>(entry.ids().isEmpty() ? List.of(IkeId.NONE, IkeId.NONE) : entry.ids());
        Collections.reverse(ids);
        String shown =
                String.join(" ", ids.stream().limit(2).map(IkeId::toString).toList());
        return String.format("000 %5d: %s %s%s%n", entry.line(), entry.kind(), shown, ids.size() > 2 ? " more" : "");
    }

    private static SecretStore read(String name) {
        return SecretsReader.read("/etc/ipsec.secrets", etc(name), NameResolver.NONE, (code, text) -> {});
    }

    private static Bytes onlySecret(String name) {
        List<SecretEntry> entries = read(name).entries();
        assertThat(entries).hasSize(1);
        return Bytes.copyOf(entries.get(0).secret().expose());
    }

    @Test
    void secretsAreOctets() {
        assertThat(onlySecret("psk")).isEqualTo(Bytes.ofUtf8("a good long secret"));
        assertThat(onlySecret("psk-octets"))
                .isEqualTo(Bytes.concat(Bytes.of(0xe9, 0xfc, '\t'), Bytes.ofUtf8(" long enough")));
        assertThat(onlySecret("psk-hex")).isEqualTo(Bytes.ofHex("0123456789abcdef"));
        assertThat(onlySecret("psk-base64")).isEqualTo(Bytes.of(1, 2, 3, 4, 5));
        assertThat(onlySecret("psk-text")).isEqualTo(Bytes.ofUtf8("the rest of the line # even this"));
        assertThat(onlySecret("psk-single-quotes")).isEqualTo(Bytes.ofUtf8("a \"good\" secret"));
    }

    @Test
    void readsEveryKind() {
        assertThat(read("xauth").xauth("use1")).isPresent();
        SecretEntry ppk = read("ppks").ppk(Bytes.ofUtf8("id2")).orElseThrow();
        assertThat(ppk.kind()).isEqualTo(SecretKind.PPK);
        assertThat(ppk.secret().expose()).containsExactly(0x12, 0x34);
    }

    /** libreswan 4.10 crashes here. */
    @Test
    void aRecordThatEndsAtItsColonIsNoKey() {
        List<String> said = new ArrayList<>();
        ConfigFiles files = new ConfigFiles() {
            @Override
            public Bytes read(String path) {
                return Bytes.ofUtf8("@west :\n: PSK \"a good long secret\"\n");
            }

            @Override
            public List<String> glob(String pattern, boolean braces) {
                return List.of(pattern);
            }
        };
        SecretStore store = SecretsReader.read("s", files, NameResolver.NONE, (code, text) -> said.add(text));
        assertThat(said)
                .containsExactly(
                        "loading secrets from \"s\"", "\"s\" line 2: WARNING: ignored unrecognized keyword: (null)");
        assertThat(store.entries()).hasSize(1);
    }

    @Test
    void saysWhyAFileCannotBeRead() {
        List<String> said = new ArrayList<>();
        ConfigFiles files = new ConfigFiles() {
            @Override
            public Bytes read(String path) throws IOException {
                throw new AccessDeniedException(path);
            }

            @Override
            public List<String> glob(String pattern, boolean braces) throws IOException {
                if (pattern.equals("dir/*")) {
                    throw new AccessDeniedException("dir");
                }
                return List.of(pattern);
            }
        };
        SecretsReader.read("s", files, NameResolver.NONE, (code, text) -> said.add(text));
        SecretsReader.read("dir/*", files, NameResolver.NONE, (code, text) -> said.add(text));
        assertThat(said)
                .containsExactly(
                        "ERROR: could not open \"s\": Permission denied (errno 13)",
                        "ERROR: problem with secrets file \"dir\": Permission denied (errno 13)");
    }
}
