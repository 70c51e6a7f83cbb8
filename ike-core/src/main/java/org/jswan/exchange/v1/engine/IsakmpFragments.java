// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Incoming;
import org.jswan.log.Logger;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.V1State;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.FragmentBuffer;
import org.jswan.wire.v1.FragmentPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.Refusal;

/** Puts the pieces of incoming messages together. Nobody has authenticated them. */
final class IsakmpFragments {
    /** For how many SAs that do not count as held pieces are kept at once: whoever sees their messages can send such. */
    private static final int MOST_BUFFERS = 256;

    private final SaDatabase sas;
    private final Set<FragmentBuffer> filling = new LinkedHashSet<>();
    private final BooleanSupplier hasRoom;
    private final Logger log;
    private final Notifications notifications;
    private final Consumer<Incoming> onWhole;

    /**
     * @param hasRoom whether pieces for those who are not authenticated yet may be kept
     * @param onWhole takes a message that is complete, as if it had come in one piece
     */
    IsakmpFragments(
            SaDatabase sas,
            BooleanSupplier hasRoom,
            Logger log,
            Notifications notifications,
            Consumer<Incoming> onWhole) {
        this.sas = sas;
        this.hasRoom = hasRoom;
        this.log = log;
        this.notifications = notifications;
        this.onWhole = onWhole;
    }

    static boolean isFragment(IsakmpMessage message) {
        return message.header().nextPayload().equals(PayloadTypes.IKE_FRAGMENTATION);
    }

    /** A piece for an SA's exchange; without one it means nothing. */
    void received(Optional<? extends Sa> of, IsakmpMessage message) {
        if (of.isEmpty()) {
            log.debug("received IKE fragment, but have no state. Ignoring packet.");
            return;
        }
        Sa sa = of.get();
        if (!sa.connection().has(ConnectionPolicy.IKE_FRAG_ALLOW)) {
            sa.logger()
                    .debug("discarding IKE fragment packet - fragmentation not allowed by local policy (ike_frag=no)");
            return;
        }
        FragmentPayload piece;
        try {
            piece = FragmentPayload.read(message.octets().from(IkeHeader.LENGTH));
        } catch (Refusal refusal) {
            sa.logger().log(refusal.getMessage());
            notifications.refuse(sa, refusal.notification());
            return;
        }
        sa.logger().debug(() -> IsakmpTrace.fragment(piece, message.octets().length() - IkeHeader.LENGTH));
        // As libreswan: no payload follows.
        boolean followed = message.octets().get(IkeHeader.LENGTH) != PayloadTypes.NONE.number();
        if (followed || !piece.isNumbered()) {
            notifications.refuse(sa, NotificationType.PAYLOAD_MALFORMED);
            return;
        }
        sa.logger()
                .debug("received IKE fragment id '" + piece.fragmentId() + "', number '" + piece.number() + "'"
                        + (piece.last() ? "(last)" : ""));
        keep(sa, piece).ifPresent(whole -> {
            pass(sa, message, whole);
            if (sa.state() == V1State.MAIN_R2 && sa.v1().isSuspended()) {
                // As libreswan: it answers this message before it notices.
                sa.v1().setFragmentingAfterAnswer();
            } else {
                sa.v1().setPeerFragmenting();
            }
            sa.logger()
                    .debug(" updated IKE fragment state to respond using fragments without waiting for re-transmits");
        });
    }

    /** What is kept for strangers counts, and has its bound. */
    private Optional<Bytes> keep(Sa sa, FragmentPayload piece) {
        FragmentBuffer buffer = sa.v1().fragments();
        if (!(sa instanceof IkeSa ike) || ike.isEstablished() || ike.role() == IkeRole.INITIATOR) {
            return keepBounded(buffer, piece);
        }
        if (!hasRoom.getAsBoolean()) {
            sa.logger().debug("discarding IKE fragment packet - too much is kept for peers that are not known yet");
            return Optional.empty();
        }
        int others = ike.heldOctets() - buffer.octets();
        Optional<Bytes> whole = buffer.add(piece);
        sas.setHeldOctets(ike, others + buffer.octets());
        return whole;
    }

    /** What is kept for others is bounded by their number: the one that began first makes room. */
    private Optional<Bytes> keepBounded(FragmentBuffer buffer, FragmentPayload piece) {
        Optional<Bytes> whole = buffer.add(piece);
        if (buffer.isEmpty()) {
            filling.remove(buffer);
        } else if (filling.add(buffer) && filling.size() > MOST_BUFFERS) {
            FragmentBuffer eldest = filling.iterator().next();
            eldest.clear();
            filling.remove(eldest);
        }
        return whole;
    }

    private void pass(Sa sa, IsakmpMessage last, Bytes whole) {
        IkeHeader header;
        try {
            header = IkeHeader.decode(whole);
        } catch (WireException malformed) {
            sa.logger().log("dropping packet with mangled IKE header: " + malformed.getMessage());
            return;
        }
        boolean nested = header.nextPayload().equals(PayloadTypes.IKE_FRAGMENTATION);
        if (nested || header.version().major() != IkeVersion.V1.major()) {
            sa.logger().debug("dropping fragments of what is no message of IKEv1");
            return;
        }
        onWhole.accept(new Incoming(
                last.socket(), last.sender(), header, whole.first((int) header.length()), List.of(), Optional.empty()));
    }
}
