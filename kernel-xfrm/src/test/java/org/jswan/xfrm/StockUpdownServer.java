// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jswan.helper.Helpers;
import org.jswan.updown.ScriptRunner.Ending;
import org.jswan.updown.stock.StockUpdown;

/**
 * Does the stock updown's work in this process for {@code testing/updown.sh}: gets environments on standard input, one
 * variable a line and an empty line at the end, and answers what was said and {@code exit N} each time; {@code exit script}
 * where it would be left to the script.
 */
public final class StockUpdownServer {
    /** No script ends with such a status. */
    private static final Ending LEFT_TO_SCRIPT = Ending.exited(-1);

    private StockUpdownServer() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (RouteTable routes = RouteTable.open()) {
            StockUpdown updown = new StockUpdown(
                    (command, environment, said, done) -> done.accept(LEFT_TO_SCRIPT),
                    routes.editor(),
                    new StockUpdown.Setting(() -> true, "/shipped/_updown.xfrm", new Inline()));
            Map<String, String> environment = new HashMap<>();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isEmpty()) {
                    String[] variable = line.split("=", 2);
                    environment.put(variable[0], variable[1]);
                } else {
                    updown.run(StockUpdown.COMMAND, environment, System.out::println, StockUpdownServer::tell);
                    environment.clear();
                }
            }
        }
    }

    /** Does at once what helpers would do. */
    private static final class Inline implements Helpers {
        @Override
        public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done) {
            try {
                done.accept(new Outcome<>(job.call(), null));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return () -> {};
        }
    }

    private static void tell(Ending ending) {
        System.out.println("exit " + (ending.equals(LEFT_TO_SCRIPT) ? "script" : String.valueOf(ending.number())));
    }
}
