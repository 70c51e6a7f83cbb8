// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.net.IkeSocket;
import org.jswan.sa.IkeSa;
import org.jswan.world.World;

/** Takes every datagram for two, when it is so impaired. */
final class Replays {
    private final World world;
    private boolean replaying;

    Replays(World world) {
        this.world = world;
    }

    /** @param processing of that datagram */
    void process(IkeSocket socket, Endpoint sender, Bytes datagram, Runnable processing) {
        if (!world.impair().on(Impairment.REPLAY_DUPLICATES)) {
            processing.run();
            return;
        }
        Logger logger = new Logger(world.log(), Incoming.prefix(socket, sender));
        for (String which : List.of("original packet", "duplicate packet")) {
            logger.log("IMPAIR: start processing " + which + " (" + datagram.length() + " bytes)");
            replaying = true;
            try {
                processing.run();
            } finally {
                replaying = false;
            }
            logger.log("IMPAIR: stop processing " + which);
        }
    }

    /** The message at hand belongs to that SA. */
    void tell(IkeSa ike) {
        if (replaying) {
            ike.logger().log("IMPAIR: processing a fake (cloned) message");
        }
    }
}
