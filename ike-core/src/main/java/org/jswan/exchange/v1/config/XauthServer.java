// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.config;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.impair.Impairment;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Phase15;
import org.jswan.sa.V1State;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.AttributesPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.xauth.XauthAnswer;
import org.jswan.xauth.XauthAuthenticator;
import org.jswan.xauth.XauthQuestion;

/**
 * Lets users prove who they are (draft-ietf-ipsec-isakmp-xauth-06):
 *
 * <pre>
 * REQUEST(name, password)  --&gt;
 *                          &lt;--  REPLY(name, password)
 * SET(status)              --&gt;
 *                          &lt;--  ACK(status)
 * </pre>
 */
final class XauthServer {
    /** As libreswan: how often a client that answers without name or password is asked again. */
    private static final int TRIES = 3;

    /** Octets that libreswan keeps of a name: where it forgets the rest, nobody with such a name comes in. */
    private static final int LONGEST_NAME = 127;

    private final Context context;
    private final ConfigExchange exchange;
    private final XauthAuthenticator authenticator;
    private final OwnInstance ownInstance;

    XauthServer(Context context, ConfigExchange exchange) {
        this.context = context;
        this.exchange = exchange;
        this.ownInstance = new OwnInstance(context);
        this.authenticator = new XauthAuthenticator(
                context.world(), context.connections(), context.sas().statistics());
    }

    List<IsakmpRow> rows() {
        return List.of(
                ConfigExchange.row(V1State.XAUTH_R0, V1State.XAUTH_R1).by(this::answered),
                ConfigExchange.row(V1State.XAUTH_R1, V1State.MAIN_R3)
                        .then(Timer.REPLACE)
                        .by(this::acknowledged));
    }

    /** Asks for name and password. */
    void ask(IkeSa ike) {
        V1State from = (V1State) ike.state();
        ike.logger().log("XAUTH: Sending Username/Password request (" + from.name() + "->XAUTH_R0)");
        exchange.begin(ike);
        exchange.enter(ike, V1State.XAUTH_R0);
        AttributesPayload request = ConfigExchange.padded(
                ike,
                AttributesPayload.REQUEST,
                0,
                List.of(
                        ConfigAttribute.empty(ConfigAttribute.XAUTH_USER_NAME),
                        ConfigAttribute.empty(ConfigAttribute.XAUTH_USER_PASSWORD)));
        if (context.world().impair().on(Impairment.SEND_NO_XAUTH_R0)) {
            ike.logger().log("IMPAIR: Skipped sending XAUTH user/pass packet");
            exchange.awaitAnswer(ike);
        } else if (from == V1State.MAIN_R3) {
            exchange.sendToo(ike, "send request", request, "XAUTH: req (unrecorded)");
        } else {
            exchange.send(ike, "send request", request, "XAUTH: req");
        }
    }

    private void tell(IkeSa ike, int status) {
        exchange.stopRepeating(ike);
        exchange.begin(ike);
        exchange.send(
                ike,
                "status",
                ConfigExchange.padded(ike, AttributesPayload.SET, 0, ConfigAttribute.status(status)),
                "XAUTH: status");
    }

    /** REPLY(name, password) --&gt; SET(status). */
    private IsakmpVerdict answered(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        AttributesPayload reply = message.need(AttributesPayload.class);
        // As libreswan: some clients of Cisco's acknowledge in place of answering.
        if (reply.messageType() != AttributesPayload.REPLY && reply.messageType() != AttributesPayload.ACK) {
            ike.logger().log("Expecting MODE_CFG_REPLY; got " + ConfigExchange.name(reply) + " instead.");
            throw IsakmpFailure.ignored("not a reply");
        }
        Login login = new Login();
        try {
            for (WireAttribute attribute : ConfigExchange.attributes(ike, reply)) {
                switch (attribute.type()) {
                    case ConfigAttribute.XAUTH_TYPE -> checkType(ike, attribute);
                    case ConfigAttribute.XAUTH_USER_NAME -> login.setName(attribute.value());
                    case ConfigAttribute.XAUTH_USER_PASSWORD -> login.setPassword(ike, Secret.move(attribute.value()));
                    default -> ConfigExchange.unsupported(ike, "XAUTH (inR0)", attribute);
                }
            }
            if (login.name.isEmpty() || login.password.isEmpty()) {
                throw incomplete(ike, login.name, login.password.isPresent());
            }
        } catch (IsakmpFailure failure) {
            login.password.ifPresent(Secret::destroy);
            throw failure;
        }
        return authenticate(ike, login.name.get(), login.password.get());
    }

    /** What the client says it is. */
    private static final class Login {
        private Optional<Bytes> name = Optional.empty();
        private Optional<Secret> password = Optional.empty();

        void setName(Bytes value) throws IsakmpFailure {
            if (name.isPresent()) {
                throw IsakmpFailure.refused(NotificationType.NO_PROPOSAL_CHOSEN, "");
            }
            if (hasNul(value.toArray())) {
                throw IsakmpFailure.refused(
                        NotificationType.NO_PROPOSAL_CHOSEN, "XAUTH User Name contains NUL character: rejected");
            }
            if (value.length() > LONGEST_NAME) {
                throw IsakmpFailure.refused(
                        NotificationType.NO_PROPOSAL_CHOSEN,
                        "XAUTH User Name has more than " + LONGEST_NAME + " octets: rejected");
            }
            name = Optional.of(value);
        }

