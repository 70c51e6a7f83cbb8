// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Keys of IKE SAs and their Child SAs out of shared secrets and nonces, and the shared key's proof (RFC 7296 §2.13 to §2.18); the
 * same for IKEv1, with its hashes and IVs (RFC 2409 §5, appendix B).
 */
package org.jswan.crypto.keymat;
