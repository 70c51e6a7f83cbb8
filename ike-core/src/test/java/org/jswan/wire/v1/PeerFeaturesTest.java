// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.wire.KnownVendorId;
import org.junit.jupiter.api.Test;

class PeerFeaturesTest {
    private final PeerFeatures features = new PeerFeatures();

    private String debug(KnownVendorId known) {
        PeerFeatures.Note note = features.take(VendorIdPayload.of(known));
        assertThat(note.serious()).isEmpty();
        return note.debug().orElseThrow();
    }

    @Test
    void nothingIsKnownOfAPeerThatSaysNothing() {
        assertThat(features.natTraversal()).isEmpty();
        assertThat(features.detectsDeadPeers()).isFalse();
        assertThat(features.takesFragments()).isFalse();
        assertThat(features.speaksIkev2()).isFalse();
        assertThat(features.knowsXauth()).isFalse();
        assertThat(features.isPulled()).isFalse();
        assertThat(features.endsXauthAnew()).isFalse();
    }

    @Test
    void eachFeatureHasItsVendorId() {
        assertThat(debug(KnownVendorId.DPD_NG)).isEqualTo("received Vendor ID payload [DPDv1_NG]");
        assertThat(features.detectsDeadPeers()).isTrue();
        assertThat(debug(KnownVendorId.FRAGMENTATION))
                .isEqualTo(
                        "received Vendor ID payload [FRAGMENTATION 40 48 b7 d5  6e bc e8 85  25 e7 de 7f  00 d6 c2 d3]");
        assertThat(features.takesFragments()).isTrue();
        assertThat(debug(KnownVendorId.CAN_IKEV2)).isEqualTo("received Vendor ID payload [CAN-IKEv2(obsolete)]");
        assertThat(features.speaksIkev2()).isTrue();
        debug(KnownVendorId.XAUTH);
        assertThat(features.knowsXauth()).isTrue();
        debug(KnownVendorId.CISCO_UNITY);
        assertThat(features.isPulled()).isTrue();
    }

    @Test
    void whatMeansNothingIsIgnored() {
        assertThat(debug(KnownVendorId.STRONGSWAN)).isEqualTo("ignoring Vendor ID payload [strongSwan]");
        assertThat(debug(KnownVendorId.NAT_T_00))
                .isEqualTo("ignoring Vendor ID payload [draft-ietf-ipsec-nat-t-ike-00]");
        assertThat(features.natTraversal()).isEmpty();
        assertThat(debug(KnownVendorId.OPPORTUNISTIC)).isEqualTo("received Vendor ID payload [Opportunistic IPsec]");
    }

    @Test
    void onlyABetterWayOfNatTraversalIsHeeded() {
        assertThat(debug(KnownVendorId.NAT_T_02)).startsWith("received");
        assertThat(debug(KnownVendorId.NAT_T_02_N)).startsWith("ignoring");
        assertThat(debug(KnownVendorId.NAT_T_02)).startsWith("ignoring");
        assertThat(debug(KnownVendorId.NAT_T_RFC)).startsWith("received");
        assertThat(debug(KnownVendorId.NAT_T)).startsWith("ignoring");
        assertThat(features.natTraversal()).contains(KnownVendorId.NAT_T_RFC);
    }

    @Test
    void someThingsAreForEverybody() {
        PeerFeatures.Note note = features.take(VendorIdPayload.of(KnownVendorId.SSH_SENTINEL_1_4_1));
        assertThat(note.serious()).containsExactly("SSH Sentinel 1.4.1 found, setting XAUTH_ACK quirk");
        assertThat(note.debug()).contains("received Vendor ID payload [SSH Sentinel 1.4.1]");
        assertThat(features.endsXauthAnew()).isTrue();
        assertThat(features.take(new VendorIdPayload(Bytes.of(1, 2, 3))))
                .isEqualTo(new PeerFeatures.Note(
                        List.of("ignoring unknown Vendor ID payload [01 02 03]"), Optional.empty()));
    }

    @Test
    void messagesAddUp() {
        features.take(VendorIdPayload.of(KnownVendorId.NAT_T_RFC));
        PeerFeatures later = new PeerFeatures();
        later.take(VendorIdPayload.of(KnownVendorId.DPD));
        later.take(VendorIdPayload.of(KnownVendorId.NAT_T_03));
        features.add(later);
        features.add(new PeerFeatures());
        assertThat(features.detectsDeadPeers()).isTrue();
        assertThat(features.natTraversal()).contains(KnownVendorId.NAT_T_RFC);
    }

    @Test
    void aMethodHasItsNumbers() {
        assertThat(NatTraversalMethod.of(KnownVendorId.NAT_T_02_N)).contains(NatTraversalMethod.DRAFTS);
        assertThat(NatTraversalMethod.of(KnownVendorId.NAT_T_03)).contains(NatTraversalMethod.DRAFTS);
        assertThat(NatTraversalMethod.of(KnownVendorId.NAT_T_04)).contains(NatTraversalMethod.RFC);
        assertThat(NatTraversalMethod.of(KnownVendorId.NAT_T_RFC)).contains(NatTraversalMethod.RFC);
        assertThat(NatTraversalMethod.of(KnownVendorId.NAT_T_01)).isEmpty();
        assertThat(NatTraversalMethod.RFC.offers()).containsExactly(KnownVendorId.NAT_T_RFC);
        assertThat(NatTraversalMethod.DRAFTS.offers())
                .containsExactly(KnownVendorId.NAT_T_03, KnownVendorId.NAT_T_02_N, KnownVendorId.NAT_T_02);
        assertThat(NatTraversalMethod.DRAFTS.natDetection()).isEqualTo(PayloadTypes.NATD_DRAFTS);
        assertThat(NatTraversalMethod.RFC.originalAddress()).isEqualTo(PayloadTypes.NATOA_RFC);
    }
}
