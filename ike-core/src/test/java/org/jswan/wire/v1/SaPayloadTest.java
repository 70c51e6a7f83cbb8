// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireException;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule that an SA payload can break, by libreswan's text and notification for it. */
class SaPayloadTest {
    private static SaPayload sa(String hex) {
        Bytes body = Bytes.ofHex(hex.replace(" ", ""));
        return new SaPayload(body.get(3), body);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00000000 00000001 | DOI_NOT_SUPPORTED | Unknown/unsupported DOI ISAKMP_DOI_ISAKMP",
                "00000001 000000 | SITUATION_NOT_SUPPORTED | not enough room in input packet for IPsec DOI SIT (remain=3, sd->size=4)",
                "00000001 00000000 | SITUATION_NOT_SUPPORTED | unsupported IPsec DOI situation (none)",
                "00000001 00000003 | SITUATION_NOT_SUPPORTED | unsupported IPsec DOI situation (SIT_IDENTITY_ONLY+SIT_SECRECY)",
                "00000001 00000014 | SITUATION_NOT_SUPPORTED | bitset IPsec DOI SIT of IPsec DOI SIT has unknown member(s): SIT_INTEGRITY+0x10 (0x20)",
                "00000001 00000001 | PAYLOAD_MALFORMED | not enough room in input packet for ISAKMP Proposal Payload (remain=0, sd->size=8)",
                "00000001 00000001 00000007 00010000 | PAYLOAD_MALFORMED | 7-byte length of ISAKMP Proposal Payload is smaller than minimum",
                "00000001 00000001 00000008 00050000 | PAYLOAD_MALFORMED | protocol ID of ISAKMP Proposal Payload has an unknown value: 5 (0x5)",
                "00000001 00000001 02000008 00010000 | PAYLOAD_MALFORMED | Proposal Payload must be alone in Oakley SA; found ISAKMP_NEXT_P following Proposal",
                "00000001 00000001 00000008 00030000 | INVALID_PROTOCOL_ID | unexpected Protocol ID (PROTO_IPSEC_ESP) found in Oakley Proposal",
                "00000001 00000001 00000008 00011100 | INVALID_SPI | invalid SPI size (17) in Oakley Proposal",
                "00000001 00000001 00000008 00010800 | PAYLOAD_MALFORMED | not enough bytes left to get Oakley SPI from ISAKMP Proposal Payload",
                "00000001 00000001 00000008 00010000 | BAD_PROPOSAL_SYNTAX | number of Transform Payloads disagrees with Oakley Proposal Payload",
                "00000001 00000001 00000008 00010001 | BAD_PROPOSAL_SYNTAX | not enough room in input packet for ISAKMP Transform Payload (ISAKMP) (remain=0, sd->size=8)",
                "00000001 00000001 00000010 00010001 00000008 00020000 | BAD_PROPOSAL_SYNTAX | ISAKMP transform ID of ISAKMP Transform Payload (ISAKMP) has an unknown value: 2 (0x2)",
                "00000001 00000001 00000010 00010002 00000008 00010000 | BAD_PROPOSAL_SYNTAX | number of Transform Payloads disagrees with Oakley Proposal Payload",
                "00000001 00000001 00000010 00010001 04000008 00010000 | BAD_PROPOSAL_SYNTAX | unexpected ISAKMP_NEXT_NONE payload in Oakley Proposal",
                "00000001 00000001 00000018 00010002 03000008 00010000 00000008 00010000 | BAD_PROPOSAL_SYNTAX | Transform Numbers are not monotonically increasing in Oakley Proposal",
                "00000001 00000001 00000014 00010001 0000000c 00010000 80110001 | BAD_PROPOSAL_SYNTAX | invalid transform: af+type of ISAKMP Oakley attribute has an unknown value: AF+17 (0x8011)",
                "00000001 00000001 00000014 00010001 0000000c 00010000 000b0000 | BAD_PROPOSAL_SYNTAX | invalid transform: af+type of ISAKMP Oakley attribute has an unknown value: 11 (0xb)",
                "00000001 00000001 00000014 00010001 0000000c 00010000 000c0004 | BAD_PROPOSAL_SYNTAX | invalid transform: 8-byte length/value of ISAKMP Oakley attribute is larger than can fit"
            })
    void whatIsNotOfPhaseOneIsRefused(String hex, String notification, String text) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> sa(hex).oakley());
        assertThat(refusal).hasMessage(text);
        assertThat(refusal.notification().shortName()).isEqualTo(notification);
        assertThat(refusal.detail()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "00000000 00000001 | DOI_NOT_SUPPORTED | Unknown or unsupported DOI ISAKMP_DOI_ISAKMP",
                "00000001 00000001 | BAD_PROPOSAL_SYNTAX | not enough room in input packet for ISAKMP Proposal Payload (remain=0, sd->size=8)",
                "00000001 00000001 00000008 00030001 | INVALID_SPI | IPsec Proposal with improper SPI size (0)",
                "00000001 00000001 00000008 00030401 | INVALID_SPI | not enough bytes left to get SPI from ISAKMP Proposal Payload",
                "00000001 00000001 0000000c 00030401 000000ff | INVALID_SPI | IPsec Proposal contains invalid SPI (0xff)",
                "00000001 00000001 00000008 00040001 | INVALID_SPI | IPsec Proposal with improper CPI size (0)",
                "00000001 00000001 00000008 00040201 | INVALID_SPI | not enough bytes left to get CPI from ISAKMP Proposal Payload",
                "00000001 00000001 0000000c 00010401 00000100 | INVALID_PROTOCOL_ID | unexpected Protocol ID (PROTO_ISAKMP) in IPsec Proposal",
                "00000001 00000001 0000000c 00030401 00000100 | BAD_PROPOSAL_SYNTAX | not enough room in input packet for ISAKMP Transform Payload (ESP) (remain=0, sd->size=8)",
                "00000001 00000001 00000014 00030401 00000100 00000008 001c0000 | BAD_PROPOSAL_SYNTAX | ESP transform ID of ISAKMP Transform Payload (ESP) has an unknown value: 28 (0x1c)",
                "00000001 00000001 00000014 00020401 00000100 00000008 00010000 | BAD_PROPOSAL_SYNTAX | AH transform ID of ISAKMP Transform Payload (AH) has an unknown value: 1 (0x1)",
                "00000001 00000001 00000012 00040201 0100 00000008 00050000 | BAD_PROPOSAL_SYNTAX | IPCOMP transform ID of ISAKMP Transform Payload (COMP) has an unknown value: 5 (0x5)",
                "00000001 00000001 00000014 00030401 00000100 03000008 000c0000 | BAD_PROPOSAL_SYNTAX | Proposal Payload has more Transforms than specified",
                "00000001 00000001 00000014 00030402 00000100 00000008 000c0000 | BAD_PROPOSAL_SYNTAX | Proposal Payload has fewer Transforms than specified",
                "00000001 00000001 00000014 00030401 00000100 04000008 000c0000 | BAD_PROPOSAL_SYNTAX | expecting Transform Payload, but found ISAKMP_NEXT_KE in Proposal",
                "00000001 00000001 0000001c 00030402 00000100 03000008 000c0000 00000008 000c0000 | BAD_PROPOSAL_SYNTAX | Transform Numbers in Proposal are not monotonically increasing",
                "00000001 00000001 00000018 00030401 00000100 0000000c 000c0000 00010000 | BAD_PROPOSAL_SYNTAX | af+type of ISAKMP IPsec DOI attribute has an unknown value: 1 (0x1)",
                "00000001 00000001 04000014 00030401 00000100 00000008 000c0000 | BAD_PROPOSAL_SYNTAX | unexpected in Proposal: ISAKMP_NEXT_KE"
            })
    void whatIsNotOfPhaseTwoIsRefused(String hex, String notification, String text) {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> sa(hex).ipsec());
        assertThat(refusal).hasMessage(text);
        assertThat(refusal.notification().shortName()).isEqualTo(notification);
        assertThat(refusal.detail()).isEmpty();
    }

    @Test
    void aProposalForNothingIsRefusedWithTwoLines() {
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> sa("00000001 00000001 0000000c 00030400 00000100")
                .ipsec());
        assertThat(refusal.detail()).contains("IPsec Proposal contains no Transforms (skipped)");
        assertThat(refusal).hasMessage("not enough bytes left to get SPI from ISAKMP Proposal Payload");
    }

    private static WireProposal proposal(int number, int protocol, int transform) {
        Bytes spi = protocol == ProtocolId.IPCOMP ? Bytes.ofHex("1234") : Bytes.ofHex("12345678");
        return new WireProposal(
                number,
                protocol,
                spi,
                List.of(new WireTransform(
                        0,
                        transform,
                        WireAttribute.number(1, 1),
                        new WireAttribute(2, false, Bytes.ofHex("00010000")))));
    }

    @Test
    void proposalsOfOneNumberAreForDifferentProtocols() throws WireException {
        List<WireProposal> bundle = List.of(
                proposal(0, ProtocolId.AH, 2),
                proposal(0, ProtocolId.ESP, 12),
                proposal(0, ProtocolId.IPCOMP, 2),
                proposal(1, ProtocolId.ESP, 3));
        assertThat(SaPayload.of(bundle).ipsec()).isEqualTo(bundle);
        Refusal refusal = catchThrowableOfType(Refusal.class, () -> SaPayload.of(
                        List.of(proposal(1, ProtocolId.ESP, 12), proposal(1, ProtocolId.ESP, 3)))
                .ipsec());
        assertThat(refusal).hasMessage("IPsec SA contains two simultaneous ESP Proposals");
    }

    @Test
    void whatFollowsTheLastAttributeOrProposalDoesNotMatter() throws WireException {
        String attribute = "80010007";
        assertThat(sa("00000001 00000001 00000017 00010001 0000000f 00010000" + attribute + "ffffff" + "ee")
                        .oakley())
                .isEqualTo(new WireProposal(
                        0, 1, Bytes.EMPTY, List.of(new WireTransform(0, 1, WireAttribute.number(1, 7)))));
    }
}
