// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.crypto.keymat.SpiPair;
import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.KeyAgreement;
import org.jswan.kernel.KernelException;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.Phase2;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.KePayload;
import org.jswan.wire.v1.NotificationType;

/** What both ends of Quick Mode have in common. */
public final class QuickAgreement {
    private final Context context;

    public QuickAgreement(Context context) {
        this.context = context;
    }

    /** Reserves our SPIs. */
    void reserve(ChildSa child, boolean compressed) throws IsakmpFailure {
        try {
            context.kernel().reserve(child);
            if (compressed) {
                context.kernel().reserveCompression(child);
            }
        } catch (KernelException refused) {
            throw IsakmpFailure.refused(refused.getMessage());
        }
        context.sas().index(child);
    }

    /** Our public value if there is one, unless an impairment has it otherwise. */
    List<Payload> publicValue(ChildSa child) {
        return child.phase2()
                .localKe()
                .map(ke -> KeyAgreement.payload(context.world().impair(), child.logger(), ke.publicValue()))
                .orElse(List.of());
    }

    /** The peer's public value, which has to be there just if there is a group. */
    static Optional<Bytes> publicValue(ChildSa child, Optional<KeGroup> group, IsakmpMessage message, String step)
            throws IsakmpFailure {
        List<Bytes> values = message.all(KePayload.class).map(KePayload::data).toList();
        if (group.isEmpty()) {
            if (!values.isEmpty()) {
                throw unfit(step + " message KE payload requires a GROUP_DESCRIPTION attribute in SA");
            }
            return Optional.empty();
        }
        if (values.isEmpty()) {
            throw unfit("missing KE payload in " + step + " message");
        }
        if (values.size() > 1) {
            throw unfit(step + " message contains several KE payloads; we accept at most one");
        }
        Bytes value = values.get(0);
        int length = group.get().publicLength();
        if (value.length() != length) {
            throw unfit("KE has " + value.length() + " byte DH public value; " + length + " required");
        }
        return Optional.of(value);
    }

    private static IsakmpFailure unfit(String why) {
        return IsakmpFailure.refused(NotificationType.INVALID_KEY_INFORMATION, why);
    }

    /** The keys of the SAs. */
    static ChildKeys keys(ChildSa child) {
        Phase2 p = child.phase2();
        boolean initiator = child.role() == IkeRole.INITIATOR;
        Bytes inbound = ChildSa.spiOctets(child.inbound().orElseThrow().spi());
        Bytes outbound = ChildSa.spiOctets(child.outbound().orElseThrow().spi());
        ChildKeys keys = ChildKeys.deriveIkev1(
                child.ike().phase1().keys(),
                p.sharedSecret(),
                new Nonces(p.initiatorNonce(), p.responderNonce()),
                child.wireProtocol(),
                initiator ? new SpiPair(inbound, outbound) : new SpiPair(outbound, inbound),
                child.suite().orElseThrow());
        p.forgetSecrets();
        return keys;
    }

    /** The kernel has the SAs: they are the connection's newest. */
    void installed(ChildSa child) {
        child.connection().setNewestChild(Optional.of(child.serial()));
        context.lifetimes().childUp(child);
    }

    /** Puts the SAs into the kernel; the verdict goes on with {@code then} if it took them. */
    IsakmpVerdict install(ChildSa child, IsakmpVerdict.Step then) {
        ChildKeys keys = keys(child);
        return awaitKernel(child, then, done -> context.kernel().install(child, keys, done));
    }

    /** The same, but until the peer confirms it nothing leaves by them. */
    IsakmpVerdict prepare(ChildSa child, IsakmpVerdict.Step then) {
        ChildKeys keys = keys(child);
        Optional<Connection> rival = context.kernel().rival(child.connection());
        rival.ifPresent(obsolete -> displace(obsolete, child));
        // What the rival has goes first, to the last of it.
        return awaitKernel(child, then, done -> context.kernel().afterwards(() -> {
            if (context.sas().isAlive(child)) {
                context.kernel().prepare(child, keys, done);
            } else {
                keys.close();
                done.accept(false);
            }
        }));
    }

    /** As libreswan: who has come last has the client, and the one before is taken to be obsolete. */
    private void displace(Connection rival, ChildSa by) {
        by.logger()
                .log(
                        RcCode.LOG_SERIOUS,
                        "route to peer's client conflicts with " + rival
                                + "; releasing old connection to free the route");
        context.lifecycle().endAllOf(rival, List.of());
        if (rival.kind() != ConnectionKind.INSTANCE) {
            context.kernel().unroute(rival);
        }
    }

    /** The peer confirmed. */
    IsakmpVerdict confirm(ChildSa child, IsakmpVerdict.Step then) {
        return awaitKernel(child, then, done -> context.kernel().confirm(child, done));
    }

    private IsakmpVerdict awaitKernel(ChildSa child, IsakmpVerdict.Step then, Consumer<Consumer<Boolean>> work) {
        return IsakmpVerdict.suspend(resume -> work.accept(ok -> resume.resume(() -> ok ? then.go() : failed(child))));
    }

    private IsakmpVerdict failed(ChildSa child) {
        child.logger()
                .log(
                        RcCode.INTERNALERR,
                        "state transition function for " + child.state().fullName() + " had internal error");
        context.lifecycle().endChild(child, Notice.NEVER);
        return IsakmpVerdict.done();
    }
}
