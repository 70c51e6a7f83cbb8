// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.jswan.base.Endpoint;
import org.jswan.log.LogSink;
import org.jswan.time.TimerQueue;

/**
 * What all TCP sockets work with.
 *
 * @param buffer direct; for what is received and sent, as the loop works with one socket at a time
 * @param tellsAddresses whether peers' addresses may be logged
 * @param unframed whether the kernel is not to be told what the streams carry: an impairment
 */
record TcpContext(
        Loop loop,
        TimerQueue timers,
        DatagramReceiver receiver,
        LogSink log,
        ByteBuffer buffer,
        boolean tellsAddresses,
        BooleanSupplier unframed) {

    static ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect(1 << 16);
    }

    String shown(Endpoint peer) {
        return tellsAddresses ? peer.toString() : "<endpoint>";
    }
}
