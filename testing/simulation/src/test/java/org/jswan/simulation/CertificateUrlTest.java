// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.EndOption;
import org.jswan.crypto.Hash;
import org.jswan.revocation.RevocationSetting;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.v2.CertPayload;
import org.jswan.wire.v2.CertReqPayload;
import org.jswan.wire.v2.NotifyPayload;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates by hash and URL (RFC 7296 §3.6), which we never offer to fetch: as libreswan, they are ignored. */
class CertificateUrlTest extends CertificateFixture {
    private final SpokenFor west = new SpokenFor(pair);

    CertificateUrlTest() {
        super(RevocationSetting.DEFAULT);
    }

    @BeforeEach
    void connect() {
        usual();
        add(
                pair.west,
                tunnel(certificate("west"), end -> end.set(EndOption.CA, ROOT))
                        .set(ConnectionOption.IKE_FRAGMENTATION_ALLOW, false));
        add(
                pair.east,
                tunnel(UnaryOperator.identity(), certificate("east"))
                        .set(ConnectionOption.IKE_FRAGMENTATION_ALLOW, false));
    }

    /** What west wanted to say, with another payload where it had one of that type. */
    private List<Payload> with(Payload other) throws WireException {
        List<Payload> wanted = west.begin();
        int place = IntStream.range(0, wanted.size())
                .filter(i -> wanted.get(i).type().equals(other.type()))
                .findFirst()
                .orElseThrow();
        return IntStream.range(0, wanted.size())
                .mapToObj(i -> i == place ? other : wanted.get(i))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"12,X509_CERT_URL", "13,X509_BUNDLE_URL"})
    void certificateIsNotFetched(int encoding, String name) throws WireException {
        Bytes hash = Hash.SHA1.digest(
                pair.west.keys().certificate("west").orElseThrow().der());
        List<Payload> answer =
                west.ask(with(new CertPayload(encoding, hash.plus(Bytes.ofUtf8("http://192.0.2.9/west.der")))));
        assertThat(SpokenFor.only(answer, NotifyPayload.class).notifyType())
                .as(pair.trace())
                .isEqualTo(NotifyType.AUTHENTICATION_FAILED);
        assertThat(said(pair.east, "ignoring " + name + " certificate payload")).hasSize(1);
        assertThat(pair.east.ikeSas()).isEmpty();
    }

    @Test
    void requestForUrlsIsIgnored() throws WireException {
        List<Payload> answer = west.ask(with(new CertReqPayload(12, Bytes.EMPTY)));
        assertThat(answer)
                .as(pair.trace())
                .filteredOn(payload -> payload instanceof CertPayload)
                .allMatch(payload -> ((CertPayload) payload).encoding() == 4);
        assertThat(answer).anyMatch(payload -> payload.type().equals(PayloadType.AUTH));
        assertThat(said(pair.east, "ignoring CERTREQ payload of unsupported type CERT_X509_CERT_URL"))
                .hasSize(1);
    }
}
