// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.net.IkeSocket;
import org.jswan.net.Transport;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.NotifyPayload;

/**
 * A message that came in: how it came, and its payloads, decrypted where they were encrypted.
 *
 * @param octets the whole message as it was on the wire
 * @param clear the payloads outside the encrypted one, that one included
 * @param encrypted the payloads inside; empty where the message has no encrypted payload
 */
public record Incoming(
        IkeSocket socket,
        Endpoint sender,
        IkeHeader header,
        Bytes octets,
        List<Payload> clear,
        Optional<List<Payload>> encrypted) {

    /** The same message, its encrypted payloads now readable. */
    public Incoming opened(List<Payload> inner) {
        return new Incoming(socket, sender, header, octets, clear, Optional.of(inner));
    }

    /** What stands before lines about a message that belongs to no SA. */
    public String prefix() {
        return prefix(socket, sender);
    }

    /** As {@link #prefix()}, where the message cannot be read or is ours. */
    static String prefix(IkeSocket socket, Endpoint peer) {
        return (socket.transport() == Transport.TCP ? "connection from " : "packet from ") + peer + ": ";
    }

    public MessageRole role() {
        return header.isResponse() ? MessageRole.RESPONSE : MessageRole.REQUEST;
    }

    /** Whether its payloads were encrypted and authentic. */
    public boolean isProtected() {
        return encrypted.isPresent();
    }

    /** The payloads that count: the encrypted ones of a protected message, else the clear ones. */
    public List<Payload> payloads() {
        return encrypted.orElse(clear);
    }

    /** The first payload of that class. */
    public <P extends Payload> Optional<P> first(Class<P> type) {
        for (Payload payload : payloads()) {
            if (type.isInstance(payload)) {
                return Optional.of(type.cast(payload));
            }
        }
        return Optional.empty();
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

    /** The first payload of that class and wire type. */
    public <P extends Payload> Optional<P> first(Class<P> type, PayloadType wireType) {
        for (Payload payload : payloads()) {
            if (type.isInstance(payload) && payload.type().equals(wireType)) {
                return Optional.of(type.cast(payload));
            }
        }
        return Optional.empty();
    }

    public Stream<NotifyPayload> notifies() {
        return all(NotifyPayload.class);
    }

    /** The first notify of that type. */
    public Optional<NotifyPayload> notify(NotifyType type) {
        for (Payload payload : payloads()) {
            if (payload instanceof NotifyPayload notify && notify.notifyType().equals(type)) {
                return Optional.of(notify);
            }
        }
        return Optional.empty();
    }

    public boolean has(NotifyType type) {
        return notify(type).isPresent();
    }

    List<PayloadType> clearTypes() {
        // A fragment counts as the whole encrypted payload (RFC 7383 §2.5).
        return clear.stream()
                .map(Payload::type)
                .map(type -> type.equals(PayloadType.SKF) ? PayloadType.SK : type)
                .toList();
    }

    List<PayloadType> encryptedTypes() {
        return encrypted.orElse(List.of()).stream().map(Payload::type).toList();
    }

    /** {@code IKE_AUTH request: SK{IDi,AUTH,N(MOBIKE_SUPPORTED)}}. */
    public String text() {
        String exchange = header.exchange().shortName() + " " + role() + ": ";
        String outside = clear.stream().map(Incoming::name).collect(Collectors.joining(","));
        return exchange
                + encrypted
                        .map(inner -> outside
                                + (inner.isEmpty()
                                        ? ""
                                        : inner.stream()
                                                .map(Incoming::name)
                                                .collect(Collectors.joining(",", "{", "}"))))
                        .orElse(outside);
    }

    private static String name(Payload payload) {
        return payload instanceof NotifyPayload n && n.notifyType().isKnown()
                ? "N(" + n.notifyType().shortName() + ")"
                : payload.type().shortName();
    }
}
