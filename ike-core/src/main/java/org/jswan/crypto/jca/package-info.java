// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Primitives out of JCA's providers, and out of Bouncy Castle where those have gaps: ciphers, MACs and key agreements over
 * octets. They know no algorithm numbers, no proposals and no messages. Which provider serves what is fixed: SunJCE for AES,
 * 3DES and ChaCha20, SUN for hashes, SunEC for curves, Bouncy Castle for Camellia, AES-CCM, AES-XCBC, AES-CMAC and AES-GCM
 * with a tag of 8 octets; HMAC is made here of the hash, so that its key can be empty and two of its blocks are computed once
 * a key.
 */
package org.jswan.crypto.jca;
