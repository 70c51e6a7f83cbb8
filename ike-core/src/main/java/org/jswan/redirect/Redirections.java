// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.redirect;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.Redirected;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.InformationalPart;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.MessageRole;
import org.jswan.exchange.Row;
import org.jswan.exchange.Verdict;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.redirect.Gateway.Unusable;
import org.jswan.routing.Relocation;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.world.World;

/**
 * Sends peers elsewhere, and goes where it is sent (RFC 5685):
 *
 * <pre>
 * HDR, SAi1, KEi, Ni, N(REDIRECT_SUPPORTED)  --&gt;   &lt;--  HDR, N(REDIRECT)
 * HDR, SK {IDi, AUTH, SAi2, TSi, TSr}        --&gt;   &lt;--  HDR, SK {N(REDIRECT), IDr, AUTH}
 *                  HDR, SK {}                --&gt;   &lt;--  HDR, SK {N(REDIRECT)}
 * HDR, SAi1, KEi, Ni, N(REDIRECTED_FROM)     --&gt;        to the new gateway
 * </pre>
 */
public final class Redirections implements InformationalPart {
    private final Context context;
    private final World world;
    private final Relocation relocation;
    private final BooleanSupplier isBusy;
    private Beginner beginner = (connection, watching, begun) -> begun.run();

    /** Begins a negotiation, whatever SAs there are. */
    @FunctionalInterface
    public interface Beginner {
        /** @param begun told when it has begun, or never will */
        void begin(Connection connection, List<WhackSession> watching, Runnable begun);
    }

    /** @param isBusy whether strangers have to bring a cookie */
    public Redirections(Context context, Relocation relocation, BooleanSupplier isBusy) {
        this.context = context;
        this.world = context.world();
        this.relocation = relocation;
        this.isBusy = isBusy;
    }

    public void onFollow(Beginner other) {
        beginner = other;
    }

    /** The transition of IKE_SA_INIT that this adds. */
    public List<Row> rows() {
        return List.of(Row.row("Initiator: process IKE_SA_INIT redirect")
                .on(ExchangeType.IKE_SA_INIT, MessageRole.RESPONSE)
                .from(V2State.PARENT_I1)
                .to(V2State.PARENT_I1)
                .clear()
                .with(NotifyType.REDIRECT)
                .by(this::initResponse));
    }

    /** For our IKE_SA_INIT request. */
    public static List<Payload> offer(Connection c) {
        Optional<IpAddress> from = c.redirected().from();
        if (from.isPresent()) {
            return List.of(NotifyPayload.of(
                    NotifyType.REDIRECTED_FROM, Gateway.of(from.get()).octets()));
        }
        return c.has(ConnectionPolicy.ACCEPT_REDIRECT_YES)
                ? List.of(NotifyPayload.of(NotifyType.REDIRECT_SUPPORTED))
                : List.of();
    }

    /** Whether the initiator goes elsewhere if it is told. */
    public static boolean isSupportedBy(Incoming initRequest) {
        return initRequest.has(NotifyType.REDIRECT_SUPPORTED) || initRequest.has(NotifyType.REDIRECTED_FROM);
    }

    /** For our answer to IKE_AUTH: if it is not empty, there is no Child SA. */
    public List<Payload> answer(IkeSa ike) {
        Connection c = ike.connection();
        boolean wanted = c.has(ConnectionPolicy.SEND_REDIRECT_ALWAYS)
                || !c.has(ConnectionPolicy.SEND_REDIRECT_NEVER) && isBusy.getAsBoolean();
        if (!wanted || !ike.negotiation().peerTakesRedirect()) {
            return List.of();
        }
        Optional<String> to = c.config().redirect().to();
        if (to.isEmpty()) {
            ike.logger().log(RcCode.LOG_SERIOUS, "redirect-to is not specified, can't redirect requests");
            return List.of();
        }
        List<Payload> payloads = payload(to.get());
        if (payloads.isEmpty()) {
            ike.logger().log(RcCode.LOG_SERIOUS, GlobalRedirect.TOO_LONG);
        }
        return payloads;
    }

    /** Tells a peer to go to {@code destination}; empty if that is too long. */
    public static List<Payload> payload(String destination) {
        return Gateway.of(destination)
                .<Payload>map(gateway -> NotifyPayload.of(NotifyType.REDIRECT, gateway.octets()))
                .map(List::of)
                .orElse(List.of());
    }

    /** HDR, N(REDIRECT): not authentic, but it has our nonce. */
    private Verdict initResponse(IkeSa ike, Incoming response) {
        if (!ike.connection().has(ConnectionPolicy.ACCEPT_REDIRECT_YES)) {
            ike.logger().log("ignoring v2N_REDIRECT, we don't accept being redirected");
            return Verdict.drop("redirects are not accepted");
        }
        if (ike.isRedirected()) {
            return Verdict.drop("redirected already");
        }
        Bytes nonce = ike.negotiation().initiatorNonce();
        return Verdict.suspend(resume -> resolve(ike.connection(), response, nonce, new Outcome() {
            @Override
            public void gateway(IpAddress address) {
                resume.resume(() -> {
                    follow(ike, address, "IKE_SA_INIT redirect");
                    return Verdict.drop("redirected");
                });
            }

            @Override
            public void unusable(String why) {
                resume.resume(() -> {
                    sayUnusable(ike.logger(), why);
                    return Verdict.drop("unusable redirect");
                });
            }
        }));
    }

