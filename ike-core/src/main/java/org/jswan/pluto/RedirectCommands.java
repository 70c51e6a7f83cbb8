// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jswan.control.WhackCommand.ActiveRedirect;
import org.jswan.control.WhackCommand.GlobalRedirectTo;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.Transmitter;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.redirect.Destinations;
import org.jswan.redirect.GlobalRedirect;
import org.jswan.redirect.Redirections;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;

/** The commands that send peers elsewhere. */
final class RedirectCommands {
    private final SaDatabase sas;
    private final Lifecycle lifecycle;
    private final Transmitter transmitter;
    private final GlobalRedirect global;

    RedirectCommands(SaDatabase sas, Lifecycle lifecycle, Transmitter transmitter, GlobalRedirect global) {
        this.sas = sas;
        this.lifecycle = lifecycle;
        this.transmitter = transmitter;
        this.global = global;
    }

    void register(CommandTable table) {
        table.on(ActiveRedirect.class, (command, request) -> redirect(command, request.logger()));
        table.on(
                GlobalRedirectTo.class,
                (command, request) -> setDestinations(command.destinations(), request.logger()));
        table.on(
                org.jswan.control.WhackCommand.GlobalRedirect.class,
                (command, request) ->
                        setMode(GlobalRedirect.Mode.valueOf(command.mode().name()), request.logger()));
    }

    private void redirect(ActiveRedirect command, Logger asking) {
        Destinations destinations = new Destinations(command.destinations());
        List<IkeSa> newestFirst = new ArrayList<>(sas.ikeSas());
        Collections.reverse(newestFirst);
        int count = 0;
        for (IkeSa ike : newestFirst) {
            Optional<String> wanted = command.connection();
            if (ike.isEstablished()
                    && wanted.map(ike.connection().name()::equals).orElse(true)) {
                redirect(ike, destinations.next().orElse(""));
                count++;
            }
        }
        String preposition = count == 0 ? " for" : " of";
        String where = command.connection()
                .map(name -> preposition + " connection \"" + name + '"')
                .orElse("");
        asking.log(
                RcCode.INFORMATIONAL,
                (count == 0 ? "no active tunnels found" : "redirections sent for " + count + " tunnels") + where);
    }

    /** The users who watch the SA do not hear of it: there could be thousands. */
    private void redirect(IkeSa ike, String destination) {
        ike.logger().logOnly("redirecting to: " + destination);
        List<Payload> payloads = Redirections.payload(destination);
        if (payloads.isEmpty()) {
            ike.logger().log(RcCode.LOG_SERIOUS, GlobalRedirect.TOO_LONG);
        } else {
            lifecycle.wish(ike, sa -> transmitter.sendRequest(sa, ExchangeType.INFORMATIONAL, payloads));
        }
    }

    private void setDestinations(String destinations, Logger asking) {
        global.setDestinations(new Destinations(destinations));
        if (destinations.isEmpty()) {
            global.setMode(GlobalRedirect.Mode.NO);
            asking.log("cleared global redirect targets and disabled global redirects");
        } else {
            asking.log("set global redirect target to " + global.destinations());
        }
    }

    private void setMode(GlobalRedirect.Mode mode, Logger asking) {
        if (mode != GlobalRedirect.Mode.NO && global.destinations().toString().isEmpty()) {
            asking.log(
                    RcCode.LOG_SERIOUS,
                    "ipsec whack: --global-redirect set to no as there are no active redirect targets");
            global.setMode(GlobalRedirect.Mode.NO);
        } else {
            global.setMode(mode);
            asking.log("set global redirect to " + mode);
        }
    }
}
