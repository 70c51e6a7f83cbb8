// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.ArrayList;
import java.util.List;
import org.jswan.control.WhackCommand.ProcessStatus;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** What the daemon has begun and waits for, as {@code whack --processstatus} lists it: scripts wait for its end, too. */
public final class Processes {
    private final List<Running> running = new ArrayList<>();

    Processes() {}

    private record Running(long id, String name) {}

    /**
     * Something begins.
     *
     * @param id of the process that does it
     * @return to be run when it is over; on the loop
     */
    public Runnable begin(long id, String name) {
        Running process = new Running(id, name);
        running.add(0, process);
        return () -> running.remove(process);
    }

    void register(CommandTable table) {
        table.on(ProcessStatus.class, (command, request) -> list(request.logger()));
    }

    /** The newest first. */
    private void list(Logger asking) {
        asking.whackOnly(RcCode.COMMENT, "  PID  Process");
        for (Running process : running) {
            asking.whackOnly(RcCode.COMMENT, String.format("%5d  %s", process.id(), process.name()));
        }
    }
}
