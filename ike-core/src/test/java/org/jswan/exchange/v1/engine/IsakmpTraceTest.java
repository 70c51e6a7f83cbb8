// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.v1.CertPayload;
import org.jswan.wire.v1.IdPayload;
import org.junit.jupiter.api.Test;

/** Debugging lines about payloads. */
class IsakmpTraceTest {
    @Test
    void identitiesAndCertificatesAreOfAKind() {
        assertThat(IsakmpTrace.parsed(List.of(new IdPayload(9, 0, 0, Bytes.EMPTY), new CertPayload(1, Bytes.EMPTY))))
                .containsExactly(
                        "got payload ISAKMP_NEXT_ID",
                        "   ID type: ID_DER_ASN1_DN (0x9)",
                        "got payload ISAKMP_NEXT_CERT",
                        "   cert encoding: CERT_PKCS7_WRAPPED_X509 (0x1)");
    }
}
