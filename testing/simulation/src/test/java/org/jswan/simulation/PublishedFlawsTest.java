// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionOption;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.UnknownPayload;
import org.jswan.wire.WireException;
import org.jswan.wire.sk.DecodedMessage;
import org.jswan.wire.sk.EncryptedMessage;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.ProtocolId;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SaPayload;
import org.jswan.wire.v2.TsPayload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a peer that has keys ended other releases of libreswan with: it is told, and what is up stays up. */
class PublishedFlawsTest {
    private static final int QUICK = 32;
    private static final int EXCHANGE_AT = 18;

    private static List<String> established(SimHost host) {
        List<String> found = new ArrayList<>();
        for (Sa sa : host.pluto().sas()) {
            if (sa.state().isEstablished()) {
                found.add(sa.serial() + " " + sa.state());
            }
        }
        return found;
    }

    private static boolean isQuick(Bytes octets) {
        return octets.length() > EXCHANGE_AT && octets.get(EXCHANGE_AT) == QUICK;
    }

    /** CVE-2023-38711: where the connection has addresses a client is called by a name. */
    @Test
    void aNameForAClient() throws WireException {
        Pair pair = Ikev1Pair.listening(81);
        pair.world.pass(octets -> !isQuick(octets));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(300));
        Datagram first = pair.world.network().captured().stream()
                .filter(datagram -> isQuick(datagram.octets()))
                .findFirst()
                .orElseThrow();
        Payload name = new IdPayload(IdPayload.FQDN, 0, 0, Bytes.ofUtf8("east.example"));
        ChildSa child = pair.west.ikeSas().get(0).children().iterator().next();
        Datagram changed = Ikev1Crafted.first(child, first, payloads -> {
            List<Payload> others = new ArrayList<>(payloads);
            int at = others.size() - 1;
            while (!(others.get(at) instanceof IdPayload)) {
                at--;
            }
            others.set(at, name);
            return others;
        });
        List<String> before = established(pair.east);
        pair.world.inject(changed.from(), changed.to(), changed.octets());
        pair.world.run(Duration.ofMillis(100));
        assertThat(pair.east.log())
                .as(pair.trace())
                .contains(
                        "\"t\" #1: our client type is FQDN",
                        "\"t\" #1: sending encrypted notification INVALID_ID_INFORMATION to 192.0.2.1:500");
        assertThat(established(pair.east)).isEqualTo(before);
        pair.world.pass(octets -> true);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(70)))
                .as(pair.trace())
                .isTrue();
    }

    /** CVE-2023-38712: what stands behind a delete is of the ISAKMP SA that just went. */
    @Test
    void moreBehindADelete() {
        Pair pair = Ikev1Pair.up(82);
        IkeSa ike = pair.west.ikeSas().get(0);
        Bytes cookies = ike.initiatorSpi().octets().plus(ike.responderSpi().octets());
        DeletePayload delete = new DeletePayload(Doi.IPSEC, ProtocolId.ISAKMP, cookies.length(), List.of(cookies));
        Payload notification = new NotificationPayload(
                Doi.IPSEC, ProtocolId.ISAKMP, cookies, NotificationType.of(36136), Bytes.of(0, 0, 0, 1));
        Ikev1Crafted.inform(pair.world, ike, delete, notification, delete, notification);
        pair.world.run(Duration.ofMillis(100));
        assertThat(pair.east.log())
                .as(pair.trace())
                .contains("\"t\" #1: received Delete SA payload: self-deleting ISAKMP State #1");
        assertThat(established(pair.east)).noneMatch(sa -> sa.startsWith("#1 "));
        pair.clear();
    }

    private static List<Payload> request(Pair pair, IkeSa ike) throws WireException {
        Datagram auth = pair.world.network().captured().get(2);
        DecodedMessage decoded = (DecodedMessage) EncryptedMessage.open(Message.decode(auth.octets()), ike.outbound());
        List<Payload> asked = new ArrayList<>();
        for (Payload payload : decoded.inner()) {
            if (payload instanceof SaPayload) {
                asked.add(payload);
                asked.add(new NoncePayload(Bytes.wrap(new byte[32])));
            } else if (payload instanceof TsPayload) {
                asked.add(payload);
            }
        }
        return asked;
    }

    /** CVE-2023-38710: a successor for an SA of no protocol, or of IKE's. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aSuccessorOfNoProtocol(int protocol) throws WireException {
        Pair pair = Pair.listening(83, both -> both.set(ConnectionOption.PFS, false));
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5))).isTrue();
        List<String> before = established(pair.east);
        List<Payload> asked = request(pair, Pair.ike(pair.west));
        asked.add(0, new NotifyPayload(protocol, Bytes.of(1, 2, 3, 4), NotifyType.REKEY_SA, Bytes.EMPTY));
        Datagram answer = pair.ask(pair.west, ExchangeType.CREATE_CHILD_SA, asked);
        DecodedMessage told = (DecodedMessage) EncryptedMessage.open(
                Message.decode(answer.octets()), Pair.ike(pair.west).inbound());
        assertThat(told.inner()).as(pair.trace()).singleElement().isInstanceOf(NotifyPayload.class);
        assertThat(established(pair.east)).isEqualTo(before);
    }

    /** CVE-2023-23009: traffic selectors that are cut short, too many, or say that they are longer than they are. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01000000",
                "ff000000",
                "01000000 07000010 0000ffff 0a010000",
                "01000000 07000008 0000ffff",
                "01000000 07000018 0000ffff 0a010000 0a0100ff 00000000 00000000",
                "02000000 07000010 0000ffff 0a010000 0a0100ff",
                "01000000 0700ffff 0000ffff 0a010000 0a0100ff"
            })
    void malformedTrafficSelectors(String hex) throws WireException {
        Pair pair = Pair.listening(84, both -> both.set(ConnectionOption.PFS, false));
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5))).isTrue();
        List<Payload> asked = request(pair, Pair.ike(pair.west));
        asked.replaceAll(payload -> payload.type().equals(PayloadType.TSI)
                ? new UnknownPayload(PayloadType.TSI, false, Bytes.ofHex(hex.replace(" ", "")))
                : payload);
        IkeSa ike = Pair.ike(pair.west);
        Datagram answer = pair.ask(pair.west, ExchangeType.CREATE_CHILD_SA, asked);
        DecodedMessage told = (DecodedMessage) EncryptedMessage.open(Message.decode(answer.octets()), ike.inbound());
        assertThat(told.inner()).as(pair.trace()).containsExactly(NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        // RFC 7296 section 2.21.3: so its IKE SA ends, and whoever sent it begins anew.
        assertThat(established(pair.east)).isEmpty();
        pair.clear();
    }

    /** CVE-2024-3652: keys that encrypt nothing are as long as those that do. */
    @Test
    void authenticationOnlyByAes() {
        Pair pair = Ikev1Pair.listening(85, both -> both.set(ConnectionOption.ESP, "null_auth_aes_gmac_128-null"));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(3));
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.east.kernel().installed()).hasSize(2);
        pair.clear();
    }
}
