// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import java.util.ArrayList;
import java.util.List;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Traffic Selectors of the initiator's or responder's side, RFC 7296 section 3.13:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * | number of TSs |                   reserved                    |
 * |                       traffic selectors                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param type TSI or TSR
 * @param selectors at most 255
 */
public record TsPayload(PayloadType type, List<TrafficSelector> selectors) implements Payload {
    public TsPayload {
        selectors = List.copyOf(selectors);
        if (!type.equals(PayloadType.TSI) && !type.equals(PayloadType.TSR)) {
            throw new IllegalArgumentException("traffic selectors in a payload " + type);
        }
    }

    public static TsPayload initiator(List<TrafficSelector> selectors) {
        return new TsPayload(PayloadType.TSI, selectors);
    }

    public static TsPayload responder(List<TrafficSelector> selectors) {
        return new TsPayload(PayloadType.TSR, selectors);
    }

    static TsPayload read(PayloadType type, WireReader in) throws WireException {
        int count = in.u8();
        in.u24();
        List<TrafficSelector> selectors = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            selectors.add(TrafficSelector.read(in));
        }
        return new TsPayload(type, selectors);
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(selectors.size()).u24(0);
        selectors.forEach(selector -> selector.write(out));
    }
}
