// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jswan.base.Bytes;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.Encr;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;
import org.jswan.wire.WireProposal;

/**
 * A proposal: transforms to choose one of each type from, or, when chosen, one of each type.
 *
 * @param number 1 to 255
 * @param spi the peer's, in a chosen proposal whose exchange carries SPIs; else empty
 * @param transforms by type, within a type by preference; NONE, where it is the only one of its type, is sent by the
 *     responder that chose it and not by the initiator
 */
public record Proposal(int number, SecurityProtocol protocol, Bytes spi, List<Transform> transforms) {
    public Proposal {
        transforms = List.copyOf(transforms);
    }

    List<Transform> ofType(TransformType type) {
        List<Transform> same = new ArrayList<>();
        for (Transform transform : transforms) {
            if (transform.type() == type) {
                same.add(transform);
            }
        }
        return same;
    }

    /** The first Diffie-Hellman group in it that is not NONE and that this daemon has. */
    public Optional<KeGroup> firstGroup() {
        for (Transform transform : transforms) {
            if (transform.type() == TransformType.DH && !transform.isNone()) {
                Optional<KeGroup> group = KeGroup.byIkev2Id(transform.id());
                if (group.isPresent()) {
                    return group;
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The algorithms of a chosen proposal for IKE.
     *
     * @throws IllegalStateException if it is none
     */
    public IkeSuite ikeSuite() {
        Transform encr = only(TransformType.ENCR).orElseThrow(this::notChosen);
        return new IkeSuite(
                cipher(encr),
                keyBits(encr),
                only(TransformType.PRF).flatMap(t -> Prf.byIkev2Id(t.id())).orElseThrow(this::notChosen),
                integ(),
                firstGroup().orElseThrow(this::notChosen));
    }

    /**
     * The algorithms of a chosen proposal for ESP or AH; its group is {@link #firstGroup}.
     *
     * @throws IllegalStateException if it is none
     */
    public ChildSuite childSuite() {
        Optional<Transform> encr = only(TransformType.ENCR);
        return new ChildSuite(encr.map(this::cipher), encr.map(this::keyBits).orElse(0), integ());
    }

    /** Whether a chosen proposal has extended sequence numbers. */
    public boolean extendedSequenceNumbers() {
        return only(TransformType.ESN).map(t -> t.id() == 1).orElse(false);
    }

    /** As the responder sends what it chose: every transform it has, with its own SPI, which may be empty. */
    public WireProposal answer(Bytes ownSpi) {
        return toWire(ownSpi, transforms);
    }

    /** As the initiator sends it. */
    WireProposal offer(Bytes ownSpi) {
        return with(ownSpi, this::isOffered);
    }

    /** Whether an initiator sends a transform: one that has no choice but NONE leaves it out (RFC 7296 §3.3.3). */
    public boolean isOffered(Transform transform) {
        return !transform.isNone() || ofType(transform.type()).size() > 1;
    }

    /** With only those transforms. */
    public WireProposal with(Bytes ownSpi, Predicate<Transform> sent) {
        return toWire(ownSpi, transforms.stream().filter(sent).toList());
    }

    Proposal numbered(int other) {
        return new Proposal(other, protocol, spi, transforms);
    }

    /** As logged: {@code 1:IKE=AES_GCM_C_256-HMAC_SHA2_512-NONE-MODP2048}. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder().append(number).append(':').append(protocol).append('=');
        String separator = "";
        for (TransformType type : TransformType.values()) {
            List<Transform> same = ofType(type);
            if (!same.isEmpty()) {
                text.append(separator)
                        .append(same.stream().map(Transform::toString).collect(Collectors.joining("+")));
                separator = "-";
            }
        }
        if (!spi.isEmpty()) {
            text.append(" SPI=").append(spi.hex());
        }
        return text.toString();
    }

    private WireProposal toWire(Bytes ownSpi, List<Transform> sent) {
        return new WireProposal(
                number,
                protocol.id(),
                ownSpi,
                sent.stream().map(Transform::toWire).toList());
    }

    private Optional<Transform> only(TransformType type) {
        List<Transform> all = ofType(type);
        if (all.size() > 1) {
            throw notChosen();
        }
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(0));
    }

    private Encr cipher(Transform transform) {
        return Encr.byIkev2Id(transform.id()).orElseThrow(this::notChosen);
    }

    private int keyBits(Transform transform) {
        return transform.keyBits() > 0 ? transform.keyBits() : cipher(transform).defaultKeyBits();
    }

    private Integ integ() {
        return only(TransformType.INTEG)
                .map(t -> Integ.byIkev2Id(t.id()).orElseThrow(this::notChosen))
                .orElse(Integ.NONE);
    }

    private IllegalStateException notChosen() {
        return new IllegalStateException("no chosen proposal: " + this);
    }
}
