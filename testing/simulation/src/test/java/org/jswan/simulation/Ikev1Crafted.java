// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.HashPayload;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.PayloadTypes;

/** Authentic messages of IKEv1 that no daemon of ours sends: an established peer that misbehaves. */
final class Ikev1Crafted {
    private Ikev1Crafted() {}

    private static Bytes seal(IkeSa ike, IkeHeader header, Bytes iv, PayloadType first, Bytes payloads) {
        return Message.envelope(
                header, first, ike.phase1().cipher().encrypt(iv, payloads).octets());
    }

    /** The SA's owner sends an Informational exchange to its peer. */
    static void inform(SimWorld world, IkeSa ike, Payload... payloads) {
        long messageId = 0x7000_0000L + world.pendingTimers() * 1000L + world.datagrams();
        Bytes rest = Message.encodePayloads(List.of(payloads));
        List<Payload> hashed = new ArrayList<>(List.of(payloads));
        hashed.add(0, new HashPayload(ike.phase1().keys().informationalHash(messageId, rest)));
        IkeHeader header = new IkeHeader(
                ike.initiatorSpi(),
                ike.responderSpi(),
                PayloadTypes.NONE,
                IkeVersion.V1,
                ExchangeType.INFO,
                IkeHeader.FLAG_V1_ENCRYPTION,
                messageId,
                IkeHeader.LENGTH);
        Bytes iv = ike.phase1().keys().phase2Iv(ike.phase1().lastBlock(), messageId);
        Bytes sealed = seal(ike, header, iv, PayloadTypes.HASH, Message.encodePayloads(hashed));
        world.network().send(ike.socket().local(), ike.remote(), sealed);
    }

    /**
     * The first message of a Quick Mode with other payloads, and with a hash that is right if they still begin with one.
     *
     * @param child of its sender
     */
    static Datagram first(ChildSa child, Datagram sent, UnaryOperator<List<Payload>> change) throws WireException {
        IkeSa ike = child.ike();
        long id = child.v1().messageId();
        Bytes iv = ike.phase1().keys().phase2Iv(ike.phase1().lastBlock(), id);
        return changed(ike, sent, iv, change, rest -> ike.phase1().keys().quickHash1(id, rest));
    }

    /**
     * The second one.
     *
     * @param child of its sender
     * @param first the message that it answers
     */
    static Datagram second(ChildSa child, Datagram first, Datagram sent, UnaryOperator<List<Payload>> change)
            throws WireException {
        IkeSa ike = child.ike();
        Bytes iv = first.octets()
                .from(first.octets().length() - ike.phase1().cipher().blockSize());
        return changed(ike, sent, iv, change, rest -> ike.phase1()
                .keys()
                .quickHash2(child.v1().messageId(), child.phase2().initiatorNonce(), rest));
    }

    private static Datagram changed(
            IkeSa ike, Datagram sent, Bytes iv, UnaryOperator<List<Payload>> change, UnaryOperator<Bytes> hash)
            throws WireException {
        IkeHeader header = IkeHeader.decode(sent.octets());
        Bytes opened = ike.phase1()
                .cipher()
                .decrypt(iv, sent.octets().from(IkeHeader.LENGTH))
                .octets();
        List<Payload> payloads = new ArrayList<>(change.apply(
                List.copyOf(Message.read(header, header.nextPayload(), opened).payloads())));
        if (payloads.get(0) instanceof HashPayload) {
            Bytes rest = Message.encodePayloads(payloads.subList(1, payloads.size()));
            payloads.set(0, new HashPayload(hash.apply(rest)));
        }
        Bytes sealed = seal(ike, header, iv, payloads.get(0).type(), Message.encodePayloads(payloads));
        return new Datagram(sent.from(), sent.to(), sealed);
    }
}
