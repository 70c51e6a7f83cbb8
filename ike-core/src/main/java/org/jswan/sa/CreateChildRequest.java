// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.KeyExchange;
import org.jswan.proposal.Proposals;

/** A CREATE_CHILD_SA request of ours (RFC 7296 §1.3): what it is to make, and what its answer is held against. */
public final class CreateChildRequest {
    /** What the exchange is for. */
    public enum Purpose {
        NEW_CHILD,
        REKEY_CHILD,
        REKEY_IKE
    }

    private final Purpose purpose;
    private final Sa larval;
    private final Proposals proposals;
    private final Bytes nonce;
    private final Optional<KeyExchange> keyExchange;
    private final boolean repeated;

    /**
     * @param larval the SA in the making
     * @param proposals what is offered for it
     * @param nonce Ni
     * @param keyExchange our half of the Diffie-Hellman exchange, if there is one
     * @param repeated whether the peer refused the first try because of its group
     */
    public CreateChildRequest(
            Purpose purpose,
            Sa larval,
            Proposals proposals,
            Bytes nonce,
            Optional<KeyExchange> keyExchange,
            boolean repeated) {
        this.purpose = purpose;
        this.larval = larval;
        this.proposals = proposals;
        this.nonce = nonce;
        this.keyExchange = keyExchange;
        this.repeated = repeated;
    }

    public Purpose purpose() {
        return purpose;
    }

    public Sa larval() {
        return larval;
    }

    public Proposals proposals() {
        return proposals;
    }

    public Bytes nonce() {
        return nonce;
    }

    public Optional<KeyExchange> keyExchange() {
        return keyExchange;
    }

    /** Whether this is the second try, with the group that the peer wants. */
    public boolean isRepeated() {
        return repeated;
    }

    /** Destroys the private value of the Diffie-Hellman exchange. */
    public void destroy() {
        keyExchange.ifPresent(KeyExchange::destroy);
    }
}
