// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jswan.base.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KnownVendorIdTest {
    @Test
    void eachIsFoundByItsOwnOctets() {
        assertThat(KnownVendorId.all()).hasSize(182).allSatisfy(known -> assertThat(KnownVendorId.find(known.octets()))
                .contains(known));
    }

    /** RFC 3947 section 3.1: the vendor ID is the MD5 hash of a name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "RFC 3947",
                "draft-ietf-ipsec-nat-t-ike",
                "draft-ietf-ipsec-nat-t-ike-03",
                "draft-ietf-ipsec-nat-t-ike-08",
                "strongSwan",
                "strongSwan 4.2.3",
                "SSH Sentinel 1.4.1",
                "KAME/racoon"
            })
    void manyAreHashesOfTheirNames(String name) throws NoSuchAlgorithmException {
        assertThat(KnownVendorId.find(md5(name))).map(KnownVendorId::name).contains(name);
    }

    @Test
    void oneWasHashedWithALineFeed() throws NoSuchAlgorithmException {
        assertThat(KnownVendorId.find(md5("draft-ietf-ipsec-nat-t-ike-02\n"))).contains(KnownVendorId.NAT_T_02_N);
    }

    private static Bytes md5(String text) throws NoSuchAlgorithmException {
        return Bytes.wrap(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theLongestThatFitsIsTheOne() {
        assertThat(KnownVendorId.find(Bytes.ofUtf8("OE-Libreswan-4.10"))).contains(KnownVendorId.LIBRESWAN);
        assertThat(KnownVendorId.find(Bytes.ofUtf8("OENabc"))).contains(KnownVendorId.LIBRESWAN_OLD);
        assertThat(KnownVendorId.find(Bytes.ofUtf8("OExyz")))
                .map(KnownVendorId::name)
                .contains("Openswan(project)");
        assertThat(KnownVendorId.find(Bytes.ofUtf8("O"))).isEmpty();
        assertThat(KnownVendorId.find(Bytes.EMPTY)).isEmpty();
        assertThat(KnownVendorId.find(KnownVendorId.XAUTH.octets().plus(Bytes.of(0))))
                .isEmpty();
    }

    @Test
    void eachIsPrintedInItsWay() {
        assertThat(KnownVendorId.DPD.describe(KnownVendorId.DPD.octets())).isEqualTo("Dead Peer Detection");
        Bytes fragmentation = KnownVendorId.FRAGMENTATION.octets().plus(Bytes.of(0x80, 0, 0, 0));
        assertThat(KnownVendorId.find(fragmentation)).contains(KnownVendorId.FRAGMENTATION);
        assertThat(KnownVendorId.FRAGMENTATION.describe(fragmentation))
                .isEqualTo("FRAGMENTATION 40 48 b7 d5  6e bc e8 85  25 e7 de 7f  00 d6 c2 d3  80 00 00 00");
        Bytes timestep = Bytes.ofUtf8("TIMESTEP 1 SGW\0002");
        assertThat(KnownVendorId.find(timestep).orElseThrow().describe(timestep))
                .isEqualTo("TIMESTEP 1 SGW\\02");
    }

    @Test
    void ofAnUnknownOneTheBeginningIsPrinted() {
        assertThat(KnownVendorId.describeUnknown(Bytes.of(1, 2, 3, 4, 0xff))).isEqualTo("01 02 03 04  ff");
        Bytes zeros = Bytes.wrap(new byte[33]);
        assertThat(KnownVendorId.describeUnknown(zeros.first(32)))
                .endsWith("00 00")
                .hasSize(102);
        assertThat(KnownVendorId.describeUnknown(zeros)).endsWith("00 00...");
    }
}
