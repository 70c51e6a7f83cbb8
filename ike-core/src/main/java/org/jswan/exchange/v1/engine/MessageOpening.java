// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.Ikev1Cipher;
import org.jswan.impair.Impairment;
import org.jswan.log.LogSink;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.HashPayload;
import org.jswan.wire.v1.Message;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.Refusal;
import org.jswan.world.World;

/** Opens a message for the row that is to take it: decrypts it, reads its payloads, checks the hash in front and their order. */
final class MessageOpening {
    private final World world;
    private final LogSink strangers;
    private final Notifications notifications;

    /** @param strangers the log for what belongs to no SA */
    MessageOpening(World world, LogSink strangers, Notifications notifications) {
        this.world = world;
        this.strangers = strangers;
        this.notifications = notifications;
    }

    private Logger logger(Optional<? extends Sa> sa, IsakmpMessage bare) {
        return sa.map(Sa::logger).orElseGet(() -> new Logger(strangers, bare.prefix()));
    }

    /**
     * An encrypted message.
     *
     * @param sa whose exchange it is of; {@code ike} protects it
     * @param iv what its first block is chained to
     * @return empty if it is not taken; why is told
     */
    Optional<IsakmpMessage> encrypted(IkeSa ike, Sa sa, Bytes iv, IsakmpRow row, IsakmpMessage bare) {
        Ikev1Cipher cipher = ike.phase1().cipher();
        Bytes body = bare.octets().from(IkeHeader.LENGTH);
        if (!cipher.hasWholeBlocks(body)) {
            sa.logger().log(RcCode.LOG_SERIOUS, "malformed message: not a multiple of encryption blocksize");
            return Optional.empty();
        }
        Ikev1Cipher.Result opened = cipher.decrypt(iv, body);
        return read(Optional.of(sa), row, bare, opened.octets(), opened.nextIv())
                .filter(message -> isAuthentic(ike, sa, row, message))
                .filter(message -> isWellOrdered(row, message, sa.logger()));
    }

    /**
     * A message in clear.
     *
     * @param sa that it is for, or about
     * @return empty if it is not taken; why is told
     */
    Optional<IsakmpMessage> clear(Optional<? extends Sa> sa, IsakmpRow row, IsakmpMessage bare) {
        return read(sa, row, bare).filter(message -> isWellOrdered(row, message, logger(sa, bare)));
    }

    private Optional<IsakmpMessage> read(Optional<? extends Sa> sa, IsakmpRow row, IsakmpMessage bare) {
        if (row.takesEncrypted()) {
            Logger logger = logger(sa, bare);
            logger.log(RcCode.LOG_SERIOUS, "packet rejected: should have been encrypted");
            refuse(sa, bare, NotificationType.INVALID_FLAGS);
            return Optional.empty();
        }
        return read(sa, row, bare, bare.octets().from(IkeHeader.LENGTH), Bytes.EMPTY);
    }

    private Optional<IsakmpMessage> read(
            Optional<? extends Sa> sa, IsakmpRow row, IsakmpMessage bare, Bytes body, Bytes nextIv) {
        Logger logger = logger(sa, bare);
        RowAdmission expected = new RowAdmission(
                row, logger, sa.filter(NatTraversal::refusesRfcNumbers).isPresent());
        logger.debug(() -> IsakmpTrace.parsed(bare.header(), body, row));
        try {
            Message content = Message.read(bare.header(), bare.header().nextPayload(), body, expected);
            expected.checkComplete();
            return Optional.of(
                    new IsakmpMessage(bare.socket(), bare.sender(), bare.header(), bare.octets(), content, nextIv));
        } catch (WireException malformed) {
            if (malformed instanceof Refusal refusal) {
                refusal.detail().ifPresent(logger::log);
            }
            logger.log(RcCode.LOG_SERIOUS, expected.excuse() + malformed.getMessage());
            if (!bare.isEncrypted() && malformed instanceof Refusal refusal) {
                refuse(sa, bare, refusal.notification());
            }
            return Optional.empty();
        }
    }

    private void refuse(Optional<? extends Sa> sa, IsakmpMessage bare, NotificationType type) {
        if (sa.isPresent()) {
            notifications.refuseUnproven(sa.get(), type);
        } else {
            notifications.refuse(bare, type);
        }
    }

    /** Whether the HASH payload in front is the peer's. */
    private boolean isAuthentic(IkeSa ike, Sa sa, IsakmpRow row, IsakmpMessage message) {
        if (row.hash() == IsakmpRow.Hash.NONE) {
            return true;
        }
        if (world.impair().on(Impairment.V1_HASH_CHECK)) {
            sa.logger().log("IMPAIR: skipping check of '" + row.name() + "' HASH payload");
            return true;
        }
        if (!message.header().nextPayload().equals(PayloadTypes.HASH)) {
            // What stands before it, it does not cover.
            sa.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "received '" + row.name() + "' message is missing a HASH("
                                    + row.hash().ordinal() + ") payload");
            return false;
        }
        HashPayload hash = message.need(HashPayload.class);
        Bytes expected = QuickHashes.expected(ike, sa, row.hash(), message, hash);
        if (hash.data().length() != expected.length()) {
            sa.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "received '" + row.name() + "' message HASH("
                                    + row.hash().ordinal() + ") data is the wrong length (received "
                                    + hash.data().length() + " bytes but expected " + expected.length() + ")");
            return false;
        }
        if (!MessageDigest.isEqual(expected.toArray(), hash.data().toArray())) {
            sa.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "received '" + row.name() + "' message HASH("
                                    + row.hash().ordinal()
                                    + ") data does not match computed value");
            return false;
        }
        sa.logger()
                .debug(() -> List.of("received '" + row.name() + "' message HASH("
                        + row.hash().ordinal() + ") data ok"));
        return true;
    }

    private boolean isWellOrdered(IsakmpRow row, IsakmpMessage message, Logger logger) {
        Optional<String> fault = PayloadOrder.fault(row.from(), message);
        fault.ifPresent(text -> {
            logger.log(RcCode.LOG_SERIOUS, text);
            if (!message.isEncrypted()) {
                notifications.refuse(message, NotificationType.PAYLOAD_MALFORMED);
            }
        });
        return fault.isEmpty();
    }
}
