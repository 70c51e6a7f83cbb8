// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.hostkey;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.key.KeyDatabaseException;
import org.jswan.nss.Nss;
import org.jswan.nss.NssPasswords;
import org.jswan.nss.TokenPasswords;

/** What the programs have in common: where they speak, and the database that they open. */
final class Tool {
    private final String name;
    private final PrintStream out;
    private final PrintStream err;
    private final String ownNssdir;
    private boolean verbose;
    private boolean debug;
    private Optional<String> nssdir = Optional.empty();
    private Optional<String> password = Optional.empty();

    /** The program ends; what is to be said has been. */
    static final class End extends Exception {
        private static final long serialVersionUID = 1L;

        private final int status;

        End(int status) {
            super(null, null, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /**
     * @param name {@code showhostkey}
     * @param ownNssdir the database that is used unless another is named
     */
    Tool(String name, PrintStream out, PrintStream err, String ownNssdir) {
        this.name = name;
        this.out = out;
        this.err = err;
        this.ownNssdir = ownNssdir;
    }

    void setVerbose() {
        verbose = true;
    }

    void setDebug() {
        debug = true;
    }

    boolean isVerbose() {
        return verbose;
    }

    void setNssdir(String folder) {
        nssdir = Optional.of(folder.startsWith("sql:") ? folder.substring("sql:".length()) : folder);
    }

    String nssdir() {
        return nssdir.orElse(ownNssdir);
    }

    void setPassword(String text) {
        password = Optional.of(text);
    }

    /** A line for whoever wants to know more. */
    void tell(String line) {
        if (verbose) {
            err.println("ipsec " + name + ": " + line);
        }
    }

    /** A line for whoever looks for a mistake. */
    void debug(String line) {
        if (debug) {
            err.println("| " + line);
        }
    }

    /** A line of the result. */
    void show(String line) {
        out.println(line);
    }

    /** A line for the user that is no result. */
    void say(String line) {
        err.println(line);
    }

    /** The end, and why. */
    End fail(int status, String why) {
        err.println("ipsec " + name + ": " + why);
        return new End(status);
    }

    /** Opens the database. */
    Nss open(boolean writable) throws End {
        // as libreswan: whatever it is opened for
        tell("Initializing NSS using read-write database \"sql:" + nssdir() + "\"");
        try {
            Nss nss = Nss.open(nssdir(), writable, passwords());
            tell("FIPS Mode: NO");
            return nss;
        } catch (KeyDatabaseException e) {
            throw fatal(e);
        }
    }

    /** The database failed. */
    End fatal(KeyDatabaseException failure) {
        err.println("FATAL ERROR: ipsec " + name + ": " + failure.getMessage());
        return new End(1);
    }

    private TokenPasswords passwords() {
        Consumer<String> log = this::tell;
        if (password.isEmpty()) {
            return new NssPasswords(Path.of(nssdir(), "nsspassword"), log);
        }
        return token -> {
            log.accept("NSS Password for token \"" + token + "\" with length "
                    + password.get().length() + " passed to NSS");
            return password;
        };
    }
}
