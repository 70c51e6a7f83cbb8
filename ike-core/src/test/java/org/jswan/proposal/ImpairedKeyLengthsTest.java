// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.wire.WireProposal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImpairedKeyLengthsTest {
    private final Impairments impair = new Impairments();
    private final List<String> log = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "duplicate||1=7 14=128 14=128|IMPAIR: duplicating key-length",
                "omit||1=7|IMPAIR: not sending key-length attribute",
                "empty||1=7|IMPAIR: key-length-attribute:empty not implemented",
                "0|0|1=7 14=0|IMPAIR: sending key-length attribute value 0",
                "70000|70000|1=7 14=4464|IMPAIR: sending key-length attribute value 70000"
            })
    void falsifiesThoseOfPhase1(String how, Long number, String attributes, String line) {
        impair.set(
                Impairment.IKE_KEY_LENGTH_ATTRIBUTE,
                how,
                number == null ? OptionalLong.empty() : OptionalLong.of(number));
        assertThat(sent(Ikev1Proposals.phase1("1=7 14=128"))).isEqualTo(Ikev1Proposals.phase1(attributes));
        assertThat(log).containsExactly("IMPAIR: stripping key-length", line);
    }

    @Test
    void leavesTheOtherPhaseAlone() {
        impair.set(Impairment.CHILD_KEY_LENGTH_ATTRIBUTE, "omit", OptionalLong.empty());
        assertThat(sent(Ikev1Proposals.phase1("1=7 14=128"))).isEqualTo(Ikev1Proposals.phase1("1=7 14=128"));
        assertThat(log).isEmpty();
        assertThat(sent(Ikev1Proposals.phase2(0, 3, "00001000", "12 5=2 6=128")))
                .isEqualTo(Ikev1Proposals.phase2(0, 3, "00001000", "12 5=2"));
    }

    @Test
    void hasNothingToDuplicateWithoutAKeyLength() {
        impair.set(Impairment.IKE_KEY_LENGTH_ATTRIBUTE, "duplicate", OptionalLong.empty());
        assertThat(sent(Ikev1Proposals.phase1("1=5"))).isEqualTo(Ikev1Proposals.phase1("1=5"));
        assertThat(log).containsExactly("IMPAIR: no key-length to duplicate");
    }

    private WireProposal sent(WireProposal offered) {
        return ImpairedKeyLengths.of(List.of(offered), impair, log::add).get(0);
    }
}
