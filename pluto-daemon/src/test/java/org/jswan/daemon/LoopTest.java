// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.helper.Helpers;
import org.jswan.time.TimerQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class LoopTest {
    private final ManualClock clock = new ManualClock();
    private final TimerQueue timers = new TimerQueue(clock);
    private final Lines log = new Lines();
    private final List<String> events = new ArrayList<>();
    private Loop loop;

    @BeforeEach
    void open() throws Exception {
        loop = new Loop(clock, timers, log);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void whatAnotherThreadPostsRunsOnTheLoop() throws Exception {
        Thread other = new Thread(() -> loop.post("event", () -> {
            loop.assertOwner();
            events.add("posted");
            loop.stop();
        }));
        other.start();
        loop.run();
        other.join();
        assertThat(events).containsExactly("posted");
        assertThat(log.logged).isEmpty();
    }

    @Test
    void timersGetTheirTurnThoughEventsPostEvents() throws Exception {
        timers.after(Duration.ofMillis(100), "timer", loop::stop);
        loop.post("again", this::again);
        loop.run();
        assertThat(events).hasSize(11);
    }

    private void again() {
        events.add("again");
        clock.advance(Duration.ofMillis(10));
        loop.post("again", this::again);
    }

    @Test
    void noEventEndsTheLoopAndABugIsToldOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            loop.post("bad", LoopTest::fail);
        }
        timers.after(Duration.ZERO, "bad timer", () -> {
            throw new AssertionError("in a timer");
        });
        loop.post("last", loop::stop);
        loop.run();
        assertThat(log.logged).hasSize(2);
        assertThat(log.logged.get(0)).matches("EXPECTATION FAILED: AssertionError: in a timer \\(.* LoopTest.java\\)");
        assertThat(log.logged.get(1))
                .matches("EXPECTATION FAILED: IllegalStateException: wrong \\(fail\\(\\) \\+\\d+ LoopTest.java\\)");
        assertThat(log.debugged).anyMatch(line -> line.contains("at org.jswan.daemon.LoopTest.fail"));
    }

    @Test
    void aBugIsToldWithAPlaceOfOurs() throws Exception {
        List<Object> taken = new ArrayList<>();
        loop.post("bad", () -> taken.add(Optional.empty().orElseThrow()));
        loop.post("last", loop::stop);
        loop.run();
        assertThat(log.logged).hasSize(1);
        assertThat(log.logged.get(0)).endsWith(" LoopTest.java)");
    }

    private static void fail() {
        throw new IllegalStateException("wrong");
    }

    @Test
    void anEventThatHoldsTheLoopIsLogged() throws Exception {
        loop.post("quick", () -> clock.advance(Loop.SLOW));
        loop.post("slow", () -> clock.advance(Duration.ofMillis(51)));
        loop.post("last", loop::stop);
        loop.run();
        assertThat(log.logged).containsExactly("event \"slow\" held the loop for 51 milliseconds");
    }

    @Test
    void anotherThreadIsNotItsOwner() throws Exception {
        List<Throwable> thrown = new ArrayList<>();
        Thread other = new Thread(() -> {
            try {
                loop.assertOwner();
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        });
        other.start();
        other.join();
        assertThat(thrown).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void helpersAnswerOnTheLoopAndNeverAtOnce(int count) throws Exception {
        try (HelperPool helpers = new HelperPool(loop, count)) {
            helpers.submit(() -> 42, outcome -> {
                loop.assertOwner();
                events.add("answer " + outcome.value());
                loop.stop();
            });
            events.add("submitted");
            loop.run();
        }
        assertThat(events).containsExactly("submitted", "answer 42");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aJobsFailureIsItsOutcome(int count) throws Exception {
        List<Helpers.Outcome<Object>> outcomes = new ArrayList<>();
        try (HelperPool helpers = new HelperPool(loop, count)) {
            helpers.submit(
                    () -> {
                        throw new java.io.IOException("no");
                    },
                    outcome -> {
                        outcomes.add(outcome);
                        loop.stop();
                    });
            loop.run();
        }
        assertThatThrownBy(() -> outcomes.get(0).get()).hasMessage("no");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aCancelledJobIsNotHeardOf(int count) throws Exception {
        try (HelperPool helpers = new HelperPool(loop, count)) {
            helpers.submit(() -> 1, outcome -> events.add("cancelled")).run();
            helpers.submit(() -> 2, outcome -> loop.stop());
            loop.run();
        }
        assertThat(events).isEmpty();
    }

    @Test
    void helpersAreOneLessThanProcessorsUnlessToldOtherwise() {
        assertThat(HelperPool.count(-1, 8)).isEqualTo(7);
        assertThat(HelperPool.count(-1, 1)).isEqualTo(1);
        assertThat(HelperPool.count(0, 8)).isEqualTo(0);
        assertThat(HelperPool.count(5, 2)).isEqualTo(5);
    }

    @Test
    void whatIsHeldAtTheEndIsCounted() {
        assertThat(Service.leaks(0, 0)).containsExactly("leak detective found no leaks");
        assertThat(Service.leaks(1, 2))
                .containsExactly("leak: 1 * SA", "leak: 2 * timer", "leak detective found 3 leaks");
    }

    @Test
    void scriptsFindTheIpsecThatGoesWithUs() {
        assertThat(Service.scriptEnvironment(Map.of("A", "b", "PATH", "/x:/usr/local/sbin")))
                .isEqualTo(Map.of("A", "b", "PATH", "/x:/usr/local/sbin"));
        assertThat(Service.scriptEnvironment(Map.of("PATH", "/x"))).isEqualTo(Map.of("PATH", "/usr/local/sbin:/x"));
        assertThat(Service.scriptEnvironment(Map.of()))
                .isEqualTo(Map.of("PATH", "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"));
    }
}
