// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringTokenizer;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;

/** Options that hold several values with blanks or commas between them. */
final class ListOption {
    private ListOption() {}

    static List<String> words(Optional<String> text) {
        List<String> words = new ArrayList<>();
        text.ifPresent(t -> {
            StringTokenizer tokens = new StringTokenizer(t, ", ");
            while (tokens.hasMoreTokens()) {
                words.add(tokens.nextToken());
            }
        });
        return words;
    }

    /** @param family empty: any */
    static List<IpAddress> addresses(String option, Optional<String> text, Optional<AddressFamily> family)
            throws ConnectionRefused {
        List<IpAddress> addresses = new ArrayList<>();
        for (String word : words(text)) {
            addresses.add(IpAddress.parse(word)
                    .filter(address -> family.isEmpty() || family.get() == address.family())
                    .orElseThrow(() -> ConnectionRefused.fatal(
                            option + "=" + text.orElseThrow() + " invalid: " + fault(word, family))));
        }
        return addresses;
    }

    private static String fault(String word, Optional<AddressFamily> family) {
        boolean colon = word.indexOf(':') >= 0;
        boolean v6 = colon && family.filter(AddressFamily.IPV4::equals).isEmpty();
        if (!v6 && !Character.isDigit(word.charAt(0))) {
            return "first digit invalid";
        }
        if (!v6 && colon) {
            return "non-decimal digit in number";
        }
        return "not a numeric " + (v6 ? "IPv6" : "IPv4") + " address";
    }
}
