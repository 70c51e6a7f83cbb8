// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.List;
import java.util.Optional;
import org.jswan.sa.V1State;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.HashPayload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.SaPayload;

/** In which order payloads have to stand (RFC 2409 §5, §5.5). */
final class PayloadOrder {
    private PayloadOrder() {}

    /** What is wrong with a message that a state takes; empty if nothing. */
    static Optional<String> fault(V1State state, IsakmpMessage message) {
        List<Payload> payloads = message.payloads();
        if (state.isQuick()) {
            return quickFault(payloads);
        }
        boolean hasSa = message.first(SaPayload.class).isPresent();
        return hasSa && !(payloads.get(0) instanceof SaPayload)
                ? Optional.of("malformed Phase 1 message: does not start with an SA payload")
                : Optional.empty();
    }

    private static Optional<String> quickFault(List<Payload> payloads) {
        if (payloads.isEmpty() || !(payloads.get(0) instanceof HashPayload)) {
            return Optional.of("malformed Quick Mode message: does not start with a HASH payload");
        }
        int next = 1;
        for (int i = 1; i < payloads.size(); i++) {
            if (payloads.get(i) instanceof SaPayload && i != next++) {
                return Optional.of("malformed Quick Mode message: SA payload is in wrong position");
            }
        }
        List<Integer> ids = new java.util.ArrayList<>();
        for (int i = 0; i < payloads.size(); i++) {
            if (payloads.get(i) instanceof IdPayload) {
                ids.add(i);
            }
        }
        if (!ids.isEmpty() && ids.size() != 2) {
            return Optional.of("malformed Quick Mode message: if any ID payload is present, there must be exactly two");
        }
        return ids.isEmpty() || ids.get(0) + 1 == ids.get(1)
                ? Optional.empty()
                : Optional.of("malformed Quick Mode message: the ID payloads are not adjacent");
    }
}
