// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import org.jswan.base.Bytes;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;

/**
 * A public key in the DNS (RFC 4025 §2), without a gateway:
 *
 * <pre>
 * |  precedence   | gateway type  |  algorithm    |  public key ...
 * </pre>
 */
public final class IpseckeyRecord {
    private static final int NO_GATEWAY = 0;
    private static final int RSA = 2;
    private static final int ECDSA = 3;
    private static final int SUBJECT_PUBLIC_KEY_INFO = 4;

    private IpseckeyRecord() {}

    /**
     * The key of a record.
     *
     * @throws KeyFormatException in the words of the log if it names a gateway, or no key that we know
     */
    public static PublicKey publicKey(Bytes data) throws KeyFormatException {
        try {
            WireReader in = WireReader.of(data, "IPSECKEY");
            in.u8();
            if (in.u8() != NO_GATEWAY) {
                throw new KeyFormatException("Gateway Type must be 0");
            }
            int algorithm = in.u8();
            Bytes key = in.rest();
            return switch (algorithm) {
                case RSA -> PublicKey.ofIpseckey(KeyType.RSA, key);
                case ECDSA -> PublicKey.ofIpseckey(KeyType.ECDSA, key);
                case SUBJECT_PUBLIC_KEY_INFO -> PublicKey.ofSubjectPublicKeyInfo(key);
                default -> throw new KeyFormatException("Algorithm type must be 2 (RSA) 3 (ECDSA) or 4 (PUBKEY draft)");
            };
        } catch (WireException tooShort) {
            throw new KeyFormatException("too few fields");
        }
    }
}
