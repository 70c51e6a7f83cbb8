// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.io.IOException;
import java.time.Duration;
import org.jswan.net.Transport;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.world.World;

/** Keeps the mappings of NATs before us open: now and then one octet to every peer beyond (RFC 3948 §4). */
public final class NatKeepalive {
    private final World world;
    private final SaDatabase sas;
    private final Setting setting;
    private boolean armed;

    /**
     * @param interval the time between two octets to the same peer
     * @param forced whether peers get them also where only they are behind a NAT
     */
    public record Setting(Duration interval, boolean forced) {
        public static final Setting DEFAULT = new Setting(Duration.ofSeconds(20), false);
    }

    public NatKeepalive(World world, SaDatabase sas, Setting setting) {
        this.world = world;
        this.sas = sas;
        this.setting = setting;
    }

    /** An IKE SA is established. */
    public void established(IkeSa ike) {
        if (isNeeded(ike)) {
            arm();
        }
    }

    /** An ISAKMP SA whose both ends know of NATs: what its IPsec SAs need is looked at when they may be up. */
    public void possible(IkeSa isakmp) {
        if (isBeyondNat(isakmp)) {
            arm();
        }
    }

    private void arm() {
        if (!armed) {
            armed = true;
            world.timers().after(setting.interval(), "EVENT_NAT_T_KEEPALIVE", this::send);
        }
    }

    private boolean isBeyondNat(IkeSa ike) {
        return ike.nat().local() || setting.forced() && ike.nat().remote();
    }

    private boolean isNeeded(IkeSa ike) {
        return !ike.isVersion1()
                && ike.isEstablished()
                && ike.socket().encapsulates()
                // A stream is its own keepalive (RFC 9329 §9.4 leaves it to TCP).
                && ike.socket().transport() == Transport.UDP
                && isBeyondNat(ike)
                && ike.connection().config().natTraversal().keepalive();
    }

    private void send() {
        armed = false;
        for (IkeSa ike : sas.ikeSas()) {
            // One of several IKE SAs of a connection keeps the mapping for all of them.
            if (isNeeded(ike)
                    && ike.connection().newestIke().filter(ike.serial()::equals).isPresent()) {
                arm();
                send(ike);
            }
        }
        // In IKEv1 IPsec SAs may outlive their ISAKMP SA, and with that nobody would keep their mapping.
        for (Sa sa : sas.all()) {
            if (sa instanceof ChildSa child && child.isVersion1() && isNeeded(child)) {
                arm();
                send(child.ike());
            }
        }
    }

    private boolean isNeeded(ChildSa child) {
        return child.state().isEstablished()
                && child.connection()
                        .newestChild()
                        .filter(child.serial()::equals)
                        .isPresent()
                && isBeyondNat(child.ike())
                && child.connection().config().natTraversal().keepalive();
    }

    /** Sends one to the peer of an IKE SA, whether it needs it or not. */
    public void send(IkeSa ike) {
        try {
            ike.socket().sendKeepalive(ike.remote());
        } catch (IOException refused) {
            ike.logger().debug("NAT-T Keep Alive to " + ike.remote() + " failed: " + refused.getMessage());
        }
    }
}
