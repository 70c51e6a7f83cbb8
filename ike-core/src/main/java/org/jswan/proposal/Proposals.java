// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jswan.base.Bytes;
import org.jswan.crypto.KeGroup;
import org.jswan.wire.WireProposal;
import org.jswan.wire.v2.SaPayload;

/** Proposals of ours, numbered from 1, the one liked best first. */
public record Proposals(List<Proposal> all) {
    public Proposals {
        all = List.copyOf(all);
    }

    /** The first group that any of them has and that is not NONE: the one to guess for the KE payload. */
    public Optional<KeGroup> firstGroup() {
        return all.stream().flatMap(p -> p.firstGroup().stream()).findFirst();
    }

    /** Whether any of them has {@code group}: whether a peer may ask for it by INVALID_KE_PAYLOAD. */
    public boolean includesGroup(KeGroup group) {
        return all.stream().flatMap(p -> p.ofType(TransformType.DH).stream()).anyMatch(t -> t.id() == group.ikev2Id());
    }

    /** One by one. */
    @Override
    public List<Proposal> all() {
        return all;
    }

    /** The SA payload of the initiator; {@code spi} is empty for a first IKE SA. */
    public SaPayload offer(Bytes spi) {
        List<WireProposal> wire = all.stream().map(p -> p.offer(spi)).toList();
        return SaPayload.of(wire);
    }

    /** A line each, as {@code   1:IKE=AES_GCM_C_256-HMAC_SHA2_512-NONE-MODP2048}, for logging below a title. */
    public List<String> lines() {
        return all.stream().map(p -> "  " + p).toList();
    }

    /** All in one line. */
    @Override
    public String toString() {
        return all.stream().map(Proposal::toString).collect(Collectors.joining(" "));
    }
}
