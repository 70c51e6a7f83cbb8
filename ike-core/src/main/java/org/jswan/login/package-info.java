// SPDX-License-Identifier: GPL-2.0-or-later
/** Port: what the machine knows of people's passwords: a file of its own, crypt(3), PAM. */
package org.jswan.login;
