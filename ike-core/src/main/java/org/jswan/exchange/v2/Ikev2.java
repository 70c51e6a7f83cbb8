// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.exchange.Context;
import org.jswan.exchange.Dispatcher.InitRequests;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.exchange.InformationalPart;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.Row;
import org.jswan.exchange.Transitions;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.v2.auth.DnsKeys;
import org.jswan.exchange.v2.child.CreateChildInitiator;
import org.jswan.exchange.v2.child.CreateChildRefusal;
import org.jswan.exchange.v2.child.CreateChildResponder;
import org.jswan.exchange.v2.child.RekeyIke;
import org.jswan.redirect.GlobalRedirect;
import org.jswan.redirect.Redirections;
import org.jswan.sa.Sa;

/** The exchanges of IKEv2 and how one leads to another: RFC 7296 §1.2 to §1.5, RFC 9242. */
public final class Ikev2 {
    private final Context context;
    private final Redirections redirections;
    private final IkeSaInitInitiator initInitiator;
    private final IkeSaInitResponder initResponder;
    private final Intermediate intermediate;
    private final IkeAuth auth;
    private final EapInitiator eapInitiator;
    private final EapResponder eapResponder;
    private final CreateChildInitiator createChildInitiator;
    private final CreateChildResponder createChildResponder;
    private final RekeyIke rekeyIke;
    private final CreateChildRefusal refusal;
    private final Informational informational;

    /**
     * @param limit who may begin while many negotiations are half-open
     * @param globalRedirect whether peers are sent elsewhere when they begin
     * @param vendorId sent in IKE_SA_INIT
     */
    public Ikev2(
            Context context,
            Transmitter transmitter,
            HalfOpenLimit limit,
            GlobalRedirect globalRedirect,
            Redirections redirections,
            Bytes vendorId) {
        this.context = context;
        this.redirections = redirections;
        DnsKeys dnsKeys = new DnsKeys(context);
        this.auth = new IkeAuth(context, transmitter, dnsKeys, redirections);
        this.eapInitiator = new EapInitiator(context, auth);
        this.eapResponder = new EapResponder(context, auth);
        this.intermediate = new Intermediate(auth);
        this.initInitiator = new IkeSaInitInitiator(context, intermediate, dnsKeys, vendorId);
        Cookies cookies = new Cookies(context.world().random(), context.world().clock());
        this.initResponder = new IkeSaInitResponder(context, transmitter, cookies, limit, globalRedirect, vendorId);
        this.createChildInitiator = new CreateChildInitiator(context, transmitter);
        this.createChildResponder = new CreateChildResponder(context);
        this.rekeyIke = new RekeyIke(context, transmitter);
        this.refusal = new CreateChildRefusal(context, createChildInitiator, rekeyIke);
        this.informational = new Informational(context);
        informational.add(redirections);
    }

    /** All transitions. The last that a message does not fit is what the log tells of it. */
    public List<Row> rows() {
        List<Row> rows = new ArrayList<>(redirections.rows());
        rows.addAll(initResponder.rows());
        rows.addAll(initInitiator.rows());
        rows.addAll(intermediate.rows());
        rows.addAll(eapInitiator.rows());
        rows.addAll(auth.rows());
        rows.addAll(eapResponder.rows());
        rows.addAll(createChildResponder.rows());
        rows.addAll(createChildInitiator.rows());
        rows.addAll(rekeyIke.rows());
        rows.addAll(refusal.rows());
        rows.addAll(informational.rows());
        return rows;
    }

    /** How a negotiation begins at this end. */
    public Transitions.Beginning beginning() {
        return initInitiator;
    }

    /** Which requests of strangers are taken. */
    public InitRequests initRequests() {
        return initResponder;
    }

    /** How connections are brought up. */
    public Initiator.Protocol initiation(Transitions transitions) {
        return new Negotiations(context, transitions, createChildInitiator, rekeyIke);
    }

    /** Who makes a successor of an SA in another way if the peer takes no such requests at all. */
    public void onHopeless(Consumer<Sa> action) {
        refusal.onHopeless(action);
    }

    /** Who asks a peer again that was too busy for a Child SA. */
    public void onBusy(Consumer<Connection> action) {
        refusal.onBusy(action);
    }

    /** One more use of INFORMATIONAL. */
    public void add(InformationalPart part) {
        informational.add(part);
    }
}
