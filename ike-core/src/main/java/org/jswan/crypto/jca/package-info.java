// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Primitives out of JCA's providers and out of Bouncy Castle: ciphers, MACs and key agreements over octets. They know no
 * algorithm numbers, no proposals and no messages.
 *
 * <p>Which serves what is fixed. SunJCE and SUN have the ciphers and hashes that processors help with: AES, SHA.
 * Bouncy Castle fills their gaps, which are Camellia, ChaCha20-Poly1305 that opens a message twice, AES-CCM, AES-XCBC, AES-CMAC and AES-GCM with a tag of 8 octets, and has
 * the elliptic curves: measured on JDK 17, it agrees on a key two times (X25519) to five times (P-256) as fast as SunEC. MODP
 * groups need BigInteger only, which is all that JCA's Diffie-Hellman uses. HMAC is made here of the hash, so that its key
 * can be empty and two of its blocks are computed once a key.
 */
package org.jswan.crypto.jca;
