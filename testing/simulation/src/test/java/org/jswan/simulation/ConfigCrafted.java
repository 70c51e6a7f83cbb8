// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.AttributesPayload;
import org.jswan.wire.v1.HashPayload;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.PayloadTypes;

/** Messages of Mode Config and XAUTH of an end that knows the keys of an ISAKMP SA, and does not behave. */
final class ConfigCrafted {
    private static final int EXCHANGE_AT = 18;
    private static final int MESSAGE_ID_AT = 20;
    private static final int BLOCK = 16;

    static final int ADDRESS = 1;
    static final int XAUTH_TYPE = 16520;
    static final int USER_NAME = 16521;
    static final int USER_PASSWORD = 16522;
    static final int MESSAGE = 16524;
    static final int STATUS = 16527;

    private ConfigCrafted() {}

    static WireAttribute attribute(int type, String value) {
        return new WireAttribute(type, false, Bytes.ofUtf8(value));
    }

    /** The ISAKMP SA of a host, which has one. */
    static IkeSa isakmp(SimHost host) {
        for (Sa sa : host.pluto().sas()) {
            if (sa instanceof IkeSa ike) {
                return ike;
            }
        }
        throw new AssertionError("no ISAKMP SA");
    }

    static boolean isModeConfig(SimNetwork.Datagram datagram) {
        return datagram.octets().get(EXCHANGE_AT) == ExchangeType.MODE_CFG.number();
    }

    private static long messageId(Bytes message) {
        return message.slice(MESSAGE_ID_AT, Integer.BYTES).buffer().getInt() & 0xffff_ffffL;
    }

    /** A message of Mode Config that begins an exchange. */
    static Bytes beginning(IkeSa by, long messageId, int type, List<WireAttribute> attributes) {
        return modeConfig(
                by, messageId, by.phase1().keys().phase2Iv(by.phase1().lastBlock(), messageId), type, attributes);
    }

    /** A message of Mode Config that answers {@code other}. */
    static Bytes answer(IkeSa by, Bytes other, int type, List<WireAttribute> attributes) {
        return modeConfig(by, messageId(other), other.from(other.length() - BLOCK), type, attributes);
    }

    private static Bytes modeConfig(IkeSa by, long messageId, Bytes iv, int type, List<WireAttribute> attributes) {
        AttributesPayload payload = new AttributesPayload(type, 0, attributes);
        Bytes covered = Message.encodePayloads(List.of(payload));
        Bytes body = Message.encodePayloads(
                List.of(new HashPayload(by.phase1().keys().informationalHash(messageId, covered)), payload));
        IkeHeader header = new IkeHeader(
                by.initiatorSpi(),
                by.responderSpi(),
                PayloadTypes.HASH,
                IkeVersion.V1,
                ExchangeType.MODE_CFG,
                IkeHeader.FLAG_V1_ENCRYPTION,
                messageId,
                IkeHeader.LENGTH);
        return Message.envelope(
                header,
                PayloadTypes.HASH,
                by.phase1().cipher().encrypt(iv, body).octets());
    }
}
