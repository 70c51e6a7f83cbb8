// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jswan.helper.Helpers;
import org.jswan.net.RouteEditor;
import org.jswan.updown.ScriptRunner;
import org.jswan.updown.stock.StockUpdown;
import org.junit.jupiter.api.Test;

/** Which real runs of the default updown need no shell: all but those that ask for what only the script does. */
class StockUpdownJobsTest {
    private final Set<String> byScript = new TreeSet<>();
    private final List<Callable<?>> byDaemon = new ArrayList<>();

    private final ScriptRunner scripts = (command, environment, said, done) -> {
        byScript.add(environment.get("PLUTO_CONNECTION"));
        done.accept(ScriptRunner.Ending.exited(0));
    };

    /** Nothing is done here; it is only asked who would. */
    private final RouteEditor untouched = (RouteEditor) Proxy.newProxyInstance(
            RouteEditor.class.getClassLoader(), new Class<?>[] {RouteEditor.class}, (proxy, method, arguments) -> {
                throw new AssertionError(method);
            });

    private <T> Runnable keep(Callable<T> work, Consumer<Helpers.Outcome<T>> done) {
        byDaemon.add(work);
        return () -> {};
    }

    private void run(Map<String, String> environment) {
        new StockUpdown(scripts, untouched, new StockUpdown.Setting(() -> true, "/x/_updown.xfrm", this::keep))
                .run(StockUpdown.COMMAND, environment, said -> {}, ending -> {});
    }

    @Test
    void aTunnelIsNotForTheScript() {
        Pair pair = Pair.listening(1);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        pair.west.environments().forEach(this::run);
        pair.east.environments().forEach(this::run);
        assertThat(byScript).isEmpty();
        // prepare, route and up, and what undoes them
        assertThat(byDaemon).hasSizeGreaterThanOrEqualTo(8);
    }

    /** As libreswan's pluto would ask. */
    @Test
    void whatIsRecordedIsForTheScriptOnlyWhereItMustBe() throws IOException {
        for (Recording.Entry entry : Recording.read("updown.out")) {
            Map<String, String> environment = new HashMap<>();
            for (String line : entry.lines()) {
                if (line.startsWith("! ")) {
                    runUnlessEmpty(environment);
                } else {
                    String[] variable = line.split("=", 2);
                    environment.put(variable[0], variable[1]);
                }
            }
            runUnlessEmpty(environment);
        }
        // It has nflog=.
        assertThat(byScript).containsExactly("r-kernel");
        assertThat(byDaemon).hasSizeGreaterThan(60);
    }

    private void runUnlessEmpty(Map<String, String> environment) {
        if (!environment.isEmpty()) {
            run(Map.copyOf(environment));
            environment.clear();
        }
    }
}
