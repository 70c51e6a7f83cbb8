// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.util.ArrayList;
import java.util.List;

/** What {@code virtual-private=} allows clients of road warriors to be, and excludes. */
final class VirtualPrivate {
    /** as libreswan: what a line holds, its end included. */
    private static final int WIDTH = 256;

    private VirtualPrivate() {}

    static void show(Listing listing, String setting) {
        listing.line("virtual-private (%priv):");
        List<String> allowed = new ArrayList<>();
        List<String> excluded = new ArrayList<>();
        for (String entry : setting.split(",")) {
            String subnet = entry.trim().replaceFirst("^%v[46]:", "");
            if (subnet.startsWith("!")) {
                excluded.add(subnet.substring(1));
            } else if (!subnet.isEmpty()) {
                allowed.add(subnet);
            }
        }
        show(listing, "allowed", allowed);
        show(listing, "excluded", excluded);
    }

    private static void show(Listing listing, String kind, List<String> subnets) {
        if (subnets.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (String subnet : subnets) {
            String more = (shown == 0 ? "" : ", ") + subnet;
            if (text.length() + more.length() >= WIDTH) {
                break;
            }
            text.append(more);
            shown++;
        }
        listing.line("- " + kind + " subnet" + (shown == 1 ? "" : "s") + ": " + text);
        if (shown < subnets.size()) {
            listing.line("showing only " + shown + " of " + subnets.size() + "!");
        }
    }
}
