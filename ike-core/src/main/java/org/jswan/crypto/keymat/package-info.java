// SPDX-License-Identifier: GPL-2.0-or-later
/** Keys of IKE SAs and their Child SAs out of shared secrets and nonces, and the shared key's proof (RFC 7296 §2.13 to §2.18). */
package org.jswan.crypto.keymat;
