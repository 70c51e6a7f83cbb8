// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.net.IkeSocket;

/** Messages of the peer that wait: for the keys, or until a helper, the kernel or a script is done with the SA. */
public final class HeldMessages {
    /** As many fragments as one message may have. */
    private static final int MAXIMUM = 32;

    private final List<HeldMessage> messages = new ArrayList<>(0);

    HeldMessages() {}

    /**
     * One of them.
     *
     * @param sender of this very datagram: another's may be a forgery
     */
    public record HeldMessage(IkeSocket socket, Endpoint sender, Bytes octets) {}

    /** Whether the very same message is kept already. */
    public boolean holds(HeldMessage message) {
        return messages.contains(message);
    }

    /** Keeps a message; what is too much is dropped, the peer sends it again. */
    public void hold(HeldMessage message) {
        if (messages.size() < MAXIMUM && !messages.contains(message)) {
            messages.add(message);
        }
    }

    /** How many octets are kept. */
    public int octets() {
        return messages.stream().mapToInt(message -> message.octets().length()).sum();
    }

    /** The messages kept, in the order they came; they are kept no longer. */
    public List<HeldMessage> take() {
        List<HeldMessage> taken = List.copyOf(messages);
        messages.clear();
        return taken;
    }
}
