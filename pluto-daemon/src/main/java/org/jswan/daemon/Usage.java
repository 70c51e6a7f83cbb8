// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.ArrayList;
import java.util.List;
import org.jswan.control.Version;

/** What {@code --help} prints: every option, in lines of at most 71 columns. */
final class Usage {
    /** What was built in: all that this program has of libreswan's list. */
    static final String FEATURES = " IKEv2 IKEv1 PFKEYV2 XFRM XFRMI esp-hw-offload FORK NSS (native-KDF)"
            + " DNSSEC LABELED_IPSEC (SELINUX) AUTH_PAM NETWORKMANAGER";

    private static final int WIDTH = 72;

    private Usage() {}

    static List<String> lines(String program) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder("Usage: " + program);
        for (PlutoOption option : PlutoOption.values()) {
            if (option.replacement() != null) {
                continue;
            }
            String chunk = option.argumentName().isEmpty()
                    ? "[--" + option.word() + "]"
                    : "[--" + option.word() + " " + option.argumentName() + "]";
            if (option == PlutoOption.DEBUG_NONE || line.length() + chunk.length() + 2 >= WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
                line.append('\t');
            } else {
                line.append(' ');
            }
            line.append(chunk);
        }
        lines.add(line.toString());
        lines.add(Version.TEXT);
        return lines;
    }
}
