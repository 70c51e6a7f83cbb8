// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.net.IkeSocket;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.PeerFeatures;
import org.jswan.wire.v1.VendorIdPayload;

/**
 * A message of IKEv1 that came in: how it came, and its payloads, decrypted where they were encrypted.
 *
 * @param octets the whole message as it was on the wire
 * @param content its payloads
 * @param nextIv the vector that it leaves for its exchange; empty if it was not encrypted
 */
public record IsakmpMessage(
        IkeSocket socket, Endpoint sender, IkeHeader header, Bytes octets, Message content, Bytes nextIv) {

    public boolean isEncrypted() {
        return (header.flags() & IkeHeader.FLAG_V1_ENCRYPTION) != 0;
    }

    public List<Payload> payloads() {
        return content.payloads();
    }

    /** The first payload of that class. */
    public <P extends Payload> Optional<P> first(Class<P> type) {
        return all(type).findFirst();
    }

    /**
     * A payload that the transition's row requires.
     *
     * @throws IllegalStateException if it is not there: the row is wrong
     */
    public <P extends Payload> P need(Class<P> type) {
        return first(type).orElseThrow(() -> new IllegalStateException("no " + type.getSimpleName()));
    }

    /** All payloads of that class in their order. */
    public <P extends Payload> Stream<P> all(Class<P> type) {
        return payloads().stream().filter(type::isInstance).map(type::cast);
    }

    /** What the message's vendor IDs say of the peer. */
    public PeerFeatures features() {
        PeerFeatures features = new PeerFeatures();
        all(VendorIdPayload.class).forEach(features::take);
        return features;
    }

    /** What stands before lines about a message that belongs to no SA. */
    public String prefix() {
        return "packet from " + sender + ": ";
    }
}
