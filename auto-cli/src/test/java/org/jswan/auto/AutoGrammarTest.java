// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines of auto, with what libreswan's script answers to each. */
class AutoGrammarTest {
    /** @param text standard output, then standard error and exit status behind lines that begin with dashes */
    record Exchange(String arguments, String text) {}

    static Stream<Exchange> transcript() throws IOException {
        String all = new String(
                AutoGrammarTest.class.getResourceAsStream("auto.transcript").readAllBytes(), StandardCharsets.UTF_8);
        List<Exchange> exchanges = new ArrayList<>();
        for (String each : all.split("(?m)^### ?", -1)) {
            if (!each.isEmpty()) {
                int line = each.indexOf('\n');
                exchanges.add(new Exchange(each.substring(0, line), each.substring(line + 1)));
            }
        }
        return exchanges.stream();
    }

    private static AutoCommand parse(String arguments) {
        List<String> words = arguments.isEmpty() ? List.of() : List.of(arguments.split(" ", -1));
        return AutoGrammar.parse(words, "/run/pluto/pluto.ctl");
    }

    @ParameterizedTest
    @MethodSource("transcript")
    void answersAsTheOracle(Exchange exchange) {
        AutoCommand command = parse(exchange.arguments());
        String text;
        if (command instanceof AutoCommand.Done done) {
            text = done.out() + "--- stderr\n" + done.err() + "--- status " + done.status() + "\n";
        } else {
            AutoCommand.Steps steps = (AutoCommand.Steps) command;
            assertThat(steps.showOnly()).isTrue();
            text = steps.steps().stream().map(step -> step.line() + "\n").collect(Collectors.joining()) + "--- stderr\n"
                    + steps.warning() + "--- status 0\n";
        }
        assertThat(text).isEqualTo(exchange.text());
    }

    /** libreswan's script runs addconn without a name, shows a notice, or knows nothing of them. */
    @ParameterizedTest
    @ValueSource(strings = {"fetchcrls", "rereadcrls", "rereadgroups", "listgroups"})
    void followsTheManualWhereTheScriptDoesNot(String operation) {
        AutoCommand.Steps steps = (AutoCommand.Steps) parse("--" + operation);
        assertThat(steps.steps()).hasSize(1);
        assertThat(steps.steps().get(0).line())
                .isEqualTo("ipsec whack --ctlsocket /run/pluto/pluto.ctl --" + operation);
    }

    @Test
    void anOptionWithoutItsArgumentIsRefused() {
        assertThat(parse("--config")).isInstanceOfSatisfying(AutoCommand.Done.class, done -> assertThat(done.status())
                .isEqualTo(2));
    }
}
