// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.accounts;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.In;

/** What we call of libcrypt, by its own name. */
@SuppressWarnings("checkstyle:MethodName") // the name is the library's
public interface CryptLibrary {
    /**
     * @param phrase and {@code setting} end with an octet 0
     * @param data zeroes, at least as many as a {@code struct crypt_data} has
     * @return null, or what begins with an asterisk, if it failed
     */
    Pointer crypt_r(@In byte[] phrase, @In byte[] setting, Pointer data);
}
