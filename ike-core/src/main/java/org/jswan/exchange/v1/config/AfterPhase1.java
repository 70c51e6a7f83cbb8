// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.RemotePeerType;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.IsakmpTransitions;
import org.jswan.exchange.v1.engine.IsakmpTransmitter;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Phase15;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;

/** Has XAUTH and Mode Config take place between phase 1 and what waits for it: who begins with what, and when all is done. */
public final class AfterPhase1 implements IsakmpTransitions.AfterTransition {
    /** As libreswan: the last message of phase 1 is to arrive before the first of XAUTH. */
    private static final Duration BEFORE_XAUTH = Duration.ofMillis(80);

    private final IsakmpTransitions transitions;
    private final IsakmpTimers timers;
    private final XauthServer xauthServer;
    private final XauthClient xauthClient;
    private final ModeConfigServer modeConfigServer;
    private final ModeConfigClient modeConfigClient;

    public AfterPhase1(
            Context context, IsakmpTransitions transitions, IsakmpTransmitter transmitter, IsakmpTimers timers) {
        ConfigExchange exchange = new ConfigExchange(
                transitions, transmitter, timers, context.world().impair());
        this.transitions = transitions;
        this.timers = timers;
        this.xauthServer = new XauthServer(context, exchange);
        this.modeConfigServer = new ModeConfigServer(context, exchange);
        this.modeConfigClient = new ModeConfigClient(exchange);
        this.xauthClient = new XauthClient(context, modeConfigClient, exchange);
    }

    public List<IsakmpRow> rows() {
        List<IsakmpRow> rows = new ArrayList<>();
        rows.addAll(xauthServer.rows());
        rows.addAll(xauthClient.rows());
        rows.addAll(modeConfigServer.rows());
        rows.addAll(modeConfigClient.rows());
        return rows;
    }

    @Override
    public boolean goesOn(Sa sa, IsakmpRow row) {
        if (!(sa instanceof IkeSa ike)) {
            return false;
        }
        endExchange(ike, row);
        Connection c = ike.connection();
        Phase15 phase15 = ike.phase1().phase15();
        boolean established = ike.isEstablished();
        if (c.local().config().xauth().server() && ike.phase1().isXauth() && established) {
            timers.arm(ike, Sa.Event.SEND_XAUTH, BEFORE_XAUTH, () -> xauthServer.ask(ike));
            return true;
        }
        if (c.local().config().xauth().client() && !phase15.isAuthenticated()) {
            ike.logger().debug("XAUTH client is not yet authenticated");
            return true;
        }
        boolean pull = c.has(ConnectionPolicy.MODECFG_PULL);
        if (c.local().modeConfigClient()
                && established
                && (pull || ike.phase1().peer().isPulled())
                && !phase15.isConfigurationAsked()) {
            modeConfigClient.ask(ike);
            return true;
        }
        if (c.local().modeConfigServer() && established && !phase15.isConfigured() && !pull) {
            modeConfigServer.push(ike);
            return true;
        }
        return c.local().modeConfigClient() && established && !phase15.isConfigured();
    }

    /** Who answered, or was answered, has ended the exchange; but an address may follow XAUTH's status in the same one. */
    private static void endExchange(IkeSa ike, IsakmpRow row) {
        switch (row.from()) {
            case MODE_CFG_R0, MODE_CFG_R1, MODE_CFG_I1, XAUTH_I1 -> ConfigExchange.end(ike);
            case XAUTH_I0 -> {
                Phase15 phase15 = ike.phase1().phase15();
                if (!phase15.isAuthenticated() || phase15.isConfigured() || row.to() != V1State.XAUTH_I1) {
                    ConfigExchange.end(ike);
                }
            }
            default -> {}
        }
    }

    /**
     * The state in which an ISAKMP SA takes a message of XAUTH or Mode Config: the one that it is in if the exchange goes on.
     *
     * @return empty if the peer may not begin one
     */
    public Optional<V1State> stateFor(IkeSa ike, long messageId) {
        V1State state = (V1State) ike.state();
        if (messageId == ike.v1().messageId()) {
            return Optional.of(state);
        }
        Connection c = ike.connection();
        boolean client = c.local().config().xauth().client();
        if (c.local().config().xauth().server()
                && state == V1State.XAUTH_R1
                && ike.phase1().peer().endsXauthAnew()) {
            return Optional.of(state);
        }
        if (client && (state.isPhase1() || state == V1State.XAUTH_I1)) {
            return Optional.of(V1State.XAUTH_I0);
        }
        if (c.local().modeConfigServer() && state.isPhase1() && !ike.phase1().isXauth()) {
            return Optional.of(V1State.MODE_CFG_R0);
        }
        return c.local().modeConfigClient() && state.isPhase1() ? Optional.of(V1State.MODE_CFG_R1) : Optional.empty();
    }

    /** Whether Quick Mode may begin. */
    public boolean letsQuickModeBegin(IkeSa ike) {
        if (ike.phase1().isXauth()) {
            ike.logger().debug("Cannot do Quick Mode until XAUTH done.");
            return false;
        }
        return true;
    }

    /** It does, and the peer has shown that it is it that asks. */
    public void quickModeBegins(IkeSa ike) {
        if (ike.state() == V1State.MODE_CFG_R2) {
            transitions.enter(ike, V1State.MAIN_R3);
        }
    }

    /** As libreswan: Cisco's servers want neither again when the ISAKMP SA is renewed. Called before the new one counts. */
    public static void skipIfRenewed(IkeSa ike) {
        Connection c = ike.connection();
        if (c.config().modeConfig().remotePeerType() != RemotePeerType.CISCO
                || c.newestIke().isEmpty()
                || !c.local().config().xauth().client()) {
            return;
        }
        Phase15 phase15 = ike.phase1().phase15();
        phase15.setAuthenticated();
        c.local().config().xauth().username().ifPresent(phase15::setUserName);
        ike.phase1().endXauth();
        if (c.local().modeConfigClient()) {
            phase15.setConfigured();
            phase15.setConfigurationAsked();
        }
    }
}
