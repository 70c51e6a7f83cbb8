// SPDX-License-Identifier: GPL-2.0-or-later
/** People's passwords: the password file, crypt(3) and PAM, through jnr-ffi, loaded when the first is asked for. */
package org.jswan.accounts;
