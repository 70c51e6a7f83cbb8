// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.List;
import org.jswan.base.Bytes;

/**
 * The message IDs of one IKE SA in both directions (RFC 7296 §2.2, §2.3), window size 1: at most one request of ours is
 * unanswered, and the peer's last request is remembered with our answer to it. An IDs is an unsigned 32-bit number.
 */
public final class MessageWindow {
    private static final long NONE = -1;

    private long nextRequest;
    private long outstanding = NONE;
    private List<Bytes> request = List.of();
    private long nextExpected;
    private List<Bytes> lastResponse = List.of();

    /** The ID that our next request will carry. */
    public long nextRequestId() {
        return nextRequest;
    }

    /** Whether a request of ours waits for its response: the next has to wait too. */
    public boolean isRequestOutstanding() {
        return outstanding != NONE;
    }

    /** Whether {@code messageId} is that of the request that waits for its response. */
    public boolean isAwaitedResponse(long messageId) {
        return outstanding != NONE && outstanding == messageId;
    }

    /** Whether a response with that ID was processed before. */
    public boolean isOldResponse(long messageId) {
        return messageId < nextRequest && messageId != outstanding;
    }

    /** A request is sent; {@code datagrams} are kept for retransmission. */
    public void requestSent(List<Bytes> datagrams) {
        if (outstanding != NONE) {
            throw new IllegalStateException("request " + outstanding + " is not answered yet");
        }
        outstanding = nextRequest++;
        request = datagrams;
    }

    /** A request is sent whose response nobody waits for: the SA ends with it. */
    public void requestSentWithoutResponse() {
        nextRequest++;
    }

    /** The datagrams of the unanswered request. */
    public List<Bytes> outstandingRequest() {
        return request;
    }

    public void responseProcessed() {
        outstanding = NONE;
        request = List.of();
    }

    /** IKE_SA_INIT begins anew, with a cookie or another group: it keeps message ID 0 (RFC 7296 §2.6). */
    public void restart() {
        nextRequest = 0;
        responseProcessed();
    }

    /** The ID that the peer's next request has to carry. */
    public long expectedRequestId() {
        return nextExpected;
    }

    /** Whether {@code messageId} is that of the peer's last request, which was answered. */
    public boolean isLastRequest(long messageId) {
        return messageId == nextExpected - 1;
    }

    /** The peer's request with the expected ID was processed and {@code datagrams} answer it. */
    public void requestAnswered(List<Bytes> datagrams) {
        nextExpected++;
        lastResponse = datagrams;
    }

    /** The datagrams of the last response, to be sent again if its request comes again. */
    public List<Bytes> lastResponse() {
        return lastResponse;
    }
}
