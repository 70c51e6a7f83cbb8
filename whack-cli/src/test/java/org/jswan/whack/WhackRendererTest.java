// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.value.NetworkNames;
import org.jswan.connection.AddressPrefix;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.ProtocolPort;
import org.jswan.connection.RequestOption;
import org.jswan.connection.SignatureHash;
import org.jswan.connection.Spelling;
import org.jswan.control.WhackCommand;
import org.jswan.net.NameResolver;
import org.junit.jupiter.api.Test;

/** {@code parse(render(r)) = r} for requests made at random. */
class WhackRendererTest {
    private static final int REQUESTS = 500;

    private final Random random = new Random(Long.getLong("jswan.seed", 20260101L));

    @Test
    void whatIsRenderedParsesToTheSame() {
        WhackGrammar grammar = new WhackGrammar(NameResolver.NONE, NetworkNames::none);
        for (int i = 0; i < REQUESTS; i++) {
            ConnectionRequest request = request();
            List<String> arguments = WhackRenderer.render(request);
            WhackParsed parsed = grammar.parse("whack", arguments);
            assertThat(parsed).as("%s", arguments).isInstanceOf(WhackParsed.Request.class);
            assertThat(((WhackParsed.Request) parsed)
                            .request()
                            .find(WhackCommand.Add.class)
                            .orElseThrow()
                            .connection())
                    .as("%s", arguments)
                    .isEqualTo(request);
        }
    }

    private ConnectionRequest request() {
        boolean six = random.nextBoolean();
        AddressFamily family = six ? AddressFamily.IPV6 : AddressFamily.IPV4;
        ConnectionRequest.Builder request = ConnectionRequest.builder("c" + random.nextInt(100))
                .set(ConnectionOption.HOST_FAMILY, family)
                .set(ConnectionOption.CLIENT_FAMILY, family);
        boolean clients = random.nextBoolean();
        request.left(end(six, clients)).right(end(six, clients));
        for (ConnectionOption<?> option : ConnectionOption.all()) {
            if (random.nextInt(4) == 0 && !JUDGED.contains(option)) {
                give(request, option);
            }
        }
        if (random.nextBoolean()) {
            request.set(ConnectionOption.AUTHENTICATION, someOf(METHODS));
            request.set(ConnectionOption.SIGNATURE_HASHES, new HashSet<>(someOf(List.of(SignatureHash.values()))));
        }
        return request.build();
    }

    /** Options that whack checks against others, and what this test gives by itself. */
    private static final Set<ConnectionOption<?>> JUDGED = Set.of(
            ConnectionOption.HOST_FAMILY,
            ConnectionOption.CLIENT_FAMILY,
            ConnectionOption.AUTHENTICATION,
            ConnectionOption.SIGNATURE_HASHES,
            ConnectionOption.IKE_VERSION,
            ConnectionOption.AGGRESSIVE,
            ConnectionOption.REKEY_MARGIN,
            ConnectionOption.REKEY_FUZZ,
            ConnectionOption.IKE_LIFETIME,
            ConnectionOption.IPSEC_LIFETIME,
            ConnectionOption.DPD_TIMEOUT);

    private static final List<AuthenticationMethod> METHODS = List.of(
            AuthenticationMethod.PSK,
            AuthenticationMethod.NULL,
            AuthenticationMethod.RSASIG,
            AuthenticationMethod.ECDSA,
            AuthenticationMethod.RSASIG_V1_5);

    private <T> Set<T> someOf(List<T> all) {
        List<T> rest = new ArrayList<>(all);
        Set<T> some = new HashSet<>();
        for (int i = random.nextInt(all.size()) + 1; i > 0; i--) {
            some.add(rest.remove(random.nextInt(rest.size())));
        }
        return some;
    }

    private EndRequest end(boolean six, boolean client) {
        EndRequest.Builder end = EndRequest.builder();
        List<HostSpec> hosts = List.of(
                HostSpec.of(address(six)),
                HostSpec.any(),
                HostSpec.special(HostSpec.Kind.DEFAULT_ROUTE),
                HostSpec.ofInterface("eth0"));
        end.set(EndOption.HOST, hosts.get(random.nextInt(hosts.size())));
        if (client) {
            end.set(EndOption.CLIENT, Subnet.of(six ? "2001:db8:1::/48" : "10.1.0.0/16"));
        }
        if (random.nextBoolean()) {
            end.set(
                    EndOption.NEXTHOP,
                    random.nextBoolean()
                            ? address(six)
                            : IpAddress.any(address(six).family()));
        }
        if (random.nextBoolean()) {
            end.set(EndOption.VTI_IP, new AddressPrefix(address(six), 24));
        }
        if (random.nextBoolean()) {
            end.set(EndOption.SOURCE_IP, address(six));
        }
        for (EndOption<?> option : EndOption.all()) {
            if (random.nextInt(4) == 0
                    && !Set.of(
                                    EndOption.HOST,
                                    EndOption.CLIENT,
                                    EndOption.VIRTUAL,
                                    EndOption.NEXTHOP,
                                    EndOption.VTI_IP,
                                    EndOption.INTERFACE_IP,
                                    EndOption.SOURCE_IP,
                                    EndOption.CERT,
                                    EndOption.PROTOCOL_PORT)
                            .contains(option)) {
                give(end, option);
            }
        }
        if (!client && random.nextInt(3) == 0) {
            end.set(EndOption.VIRTUAL, "vhost:%priv,%no");
        }
        end.set(EndOption.PROTOCOL_PORT, new ProtocolPort(17, random.nextInt(3) * 500, false));
        return end.build();
    }

    private IpAddress address(boolean six) {
        return six
                ? IpAddress.v6(0x20010db800000000L, random.nextInt(99) + 1)
                : IpAddress.v4(0xc0000201 + random.nextInt(99));
    }

    private <T> void give(ConnectionRequest.Builder request, ConnectionOption<T> option) {
        request.set(option, value(option));
    }

    private <T> void give(EndRequest.Builder end, EndOption<T> option) {
        end.set(option, value(option));
    }

    @SuppressWarnings("unchecked") // by the kind of the option
    private <T> T value(RequestOption<T> option) {
        List<T> fixed = option.spellings().stream()
                .map(Spelling::fixed)
                .flatMap(Optional::stream)
                .toList();
        boolean onlyFixed = fixed.size() == option.spellings().size();
        if (onlyFixed) {
            return fixed.get(random.nextInt(fixed.size()));
        }
        return (T)
                switch (option.type().kind()) {
                    case TEXT -> option == EndOption.CKAID
                            ? "aabb"
                            : List.of("", "a b", "x", "--to").get(random.nextInt(4));
                    case NUMBER -> Long.valueOf(random.nextInt(9000) + 1);
                    case SECONDS, MILLISECONDS -> Duration.ofMillis(random.nextInt(500_000));
                    case CHOICE -> option.type().words().values().stream()
                            .skip(random.nextInt(option.type().words().size()))
                            .findFirst()
                            .orElseThrow();
                    case RANGE -> new AddressRange(IpAddress.of("192.0.2.8"), IpAddress.of("192.0.2.80"));
                    default -> throw new IllegalStateException(option + " has no value here");
                };
    }
}
