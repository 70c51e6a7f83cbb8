// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.config;

import java.util.ArrayList;
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
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Phase15;
import org.jswan.sa.V1State;
import org.jswan.wire.Payload;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.AttributesPayload;
import org.jswan.xauth.XauthCredentials;

/** Answers servers that want to know a user's name and password (draft-ietf-ipsec-isakmp-xauth-06). */
final class XauthClient {
    /** As libreswan: no more of a server's message is logged. */
    private static final int LONGEST_MESSAGE = 80;

    private final Context context;
    private final ModeConfigClient modeConfig;
    private final ConfigExchange exchange;
    private final IsakmpRow overInMain;
    private final IsakmpRow overInAggressive;

    XauthClient(Context context, ModeConfigClient modeConfig, ConfigExchange exchange) {
        this.exchange = exchange;
        this.context = context;
        this.modeConfig = modeConfig;
        this.overInMain = over(V1State.MAIN_I4);
        this.overInAggressive = over(V1State.AGGR_I2);
    }

    List<IsakmpRow> rows() {
        return List.of(
                ConfigExchange.row(V1State.XAUTH_I0, V1State.XAUTH_I1)
                        .reply()
                        .then(Timer.RETRANSMIT)
                        .by(this::received),
                // Only what follows XAUTH in the same exchange comes here: an address that is pushed.
                ConfigExchange.row(V1State.XAUTH_I1, V1State.MAIN_I4)
                        .reply()
                        .then(Timer.REPLACE)
                        .by(modeConfig::pushed));
    }

    private IsakmpRow over(V1State to) {
        return ConfigExchange.row(V1State.XAUTH_I0, to)
                .reply()
                .then(Timer.REPLACE)
                .by(this::received);
    }

    /** What a message of the server's says. */
    private static final class Told {
        private boolean type;
        private boolean name;
        private boolean password;
        private Optional<Integer> status = Optional.empty();
    }

    private IsakmpVerdict received(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        if (ike.phase1().phase15().isAuthenticated()) {
            return modeConfig.pushed(ike, message);
        }
        if (context.world().impair().on(Impairment.DROP_XAUTH_R0)) {
            ike.logger().log("IMPAIR: drop XAUTH R0 message ");
            throw IsakmpFailure.refused("");
        }
        AttributesPayload payload = message.need(AttributesPayload.class);
        ConfigExchange.continueAs(ike, message.header().messageId());
        boolean isSet = payload.messageType() == AttributesPayload.SET;
        if (!isSet && payload.messageType() != AttributesPayload.REQUEST) {
            ike.logger()
                    .log("Expecting ISAKMP_CFG_REQUEST or ISAKMP_CFG_SET, got " + ConfigExchange.name(payload)
                            + " instead (ignored).");
            throw IsakmpFailure.refused("");
        }
        Told told = read(ike, payload);
        if (isSet) {
            if (told.status.isEmpty()) {
                throw IsakmpFailure.refused("");
            }
            return status(ike, payload, told.status.get());
        }
        checkWanted(ike, told);
        return answer(ike, payload.identifier(), told);
    }

    private static Told read(IkeSa ike, AttributesPayload payload) throws IsakmpFailure {
        Told told = new Told();
        for (WireAttribute attribute : ConfigExchange.attributes(ike, payload)) {
            switch (attribute.type()) {
                case ConfigAttribute.XAUTH_STATUS -> told.status = Optional.of(statusOf(ike, attribute));
                case ConfigAttribute.XAUTH_MESSAGE -> message(ike, attribute.value());
                case ConfigAttribute.XAUTH_TYPE -> {
                    int type = attribute.number().orElse(ConfigAttribute.GENERIC);
                    if (type != ConfigAttribute.GENERIC) {
                        ike.logger().log("XAUTH: Unsupported type: " + type);
                        throw IsakmpFailure.ignored("XAUTH_TYPE " + type);
                    }
                    told.type = true;
                }
                case ConfigAttribute.XAUTH_USER_NAME -> told.name = true;
                case ConfigAttribute.XAUTH_USER_PASSWORD -> told.password = true;
                default -> ConfigExchange.unsupported(ike, "XAUTH (inI0)", attribute);
            }
        }
        return told;
    }

    private static int statusOf(IkeSa ike, WireAttribute attribute) {
        int status = attribute.number().orElse(ConfigAttribute.STATUS_FAIL);
        if (status == ConfigAttribute.STATUS_FAIL) {
            ike.logger().log("Received Cisco XAUTH status: FAIL");
        } else if (status != ConfigAttribute.STATUS_OK) {
            ike.logger().log("invalid XAUTH_STATUS value " + status);
            return ConfigAttribute.STATUS_FAIL;
        }
        return status;
    }

