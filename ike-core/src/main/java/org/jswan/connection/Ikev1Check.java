// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.connection.ConnectionConfig.Liveness;
import org.jswan.connection.EndConfig.Side;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** What IKEv1 asks of connections beyond what all have to fulfil, and what it makes of their options. */
final class Ikev1Check {
    /** Ways of proving an identity that only IKEv2 knows; beside others they are passed over without a word. */
    private static final Set<AuthenticationMethod> OF_IKEV2 =
            EnumSet.of(AuthenticationMethod.ECDSA, AuthenticationMethod.RSASIG_V1_5);

    private final Logger logger;

    Ikev1Check(Logger logger) {
        this.logger = logger;
    }

    void checkPolicies(Set<ConnectionPolicy> policies, TcpMode tcp) throws ConnectionRefused {
        if (policies.contains(ConnectionPolicy.OPPORTUNISTIC)) {
            throw ConnectionRefused.fatal("opportunistic connection MUST have IKEv2");
        }
        if (policies.contains(ConnectionPolicy.OPPORTUNISTIC)) {
            throw ConnectionRefused.fatal("opportunistic connection MUST have IKEv2");
        }
        if (policies.contains(ConnectionPolicy.MOBIKE)) {
            throw ConnectionRefused.fatal("MOBIKE requires IKEv2");
        }
        if (policies.contains(ConnectionPolicy.IKEV2_ALLOW_NARROWING)) {
            throw ConnectionRefused.fatal("narrowing=yes requires IKEv2");
        }
        if (tcp != TcpMode.NO) {
            throw ConnectionRefused.fatal("enable-tcp= requires IKEv2");
        }
    }

    /** Dead peers are only detected if it is said how often to ask and how long to wait. */
    Liveness liveness(Liveness asked) {
        boolean delay = asked.delay().toSeconds() > 0;
        boolean timeout = asked.timeout().toSeconds() > 0;
        if (delay && timeout) {
            return asked;
        }
        if (delay || timeout) {
            logger.log(RcCode.LOG_SERIOUS, "IKEv1 DPD requres both dpddelay and dpdtimeout");
        }
        return new Liveness(asked.action(), Duration.ZERO, Duration.ZERO);
    }

    /**
     * Mode Config has room for one domain.
     *
     * @param text from which the domains are
     */
    List<String> domains(List<String> domains, Optional<String> text) {
        if (domains.size() <= 1) {
            return domains;
        }
        logger.log(RcCode.LOG_SERIOUS, "IKEv1 only uses the first domain in modecfgdomain=" + text.orElse(""));
        return domains.subList(0, 1);
    }

    /**
     * The one way in which both ends prove who they are.
     *
     * @param auth what was asked for one end alone
     * @param asked what was asked for both
     * @param authby what that, or the default, comes to; reduced to what IKEv1 makes of it
     */
    static EndAuthentication authentication(
            Side side,
            Optional<EndAuthentication> auth,
            Set<AuthenticationMethod> asked,
            Set<AuthenticationMethod> authby)
            throws ConnectionRefused {
        if (auth.isPresent()) {
            throw ConnectionRefused.fatal(side + "auth= is not supported by IKEv1");
        }
        Optional<EndAuthentication> strongest = EndAuthentication.strongest(authby);
        authby.clear();
        strongest.ifPresent(method -> authby.addAll(AuthenticationText.methods(method)));
        authby.removeAll(OF_IKEV2);
        if (authby.isEmpty()) {
            throw ConnectionRefused.fatal("authby=" + AuthenticationText.of(asked) + " is invalid for IKEv1");
        }
        checkNothingBeside(authby, asked);
        return strongest.orElseThrow();
    }

    private static void checkNothingBeside(Set<AuthenticationMethod> authby, Set<AuthenticationMethod> asked)
            throws ConnectionRefused {
        Set<AuthenticationMethod> supplied = EnumSet.noneOf(AuthenticationMethod.class);
        supplied.addAll(asked);
        supplied.removeAll(OF_IKEV2);
        Set<AuthenticationMethod> beside = EnumSet.noneOf(AuthenticationMethod.class);
        beside.addAll(supplied);
        beside.removeAll(authby);
        if (!beside.isEmpty()) {
            throw ConnectionRefused.fatal("additional " + AuthenticationText.of(beside) + " in authby="
                    + AuthenticationText.of(supplied) + " is not supported by IKEv1");
        }
    }
}
