// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.AddressRange;
import org.jswan.base.Subnet;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.TrafficSelector;
import org.jswan.wire.v2.TrafficSelector.Addresses;
import org.jswan.wire.v2.TsPayload;

/** The traffic selectors of a Child SA as we send them: of a successor, what is impaired. */
final class ImpairedSelectors {
    private ImpairedSelectors() {}

    static List<Payload> of(ChildSa child, Impairments impair, TsPayload initiator, TsPayload responder) {
        boolean asks = child.role() == IkeRole.INITIATOR;
        boolean subnet = impair.on(asks ? Impairment.REKEY_INITIATE_SUBNET : Impairment.REKEY_RESPOND_SUBNET);
        boolean supernet = impair.on(asks ? Impairment.REKEY_INITIATE_SUPERNET : Impairment.REKEY_RESPOND_SUPERNET);
        if (child.replaces().isEmpty() || !subnet && !supernet) {
            return List.of(initiator, responder);
        }
        UnaryOperator<TrafficSelector> change = supernet ? ImpairedSelectors::all : ImpairedSelectors::first;
        return List.of(
                new TsPayload(
                        initiator.type(),
                        initiator.selectors().stream().map(change).toList()),
                new TsPayload(
                        responder.type(),
                        responder.selectors().stream().map(change).toList()));
    }

    private static TrafficSelector first(TrafficSelector selector) {
        return selector instanceof Addresses a
                ? new Addresses(a.protocol(), a.startPort(), a.endPort(), a.start(), a.start())
                : selector;
    }

    private static TrafficSelector all(TrafficSelector selector) {
        if (!(selector instanceof Addresses a)) {
            return selector;
        }
        AddressRange range = Subnet.all(a.start().family()).range();
        return new Addresses(a.protocol(), a.startPort(), a.endPort(), range.first(), range.last());
    }
}