        /** @param value is ours from now on */
        void setPassword(IkeSa ike, Secret value) throws IsakmpFailure {
            if (password.isPresent()) {
                value.destroy();
                throw IsakmpFailure.refused(
                        NotificationType.NO_PROPOSAL_CHOSEN, "XAUTH: two User Passwords!  Rejected");
            }
            password = Optional.of(withoutLastNul(ike, value));
            if (hasNul(password.get().expose())) {
                throw IsakmpFailure.refused(
                        NotificationType.NO_PROPOSAL_CHOSEN, "XAUTH User Password contains NUL character: rejected");
            }
        }

        private static Secret withoutLastNul(IkeSa ike, Secret value) {
            int last = value.length() - 1;
            if (last < 0 || value.expose()[last] != 0) {
                return value;
            }
            ike.logger().log("Ignoring NUL at end of XAUTH User Password (Android Issue 36879?)");
            try (value) {
                return value.slice(0, last);
            }
        }

        private static boolean hasNul(byte[] octets) {
            for (byte octet : octets) {
                if (octet == 0) {
                    return true;
                }
            }
            return false;
        }
    }

    private static void checkType(IkeSa ike, WireAttribute attribute) throws IsakmpFailure {
        if (attribute.number().orElse(ConfigAttribute.GENERIC) != ConfigAttribute.GENERIC) {
            ike.logger().debug("unsupported XAUTH_TYPE value " + attribute.number() + " received");
            throw IsakmpFailure.refused(NotificationType.NO_PROPOSAL_CHOSEN, "");
        }
    }

    /** Asks again, a few times. */
    private IsakmpFailure incomplete(IkeSa ike, Optional<Bytes> name, boolean hasPassword) {
        Phase15 phase15 = ike.phase1().phase15();
        String user = name.map(Bytes::visible).orElse("<unknown>");
        ike.logger()
                .log("Expected MODE_CFG_REPLY is missing " + (name.isEmpty() ? "username" : "")
                        + (name.isEmpty() && !hasPassword ? " and " : "") + (hasPassword ? "" : "password")
                        + " attribute");
        if (phase15.countAttempt() < TRIES) {
            ask(ike);
            ike.logger().log("XAUTH: User " + user + ": Authentication Failed (retry " + phase15.attempts() + ")");
            return IsakmpFailure.ignored("asked again");
        }
        tell(ike, ConfigAttribute.STATUS_FAIL);
        ike.logger().log("XAUTH: User " + user + ": Authentication Failed (Retried " + phase15.attempts() + " times)");
        return IsakmpFailure.refused("");
    }

    private IsakmpVerdict authenticate(IkeSa ike, Bytes name, Secret password) {
        exchange.stopRepeating(ike);
        XauthQuestion question = new XauthQuestion(
                name, password, ike.connection(), ike.serial(), ike.remote().address(), ike.logger());
        return IsakmpVerdict.suspend(resume -> {
            XauthAuthenticator.Pending pending =
                    authenticator.authenticate(question, () -> own(ike, question.userText()), answer -> {
                        ike.phase1().phase15().setAbandon(() -> {});
                        resume.resume(() -> judged(ike, question.userText(), answer));
                    });
            ike.phase1().phase15().setAbandon(() -> pending.abort("deleting state"));
        });
    }

    private IsakmpVerdict judged(IkeSa ike, String user, XauthAnswer answer) throws IsakmpFailure {
        if (answer == XauthAnswer.REFUSED) {
            tell(ike, ConfigAttribute.STATUS_FAIL);
            if (ike.phase1().phase15().countAttempt() >= TRIES) {
                throw IsakmpFailure.fatal("XAUTH: User " + user + ": too many wrong passwords");
            }
            return IsakmpVerdict.done();
        }
        if (answer == XauthAnswer.ADMITTED_SOFTLY) {
            ike.phase1().phase15().setAdmittedSoftly();
        }
        own(ike, user);
        tell(ike, ConfigAttribute.STATUS_OK);
        exchange.enter(ike, V1State.XAUTH_R1);
        return IsakmpVerdict.done();
    }

    private Connection own(IkeSa ike, String user) {
        ike.phase1().phase15().setUserName(user);
        return ownInstance.take(ike);
    }

    /** ACK(status). */
    private IsakmpVerdict acknowledged(IkeSa ike, IsakmpMessage message) {
        ike.logger().log("XAUTH: xauth_inR1(STF_OK)");
        ike.phase1().endXauth();
        ike.connection().setNewestIke(Optional.of(ike.serial()));
        boolean goesOn = ike.connection().local().modeConfigServer()
                && !ike.phase1().phase15().isConfigured()
                && !ike.connection().has(ConnectionPolicy.MODECFG_PULL);
        if (!goesOn) {
            ConfigExchange.end(ike);
        }
        return IsakmpVerdict.advance();
    }
}
