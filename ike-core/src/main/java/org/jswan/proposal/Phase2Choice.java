// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.base.SecurityLabel;
import org.jswan.crypto.KeGroup;
import org.jswan.wire.WireProposal;

/**
 * What two ends agreed upon in Quick Mode: SAs of one protocol or of several that go together.
 *
 * @param pfsGroup empty without perfect forward secrecy. A responder that demands it refuses, if it is, with
 *     NO_PROPOSAL_CHOSEN and a line of its own
 */
public record Phase2Choice(
        Optional<Phase2Sa> ah,
        Optional<Phase2Sa> esp,
        Optional<Phase2Compression> compression,
        Optional<KeGroup> pfsGroup) {

    /** The shortest life of all of them. */
    public Duration life() {
        return Stream.of(ah.map(Phase2Sa::life), esp.map(Phase2Sa::life), compression.map(Phase2Compression::life))
                .flatMap(Optional::stream)
                .min(Duration::compareTo)
                .orElseThrow();
    }

    /** The label of the SAs. */
    public Optional<SecurityLabel> label() {
        return esp.or(() -> ah).flatMap(Phase2Sa::label);
    }

    /** Whether in tunnel mode: ESP says, or AH where there is no ESP. */
    public boolean isTunnel() {
        return esp.or(() -> ah)
                .map(Phase2Sa::mode)
                .orElseGet(() -> compression.orElseThrow().mode())
                .isTunnel();
    }

    /**
     * What a responder sends back: the transforms exactly as they came, their numbers included, with its own SPIs.
     *
     * @param ownSpi as that of {@link Phase2Offer#of}
     */
    public List<WireProposal> answer(IntFunction<Bytes> ownSpi) {
        return taken().stream()
                .map(chosen -> new WireProposal(
                        chosen.number(), chosen.protocol(), ownSpi.apply(chosen.protocol()), chosen.transforms()))
                .toList();
    }

    /** What was taken of the peer's proposals, each with the one transform. */
    public List<WireProposal> taken() {
        return Stream.of(
                        ah.map(Phase2Sa::chosen), esp.map(Phase2Sa::chosen), compression.map(Phase2Compression::chosen))
                .flatMap(Optional::stream)
                .toList();
    }
}
