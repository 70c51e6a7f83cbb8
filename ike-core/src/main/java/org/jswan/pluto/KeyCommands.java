// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackCommand.CheckPublicKeys;
import org.jswan.control.WhackCommand.ListPublicKeys;
import org.jswan.identity.IdentifiedKey;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.identity.PublicKeyStore;
import org.jswan.key.Ckaid;
import org.jswan.key.KeyFormatException;
import org.jswan.key.KeyType;
import org.jswan.key.PrivateKeyRing;
import org.jswan.key.PrivateKeyRing.Presence;
import org.jswan.key.PublicKey;
import org.jswan.log.RcCode;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.status.ListTime;
import org.jswan.status.PublicKeyLines;
import org.jswan.world.World;

/** The commands about public keys. */
final class KeyCommands {
    private final PublicKeyStore keys;
    private final PrivateKeyRing privateKeys;
    private final KeyListing listing;
    private final World world;

    KeyCommands(PublicKeyStore keys, PrivateKeyRing privateKeys, KeyListing listing, World world) {
        this.listing = listing;
        this.keys = keys;
        this.privateKeys = privateKeys;
        this.world = world;
    }

    void register(CommandTable table) {
        table.slow(WhackCommand.Key.class, this::key);
        table.slow(
                ListPublicKeys.class,
                (command, request, done) -> list(command.utc(), lines -> lines.all(keys.all()), request, done));
        table.slow(
                CheckPublicKeys.class,
                (command, request, done) -> list(command.utc(), lines -> lines.expiring(keys.all()), request, done));
    }

    private void key(WhackCommand.Key command, Request request, Runnable done) {
        if (command.add() && command.key().isEmpty()) {
            request.logger().log(RcCode.LOG_SERIOUS, "error: key to add is empty (needs DNS lookup?)");
            done.run();
            return;
        }
        world.helpers().submit(() -> IkeId.parse(command.id(), world.resolver()), outcome -> {
            if (outcome.failure() instanceof IdentityException malformed) {
                request.logger().log(RcCode.BADID, "bad --keyid \"" + command.id() + "\": " + malformed.getMessage());
                done.run();
            } else if (outcome.failure() != null) {
                throw new IllegalStateException(outcome.failure());
            } else {
                change(command, outcome.value(), request, done);
            }
        });
    }

    private void change(WhackCommand.Key command, IkeId id, Request request, Runnable done) {
        if (command.key().isEmpty()) {
            request.logger().logOnly("delete keyid " + command.id());
            for (KeyType type : KeyType.values()) {
                keys.remove(id, type);
            }
            done.run();
            return;
        }
        if (!command.add()) {
            typeOf(command.key().get()).ifPresent(type -> keys.remove(id, type));
        }
        request.logger().logOnly("add keyid " + command.id());
        PublicKey key;
        try {
            key = publicKey(command.key().get());
        } catch (KeyFormatException unusable) {
            request.logger().log(RcCode.LOG_SERIOUS, unusable.getMessage());
            done.run();
            return;
        }
        keys.add(IdentifiedKey.raw(id, key, world.clock().wall()));
        Ckaid ckaid = key.ckaid();
        privateKeys.load(List.of(ckaid), found -> {
            if (found.get(ckaid).presence() == Presence.LOADED) {
                request.logger().logOnly("loaded private key matching CKAID " + ckaid);
            }
            done.run();
        });
    }

    private static Optional<KeyType> typeOf(WhackCommand.Key.PublicKey key) {
        return switch (key.algorithm()) {
            case RSA -> Optional.of(KeyType.RSA);
            case ECDSA -> Optional.of(KeyType.ECDSA);
            case ANY -> Optional.empty();
        };
    }

    private static PublicKey publicKey(WhackCommand.Key.PublicKey key) throws KeyFormatException {
        Optional<KeyType> type = typeOf(key);
        return type.isPresent()
                ? PublicKey.ofIpseckey(type.get(), key.octets())
                : PublicKey.ofSubjectPublicKeyInfo(key.octets());
    }

    private void list(boolean utc, Function<PublicKeyLines, List<String>> choose, Request request, Runnable done) {
        listing.say(
                keys.all().stream().map(key -> key.key().ckaid()).toList(),
                request,
                presence -> choose.apply(new PublicKeyLines(
                        world.clock().wall(), ListTime.of(utc, world.clock().zone()), presence)),
                done);
    }
}