    private static void sayUnusable(Logger logger, String why) {
        logger.log(RcCode.LOG_SERIOUS, "warning: parsing of v2N_REDIRECT payload failed: " + why);
    }

    /**
     * HDR, SK {N(REDIRECT), IDr, AUTH}.
     *
     * @param stay goes on with an answer that redirects nowhere
     * @param leave goes on with the IKE SA that ends as soon as it is established
     */
    public Verdict authenticated(IkeSa ike, Incoming response, Verdict.Step stay, Verdict.Step leave) {
        if (!ike.connection().has(ConnectionPolicy.ACCEPT_REDIRECT_YES)) {
            world.logger().debug("ignoring v2N_REDIRECT, we don't accept being redirected");
            return Verdict.suspendUnnoticed(resume -> resume.resume(stay));
        }
        return Verdict.suspendHolding(resume -> resolve(ike.connection(), response, Bytes.EMPTY, new Outcome() {
            @Override
            public void gateway(IpAddress address) {
                ike.negotiation().setRedirectTo(address);
                resume.resume(leave);
            }

            @Override
            public void unusable(String why) {
                world.logger().debug("redirect: warning: parsing of v2N_REDIRECT payload failed: " + why);
                resume.resume(stay);
            }
        }));
    }

    /** An IKE SA is established: perhaps only to be left. */
    public void established(IkeSa ike) {
        ike.negotiation().redirectTo().ifPresent(gateway -> follow(ike, gateway, "IKE_AUTH redirect"));
    }

    @Override
    public void requested(IkeSa ike, Incoming request, Consumer<List<Payload>> answer) {
        answer.accept(List.of());
        if (!request.has(NotifyType.REDIRECT) || ike.isRedirected()) {
            return;
        }
        resolve(ike.connection(), request, Bytes.EMPTY, new Outcome() {
            @Override
            public void gateway(IpAddress address) {
                if (context.sas().isAlive(ike) && !ike.isRedirected()) {
                    follow(ike, address, "active session redirect");
                }
            }

            @Override
            public void unusable(String why) {
                sayUnusable(ike.logger(), why);
            }
        });
    }

    @Override
    public void answered(IkeSa ike, Incoming response, Runnable done) {
        done.run();
    }

    /** What became of a REDIRECT. */
    private interface Outcome {
        void gateway(IpAddress address);

        void unusable(String why);
    }

    private void resolve(Connection c, Incoming message, Bytes nonce, Outcome outcome) {
        Gateway gateway;
        try {
            gateway = Gateway.read(
                    message.notify(NotifyType.REDIRECT).orElseThrow().data());
            gateway.checkNonce(nonce);
        } catch (Unusable unusable) {
            outcome.unusable(unusable.getMessage());
            return;
        }
        if (gateway.address().isPresent()) {
            decide(c, gateway.address().get(), outcome);
            return;
        }
        world.helpers().submit(() -> world.resolver().lookup(gateway.name()), found -> {
            if (found.failure() != null || found.value().isEmpty()) {
                outcome.unusable("not a numeric IPv4 or IPv6 address and name lookup failed (no validation performed)");
            } else {
                decide(c, found.value().get(0), outcome);
            }
        });
    }

    private static void decide(Connection c, IpAddress gateway, Outcome outcome) {
        boolean sameFamily =
                c.local().address().filter(a -> a.family() == gateway.family()).isPresent();
        if (!isAllowed(c, gateway)) {
            outcome.unusable("received GW Identity is not listed in accept-redirect-to conn option");
        } else if (!sameFamily) {
            outcome.unusable("received GW Identity " + gateway + " is not of the address family of the connection");
        } else {
            outcome.gateway(gateway);
        }
    }

    private static boolean isAllowed(Connection c, IpAddress gateway) {
        Optional<String> list = c.config().redirect().accept();
        return list.isEmpty()
                || list.get().equals("%any")
                || Arrays.stream(list.get().split("[, ]+"))
                        .anyMatch(one -> IpAddress.parse(one).equals(Optional.of(gateway)));
    }

    /** Begins anew with the gateway; what is with the old one ends right after that. */
    private void follow(IkeSa ike, IpAddress gateway, String story) {
        Connection c = ike.connection();
        ike.setRedirected();
        List<WhackSession> watching = ike.logger().sessions();
        watching.forEach(WhackSession::hold);
        Runnable leaving = () -> world.timers().after(Duration.ZERO, "redirect", () -> {
            watching.forEach(ike.logger()::attach);
            watching.forEach(WhackSession::release);
            leave(ike);
        });
        Redirected redirected = c.redirected();
        if (!redirected.mayFollow(world.clock().nanos())) {
            ike.logger().log(RcCode.LOG_SERIOUS, story + " loop, stop initiating IKEv2 exchanges");
            leaving.run();
            return;
        }
        redirected.follow(c.remote().address().orElseThrow());
        relocation.redirect(c, gateway);
        ike.logger().log("initiating " + story + " to new gateway (address: " + gateway + ")");
        beginner.begin(c, watching, leaving);
    }

    private void leave(IkeSa ike) {
        if (context.sas().isAlive(ike)) {
            if (ike.isEstablished()) {
                context.lifetimes().expire(ike);
            } else {
                context.lifecycle().end(ike, Lifecycle.Notice.NEVER);
            }
        }
        ike.logger().detachAll();
    }
}
