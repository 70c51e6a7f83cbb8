// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jswan.base.IpAddress;
import org.jswan.base.IpProtocol;
import org.jswan.config.value.NetworkNames;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretStore;
import org.jswan.kernel.KernelPolicy;
import org.jswan.net.NameResolver;
import org.jswan.pluto.PlutoOptions;
import org.jswan.whack.WhackGrammar;
import org.jswan.whack.WhackParsed;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What libreswan told updown and the kernel of routed connections (record.sh), told by us. */
class RecordedUpdownTest {
    private final SimWorld world = new SimWorld(1);
    private final SimHost host = new SimHost(
            "west",
            world,
            List.of(IpAddress.of("192.0.2.3"), IpAddress.of("192.0.2.1"), IpAddress.of("2001:db8::1")),
            SecretStore.empty(),
            PlutoOptions.defaults());
    private final WhackGrammar grammar = new WhackGrammar(NameResolver.NONE, NetworkNames::none);

    @TestFactory
    Stream<DynamicTest> asRecorded() throws IOException {
        addCertificates();
        run(WhackRequest.of(new WhackCommand.Listen()));
        return Recording.read("updown.out").stream()
                .map(entry -> DynamicTest.dynamicTest(entry.arguments(), () -> check(entry)));
    }

    /** Names as in record.sh. */
    private void addCertificates() {
        TestAuthority root = TestAuthority.root(
                "C=NL, O=Rock\\, Roll\\=, CN=Root of $4 `each`",
                CertificateFixture.ROOT_KEY,
                world.clock().wall());
        CertificateFixture.trust(host, root);
        CertificateFixture.own(
                host,
                "east",
                CertificateFixture.EAST_KEY,
                root.issue(
                        new TestAuthority.Subject("C=NL, CN=east", CertificateFixture.EAST_KEY).dns("east.example")));
    }

    private void check(Recording.Entry expected) {
        List<String> words = Recording.words(expected.arguments());
        WhackParsed parsed = grammar.parse("whack", words);
        assertThat(parsed).isInstanceOf(WhackParsed.Request.class);
        run(((WhackParsed.Request) parsed).request());
        List<String> seen = new ArrayList<>();
        run(WhackRequest.of(new WhackCommand.Route(words.get(1))));
        addEnvironments(seen);
        host.kernel().policies().stream().map(RecordedUpdownTest::text).sorted().forEach(seen::add);
        run(WhackRequest.of(new WhackCommand.Unroute(words.get(1))));
        addEnvironments(seen);
        run(WhackRequest.of(new WhackCommand.Delete(words.get(1), false)));
        assertThat(seen.stream().map(RecordedUpdownTest::masked).toList())
                .isEqualTo(expected.lines().stream()
                        .map(RecordedUpdownTest::masked)
                        .toList());
        assertThat(host.kernel().policies()).isEmpty();
    }

    private void addEnvironments(List<String> seen) {
        for (Map<String, String> environment : host.environments()) {
            seen.add("! " + environment.get("PLUTO_VERB"));
            new TreeMap<>(environment).forEach((name, value) -> seen.add(name + "=" + value));
        }
        host.environments().clear();
    }

    private void run(WhackRequest request) {
        SimHost.SimSession session = host.whack(request);
        world.run(Duration.ofSeconds(1));
        assertThat(session.isFinished()).isTrue();
    }

    /** As {@code ip -o xfrm policy} prints it. */
    private static String text(KernelPolicy policy) {
        int protocol = policy.source().protocol();
        StringBuilder text = new StringBuilder("! policy src ")
                .append(policy.source().subnet())
                .append(" dst ")
                .append(policy.destination().subnet());
        if (protocol != 0) {
            text.append(" proto ").append(IpProtocol.name(protocol).toLowerCase(Locale.ROOT));
            text.append(
                    policy.source().port() == 0
                            ? ""
                            : " sport " + policy.source().port());
            text.append(
                    policy.destination().port() == 0
                            ? ""
                            : " dport " + policy.destination().port());
        }
        String direction = policy.direction() == KernelPolicy.Direction.FORWARD ? "fwd" : lower(policy.direction());
        text.append(" dir ").append(direction);
        text.append(policy.action() == KernelPolicy.Action.BLOCK ? " action block" : "");
        text.append(" priority ")
                .append(Integer.toUnsignedString(policy.priority()))
                .append(" ptype main");
        policy.mark().ifPresent(mark -> text.append(String.format(" mark 0x%x/0x%x", mark.value(), mark.mask())));
        for (KernelPolicy.Template template : policy.templates()) {
            text.append(" tmpl src ")
                    .append(template.source())
                    .append(" dst ")
                    .append(template.destination())
                    .append(" proto ")
                    .append(lower(template.protocol()))
                    .append(" reqid ")
                    .append(template.requestId())
                    .append(" mode ")
                    .append(lower(template.mode()));
        }
        return text.toString();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Request ids of one's own choice depend on how many connections were loaded before. */
    private static String masked(String line) {
        return line.replaceAll("PLUTO_SA_REQID=16[0-9]{3}", "PLUTO_SA_REQID=AUTO");
    }
}
