// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.accounts;

import java.util.Arrays;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;

/**
 * crypt(3) of the machine's libcrypt: it knows every method by which the machine's own passwords are kept, yescrypt
 * included. Any thread may use it.
 */
final class Crypt {
    /** The largest {@code struct crypt_data} that there was, that of old glibc, has 131,232 octets. */
    private static final int DATA_SIZE = 1 << 18;
    /** No hash is longer. */
    private static final int LONGEST_HASH = 512;

    private final CryptLibrary library;
    private final Runtime runtime;

    /** @throws UnsatisfiedLinkError if there is no libcrypt */
    Crypt() {
        library = LibraryLoader.create(CryptLibrary.class).failImmediately().load("crypt");
        runtime = Runtime.getRuntime(library);
    }

    /** The hash, its setting before it; empty if the method is not known or the setting is none. */
    Optional<Bytes> hash(Secret password, Bytes setting) {
        byte[] phrase = Arrays.copyOf(password.expose(), password.length() + 1);
        Pointer data = Memory.allocateDirect(runtime, DATA_SIZE, true);
        try {
            Pointer hash = library.crypt_r(phrase, terminated(setting), data);
            return Optional.ofNullable(hash)
                    .map(h -> Bytes.ofUtf8(h.getString(0, LONGEST_HASH, java.nio.charset.StandardCharsets.US_ASCII)))
                    .filter(h -> h.isEmpty() || h.get(0) != '*');
        } finally {
            Arrays.fill(phrase, (byte) 0);
            data.setMemory(0, DATA_SIZE, (byte) 0);
        }
    }

    static byte[] terminated(Bytes text) {
        byte[] octets = new byte[text.length() + 1];
        text.copyTo(octets, 0);
        return octets;
    }
}
