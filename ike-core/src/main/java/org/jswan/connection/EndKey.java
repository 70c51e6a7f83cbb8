// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.connection.EndConfig.Side;
import org.jswan.identity.DataText;
import org.jswan.identity.IdentityException;
import org.jswan.key.Ckaid;
import org.jswan.key.KeyFormatException;
import org.jswan.key.KeyType;
import org.jswan.key.PublicKey;
import org.jswan.log.RcCode;

/**
 * The key that a request gives an end: a public key itself, or the CKAID of one in the database.
 *
 * @param option how it is given, {@code leftrsasigkey} or {@code left}
 */
record EndKey(Ckaid ckaid, String option) {
    static final List<EndOption<String>> PUBLIC_KEYS =
            List.of(EndOption.RSA_KEY, EndOption.ECDSA_KEY, EndOption.PUBLIC_KEY);

    /** @throws ConnectionRefused if what is given is no key */
    static Optional<EndKey> of(Side side, EndRequest end) throws ConnectionRefused {
        for (EndOption<String> option : PUBLIC_KEYS) {
            Optional<String> text = end.get(option);
            if (text.isPresent()) {
                String name = side + option.label();
                return Optional.of(
                        new EndKey(publicKey(option, name, text.get()).ckaid(), name));
            }
        }
        Optional<String> ckaid = end.get(EndOption.CKAID);
        if (ckaid.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new EndKey(new Ckaid(DataText.hex(Bytes.ofUtf8(ckaid.get()))), side.toString()));
        } catch (IdentityException malformed) {
            throw ConnectionRefused.fatal(side + " CKAID '" + ckaid.get() + "' invalid: " + malformed.getMessage());
        }
    }

    /** Whether it is the CKAID that is given. */
    boolean isByCkaid(Side side) {
        return option.equals(side.toString());
    }

    private static PublicKey publicKey(EndOption<String> option, String name, String text) throws ConnectionRefused {
        boolean anyType = option == EndOption.PUBLIC_KEY;
        try {
            // Of any type: always base64, without a prefix.
            Bytes octets = DataText.parse(Bytes.ofUtf8(anyType ? "0s" + text : text));
            if (anyType) {
                return PublicKey.ofSubjectPublicKeyInfo(octets);
            }
            return PublicKey.ofIpseckey(option == EndOption.RSA_KEY ? KeyType.RSA : KeyType.ECDSA, octets);
        } catch (IdentityException malformed) {
            throw ConnectionRefused.fatal(name + " invalid: " + malformed.getMessage());
        } catch (KeyFormatException unusable) {
            // as the oracle: nothing between the two
            throw new ConnectionRefused(
                    RcCode.FATAL, "failed to add connection: " + name + " invalid" + unusable.getMessage());
        }
    }
}
