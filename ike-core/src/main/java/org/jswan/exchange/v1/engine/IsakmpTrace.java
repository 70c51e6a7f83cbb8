// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.base.IpProtocol;
import org.jswan.certificate.PeerCertificates;
import org.jswan.exchange.MessageTrace;
import org.jswan.identity.IdType;
import org.jswan.proposal.SaTrace;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.FieldText;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadChain;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireReader;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.FragmentPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.Refusal;
import org.jswan.wire.v1.SaPayload;

/**
 * Messages of IKEv1 field by field, as debugging output. Names and order are libreswan's, for people and scripts look for
 * them in its logs. Payloads are shown as far as they can be read: whoever reads them tells what is wrong.
 */
final class IsakmpTrace {
    private static final int FRAGMENT_LAST = 1;

    private final String verb;
    private final ExchangeType exchange;
    private final List<String> lines;

    private IsakmpTrace(String verb, ExchangeType exchange, List<String> lines) {
        this.verb = verb;
        this.exchange = exchange;
        this.lines = lines;
    }

    /**
     * Payloads that came, decrypted.
     *
     * @param row what they are taken by
     */
    static List<String> parsed(IkeHeader header, Bytes chain, IsakmpRow row) {
        List<String> lines = new ArrayList<>();
        IsakmpTrace trace = new IsakmpTrace("parse", header.exchange(), lines);
        long needed = bits(row.required());
        int at = 0;
        PayloadType type = header.nextPayload();
        try {
            while (!type.equals(PayloadTypes.NONE)) {
                PayloadType counted = PayloadTypes.canonical(type);
                long bit = bits(Set.of(counted));
                lines.add(String.format(
                        "got payload 0x%x  (%s) needed: 0x%x opt: 0x%x",
                        bit, PayloadTypes.name(counted), needed, bits(row.optional())));
                needed &= ~bit;
                int length = trace.payload(type, chain.from(at));
                type = PayloadType.of(chain.get(at));
                at += length;
            }
        } catch (WireException unreadable) {
            return lines;
        }
        if (at < chain.length()) {
            lines.add("removing " + (chain.length() - at) + " bytes of padding");
        }
        return lines;
    }

    private static long bits(Set<PayloadType> types) {
        return types.stream()
                .filter(type -> type.number() < Long.SIZE)
                .mapToLong(type -> 1L << type.number())
                .reduce(0, (a, b) -> a | b);
    }

    /** A message that goes, before it is encrypted. */
    static List<String> emitted(IkeHeader header, List<? extends Payload> payloads, boolean answer) {
        List<String> lines = new ArrayList<>(MessageTrace.header(header.with(PayloadChain.first(payloads), 0), "emit"));
        IsakmpTrace trace = new IsakmpTrace("emit", header.exchange(), lines);
        Bytes chain = PayloadChain.encode(payloads);
        try {
            for (Payload each : payloads) {
                chain = chain.from(trace.payload(each.type(), chain));
                if (each instanceof SaPayload sa) {
                    lines.addAll(answer ? SaTrace.answered(trace.proposals(sa)) : SaTrace.offered(trace.proposals(sa)));
                }
            }
        } catch (WireException impaired) {
            lines.add("the rest cannot be read: " + impaired.getMessage());
        }
        return lines;
    }

    private List<WireProposal> proposals(SaPayload sa) throws Refusal {
        return exchange.equals(ExchangeType.QUICK) ? sa.ipsec() : List.of(sa.oakley());
    }

    /** A piece that came. */
    static List<String> fragment(FragmentPayload piece, int length) {
        return List.of(
                FieldText.structure(3, "parse", "ISAKMP IKE Fragment Payload"),
                FieldText.number("length", length, 2),
                FieldText.number("fragment id", piece.fragmentId(), 2),
                FieldText.number("fragment number", piece.number(), 1),
                FieldText.number("flags", piece.last() ? FRAGMENT_LAST : 0, 1));
    }

    /** Shows the first payload of a chain. @return how long it is */
    private int payload(PayloadType type, Bytes chain) throws WireException {
        WireReader in = WireReader.of(chain, "ISAKMP Message");
        int next = in.u8();
        in.u8();
        int length = in.u16();
        WireReader body = WireReader.of(chain, "ISAKMP Message").slice(length, "payload");
        body.u32();
        lines.add(FieldText.structure(3, verb, PayloadTypes.structure(type, exchange)));
        lines.add(FieldText.named("next payload type", PayloadTypes.name(PayloadType.of(next)), next));
        if (verb.equals("parse")) {
            lines.add(FieldText.number("length", length, 2));
        }
        fields(type, body);
        return length;
    }

    private void fields(PayloadType type, WireReader in) throws WireException {
        if (type.equals(PayloadTypes.SA)) {
            doi(in);
        } else if (type.equals(PayloadTypes.ID)) {
            identity(in);
        } else if (type.equals(PayloadTypes.CERT)) {
            encoding("cert encoding", in.u8());
        } else if (type.equals(PayloadTypes.CR)) {
            encoding("cert type", in.u8());
        } else if (type.equals(PayloadTypes.N)) {
            doi(in);
            number("protocol ID", in.u8(), 1);
            number("SPI size", in.u8(), 1);
            int number = in.u16();
            lines.add(FieldText.named(
                    "Notify Message Type", NotificationType.of(number).toString(), number));
        } else if (type.equals(PayloadTypes.D)) {
            doi(in);
            number("protocol ID", in.u8(), 1);
            number("SPI size", in.u8(), 1);
            number("number of SPIs", in.u16(), 2);
        } else if (type.equals(PayloadTypes.MODECFG)) {
            int kind = in.u8();
            lines.add(FieldText.named("Attr Msg Type", configType(kind), kind));
            in.u8();
            number("Identifier", in.u16(), 2);
        } else if (PayloadTypes.canonical(type).equals(PayloadTypes.NATOA_RFC)) {
            idType(in.u8());
        }
    }

    private void number(String name, int value, int octets) {
        lines.add(FieldText.number(name, value, octets));
    }

    private void doi(WireReader in) throws WireException {
        long doi = in.u32();
        lines.add(FieldText.named("DOI", Doi.name(doi), doi));
    }

    private void idType(int type) {
        lines.add(FieldText.named("ID type", IdType.label(type), type));
    }

    /** In Quick Mode, what looks like an identity says whose packets are protected. */
    private void identity(WireReader in) throws WireException {
        idType(in.u8());
        if (exchange.equals(ExchangeType.QUICK)) {
            int protocol = in.u8();
            lines.add(FieldText.named("Protocol ID", IpProtocol.name(protocol), protocol));
            number("port", in.u16(), 2);
        } else {
            number("DOI specific A", in.u8(), 1);
            number("DOI specific B", in.u16(), 2);
        }
    }

    private void encoding(String name, int encoding) {
        lines.add(FieldText.named(name, PeerCertificates.encodingLabel(encoding), encoding));
    }

    private static String configType(int type) {
        return switch (type) {
            case 1 -> "ISAKMP_CFG_REQUEST";
            case 2 -> "ISAKMP_CFG_REPLY";
            case 3 -> "ISAKMP_CFG_SET";
            case 4 -> "ISAKMP_CFG_ACK";
            default -> type + "??";
        };
    }
}
