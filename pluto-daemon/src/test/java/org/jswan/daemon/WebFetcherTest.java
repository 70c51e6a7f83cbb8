// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.helper.Helpers;
import org.jswan.net.Fetcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebFetcherTest {
    private static final Bytes DOCUMENT = Bytes.ofUtf8("a document");

    private final List<String> asked = new ArrayList<>();
    private HttpServer server;
    private int port;

    /** Does jobs at once. */
    private static final Helpers AT_ONCE = new Helpers() {
        @Override
        public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done) {
            Outcome<T> outcome;
            try {
                outcome = new Outcome<>(job.call(), null);
            } catch (Exception failure) {
                outcome = new Outcome<>(null, failure);
            }
            done.accept(outcome);
            return () -> {};
        }
    };

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        port = server.getAddress().getPort();
        server.createContext("/", exchange -> {
            asked.add(exchange.getRemoteAddress().getAddress().getHostAddress() + " " + exchange.getRequestMethod()
                    + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
            boolean found = exchange.getRequestURI().getPath().startsWith("/list");
            exchange.sendResponseHeaders(found ? 200 : 404, DOCUMENT.length());
            exchange.getResponseBody().write(DOCUMENT.toArray());
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private Fetcher.Answer fetch(Optional<String> source, String url, Optional<Fetcher.Post> post) {
        List<Fetcher.Answer> answers = new ArrayList<>();
        new WebFetcher(AT_ONCE, source).fetch(new Fetcher.Query(url, post, Duration.ofSeconds(5)), answers::add);
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private Fetcher.Answer fetch(String url) {
        return fetch(Optional.empty(), url, Optional.empty());
    }

    @Test
    void aDocumentByGet() {
        assertThat(fetch("http://127.0.0.1:" + port + "/list%2Fof?a=b").document())
                .contains(DOCUMENT);
        assertThat(asked).containsExactly("127.0.0.1 GET /list%2Fof?a=b null ");
    }

    @Test
    void anAnswerByPost() {
        Fetcher.Post question = new Fetcher.Post("application/ocsp-request", Bytes.ofUtf8("question"));
        assertThat(fetch(Optional.empty(), "http://127.0.0.1:" + port + "/list", Optional.of(question))
                        .document())
                .contains(DOCUMENT);
        assertThat(asked).containsExactly("127.0.0.1 POST /list application/ocsp-request question");
    }

    @Test
    void theAddressOrInterfaceItComesFrom() {
        fetch(Optional.of("127.0.0.7"), "http://127.0.0.1:" + port + "/list", Optional.empty());
        fetch(Optional.of("lo"), "http://127.0.0.1:" + port + "/list", Optional.empty());
        assertThat(asked).extracting(line -> line.split(" ")[0]).containsExactly("127.0.0.7", "127.0.0.1");
        assertThat(fetch(Optional.of("no-such-interface"), "http://127.0.0.1:" + port + "/list", Optional.empty())
                        .why())
                .isEqualTo("Couldn't bind to 'no-such-interface'");
    }

    @Test
    void whatCannotBeFetched() throws IOException {
        assertThat(fetch("http://127.0.0.1:" + port + "/other").why())
                .isEqualTo("The requested URL returned error: 404");
        int unused;
        try (ServerSocket socket = new ServerSocket(0)) {
            unused = socket.getLocalPort();
        }
        assertThat(fetch("http://127.0.0.1:" + unused + "/list").why())
                .startsWith("Failed to connect to 127.0.0.1 port " + unused);
        assertThat(fetch("gopher://127.0.0.1/list").why())
                .isEqualTo("Protocol \"gopher\" not supported or disabled in libcurl");
        assertThat(fetch("http://a b/").why()).isEqualTo("URL using bad/illegal format or missing URL");
        assertThat(fetch("ldap://127.0.0.1:" + unused + "/cn=ca?certificateRevocationList")
                        .why())
                .contains("127.0.0.1:" + unused);
    }

    @Test
    void filesOfAFolder(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("b"), "2");
        Files.writeString(folder.resolve("a"), "1");
        Files.createDirectory(folder.resolve("c"));
        List<Map<String, Bytes>> answers = new ArrayList<>();
        new WebFetcher(AT_ONCE, Optional.empty()).files(folder.toString(), answers::add);
        new WebFetcher(AT_ONCE, Optional.empty()).files(folder + "/none", answers::add);
        assertThat(answers)
                .containsExactly(Map.of(folder + "/a", Bytes.ofUtf8("1"), folder + "/b", Bytes.ofUtf8("2")), Map.of());
    }
}
