// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.ArrayList;
import java.util.List;
import org.jswan.certificate.PeerCertificates;
import org.jswan.identity.IdType;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.CertPayload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.PayloadTypes;

/** What debugging shows of the payloads of IKEv1. */
final class IsakmpTrace {
    private IsakmpTrace() {}

    /** Those that came. */
    static List<String> parsed(List<? extends Payload> payloads) {
        List<String> lines = new ArrayList<>();
        for (Payload payload : payloads) {
            lines.add("got payload " + PayloadTypes.name(payload.type()));
            if (payload instanceof IdPayload id) {
                lines.add(field("ID type", IdType.label(id.idType()), id.idType()));
            } else if (payload instanceof CertPayload certificate) {
                lines.add(field(
                        "cert encoding",
                        "CERT_" + PeerCertificates.encodingName(certificate.encoding()),
                        certificate.encoding()));
            }
        }
        return lines;
    }

    private static String field(String name, String value, int number) {
        return String.format("   %s: %s (0x%x)", name, value, number);
    }
}
