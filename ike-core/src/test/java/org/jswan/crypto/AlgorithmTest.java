// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlgorithmTest {
    private record Fake(String fqn, List<String> names, AlgorithmIds ids) implements Algorithm {
        @Override
        public boolean isForIke() {
            return true;
        }

        @Override
        public boolean isFipsApproved() {
            return false;
        }
    }

    @Test
    void refusesClashes() {
        Fake one = new Fake("A", List.of("a"), AlgorithmIds.known().v2(1));
        assertThatThrownBy(() -> Algorithm.checked(List.of(
                        one, new Fake("B", List.of("b"), AlgorithmIds.known().v2(1)))))
                .hasMessage("B: IKEV2 id 1 is taken");
        assertThatThrownBy(() -> Algorithm.checked(List.of(
                        one,
                        new Fake("B", List.of("b", "a"), AlgorithmIds.known().v2(2)))))
                .hasMessage("B: name a is taken");
        assertThatThrownBy(() -> Algorithm.checked(
                        List.of(new Fake("B", List.of("a"), AlgorithmIds.known().v2(1)))))
                .hasMessage("B is not among its own names");
        assertThat(Algorithm.checked(List.of(
                        one, new Fake("B", List.of("b"), AlgorithmIds.known().oakley(1)))))
                .hasSize(2);
    }

    @Test
    void findsByNumber() {
        assertThat(Encr.byIkev2Id(20)).contains(Encr.AES_GCM_16);
        assertThat(Encr.byIkev2Id(1)).isEmpty();
        assertThat(Integ.byIkev2Id(0)).contains(Integ.NONE);
        assertThat(Prf.byIkev2Id(5)).contains(Prf.HMAC_SHA2_256);
        assertThat(KeGroup.byIkev2Id(31)).contains(KeGroup.DH31);
        assertThat(Hash.byIkev2Id(2)).contains(Hash.SHA2_256);
        assertThatThrownBy(Integ.HMAC_SHA2_256_TRUNCBUG::ikev2Id).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void suitesPrintAsLibreswanPrintsThem() {
        IkeSuite gcm = new IkeSuite(Encr.AES_GCM_16, 256, Prf.HMAC_SHA2_512, Integ.NONE, KeGroup.DH19);
        assertThat(gcm.details()).isEqualTo("{cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 group=DH19}");
        assertThat(gcm.statusName()).isEqualTo("AES_GCM_16_256-HMAC_SHA2_512-DH19");
        IkeSuite cbc = new IkeSuite(Encr.AES_CBC, 128, Prf.HMAC_SHA1, Integ.HMAC_SHA1_96, KeGroup.MODP2048);
        assertThat(cbc.details()).isEqualTo("{cipher=AES_CBC_128 integ=HMAC_SHA1_96 prf=HMAC_SHA1 group=MODP2048}");
        assertThat(cbc.statusName()).isEqualTo("AES_CBC_128-HMAC_SHA1-MODP2048");
        IkeSuite mixed = new IkeSuite(Encr.AES_CBC, 128, Prf.HMAC_SHA1, Integ.HMAC_SHA2_256_128, KeGroup.MODP2048);
        assertThat(mixed.statusName()).isEqualTo("AES_CBC_128-HMAC_SHA1-HMAC_SHA2_256_128-MODP2048");
        IkeSuite first = new IkeSuite(Encr.AES_CBC, 256, Prf.HMAC_SHA2_256, Integ.NONE, KeGroup.MODP2048);
        assertThat(first.statusName()).isEqualTo("AES_CBC_256-HMAC_SHA2_256-MODP2048");
    }

    @Test
    void childSuitesPrintAsLibreswanPrintsThem() {
        ChildSuite gcm = new ChildSuite(Optional.of(Encr.AES_GCM_16), 256, Integ.NONE);
        assertThat(gcm.transformName()).isEqualTo("AES_GCM_16_256-NONE");
        assertThat(gcm.statusName()).isEqualTo("AES_GCM_16_256-NONE");
        ChildSuite tripleDes = new ChildSuite(Optional.of(Encr.TRIPLE_DES_CBC), 192, Integ.HMAC_SHA1_96);
        assertThat(tripleDes.transformName()).isEqualTo("3DES_CBC-HMAC_SHA1_96");
        assertThat(tripleDes.statusName()).isEqualTo("3DES_CBC_192-HMAC_SHA1_96");
        ChildSuite none = new ChildSuite(Optional.of(Encr.NULL), 0, Integ.HMAC_SHA1_96);
        assertThat(none.transformName()).isEqualTo("NULL-HMAC_SHA1_96");
        assertThat(none.statusName()).isEqualTo("NULL_000-HMAC_SHA1_96");
        ChildSuite ah = new ChildSuite(Optional.empty(), 0, Integ.HMAC_SHA1_96);
        assertThat(ah.transformName()).isEqualTo("HMAC_SHA1_96");
        assertThat(ah.statusName()).isEqualTo("HMAC_SHA1_96");
    }
}
