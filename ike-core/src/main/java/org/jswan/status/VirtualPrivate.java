// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.util.List;
import org.jswan.base.Subnet;
import org.jswan.config.value.PrivateNetworks;

/** What {@code virtual-private=} allows clients of road warriors to be, and excludes. */
final class VirtualPrivate {
    /** as libreswan: what a line holds, its end included. */
    private static final int WIDTH = 256;

    private VirtualPrivate() {}

    static void show(Listing listing, PrivateNetworks setting) {
        listing.line("virtual-private (%priv):");
        show(listing, "allowed", setting.allowed());
        show(listing, "excluded", setting.excluded());
    }

    private static void show(Listing listing, String kind, List<Subnet> subnets) {
        if (subnets.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (Subnet subnet : subnets) {
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
