// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The printed forms of the numbers in messages. */
class NumbersTest {
    @Test
    void spiHasSixteenDigits() {
        assertThat(new IkeSpi(0xabcdefL)).hasToString("0000000000abcdef");
        assertThat(new IkeSpi(-1)).hasToString("ffffffffffffffff");
        assertThat(IkeSpi.ZERO).hasToString("0000000000000000");
    }

    @Test
    void notifyTypes() {
        assertThat(NotifyType.of(14)).isEqualTo(NotifyType.NO_PROPOSAL_CHOSEN).hasToString("v2N_NO_PROPOSAL_CHOSEN");
        assertThat(NotifyType.NO_PROPOSAL_CHOSEN.shortName()).isEqualTo("NO_PROPOSAL_CHOSEN");
        assertThat(NotifyType.of(42)).hasToString("v2N_USE_ASSIGNED_HoA");
        assertThat(NotifyType.of(33)).hasToString("v2N_UNUSED_33");
        assertThat(NotifyType.of(16384)).isEqualTo(NotifyType.INITIAL_CONTACT);
        assertThat(NotifyType.of(16438)).hasToString("v2N_INTERMEDIATE_EXCHANGE_SUPPORTED");
        assertThat(NotifyType.of(40960)).hasToString("v2N_NULL_AUTH");
        assertThat(NotifyType.of(16383).isError()).isTrue();
        assertThat(NotifyType.of(16384).isError()).isFalse();
    }

    @Test
    void everyNumberWithoutAGapHasAName() {
        for (int number = 0; number <= 46; number++) {
            assertThat(NotifyType.of(number).isKnown()).as("%d", number).isTrue();
        }
        for (int number = 16384; number <= 16438; number++) {
            assertThat(NotifyType.of(number).isKnown()).as("%d", number).isTrue();
        }
    }

    @Test
    void unknownNumbersStayPrintable() {
        assertThat(NotifyType.of(40970)).hasToString("40970??");
        assertThat(NotifyType.of(40970).shortName()).isEqualTo("40970??");
        assertThat(NotifyType.of(40970).isKnown()).isFalse();
        assertThat(PayloadType.of(255)).hasToString("255??");
        assertThat(ExchangeType.of(99)).hasToString("99??");
    }

    @Test
    void payloadTypes() {
        assertThat(PayloadType.of(44)).isEqualTo(PayloadType.TSI).hasToString("ISAKMP_NEXT_v2TSi");
        assertThat(PayloadType.NONCE.shortName()).isEqualTo("Ni");
        assertThat(PayloadType.SKF.number()).isEqualTo(53);
    }

    @Test
    void exchangeTypes() {
        assertThat(ExchangeType.of(34)).isEqualTo(ExchangeType.IKE_SA_INIT).hasToString("ISAKMP_v2_IKE_SA_INIT");
        assertThat(ExchangeType.IKE_SA_INIT.shortName()).isEqualTo("IKE_SA_INIT");
        assertThat(ExchangeType.of(2).shortName()).isEqualTo("IDPROT");
        assertThat(ExchangeType.IKE_INTERMEDIATE.number()).isEqualTo(43);
    }
}
