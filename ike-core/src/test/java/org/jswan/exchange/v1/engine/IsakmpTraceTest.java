// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v1.CertPayload;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.FragmentPayload;
import org.jswan.wire.v1.HashPayload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;
import org.junit.jupiter.api.Test;

/** Debugging lines about messages of IKEv1. */
class IsakmpTraceTest {
    private static final IsakmpRow ROW = IsakmpRow.row(V1State.INFO_PROTECTED, V1State.INFO_PROTECTED)
            .hash(IsakmpRow.Hash.FIRST)
            .allow(PayloadTypes.VID)
            .encrypted()
            .by((ike, message) -> IsakmpVerdict.done());

    private static IkeHeader header(ExchangeType exchange, PayloadType first) {
        return new IkeHeader(
                new IkeSpi(1), new IkeSpi(2), first, IkeVersion.V1, exchange, IkeHeader.FLAG_RESERVED, 7, 28);
    }

    private static List<String> parsed(ExchangeType exchange, Payload... payloads) {
        return IsakmpTrace.parsed(header(exchange, payloads[0].type()), PayloadChain.encode(List.of(payloads)), ROW);
    }

    @Test
    void payloadsThatComeAreShownFieldByField() {
        Payload hash = new HashPayload(Bytes.of(1, 2, 3));
        Payload delete = new DeletePayload(1, 3, 4, List.of(Bytes.of(0, 0, 1, 0)));
        Payload refusal = new NotificationPayload(1, 1, Bytes.EMPTY, NotificationType.NO_PROPOSAL_CHOSEN, Bytes.EMPTY);
        assertThat(parsed(ExchangeType.INFO, hash, delete, refusal))
                .containsExactly(
                        "got payload 0x100  (ISAKMP_NEXT_HASH) needed: 0x100 opt: 0x2000",
                        "***parse ISAKMP Hash Payload:",
                        "   next payload type: ISAKMP_NEXT_D (0xc)",
                        "   length: 7 (00 07)",
                        "got payload 0x1000  (ISAKMP_NEXT_D) needed: 0x0 opt: 0x2000",
                        "***parse ISAKMP Delete Payload:",
                        "   next payload type: ISAKMP_NEXT_N (0xb)",
                        "   length: 16 (00 10)",
                        "   DOI: ISAKMP_DOI_IPSEC (0x1)",
                        "   protocol ID: 3 (03)",
                        "   SPI size: 4 (04)",
                        "   number of SPIs: 1 (00 01)",
                        "got payload 0x800  (ISAKMP_NEXT_N) needed: 0x0 opt: 0x2000",
                        "***parse ISAKMP Notification Payload:",
                        "   next payload type: ISAKMP_NEXT_NONE (0x0)",
                        "   length: 12 (00 0c)",
                        "   DOI: ISAKMP_DOI_IPSEC (0x1)",
                        "   protocol ID: 1 (01)",
                        "   SPI size: 0 (00)",
                        "   Notify Message Type: v1N_NO_PROPOSAL_CHOSEN (0xe)");
    }

    @Test
    void identitiesAndCertificatesAreOfAKind() {
        assertThat(parsed(ExchangeType.IDPROT, new IdPayload(9, 0, 0, Bytes.EMPTY), new CertPayload(1, Bytes.EMPTY)))
                .contains(
                        "***parse ISAKMP Identification Payload:",
                        "   ID type: ID_DER_ASN1_DN (0x9)",
                        "   DOI specific B: 0 (00 00)",
                        "   cert encoding: CERT_PKCS7_WRAPPED_X509 (0x1)");
        assertThat(parsed(ExchangeType.QUICK, new IdPayload(4, 17, 1701, Bytes.EMPTY)))
                .contains(
                        "***parse ISAKMP Identification Payload (IPsec DOI):",
                        "   ID type: ID_IPV4_ADDR_SUBNET (0x4)",
                        "   Protocol ID: UDP (0x11)",
                        "   port: 1701 (06 a5)");
    }

    @Test
    void whatCannotBeReadEndsTheList() {
        Bytes short4 = Bytes.of(0, 0, 0, 2);
        assertThat(IsakmpTrace.parsed(header(ExchangeType.INFO, PayloadTypes.HASH), short4, ROW))
                .containsExactly("got payload 0x100  (ISAKMP_NEXT_HASH) needed: 0x100 opt: 0x2000");
        assertThat(IsakmpTrace.parsed(header(ExchangeType.INFO, PayloadType.of(99)), Bytes.of(0, 0, 0, 4), ROW))
                .hasSize(1);
    }

