// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.eap.EapException;
import org.jswan.eap.EapTls;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.helper.Helpers;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.log.Logger;
import org.jswan.sa.Negotiation;

/**
 * An EAP-TLS conversation of an IKE SA. A helper computes with it, one at a time; if the negotiation ends meanwhile, its
 * keys are overwritten when the helper has done, which alone may touch them until then.
 */
class EapConversation implements Negotiation.Conversation {
    private final EapTls tls;
    private final Helpers helpers;
    private boolean isComputing;
    private boolean isOver;

    EapConversation(EapTls tls, Helpers helpers) {
        this.tls = tls;
        this.helpers = helpers;
    }

    /** What the exchange goes on with. */
    interface Then {
        Verdict with(EapTls.Answer answer) throws ProtocolFailure;
    }

    /** Hands over the message of the peer's EAP payload. */
    final Verdict take(Bytes eap, Logger logger, Then then) {
        return Verdict.suspend(resume -> {
            isComputing = true;
            helpers.submit(() -> tls.take(eap), outcome -> {
                isComputing = false;
                if (isOver) {
                    tls.destroy();
                }
                resume.resume(() -> {
                    EapTls.Answer answer = valueOf(outcome);
                    answer.log().forEach(logger::log);
                    return then.with(answer);
                });
            });
        });
    }

    /**
     * The key that both ends have; it goes with this conversation.
     *
     * @throws ProtocolFailure if they have none
     */
    final Secret key() throws ProtocolFailure {
        try {
            return tls.key();
        } catch (EapException unfinished) {
            throw ProtocolFailure.silent(Scope.IKE_SA, unfinished.getMessage());
        }
    }

    @Override
    public final void end() {
        isOver = true;
        if (!isComputing) {
            tls.destroy();
        }
    }

    /**
     * What a helper found.
     *
     * @throws ProtocolFailure if it was told what cannot be
     */
    static <T> T valueOf(Outcome<T> outcome) throws ProtocolFailure {
        if (outcome.failure() instanceof EapException unusable) {
            throw ProtocolFailure.silent(Scope.IKE_SA, unusable.getMessage());
        }
        if (outcome.failure() != null) {
            throw new IllegalStateException(outcome.failure());
        }
        return outcome.value();
    }
}
