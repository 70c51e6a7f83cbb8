// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jswan.base.IpAddress;
import org.jswan.config.value.NetworkNames;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretStore;
import org.jswan.net.NameResolver;
import org.jswan.pluto.PlutoOptions;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.whack.WhackGrammar;
import org.jswan.whack.WhackParsed;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What libreswan said to many connections and showed of them (record.sh), said and shown by us. */
class RecordedConnectionsTest {
    private final SimWorld world = new SimWorld(1);
    private final WhackGrammar grammar = new WhackGrammar(NameResolver.NONE, NetworkNames::none);

    /** One request, the reply, and what the status told then of the connection. */
    private record Case(String arguments, List<String> reply, List<String> status) {}

    @TestFactory
    Stream<DynamicTest> asRecorded() throws IOException {
        return asRecorded("connections.out", PlutoOptions.defaults());
    }

    @TestFactory
    Stream<DynamicTest> asRecordedOfIkev1() throws IOException {
        return asRecorded("connections-ikev1.out", PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT));
    }

    private Stream<DynamicTest> asRecorded(String recording, PlutoOptions options) throws IOException {
        SimHost host = new SimHost(
                "west",
                world,
                List.of(IpAddress.of("192.0.2.3"), IpAddress.of("192.0.2.1"), IpAddress.of("2001:db8::1")),
                SecretStore.empty(),
                options);
        run(host, WhackRequest.of(new WhackCommand.Listen()));
        return cases(recording).stream().map(one -> DynamicTest.dynamicTest(one.arguments(), () -> check(host, one)));
    }

    private static List<Case> cases(String recording) throws IOException {
        return Recording.read(recording).stream()
                .map(record -> {
                    int status = record.lines().stream()
                            .map(line -> line.startsWith("= "))
                            .toList()
                            .indexOf(true);
                    return status < 0
                            ? new Case(record.arguments(), record.lines(), List.of())
                            : new Case(
                                    record.arguments(),
                                    record.lines().subList(0, status),
                                    record.lines()
                                            .subList(status + 1, record.lines().size()));
                })
                .toList();
    }

    private void check(SimHost host, Case expected) {
        WhackParsed parsed = grammar.parse("whack", Recording.words(expected.arguments()));
        assertThat(parsed).isInstanceOf(WhackParsed.Request.class);
        List<String> reply = run(host, ((WhackParsed.Request) parsed).request());
        assertThat(masked(reply)).isEqualTo(masked(expected.reply()));
        if (!expected.arguments().equals("--status")) {
            String name = '"' + Recording.words(expected.arguments()).get(1) + '"';
            List<String> status = run(host, WhackRequest.of(new WhackCommand.Status())).stream()
                    .filter(line -> line.contains(name))
                    .toList();
            assertThat(status).isEqualTo(expected.status());
        }
    }

    private List<String> run(SimHost host, WhackRequest request) {
        SimSession session = host.whack(request);
        world.run(Duration.ofSeconds(1));
        assertThat(session.isFinished()).isTrue();
        return session.lines();
    }

    /** Without what another installation, a loopback interface or another release makes different. */
    private static List<String> masked(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.startsWith("000 interface lo ") && !line.contains("has no effect yet"))
                .map(line -> line.replaceAll("4\\.1[01]\\b", "VERSION")
                        .replaceAll("configfile=[^,]*", "configfile=CONFIG")
                        .replaceAll("nssdir=[^,]*", "nssdir=NSS"))
                .toList();
    }
}
