// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.V1State;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.Admission;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.Refusal;

/** Which payloads a row expects; the first good one shows that the message was decrypted rightly. */
final class RowAdmission implements Admission {
    /** Payloads that may come in any message. */
    private static final Set<PayloadType> ANYWHERE =
            Set.of(PayloadTypes.VID, PayloadTypes.N, PayloadTypes.D, PayloadTypes.CR, PayloadTypes.CERT);

    private final IsakmpRow row;
    private final Logger logger;
    private final Set<PayloadType> missing;
    private final boolean refusesNatNumbers;
    private boolean begun;
    private boolean sound;

    RowAdmission(IsakmpRow row, Logger logger, boolean refusesNatNumbers) {
        this.row = row;
        this.logger = logger;
        this.refusesNatNumbers = refusesNatNumbers;
        this.missing = new HashSet<>(row.required());
    }

    @Override
    public void admit(PayloadType type) throws WireException {
        sound = begun;
        begun = true;
        if (refusesNatNumbers && (type.equals(PayloadTypes.NATD_RFC) || type.equals(PayloadTypes.NATOA_RFC))) {
            throw new Refusal(
                    NotificationType.INVALID_PAYLOAD_TYPE,
                    "message ignored because it contains an unknown or unexpected payload type ("
                            + PayloadTypes.name(type) + ") at the outermost level");
        }
        PayloadType counted = PayloadTypes.canonical(type);
        boolean free = row.from() == V1State.INFO || row.from() == V1State.INFO_PROTECTED;
        if (!row.allows(counted) && !ANYWHERE.contains(counted) && !free) {
            throw new Refusal(
                    NotificationType.INVALID_PAYLOAD_TYPE,
                    "message ignored because it contains a payload type (" + PayloadTypes.name(type)
                            + ") unexpected by state " + row.from().fullName());
        }
        missing.remove(counted);
    }

    @Override
    public void skip(PayloadType type) {
        logger.log(
                RcCode.LOG_SERIOUS,
                excuse() + "message with unsupported payload ISAKMP_NEXT_SAK (or ISAKMP_NEXT_NATD_BADDRAFTS) ignored");
    }

    /** @throws Refusal if payloads are missing */
    void checkComplete() throws WireException {
        sound = true;
        if (!missing.isEmpty()) {
            List<String> names = missing.stream()
                    .sorted((a, b) -> Integer.compare(a.number(), b.number()))
                    .map(PayloadTypes::shortName)
                    .toList();
            throw new Refusal(
                    NotificationType.PAYLOAD_MALFORMED,
                    "message for " + row.from().fullName() + " is missing payloads " + String.join("+", names));
        }
    }

    /** What may be wrong, while nothing was read yet that makes sense. */
    String excuse() {
        return sound ? "" : row.excuse();
    }
}