    private static void message(IkeSa ike, Bytes value) {
        int end = 0;
        while (end < Math.min(value.length(), LONGEST_MESSAGE) && value.get(end) != 0) {
            end++;
        }
        ike.logger()
                .log(RcCode.LOG_SERIOUS, "XAUTH Message: " + value.first(end).visible());
    }

    private IsakmpVerdict status(IkeSa ike, AttributesPayload set, int status) throws IsakmpFailure {
        if (status == ConfigAttribute.STATUS_FAIL) {
            ike.logger().log("xauth: xauth_client_ackstatus() returned STF_OK");
            ike.logger().log("XAUTH: aborting entire IKE Exchange");
            throw IsakmpFailure.fatal("");
        }
        ike.phase1().phase15().setAuthenticated();
        ike.logger().log("XAUTH: Successfully Authenticated");
        ike.phase1().endXauth();
        List<Payload> acknowledgement = exchange.hashed(
                ike,
                "ack status",
                ConfigExchange.padded(
                        ike,
                        AttributesPayload.ACK,
                        set.identifier(),
                        ConfigAttribute.status(ConfigAttribute.STATUS_OK)));
        Connection c = ike.connection();
        if (c.local().modeConfigClient()) {
            return IsakmpVerdict.reply(acknowledgement);
        }
        ike.logger().log("XAUTH completed; ModeCFG skipped as per configuration");
        return IsakmpVerdict.reply(acknowledgement, c.has(ConnectionPolicy.AGGRESSIVE) ? overInAggressive : overInMain);
    }

    private static void checkWanted(IkeSa ike, Told told) throws IsakmpFailure {
        boolean client = ike.connection().local().config().xauth().client();
        if (!told.name && !told.password && client) {
            ike.logger().log("XAUTH: No username or password request was received.");
            throw IsakmpFailure.ignored("nothing is asked");
        }
        if ((told.name || told.password) && !client) {
            ike.logger().log("XAUTH: Username or password request was received, but XAUTH client mode not enabled.");
            throw IsakmpFailure.ignored("no XAUTH client");
        }
    }

    /** REPLY(name, password): the user may have to be asked. */
    private IsakmpVerdict answer(IkeSa ike, int identifier, Told told) {
        Phase15 phase15 = ike.phase1().phase15();
        XauthCredentials credentials = new XauthCredentials(ike.connection(), ike.logger());
        return IsakmpVerdict.suspend(resume -> {
            if (!told.name) {
                answerPassword(ike, identifier, told, credentials, resume);
                return;
            }
            credentials.name(phase15.userName().map(Bytes::ofUtf8), name -> {
                if (name.isEmpty()) {
                    resume.resume(() -> abort());
                    return;
                }
                phase15.setUserName(name.get().utf8());
                answerPassword(ike, identifier, told, credentials, resume);
            });
        });
    }

    private void answerPassword(
            IkeSa ike, int identifier, Told told, XauthCredentials credentials, IsakmpVerdict.Resumption resume) {
        if (!told.password) {
            resume.resume(() -> reply(ike, identifier, told, Optional.empty()));
            return;
        }
        Bytes user = Bytes.ofUtf8(ike.phase1().phase15().userName().orElse(""));
        credentials.password(
                user,
                context.secrets().get(),
                password -> resume.resume(() -> {
                    if (password.isEmpty()) {
                        return abort();
                    }
                    try (Secret secret = password.get()) {
                        return reply(ike, identifier, told, Optional.of(secret));
                    }
                }));
    }

    private static IsakmpVerdict abort() throws IsakmpFailure {
        throw IsakmpFailure.fatal("");
    }

    private IsakmpVerdict reply(IkeSa ike, int identifier, Told told, Optional<Secret> password) {
        String user = ike.phase1().phase15().userName().orElse("");
        List<WireAttribute> attributes = new ArrayList<>();
        if (told.type) {
            attributes.add(WireAttribute.number(ConfigAttribute.XAUTH_TYPE, ConfigAttribute.GENERIC));
        }
        if (told.name) {
            attributes.add(ConfigAttribute.of(ConfigAttribute.XAUTH_USER_NAME, Bytes.ofUtf8(user)));
        }
        password.ifPresent(secret ->
                attributes.add(ConfigAttribute.of(ConfigAttribute.XAUTH_USER_PASSWORD, Bytes.copyOf(secret.expose()))));
        ike.logger().log("XAUTH: Answering XAUTH challenge with user='" + user + "'");
        return IsakmpVerdict.reply(exchange.hashed(
                ike, "client response", new AttributesPayload(AttributesPayload.REPLY, identifier, attributes)));
    }
}
