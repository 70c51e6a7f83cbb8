// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jswan.log.RcCode;
import org.jswan.proposal.Phase1Auth;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v1.PayloadTypes;

/**
 * One transition of the IKEv1 state machine: a message in that state, with those payloads, goes to that handler and, if it
 * advances, to the next state. Rows stand beside their exchange.
 */
public final class IsakmpRow {
    /** What the SA waits for after the transition. */
    public enum Timer {
        /** The answer to the message that the transition sends. */
        RETRANSMIT,
        /** The peer's next message, not for ever. */
        DISCARD,
        /** The end of the SA's life. */
        REPLACE,
        NONE
    }

    /** What the HASH payload in front of a message covers (RFC 2409 §5.5, §5.7). */
    public enum Hash {
        NONE,
        /** The message ID and the rest. */
        FIRST,
        /** The message ID, the initiator's nonce and the rest. */
        SECOND,
        /** The message ID and both nonces. */
        THIRD
    }

    /** What takes the messages of a row. */
    public interface Handler<S extends Sa> {
        IsakmpVerdict handle(S sa, IsakmpMessage message) throws IsakmpFailure;
    }

    private final V1State from;
    private final V1State to;
    private final Set<Phase1Auth> auths;
    private final Set<PayloadType> required;
    private final Set<PayloadType> optional;
    private final boolean initiator;
    private final boolean encryptedInput;
    private final boolean firstEncryptedInput;
    private final boolean encryptedOutput;
    private final boolean reply;
    private final Timer timer;
    private final Hash hash;
    private final boolean unexpected;
    private final Handler<Sa> handler;

    private IsakmpRow(Builder of, Handler<Sa> handler) {
        this.from = of.from;
        this.to = of.to;
        this.auths = EnumSet.copyOf(of.auths);
        this.required = Set.copyOf(of.required);
        this.optional = Set.copyOf(of.optional);
        this.initiator = of.initiator;
        this.encryptedInput = of.encryptedInput;
        this.firstEncryptedInput = of.firstEncryptedInput;
        this.encryptedOutput = of.encryptedOutput;
        this.reply = of.reply;
        this.timer = of.timer;
        this.hash = of.hash;
        this.unexpected = of.unexpected;
        this.handler = handler;
    }

    /** Begins a row. */
    public static Builder row(V1State from, V1State to) {
        return new Builder(from, to);
    }

    /** A row in the making. */
    public static final class Builder {
        private final V1State from;
        private final V1State to;
        private Set<Phase1Auth> auths = EnumSet.allOf(Phase1Auth.class);
        private final Set<PayloadType> required = new HashSet<>();
        private final Set<PayloadType> optional = new HashSet<>();
        private boolean initiator;
        private boolean encryptedInput;
        private boolean firstEncryptedInput;
        private boolean encryptedOutput;
        private boolean reply;
        private Timer timer = Timer.NONE;
        private Hash hash = Hash.NONE;
        private boolean unexpected;

        private Builder(V1State from, V1State to) {
            this.from = from;
            this.to = to;
        }

        /** Only where the ends authenticate so. */
        public Builder auth(Phase1Auth only) {
            auths = EnumSet.of(only);
            return this;
        }

        public Builder require(PayloadType... types) {
            required.addAll(Set.of(types));
            return this;
        }

        public Builder allow(PayloadType... types) {
            optional.addAll(Set.of(types));
            return this;
        }

        /** We began the exchange. */
        public Builder initiator() {
            initiator = true;
            return this;
        }

        /** The message and what answers it are encrypted. */
        public Builder encrypted() {
            encryptedInput = true;
            encryptedOutput = true;
            return this;
        }

        /** The message is the first that is encrypted: nonsense in it means that the keys differ. */
        public Builder firstEncrypted() {
            firstEncryptedInput = true;
            encryptedInput = true;
            return this;
        }

        public Builder answerEncrypted() {
            encryptedOutput = true;
            return this;
        }

        /** The transition sends an answer. */
        public Builder reply() {
            reply = true;
            return this;
        }

        public Builder then(Timer next) {
            timer = next;
            return this;
        }

        public Builder hash(Hash covers) {
            required.add(PayloadTypes.HASH);
            hash = covers;
            return this;
        }

        /** Finishes a row for a state that expects nothing more. Nothing in such a message is proven: it is told, and no more. */
        IsakmpRow unexpected() {
            unexpected = true;
            return byAny((sa, message) -> {
                sa.logger()
                        .log(
                                RcCode.LOG_SERIOUS,
                                "unexpected message received in state "
                                        + sa.state().fullName());
                return IsakmpVerdict.done();
            });
        }

        private IsakmpRow byAny(Handler<Sa> handler) {
            return new IsakmpRow(this, handler);
        }

        /** Finishes a row of an ISAKMP SA. */
        public IsakmpRow by(Handler<IkeSa> handler) {
            return byAny((sa, message) -> handler.handle((IkeSa) sa, message));
        }

        /** Finishes a row of an IPsec SA. */
        public IsakmpRow byChild(Handler<ChildSa> handler) {
            return byAny((sa, message) -> handler.handle((ChildSa) sa, message));
        }
    }

    public V1State from() {
        return from;
    }

    public V1State to() {
        return to;
    }

    /** What logs call the message that the row takes: libreswan's names. */
    String name() {
        return switch (from) {
            case MAIN_R0 -> "main_inI1_outR1";
            case MAIN_I1 -> "main_inR1_outI2";
            case MAIN_R1 -> "main_inI2_outR2";
            case MAIN_I2 -> "main_inR2_outI3";
            case MAIN_R2 -> "main_inI3_outR3";
            case MAIN_I3 -> "main_inR3";
            case AGGR_R0 -> "aggr_inI1_outR1";
            case AGGR_I1 -> "aggr_inR1_outI2";
            case AGGR_R1 -> "aggr_inI2";
            case QUICK_R0 -> "quick_inI1_outR1";
            case QUICK_I1 -> "quick_inR1_outI2";
            case QUICK_R1 -> "quick_inI2";
            case INFO, INFO_PROTECTED -> "informational";
            case XAUTH_R0 -> "xauth_inR0";
            case XAUTH_R1 -> "xauth_inR1";
            case XAUTH_I0 -> "xauth_inI0";
            case XAUTH_I1 -> "xauth_inI1";
            case MODE_CFG_R0 -> "modecfg_inR0";
            case MODE_CFG_R1, MODE_CFG_I1 -> "modecfg_inR1";
            default -> "unexpected";
        };
    }

    boolean isFor(Optional<Phase1Auth> auth) {
        return auth.isEmpty() || auths.contains(auth.get());
    }

    Set<PayloadType> required() {
        return required;
    }

    Set<PayloadType> optional() {
        return optional;
    }

    boolean allows(PayloadType type) {
        return required.contains(type) || optional.contains(type);
    }

    boolean isInitiators() {
        return initiator;
    }

    boolean takesEncrypted() {
        return encryptedInput;
    }

    /** What may be wrong if the payloads make no sense. */
    String excuse() {
        return firstEncryptedInput && auths.contains(Phase1Auth.PRESHARED_KEY)
                ? "probable authentication failure (mismatch of preshared secrets?): "
                : "";
    }

    boolean answersEncrypted() {
        return encryptedOutput;
    }

    boolean replies() {
        return reply;
    }

    Timer timer() {
        return timer;
    }

    Hash hash() {
        return hash;
    }

    boolean isUnexpected() {
        return unexpected;
    }

    Handler<Sa> handler() {
        return handler;
    }
}
