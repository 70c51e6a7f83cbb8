// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.hostkey;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.hostkey.Tool.End;
import org.jswan.key.KeyDatabaseException;
import org.jswan.nss.Nss;

/**
 * {@code _import_crl URL SIZE}: keeps the list of revoked certificates that comes by standard input. The daemon has the
 * database open to read only.
 */
final class ImportList {
    private static final int FAILED = 1;

    private final Tool tool;
    private final PrintStream err;
    private final InputStream in;

    ImportList(Tool tool, PrintStream err, InputStream in) {
        this.tool = tool;
        this.err = err;
        this.in = in;
    }

    void run(List<String> arguments) throws End {
        if (arguments.size() != 2) {
            throw fail("expecting: <url> <der-size>");
        }
        Bytes der = read(size(arguments.get(1)));
        Nss nss = tool.open(true);
        try {
            nss.importRevocationList(der, arguments.get(0));
        } catch (KeyDatabaseException refused) {
            err.println(refused.getMessage());
            throw new End(FAILED);
        } finally {
            nss.close();
        }
    }

    private int size(String text) throws End {
        String digits = text.matches("-?[0-9].*") ? text.replaceFirst("^(-?[0-9]+).*", "$1") : "";
        if (digits.isEmpty()) {
            throw fail("<der-size> is not a number: " + text);
        }
        if (digits.length() < text.length()) {
            throw fail("<der-size> contains grailing garbage: " + text);
        }
        long size;
        try {
            size = Long.parseLong(digits);
        } catch (NumberFormatException large) {
            throw fail("<der-size> '" + text + "' is out-of-range: Numerical result out of range (errno 34)");
        }
        if (size <= 0) {
            throw fail("<der-size> must be positive: " + text);
        }
        return (int) Math.min(size, Integer.MAX_VALUE - Long.BYTES);
    }

    private Bytes read(int size) throws End {
        try {
            byte[] octets = in.readNBytes(size);
            if (octets.length < size) {
                throw fail("less then " + size + " bytes read");
            }
            return Bytes.wrap(octets);
        } catch (IOException e) {
            throw fail(String.valueOf(e.getMessage()));
        }
    }

    private End fail(String why) {
        err.println("FATAL ERROR: _import_crl: " + why);
        return new End(FAILED);
    }
}