    private static final SaPayload OFFER = SaPayload.of(List.of(new WireProposal(
            0,
            1,
            Bytes.EMPTY,
            List.of(
                    new WireTransform(0, 1, WireAttribute.number(1, 7), WireAttribute.number(14, 256)),
                    new WireTransform(1, 1, WireAttribute.number(1, 7), WireAttribute.number(14, 128))))));

    @Test
    void anOfferIsShownToItsAttributes() {
        assertThat(IsakmpTrace.emitted(header(ExchangeType.IDPROT, PayloadTypes.NONE), List.of(OFFER), false))
                .containsExactly(
                        "**emit ISAKMP Message:",
                        "   initiator SPI: 00 00 00 00 00 00 00 01",
                        "   responder SPI: 00 00 00 00 00 00 00 02",
                        "   next payload type: ISAKMP_NEXT_SA (0x1)",
                        "   ISAKMP version: ISAKMP Version 1.0 (rfc2407) (0x10)",
                        "   exchange type: ISAKMP_XCHG_IDPROT (0x2)",
                        "   flags: ISAKMP_FLAG_MSG_RESERVED_BIT6 (0x40)",
                        "   Message ID: 7 (00 00 00 07)",
                        "***emit ISAKMP Security Association Payload:",
                        "   next payload type: ISAKMP_NEXT_NONE (0x0)",
                        "   DOI: ISAKMP_DOI_IPSEC (0x1)",
                        "****emit IPsec DOI SIT:",
                        "   IPsec DOI SIT: SIT_IDENTITY_ONLY (0x1)",
                        "****emit ISAKMP Proposal Payload:",
                        "   next payload type: ISAKMP_NEXT_NONE (0x0)",
                        "   proposal number: 0 (00)",
                        "   protocol ID: PROTO_ISAKMP (0x1)",
                        "   SPI size: 0 (00)",
                        "   number of transforms: 2 (02)",
                        "*****emit ISAKMP Transform Payload (ISAKMP):",
                        "   next payload type: ISAKMP_NEXT_T (0x3)",
                        "   ISAKMP transform number: 0 (00)",
                        "   ISAKMP transform ID: KEY_IKE (0x1)",
                        "******emit ISAKMP Oakley attribute:",
                        "   af+type: AF+OAKLEY_ENCRYPTION_ALGORITHM (0x8001)",
                        "   length/value: 7 (00 07)",
                        "    [7 is OAKLEY_AES_CBC]",
                        "******emit ISAKMP Oakley attribute:",
                        "   af+type: AF+OAKLEY_KEY_LENGTH (0x800e)",
                        "   length/value: 256 (01 00)",
                        "*****emit ISAKMP Transform Payload (ISAKMP):",
                        "   next payload type: ISAKMP_NEXT_NONE (0x0)",
                        "   ISAKMP transform number: 1 (01)",
                        "   ISAKMP transform ID: KEY_IKE (0x1)",
                        "******emit ISAKMP Oakley attribute:",
                        "   af+type: AF+OAKLEY_ENCRYPTION_ALGORITHM (0x8001)",
                        "   length/value: 7 (00 07)",
                        "    [7 is OAKLEY_AES_CBC]",
                        "******emit ISAKMP Oakley attribute:",
                        "   af+type: AF+OAKLEY_KEY_LENGTH (0x800e)",
                        "   length/value: 128 (00 80)");
    }

    @Test
    void theAttributesOfAnAnswerAreTheOffers() {
        assertThat(IsakmpTrace.emitted(header(ExchangeType.IDPROT, PayloadTypes.NONE), List.of(OFFER), true))
                .contains("*****emit ISAKMP Transform Payload (ISAKMP):")
                .noneMatch(line -> line.contains("attribute"));
    }

    @Test
    void aPieceIsShown() {
        assertThat(IsakmpTrace.fragment(new FragmentPayload(1, 5, true, Bytes.EMPTY), 8))
                .containsExactly(
                        "***parse ISAKMP IKE Fragment Payload:",
                        "   length: 8 (00 08)",
                        "   fragment id: 1 (00 01)",
                        "   fragment number: 5 (05)",
                        "   flags: 1 (01)");
    }
}
