// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jswan.base.Bytes;

/** The user, as a client sees them. */
public final class ClientIo {
    private final PrintStream output;
    private final PrintStream error;
    private final BufferedReader input;

    public ClientIo(PrintStream output, PrintStream error, java.io.InputStream input) {
        this.output = output;
        this.error = error;
        this.input = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
    }

    /** Standard input, output and error. */
    public static ClientIo standard() {
        return new ClientIo(System.out, System.err, System.in);
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
    Optional<String> password() throws IOException {
        Console console = System.console();
        if (console != null) {
            return Optional.ofNullable(console.readPassword("Enter passphrase: "))
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
