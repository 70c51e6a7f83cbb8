// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.ArrayList;
import java.util.List;
import org.jswan.log.LogSink;

/** A log that is kept. */
final class Lines implements LogSink {
    final List<String> logged = new ArrayList<>();
    final List<String> debugged = new ArrayList<>();

    @Override
    public synchronized void log(String line) {
        logged.add(line);
    }

    @Override
    public synchronized void debug(String line) {
        debugged.add(line);
    }
}
