// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.redirect;

import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jswan.base.Bytes;
import org.jswan.exchange.Incoming;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;

/** Whether all who begin with IKE_SA_INIT are sent elsewhere (RFC 5685 §3), and where. */
public final class GlobalRedirect {
    /** Said of a destination that does not fit into a message. */
    public static final String TOO_LONG = "redirect destination longer than " + Gateway.LONGEST + " octets; ignoring";

    private final Logger logger;
    private final BooleanSupplier isBusy;
    private Mode mode;
    private Destinations destinations;

    /** When. */
    public enum Mode {
        NO,
        YES,
        /** While we are so busy that strangers have to bring a cookie. */
        AUTO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What holds at the start.
     *
     * @param destinations gateways, with commas or blanks between; may be empty
     */
    public record Setting(Mode mode, String destinations) {
        public static final Setting DEFAULT = new Setting(Mode.NO, "");
    }

    /** @param isBusy whether strangers have to bring a cookie */
    public GlobalRedirect(Setting setting, Logger logger, BooleanSupplier isBusy) {
        this.logger = logger;
        this.isBusy = isBusy;
        this.mode = setting.mode();
        this.destinations = new Destinations(setting.destinations());
    }

    public Mode mode() {
        return mode;
    }

    public void setMode(Mode other) {
        mode = other;
    }

    public Destinations destinations() {
        return destinations;
    }

    public void setDestinations(Destinations others) {
        destinations = others;
    }

    /** Whether the request is not to become an IKE SA of ours. */
    public boolean concerns(Incoming request) {
        boolean does = mode == Mode.YES || mode == Mode.AUTO && isBusy.getAsBoolean();
        return does && request.first(NoncePayload.class).isPresent();
    }

    /** What a request is answered with; empty if it is not answered at all. */
    public Optional<NotifyPayload> answer(Incoming request) {
        if (!Redirections.isSupportedBy(request)) {
            logger.debug("peer didn't indicate support for redirection");
            return Optional.empty();
        }
        Optional<String> destination = destinations.next();
        if (destination.isEmpty()) {
            logger.debug("no (meaningful) destination for global redirection has been specified");
            return Optional.empty();
        }
        Bytes nonce = request.need(NoncePayload.class).data();
        Optional<Gateway> gateway = Gateway.of(destination.get());
        if (gateway.isEmpty()) {
            logger.log(RcCode.LOG_SERIOUS, TOO_LONG);
            logger.log(RcCode.LOG_SERIOUS, "failed to construct REDIRECT notification data");
        }
        return gateway.map(
                g -> NotifyPayload.of(NotifyType.REDIRECT, g.withNonce(nonce).octets()));
    }
}
