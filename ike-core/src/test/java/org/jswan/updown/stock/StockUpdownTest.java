// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.updown.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.helper.Helpers;
import org.jswan.net.RouteEditor;
import org.jswan.updown.ScriptRunner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What it does to routes is compared with the script on real ones by testing/updown.sh; here is when it does so. */
class StockUpdownTest implements RouteEditor, ScriptRunner {
    private final List<String> events = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();
    private final Deque<Runnable> scriptEnds = new ArrayDeque<>();
    private final Deque<Runnable> soon = new ArrayDeque<>();
    private boolean isShipped = true;
    private Optional<RuntimeException> fault = Optional.empty();
    private boolean refuses;
    private final StockUpdown updown =
            new StockUpdown(this, this, new StockUpdown.Setting(() -> isShipped, "/x/_updown.xfrm", new Helpers() {
                @Override
                public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done) {
                    soon.add(() -> {
                        Outcome<T> outcome = outcome(job);
                        soon.add(() -> done.accept(outcome));
                    });
                    return () -> {};
                }
            }));

    private static <T> Helpers.Outcome<T> outcome(Callable<T> job) {
        try {
            return new Helpers.Outcome<>(job.call(), null);
        } catch (Exception e) {
            return new Helpers.Outcome<>(null, e);
        }
    }

    private static Map<String, String> environment(String verb) {
        return new HashMap<>(Map.ofEntries(
                Map.entry("PLUTO_VERB", verb),
                Map.entry("PLUTO_STACK", "xfrm"),
                Map.entry("PLUTO_CONN_ADDRFAMILY", verb.endsWith("-v6") ? "ipv6" : "ipv4"),
                Map.entry("PLUTO_ME", "192.0.2.1"),
                Map.entry("PLUTO_PEER", "192.0.2.2"),
                Map.entry("PLUTO_NEXT_HOP", "192.0.2.254"),
                Map.entry("PLUTO_INTERFACE", "wan"),
                Map.entry("PLUTO_MY_CLIENT", "10.1.0.0/24"),
                Map.entry("PLUTO_MY_CLIENT_NET", "10.1.0.0"),
                Map.entry("PLUTO_PEER_CLIENT", "10.2.0.0/24"),
                Map.entry("PLUTO_PEER_CLIENT_NET", "10.2.0.0")));
    }

    private List<String> ran(String command, Map<String, String> environment) {
        List<String> said = new ArrayList<>();
        updown.run(command, environment, said::add, ending -> events.add("done " + ending.number() + said));
        events.add("returned");
        while (!soon.isEmpty()) {
            soon.remove().run();
        }
        return events;
    }

    @Test
    void theShippedScriptsWorkIsDoneWithoutIt() {
        Map<String, String> environment = environment("route-client");
        environment.put("PLUTO_MY_SOURCEIP", "10.1.0.1");
        environment.put("PLUTO_MTU", "1400");
        assertThat(ran(StockUpdown.COMMAND, environment))
                .containsExactly(
                        "returned",
                        "add 10.1.0.1 lo 50",
                        "replace 10.2.0.0/24 via 192.0.2.254 mtu 1400 dev wan src 10.1.0.1 table 254",
                        "done 0[]");
    }

    @Test
    void anythingElseIsLeftToTheScript() {
        assertThat(ran("ipsec _updown --route yes", environment("up-client"))).containsExactly("script", "returned");
        events.clear();
        scriptEnds.remove().run();
        isShipped = false;
        assertThat(ran(StockUpdown.COMMAND, environment("up-client")))
                .containsExactly("done 0[by script]", "script", "returned");
    }

    @ParameterizedTest
    @CsvSource({
        "PLUTO_VERB,dance-client",
        "PLUTO_STACK,bsd",
        "VTI_IFACE,vti0",
        "NFLOG,13",
        "CAT,YES",
        "PLUTO_CFG_CLIENT,1",
        "PLUTO_NM_CONFIGURED,1",
        "PLUTO_NEXT_HOP,",
        "PLUTO_PEER_CLIENT_NET,2001:db8::"
    })
    void whatIsRareIsLeftToTheScript(String variable, String value) {
        Map<String, String> environment = environment("up-client");
        environment.put(variable, value == null ? "" : value);
        assertThat(ran(StockUpdown.COMMAND, environment)).containsExactly("script", "returned");
    }

    @Test
    void nothingOvertakesAScript() {
        ran("/own", environment("up-client"));
        assertThat(ran(StockUpdown.COMMAND, environment("route-client")))
                .containsExactly("script", "returned", "script", "returned");
    }

    private static Map<String, String> withMtu() {
        Map<String, String> environment = environment("route-client");
        environment.put("PLUTO_MTU", "1400");
        return environment;
    }

    @Test
    void norDoesAScriptOvertakeAHelper() {
        Map<String, String> route = withMtu();
        updown.run(StockUpdown.COMMAND, route, events::add, ending -> {
            events.add("first done");
            updown.run("/third", route, events::add, last -> {});
        });
        assertThat(ran("/second", environment("up-client")))
                .containsExactly(
                        "returned",
                        "replace 10.2.0.0/24 via 192.0.2.254 mtu 1400 dev wan table 254",
                        "first done",
                        "script",
                        "script");
        assertThat(commands).containsExactly("/second", "/third");
    }

    /** Whoever waits must not wait for ever. */
    @Test
    void aFaultEndsARun() {
        fault = Optional.of(new IllegalStateException("of the kernel's socket"));
        assertThatThrownBy(() -> ran(StockUpdown.COMMAND, withMtu())).hasRootCauseMessage("of the kernel's socket");
        assertThat(events).last().isEqualTo("done 1[java.lang.IllegalStateException: of the kernel's socket]");
    }

    @Test
    void aRefusalIsToldAsTheScriptWould() {
        refuses = true;
        Map<String, String> environment = environment("route-client");
        environment.put("PLUTO_MTU", "1400");
        environment.put("PLUTO_METRIC", "7");
        assertThat(ran(StockUpdown.COMMAND, environment))
                .endsWith("done 0[/x/_updown.xfrm: doroute \"ip -4 route replace 10.2.0.0/24 via 192.0.2.254 mtu 1400"
                        + " metric 7  dev wan\" failed (RTNETLINK answers: Operation not permitted)]");
    }

    @Override
    public void run(String command, Map<String, String> environment, Consumer<String> said, Consumer<Ending> done) {
        events.add("script");
        commands.add(command);
        scriptEnds.add(() -> {
            said.accept("by script");
            done.accept(Ending.exited(0));
        });
    }

    @Override
    public Way way(IpAddress to, Optional<IpAddress> from) {
        return new Way("wan", true, false);
    }

    @Override
    public Optional<Device> device(String name) {
        return Optional.of(new Device(false, true));
    }

    @Override
    public Optional<String> deviceOf(Subnet to) {
        return Optional.of("wan");
    }

    @Override
    public boolean isSource(IpAddress address) {
        return false;
    }

    @Override
    public boolean hasAddress(IpAddress address, String device, int scope) {
        return true;
    }

    @Override
    public void replaceRoute(ClientRoute route) throws Refusal {
        fault.ifPresent(thrown -> {
            throw thrown;
        });
        if (refuses) {
            throw new Refusal("RTNETLINK answers: Operation not permitted", 2);
        }
        events.add("replace " + route.to()
                + route.gateway().map(hop -> " via " + hop).orElse("")
                + (route.mtu().isPresent() ? " mtu " + route.mtu().getAsLong() : "") + " dev " + route.device()
                + route.source().map(source -> " src " + source).orElse("") + " table " + route.table());
    }

    @Override
    public void deleteRoute(ClientRoute route) {
        events.add("delete " + route.to());
    }

    @Override
    public void addAddress(IpAddress address, String device, int scope) {
        events.add("add " + address + " " + device + " " + scope);
    }

    @Override
    public void deleteAddress(IpAddress address, String device) {
        events.add("delete " + address + " " + device);
    }

    @Override
    public void addProxy(IpAddress neighbour, String device) {
        events.add("proxy " + neighbour);
    }

    @Override
    public void deleteProxy(IpAddress neighbour, String device) {
        events.add("no proxy " + neighbour);
    }

    @Override
    public void addRule(MarkRule rule) {
        events.add("rule " + rule.to());
    }

    @Override
    public void deleteRule(MarkRule rule) {
        events.add("no rule " + rule.to());
    }
}
