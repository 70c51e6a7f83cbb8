// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jswan.exchange.ExpectedPayloads.Misfit;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.State;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.NotifyPayload;

/** All transitions: finds the one for a message, or tells what keeps the message from being expected. */
final class RowTable {
    private final List<Row> rows;

    RowTable(List<Row> rows) {
        this.rows = List.copyOf(rows);
    }

    /** The transition that a message which is not decrypted yet may turn out to be. */
    Optional<Row> findByClear(IkeSa ike, Incoming message) {
        return find(ike.state(), message, told(ike), ike.logger(), row -> row.clearMisfit(message));
    }

    /** The transition of a message. */
    Optional<Row> find(IkeSa ike, Incoming message) {
        return find(ike.state(), message, told(ike), ike.logger(), row -> misfit(row, message));
    }

    /** As {@link #find}, of a message from nobody we know: what it lacks is for those who debug. */
    Optional<Row> findForStranger(State state, Incoming message, Logger logger) {
        return find(state, message, logger::debug, logger, row -> misfit(row, message));
    }

    private static Optional<Misfit> misfit(Row row, Incoming message) {
        return row.clearMisfit(message).or(() -> row.encryptedMisfit(message));
    }

    private static Consumer<String> told(IkeSa ike) {
        return text -> Progress.tell(ike, RcCode.LOG_SERIOUS.code(), text);
    }

    private Optional<Row> find(
            State state,
            Incoming message,
            Consumer<String> misfits,
            Logger logger,
            Function<Row, Optional<Misfit>> misfit) {
        Optional<Misfit> last = Optional.empty();
        for (Row row : rows) {
            if (row.concerns(state, message)) {
                last = misfit.apply(row);
                if (last.isEmpty()) {
                    return Optional.of(row);
                }
            }
        }
        last.ifPresentOrElse(
                what -> misfits.accept(text(message, what)),
                () -> logger.log("no useful state microcode entry found for incoming packet"));
        return Optional.empty();
    }

    private static String text(Incoming message, Misfit misfit) {
        List<NotifyPayload> notifies = message.notifies().toList();
        String notify = notifies.isEmpty()
                ? ""
                : " containing " + notifies.get(0).notifyType().shortName() + (notifies.size() > 1 ? "..." : "")
                        + " notification";
        return "dropping unexpected " + message.header().exchange().shortName() + " message" + notify
                + "; message payloads: "
                + ExpectedPayloads.names(
                        message.clear().stream().map(Payload::type).toList())
                + message.encrypted()
                        .map(inner -> "; encrypted payloads: "
                                + ExpectedPayloads.names(
                                        inner.stream().map(Payload::type).toList()))
                        .orElse("")
                + misfit.text();
    }
}
