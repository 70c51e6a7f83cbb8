// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jswan.base.Bytes;

/** The user, as a client sees them. */
public final class ClientIo {
    private final Optional<Console> console;
    private final PrintStream output;
    private final PrintStream error;
    private final BufferedReader input;

    /** @param console where passwords can be read unseen, if there is such a place */
    public ClientIo(PrintStream output, PrintStream error, InputStream input, Optional<Console> console) {
        this.console = console;
        this.output = output;
        this.error = error;
        this.input = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
    }

    /** Standard input, output and error, and the terminal. */
    @SuppressWarnings(
            "SystemConsoleNull") // whoever starts us sets jdk.console, so that null is "no terminal" after 22 too
    public static ClientIo standard() {
        return new ClientIo(System.out, System.err, System.in, Optional.ofNullable(System.console()));
    }

    public void print(Bytes octets) {
        byte[] all = octets.toArray();
        output.write(all, 0, all.length);
        output.flush();
    }

    public void printError(Bytes octets) {
        byte[] all = octets.toArray();
        error.write(all, 0, all.length);
        error.flush();
    }

    /** A password, unseen if there is a terminal; empty at the end of the input. */
    @SuppressWarnings("SystemConsoleNull") // a JDK with a console and no terminal reads the input just the same
    Optional<String> password() throws IOException {
        if (console.isPresent()) {
            return Optional.ofNullable(console.get().readPassword("Enter passphrase: "))
                    .map(String::new);
        }
        printError(Bytes.ofUtf8("Enter passphrase: "));
        return Optional.ofNullable(input.readLine());
    }

    /** A user name; empty at the end of the input. */
    Optional<String> username() throws IOException {
        printError(Bytes.ofUtf8("Enter username:   "));
        return Optional.ofNullable(input.readLine());
    }
}
