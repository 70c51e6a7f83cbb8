// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.identity.IkeId;

/** What an IKE SA remembers of IKE_SA_INIT until it is established. */
public final class Negotiation {
    private Bytes cookie = Bytes.EMPTY;
    private KeGroup group;
    private KeyExchange localKe;
    private Bytes remoteKe = Bytes.EMPTY;
    private Bytes initiatorNonce = Bytes.EMPTY;
    private Bytes responderNonce = Bytes.EMPTY;
    private Bytes localMessage = Bytes.EMPTY;
    private Bytes remoteMessage = Bytes.EMPTY;
    private boolean peerFragments;
    private final AuthenticationChoice authentication = new AuthenticationChoice();
    private final PostquantumChoice postquantum = new PostquantumChoice();
    private final IntermediateTranscript intermediate = new IntermediateTranscript();
    private int restarts;
    private Optional<Connection> pendingChild = Optional.empty();
    private boolean peerTakesRedirect;
    private Optional<IpAddress> redirectTo = Optional.empty();
    private Optional<ChildSa> larvalChild = Optional.empty();
    private Optional<IkeId> peerId = Optional.empty();
    private boolean reauthentication;
    private Optional<Conversation> conversation = Optional.empty();

    Negotiation() {}

    /** Whether this takes the place of an IKE SA that the same two ends have established. */
    public boolean isReauthentication() {
        return reauthentication;
    }

    public void setReauthentication() {
        reauthentication = true;
    }

    /** An authentication that takes several exchanges, and has secrets of its own. */
    public interface Conversation {
        /** The negotiation is over, well or not: its secrets are overwritten, now or as soon as nobody computes with them. */
        void end();
    }

    /** The conversation of that kind, if one has begun. */
    public <C extends Conversation> Optional<C> conversation(Class<C> kind) {
        return conversation.filter(kind::isInstance).map(kind::cast);
    }

    /** Begins a conversation, which ends with this negotiation. */
    public void begin(Conversation with) {
        conversation.ifPresent(Conversation::end);
        conversation = Optional.of(with);
    }

    /** Who the peer says it is, from the time it said so. */
    public Optional<IkeId> peerId() {
        return peerId;
    }

    public void setPeerId(IkeId claimed) {
        peerId = Optional.of(claimed);
    }

    /** What the responder asked to be sent back, empty if nothing (RFC 7296 §2.6). */
    public Bytes cookie() {
        return cookie;
    }

    public void setCookie(Bytes fromResponder) {
        cookie = fromResponder;
    }

    /** The group of our KE payload. */
    public KeGroup group() {
        return group;
    }

    public void setGroup(KeGroup of) {
        group = of;
    }

    public KeyExchange localKe() {
        return localKe;
    }

    public void setLocalKe(KeyExchange ke) {
        if (localKe != null) {
            localKe.destroy();
        }
        localKe = ke;
    }

    public Bytes remoteKe() {
        return remoteKe;
    }

    public void setRemoteKe(Bytes value) {
        remoteKe = value.compact();
    }

    public Bytes initiatorNonce() {
        return initiatorNonce;
    }

    public void setInitiatorNonce(Bytes nonce) {
        initiatorNonce = nonce.compact();
    }

    public Bytes responderNonce() {
        return responderNonce;
    }

    public void setResponderNonce(Bytes nonce) {
        responderNonce = nonce.compact();
    }

    /** Our IKE_SA_INIT message, octet for octet: our AUTH payload signs it (RFC 7296 §2.15). */
    public Bytes localMessage() {
        return localMessage;
    }

    public void setLocalMessage(Bytes message) {
        localMessage = message;
    }

    /** The peer's IKE_SA_INIT message, octet for octet: the peer's AUTH payload signs it. */
    public Bytes remoteMessage() {
        return remoteMessage;
    }

    public void setRemoteMessage(Bytes message) {
        remoteMessage = message;
    }

    /** Whether the peer's IKE_SA_INIT said it takes fragments. */
    public boolean peerFragments() {
        return peerFragments;
    }

    public void setPeerFragments(boolean does) {
        peerFragments = does;
    }

    /** What becomes known of how the two ends prove their identities. */
    public AuthenticationChoice authentication() {
        return authentication;
    }

    /** What becomes known of a postquantum preshared key. */
    public PostquantumChoice postquantum() {
        return postquantum;
    }

    /** What IKE_INTERMEDIATE adds to what the ends sign. */
    public IntermediateTranscript intermediate() {
        return intermediate;
    }

    /** How often the responder had the initiator begin anew; the count bounds a responder that never has enough. */
    public int restarts() {
        return restarts;
    }

    public void countRestart() {
        restarts++;
    }

    /** The connection whose first Child SA IKE_AUTH is to negotiate. */
    public Optional<Connection> pendingChild() {
        return pendingChild;
    }

    public void setPendingChild(Connection connection) {
        pendingChild = Optional.of(connection);
    }

    public void clearPendingChild() {
        pendingChild = Optional.empty();
    }

    /** Whether the initiator goes to another gateway if it is told (RFC 5685). */
    public boolean peerTakesRedirect() {
        return peerTakesRedirect;
    }

    public void setPeerTakesRedirect(boolean does) {
        peerTakesRedirect = does;
    }

    /** The gateway that the authenticated peer sends us to. */
    public Optional<IpAddress> redirectTo() {
        return redirectTo;
    }

    public void setRedirectTo(IpAddress gateway) {
        redirectTo = Optional.of(gateway);
    }

    /** The Child SA that IKE_AUTH negotiates. */
    public Optional<ChildSa> larvalChild() {
        return larvalChild;
    }

    public void setLarvalChild(ChildSa child) {
        larvalChild = Optional.of(child);
    }

    void destroy() {
        if (localKe != null) {
            localKe.destroy();
            localKe = null;
        }
        postquantum.destroy();
        conversation.ifPresent(Conversation::end);
    }
}
