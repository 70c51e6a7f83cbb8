// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.accounts;

import jnr.ffi.Pointer;
import jnr.ffi.types.size_t;

/** The C library's memory: what others free has to come from there. */
public interface AllocatingLibrary {
    Pointer calloc(@size_t long count, @size_t long size);
}
