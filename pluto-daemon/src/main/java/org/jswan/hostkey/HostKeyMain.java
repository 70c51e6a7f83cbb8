// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.hostkey;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jswan.control.Version;
import org.jswan.hostkey.Tool.End;
import org.jswan.key.KeyType;

/** Starts the program that the first argument, the path it was called by, names. */
public final class HostKeyMain {
    private HostKeyMain() {}

    public static void main(String[] arguments) {
        int status = run(
                Arrays.asList(arguments),
                System.in,
                System.out,
                System.err,
                System.getProperty("jswan.nssdir", "/var/lib/ipsec/nss"));
        System.out.flush();
        System.exit(status);
    }

    /**
     * Runs a program.
     *
     * @param arguments with the path it was called by in front
     * @param nssdir the database that is used unless another is named
     * @return its exit status
     */
    static int run(List<String> arguments, InputStream in, PrintStream out, PrintStream err, String nssdir) {
        String program = arguments.get(0);
        String name = Path.of(program).getFileName().toString();
        List<String> own = arguments.subList(1, arguments.size());
        Tool tool = new Tool(name, out, err, nssdir);
        try {
            switch (name) {
                case "showhostkey" -> new ShowHostKey(tool, Version.TEXT).run(program, own);
                case "rsasigkey" -> new MakeKeyPair(tool, name, KeyType.RSA, Version.LIBRESWAN).run(program, own);
                case "ecdsasigkey" -> new MakeKeyPair(tool, name, KeyType.ECDSA, Version.LIBRESWAN).run(program, own);
                case "_import_crl" -> new ImportList(tool, err, in).run(own);
                default -> throw new IllegalArgumentException("no program " + name);
            }
            return 0;
        } catch (End end) {
            return end.status();
        }
    }
}
