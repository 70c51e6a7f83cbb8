// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.Statistics;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.NotifyPayload;

/** What follows when a message, or the handler that took it, fails: what the peer is told, and what ends. */
final class Failures {
    private final SaDatabase sas;
    private final Transmitter transmitter;
    private final Lifecycle lifecycle;

    Failures(SaDatabase sas, Transmitter transmitter, Lifecycle lifecycle) {
        this.sas = sas;
        this.transmitter = transmitter;
        this.lifecycle = lifecycle;
    }

    /** The peer itself sent what we cannot accept: it is told, and the IKE SA ends (RFC 7296 §2.21.3). */
    void authenticButBad(IkeSa ike, Incoming message, NotifyPayload notify) {
        if (message.role() == MessageRole.REQUEST) {
            RefusalLine.log(ike.logger(), ike, message, notify.notifyType());
        }
        fatal(ike);
        if (message.role() == MessageRole.REQUEST) {
            transmitter.sendResponse(ike, message, List.of(notify));
        }
        lifecycle.end(ike, Lifecycle.Notice.NEVER);
    }

    /** What no message caused failed: nobody is told. */
    void withoutMessage(IkeSa ike, ProtocolFailure failure) {
        ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
        fatal(ike);
        lifecycle.end(ike, Lifecycle.Notice.NEVER);
    }

    /** A handler gave up. */
    void failed(IkeSa ike, Incoming message, ProtocolFailure failure) {
        if (!sas.isAlive(ike)) {
            return;
        }
        if (failure.notifyType()
                .filter(NotifyType.AUTHENTICATION_FAILED::equals)
                .isPresent()) {
            ike.setEnd(Statistics.End.AUTH_FAILED);
        }
        if (failure.getMessage() != null && !failure.getMessage().isEmpty()) {
            ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
        }
        if (failure.scope() == ProtocolFailure.Scope.OURS) {
            ike.logger()
                    .log(
                            RcCode.INTERNALERR,
                            "state transition function for " + ike.state().fullName() + " had internal error");
            ike.logger().detachAll();
            lifecycle.end(ike, Lifecycle.Notice.NEVER);
            return;
        }
        boolean request = message.role() == MessageRole.REQUEST;
        failure.notifyType()
                .filter(type -> request)
                .ifPresent(type -> RefusalLine.log(ike.logger(), ike, message, type));
        if (failure.scope() == ProtocolFailure.Scope.EXCHANGE) {
            if (!request) {
                transmitter.answered(ike, message.header());
                lifecycle.fulfilWishes(ike);
            }
            failure.notifyType()
                    .filter(type -> request)
                    .ifPresent(type ->
                            transmitter.sendResponse(ike, message, List.of(NotifyPayload.of(type, failure.data()))));
            return;
        }
        if (failure.scope() == ProtocolFailure.Scope.IKE_SA) {
            fatal(ike);
        }
        if (request && failure.notifyType().isPresent()) {
            transmitter.sendResponse(
                    ike, message, List.of(NotifyPayload.of(failure.notifyType().get(), failure.data())));
        } else if (!request) {
            transmitter.answered(ike, message.header());
        }
        lifecycle.end(
                ike,
                failure.scope() == ProtocolFailure.Scope.IKE_SA_AND_TELL
                        ? Lifecycle.Notice.ALWAYS
                        : Lifecycle.Notice.NEVER);
    }

    static void fatal(IkeSa ike) {
        ike.logger()
                .log(
                        RcCode.FATAL,
                        "encountered fatal error in state " + ike.state().fullName());
    }
}
