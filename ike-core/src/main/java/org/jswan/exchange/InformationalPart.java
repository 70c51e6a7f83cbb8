// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.function.Consumer;
import org.jswan.sa.IkeSa;
import org.jswan.wire.Payload;

/** What INFORMATIONAL exchanges are used for beside deletion: it owns its notifies in both directions. */
public interface InformationalPart {
    /**
     * The peer asks something with at least one notify.
     *
     * @param answer gets the payloads of this part's answer once, maybe later; no other message is looked at until then
     */
    void requested(IkeSa ike, Incoming request, Consumer<List<Payload>> answer);

    /**
     * The peer answered a request of ours.
     *
     * @param done is called once, maybe later; no other message is looked at until then
     */
    void answered(IkeSa ike, Incoming response, Runnable done);
}
