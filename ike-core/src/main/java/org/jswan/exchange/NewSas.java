// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.Locale;
import java.util.OptionalLong;
import org.jswan.base.Endpoint;
import org.jswan.connection.Connection;
import org.jswan.impair.Impairment;
import org.jswan.net.IkeSocket;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.State;
import org.jswan.sa.V2State;
import org.jswan.wire.IkeSpi;
import org.jswan.world.World;

/** Makes SAs: with serial numbers and SPIs that nothing else has. */
public final class NewSas {
    private final World world;
    private final SaDatabase sas;
    private final Lifetimes lifetimes;

    public NewSas(World world, SaDatabase sas, Lifetimes lifetimes) {
        this.world = world;
        this.sas = sas;
        this.lifetimes = lifetimes;
    }

    /** A new IKE SA that we began, in its first state. */
    public IkeSa initiator(Connection connection, IkeSocket socket, Endpoint remote, State state) {
        IkeSa ike = new IkeSa(
                sas.nextSerial(),
                connection,
                IkeRole.INITIATOR,
                newSpi(IkeRole.INITIATOR),
                IkeSpi.ZERO,
                socket,
                remote,
                state,
                world.clock().nanos());
        sas.add(ike);
        lifetimes.armDiscard(ike);
        return ike;
    }

    /** A new IKE SA that the peer began, in its first state. */
    public IkeSa responder(Connection connection, IkeSpi initiatorSpi, IkeSocket socket, Endpoint remote, State state) {
        IkeSa ike = new IkeSa(
                sas.nextSerial(),
                connection,
                IkeRole.RESPONDER,
                initiatorSpi,
                newSpi(IkeRole.RESPONDER),
                socket,
                remote,
                state,
                world.clock().nanos());
        sas.add(ike);
        lifetimes.armDiscard(ike);
        return ike;
    }

    /**
     * An IKE SA in the making that is to replace {@code old}.
     *
     * @param role whether we began the exchange that makes it
     * @param peerSpi {@link IkeSpi#ZERO} if it is not known yet
     */
    public IkeSa successor(IkeSa old, IkeRole role, IkeSpi peerSpi, V2State state) {
        boolean ours = role == IkeRole.INITIATOR;
        IkeSpi spi = newSpi(role);
        IkeSa next = new IkeSa(
                sas.nextSerial(),
                old.connection(),
                role,
                ours ? spi : peerSpi,
                ours ? peerSpi : spi,
                old.socket(),
                old.remote(),
                state,
                world.clock().nanos());
        next.forgetNegotiation();
        next.setReplaces(old.serial());
        next.setNat(old.nat());
        next.setPeerAnonymous(old.isPeerAnonymous());
        next.setFragmentationAllowed(old.isFragmentationAllowed());
        if (old.mobility().isPresent()) {
            next.setMobile();
        }
        sas.addLarval(next);
        old.larvalSuccessors().add(next);
        return next;
    }

    /** A new Child SA in its first state. One of IKEv1 has an exchange of its own, and so an end of its own if that comes to none. */
    public ChildSa child(Connection connection, IkeSa ike, IkeRole role, State state) {
        ChildSa child = new ChildSa(
                sas.nextSerial(), connection, ike, role, state, world.clock().nanos());
        sas.add(child);
        if (child.isVersion1()) {
            lifetimes.armDiscard(child);
        }
        return child;
    }

    private IkeSpi newSpi(IkeRole role) {
        OptionalLong forced = world.impair()
                .number(role == IkeRole.INITIATOR ? Impairment.IKE_INITIATOR_SPI : Impairment.IKE_RESPONDER_SPI);
        if (forced.isPresent()) {
            world.logger()
                    .debug("forcing IKE " + role.name().toLowerCase(Locale.ROOT) + " SPI to 0x"
                            + Long.toHexString(forced.getAsLong()));
            return new IkeSpi(forced.getAsLong());
        }
        IkeSpi spi;
        do {
            spi = new IkeSpi(world.random().nextLong());
        } while (spi.isZero() || sas.ikeByLocalSpi(spi).isPresent());
        return spi;
    }

    /** A successor in the making has its keys: it can be used. */
    public void emancipate(IkeSa old, IkeSa next) {
        old.larvalSuccessors().remove(next);
        sas.emancipate(next);
        sas.setState(next, V2State.ESTABLISHED_IKE_SA);
    }
}
