// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v1.SaPayload;

/** Makes IKEv1's suites and proposals out of short texts. */
final class Ikev1Proposals {
    private Ikev1Proposals() {}

    /** What {@code ike=} says; {@code default} for none. */
    static AlgorithmSuites ike(String text) throws ProposalException {
        return ProposalParser.ike(IkeVersion.V1, remark -> {}).parse(optional(text));
    }

    /** What {@code esp=} says. */
    static AlgorithmSuites esp(String text) throws ProposalException {
        return child(SecurityProtocol.ESP, text);
    }

    /** What {@code ah=} says. */
    static AlgorithmSuites ah(String text) throws ProposalException {
        return child(SecurityProtocol.AH, text);
    }

    private static AlgorithmSuites child(SecurityProtocol protocol, String text) throws ProposalException {
        return ProposalParser.child(protocol, IkeVersion.V1, true, LinuxAlgorithms::has, remark -> {})
                .parse(optional(text));
    }

    private static Optional<String> optional(String text) {
        return text.equals("default") ? Optional.empty() : Optional.of(text);
    }

    /**
     * A transform whose attributes are written {@code type=value}; {@code type:hex} for a variable one.
     *
     * @param number of the transform
     */
    static WireTransform transform(int number, int id, String attributes) {
        List<WireAttribute> all = new ArrayList<>();
        for (String word :
                attributes.isBlank() ? new String[0] : attributes.trim().split(" +")) {
            String[] variable = word.split(":");
            String[] fixed = word.split("=");
            all.add(
                    variable.length == 2
                            ? new WireAttribute(Integer.parseInt(variable[0]), false, Bytes.ofHex(variable[1]))
                            : WireAttribute.number(Integer.parseInt(fixed[0]), Integer.parseInt(fixed[1])));
        }
        return new WireTransform(number, id, all);
    }

    /** A proposal for an ISAKMP SA, with a transform for each text. */
    static WireProposal phase1(String... transforms) {
        List<WireTransform> all = new ArrayList<>();
        Stream.of(transforms).forEach(text -> all.add(transform(all.size(), 1, text)));
        return new WireProposal(0, 1, Bytes.EMPTY, all);
    }

    /** A proposal of Quick Mode, with a transform for each text, that begins with the transform's ID. */
    static WireProposal phase2(int number, int protocol, String spi, String... transforms) {
        List<WireTransform> all = new ArrayList<>();
        for (String text : transforms) {
            String[] idAndRest = text.split(" ", 2);
            all.add(transform(all.size(), Integer.parseInt(idAndRest[0]), idAndRest.length == 2 ? idAndRest[1] : ""));
        }
        return new WireProposal(number, protocol, Bytes.ofHex(spi), all);
    }

    /** The body of the SA payload, as it goes over the wire. */
    static Bytes wire(List<WireProposal> proposals) {
        return SaPayload.of(proposals).body();
    }

    static List<String> texts(List<LogLine> log) {
        return log.stream().map(LogLine::text).toList();
    }
}
