// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;

/** Events as lines, in the order in which they were told. */
final class Told implements KernelEvents {
    private final List<String> lines = new ArrayList<>();

    List<String> lines() {
        return lines;
    }

    @Override
    public void acquire(Selector source, Selector destination, int requestId, Optional<SecurityLabel> label) {
        lines.add("acquire " + source + " " + destination);
    }

    @Override
    public void expired(SaId id, boolean hard, SaCounters counters) {
        lines.add((hard ? "hard " : "soft ") + id.source() + " " + id + " " + counters.bytes() + " "
                + counters.packets());
    }

    @Override
    public void mappingChanged(int spi, IpAddress newAddress, int newPort) {
        lines.add("mapping " + Integer.toHexString(spi) + " " + newAddress + " " + newPort);
    }

    @Override
    public void eventsLost() {
        lines.add("lost");
    }
}
