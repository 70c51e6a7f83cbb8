// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jswan.config.conf.ConfEnvironment;
import org.jswan.config.conf.ConfException;
import org.jswan.config.conf.ConfFile;
import org.jswan.config.conf.ConfLoader;
import org.jswan.config.conf.ConfLog;
import org.jswan.config.conf.Conn;
import org.jswan.config.value.NetworkNames;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.net.NameResolver;
import org.jswan.whack.WhackGrammar;
import org.jswan.whack.WhackParsed;
import org.jswan.whack.WhackRenderer;
import org.junit.jupiter.api.Test;

/** Every conn of the reader's cases, as whack's connection form and back. */
class ConnRequestsTest {
    private static final Path CASES = Path.of("../ike-core/src/test/resources/org/jswan/config/conf/cases");

    private static final ConfLog SILENT = new ConfLog() {
        @Override
        public void log(String text) {}

        @Override
        public void debug(String text) {}
    };

    private static List<Conn> conns() throws IOException {
        List<Conn> conns = new ArrayList<>();
        ConfEnvironment environment =
                new ConfEnvironment(SystemFiles.own(), NameResolver.NONE, NetworkNames.none(), List.of(), SILENT);
        try (Stream<Path> files = Files.list(CASES)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".conf")).sorted().toList()) {
                try {
                    ConfFile loaded = ConfLoader.load(file.toString(), environment);
                    loaded.conns().stream().filter(Conn::isLoaded).forEach(conns::add);
                } catch (ConfException broken) {
                    continue;
                }
            }
        }
        return conns;
    }

    @Test
    void whatIsRenderedParsesToTheSame() throws IOException {
        WhackGrammar grammar = new WhackGrammar(NameResolver.NONE, NetworkNames::none);
        DefaultRoutes routes = new DefaultRoutes(Optional.empty(), java.util.Map.of(), line -> {});
        ConnRequests requests = new ConnRequests(line -> {}, line -> {});
        int compared = 0;
        for (Conn conn : conns()) {
            Optional<ConnectionRequest> request = requests.request(conn, routes.resolve(conn), Optional.empty());
            if (request.isEmpty()) {
                continue;
            }
            List<String> arguments = WhackRenderer.render(request.get());
            WhackParsed parsed = grammar.parse("whack", arguments);
            assertThat(parsed).as("%s", arguments).isInstanceOf(WhackParsed.Request.class);
            WhackCommand command = ((WhackParsed.Request) parsed)
                    .request()
                    .find(WhackCommand.Add.class)
                    .orElseThrow();
            assertThat(((WhackCommand.Add) command).connection())
                    .as("%s", arguments)
                    .isEqualTo(request.get());
            compared++;
        }
        assertThat(compared).isGreaterThan(50);
    }
}
