// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.config.ConfigFiles;
import org.jswan.config.conf.ConfEnvironment;
import org.jswan.config.conf.ConfException;
import org.jswan.config.conf.ConfFile;
import org.jswan.config.conf.ConfLoader;
import org.jswan.config.conf.ConfLog;
import org.jswan.config.conf.Conn;
import org.jswan.config.conf.ConnEnd;
import org.jswan.config.conf.HostType;
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

    /** What whack itself refuses, and addconn leaves to the daemon. */
    private static final String ONLY_WHACK_MINDS = "address family of host inconsistent"
            + "|only Digital Signatures are supported for opportunism|endpoints clash"
            + "|shunt connection must have shunt policy|the protocol for leftprotoport and rightprotoport must be the same"
            + "|must be greater than rekeymargin|exceeds maximum|non-decimal digit in number \"2001";

    private static final ConfLog SILENT = new ConfLog() {
        @Override
        public void log(String text) {}

        @Override
        public void debug(String text) {}
    };

    /** The cases, with hosts for those conns that have none. */
    private static final ConfigFiles WITH_HOSTS = new ConfigFiles() {
        @Override
        public Bytes read(String path) throws IOException {
            Bytes hosts = Bytes.ofUtf8("conn %default\n\tleft=192.0.2.1\n\tright=192.0.2.2\n");
            return hosts.plus(SystemFiles.own().read(path));
        }

        @Override
        public List<String> glob(String pattern, boolean braces) {
            return List.of();
        }
    };

    private static List<Conn> conns() throws IOException {
        List<Conn> conns = new ArrayList<>();
        ConfEnvironment environment =
                new ConfEnvironment(WITH_HOSTS, NameResolver.NONE, NetworkNames.none(), List.of(), SILENT);
        try (Stream<Path> files = Files.list(CASES)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".conf")).sorted().toList()) {
                try {
                    ConfFile loaded = ConfLoader.load(file.toString(), environment);
                    loaded.conns().stream().filter(Conn::isLoaded).forEach(conns::add);
                } catch (ConfException broken) {
                    assertThat(broken).hasMessageNotContaining("null");
                }
            }
        }
        return conns;
    }

    /** "left=%hostname" makes no sense in a file. */
    private static boolean isNamedByNumber(ConnEnd end) {
        return end.hostType() == HostType.NAME
                && end.hostText().flatMap(IpAddress::parse).isPresent();
    }

    @Test
    void whatIsRenderedParsesToTheSame() throws IOException {
        WhackGrammar grammar = new WhackGrammar(NameResolver.NONE, NetworkNames::none);
        DefaultRoutes routes = new DefaultRoutes(Optional.empty(), Map.of(), line -> {});
        ConnRequests requests = new ConnRequests(line -> {}, line -> {});
        int compared = 0;
        for (Conn conn : conns()) {
            Optional<ConnectionRequest> request = requests.request(conn, routes.resolve(conn), Optional.empty());
            if (request.isEmpty() || isNamedByNumber(conn.left())) {
                continue;
            }
            List<String> arguments = WhackRenderer.render(request.get());
            WhackParsed parsed = grammar.parse("whack", arguments);
            if (parsed instanceof WhackParsed.Done done) {
                assertThat(done.error()).as("%s", arguments).containsPattern(ONLY_WHACK_MINDS);
                continue;
            }
            WhackCommand.Add add = ((WhackParsed.Request) parsed)
                    .request()
                    .find(WhackCommand.Add.class)
                    .orElseThrow();
            assertThat(add.connection()).as("%s", arguments).isEqualTo(request.get());
            compared++;
        }
        assertThat(compared).isGreaterThan(50);
    }
}
