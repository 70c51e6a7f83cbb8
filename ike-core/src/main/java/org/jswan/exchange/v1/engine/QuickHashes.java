// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.crypto.keymat.Ikev1Keys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.impair.Impairments;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Phase2;
import org.jswan.sa.Sa;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.HashPayload;
import org.jswan.wire.v1.Message;

/** The hashes in front of the messages that an ISAKMP SA protects (RFC 2409 §5.5, §5.7). */
public final class QuickHashes {
    private QuickHashes() {}

    /** What the hash of a received message has to be. */
    static Bytes expected(IkeSa ike, Sa sa, IsakmpRow.Hash kind, IsakmpMessage message, HashPayload hash) {
        return compute(
                ike, sa, kind, message.header().messageId(), message.content().after(hash));
    }

    /**
     * The payloads with their hash in front.
     *
     * @param what the message, as logged if an impairment has the hash otherwise
     */
    public static List<Payload> hashed(
            Impairments impair, Sa sa, IsakmpRow.Hash kind, String what, List<? extends Payload> rest) {
        IkeSa ike = sa.ike();
        Bytes hash = compute(ike, sa, kind, sa.v1().messageId(), Message.encodePayloads(rest));
        return new HashImpairment(
                        impair,
                        sa.logger(),
                        sa instanceof ChildSa ? HashImpairment.Exchange.QUICK : HashImpairment.Exchange.XAUTH)
                .inFront(hash, what, rest);
    }

    private static Bytes compute(IkeSa ike, Sa sa, IsakmpRow.Hash kind, long messageId, Bytes rest) {
        Ikev1Keys keys = ike.phase1().keys();
        return switch (kind) {
            case FIRST -> keys.quickHash1(messageId, rest);
            case SECOND -> keys.quickHash2(messageId, phase2(sa).initiatorNonce(), rest);
            case THIRD -> keys.quickHash3(
                    messageId,
                    new Nonces(phase2(sa).initiatorNonce(), phase2(sa).responderNonce()));
            case NONE -> throw new IllegalArgumentException("no hash");
        };
    }

    private static Phase2 phase2(Sa sa) {
        return ((ChildSa) sa).phase2();
    }
}
