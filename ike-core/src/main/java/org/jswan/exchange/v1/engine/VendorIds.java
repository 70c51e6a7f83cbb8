// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.EndConfig;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.KnownVendorId;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.PeerFeatures;
import org.jswan.wire.v1.VendorIdPayload;

/** What we tell peers that we are and can, and what they tell us (RFC 2408 §3.16). */
public final class VendorIds {
    private final Bytes own;

    /** @param own our own, sent on demand only */
    public VendorIds(Bytes own) {
        this.own = own;
    }

    /** Those that do not depend on the peer. Of NAT traversal there is none; its vendor IDs come after these. */
    public List<Payload> of(Connection c, Logger logger) {
        ConnectionConfig.Announcements announced = c.config().announcements();
        List<KnownVendorId> known = new ArrayList<>();
        if (announced.ciscoUnity()) {
            known.add(KnownVendorId.CISCO_UNITY);
        }
        if (announced.fakeStrongswan()) {
            known.add(KnownVendorId.STRONGSWAN);
        }
        if (c.has(ConnectionPolicy.IKE_FRAG_ALLOW)) {
            known.add(KnownVendorId.FRAGMENTATION);
        }
        EndConfig.Xauth xauth = c.local().config().xauth();
        if (xauth.client() || xauth.server()) {
            known.add(KnownVendorId.XAUTH);
        }
        known.add(KnownVendorId.DPD);
        List<Payload> payloads = new ArrayList<>();
        if (announced.vendorId()) {
            payloads.add(new VendorIdPayload(own));
        }
        known.forEach(each -> payloads.add(sent(each, logger)));
        return payloads;
    }

    /** One to send, which the log tells. */
    static Payload sent(KnownVendorId known, Logger logger) {
        logger.debug("out_v1VID(): sending [" + known.name() + "]");
        return VendorIdPayload.of(known);
    }

    /** Tells what a message's vendor IDs mean. */
    public static void tell(IsakmpMessage message, Logger logger) {
        PeerFeatures features = new PeerFeatures();
        message.all(VendorIdPayload.class).map(features::take).forEach(note -> {
            note.serious().forEach(line -> logger.log(RcCode.LOG_SERIOUS, line));
            note.debug().ifPresent(logger::debug);
        });
    }

    /** A message was accepted: what its vendor IDs say goes for the SA. */
    static void accept(IkeSa ike, IsakmpMessage message) {
        PeerFeatures features = message.features();
        if (features.takesFragments()) {
            ike.logger().debug("peer supports fragmentation");
        }
        if (features.detectsDeadPeers()) {
            ike.logger().debug("peer supports DPD");
            ConnectionConfig.Liveness liveness = ike.connection().config().liveness();
            if (!liveness.delay().isZero() && !liveness.timeout().isZero()) {
                ike.logger().debug("DPD is configured locally");
            }
        }
        ike.phase1().peer().add(features);
    }
}
