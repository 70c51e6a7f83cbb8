// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.proposal.AlgorithmSuites;
import org.jswan.proposal.ProposalException;
import org.junit.jupiter.api.Test;

class KnownProposalsTest {
    private static final Optional<String> DEFAULTS = Optional.empty();

    private final KnownProposals proposals = new KnownProposals(algorithm -> true, new Impairments());
    private final List<String> remarks = new ArrayList<>();

    private AlgorithmSuites ike(String text) throws ProposalException {
        return proposals.ike(IkeVersion.IKEV2, Optional.of(text), remarks::add);
    }

    private AlgorithmSuites esp(Optional<String> text, ConnectionPolicy... policies) throws ProposalException {
        Set<ConnectionPolicy> all = EnumSet.of(ConnectionPolicy.ENCRYPT, policies);
        return proposals.child(IkeVersion.IKEV2, text, all, remarks::add);
    }

    @Test
    void theSameStringIsWorkedOutOnce() throws ProposalException {
        assertThat(ike("aes256-sha2;dh31")).isSameAs(ike("aes256-sha2;dh31")).isNotEqualTo(ike("aes256-sha1;dh31"));
        assertThat(esp(DEFAULTS)).isSameAs(esp(DEFAULTS, ConnectionPolicy.TUNNEL));
        assertThat(proposals.ike(IkeVersion.IKEV2, DEFAULTS, remarks::add).defaulted())
                .isTrue();
    }

    @Test
    void whatProposalsDependOnTellsThemApart() throws ProposalException {
        Optional<String> text = Optional.of("aes;dh31");
        assertThat(esp(text, ConnectionPolicy.PFS)).isNotEqualTo(esp(text));
        assertThat(proposals.child(IkeVersion.IKEV2, DEFAULTS, Set.of(ConnectionPolicy.AUTHENTICATE), remarks::add))
                .isNotEqualTo(esp(DEFAULTS));
    }

    @Test
    void keyLengthsCanBeAnyOnDemand() throws ProposalException {
        Impairments impair = new Impairments();
        KnownProposals impaired = new KnownProposals(algorithm -> true, impair);
        Optional<String> text = Optional.of("3des333-sha1");
        Set<ConnectionPolicy> esp = EnumSet.of(ConnectionPolicy.ENCRYPT);
        assertThatThrownBy(() -> impaired.child(IkeVersion.IKEV1, text, esp, remarks::add))
                .hasMessage("ESP encryption algorithm 3DES_CBC does not allow a key lengths");
        impair.set(Impairment.SEND_KEY_SIZE_CHECK, "yes", OptionalLong.empty());
        assertThat(impaired.child(IkeVersion.IKEV1, text, esp, remarks::add).toString())
                .isEqualTo("3DES_CBC_333-HMAC_SHA1_96");
        impair.clear(Impairment.SEND_KEY_SIZE_CHECK);
        assertThatThrownBy(() -> impaired.child(IkeVersion.IKEV1, text, esp, remarks::add))
                .isInstanceOf(ProposalException.class);
    }

    @Test
    void eachVersionHasItsOwn() throws ProposalException {
        assertThat(proposals.ike(IkeVersion.IKEV1, DEFAULTS, remarks::add).toString())
                .startsWith("AES_CBC-HMAC_SHA2_256-MODP2048")
                .isNotEqualTo(
                        proposals.ike(IkeVersion.IKEV2, DEFAULTS, remarks::add).toString());
        Optional<String> curve = Optional.of("aes;dh31");
        assertThat(esp(curve, ConnectionPolicy.PFS).toString()).contains("DH31");
        assertThatThrownBy(() -> proposals.child(
                        IkeVersion.IKEV1,
                        curve,
                        EnumSet.of(ConnectionPolicy.ENCRYPT, ConnectionPolicy.PFS),
                        remarks::add))
                .hasMessage("ESP DH algorithm 'dh31' is not supported by IKEv1");
    }

    @Test
    void remarksAreMadeToEveryone() throws ProposalException {
        assertThat(esp(Optional.of("aes;dh31"))).isEqualTo(esp(Optional.of("aes;dh31")));
        assertThat(remarks)
                .containsExactly(
                        "ignoring ESP DH algorithm DH31 as PFS policy is disabled",
                        "ignoring ESP DH algorithm DH31 as PFS policy is disabled");
    }

    @Test
    void mistakesAreToldToEveryone() {
        for (int time = 0; time < 2; time++) {
            assertThatThrownBy(() -> ike("rot13")).isInstanceOf(ProposalException.class);
        }
    }

    @Test
    void manyStringsAreNotRememberedForEver() throws ProposalException {
        AlgorithmSuites first = ike("aes256-sha2;dh31");
        for (int number = 0; number < 1000; number++) {
            ike("aes256-sha2;dh31,".repeat(number % 200) + "aes128-sha2;dh31");
        }
        assertThat(ike("aes256-sha2;dh31")).isEqualTo(first).isNotSameAs(first);
    }
}
