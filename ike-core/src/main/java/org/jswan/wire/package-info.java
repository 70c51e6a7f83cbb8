// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Octets of IKE messages: the bounded reader and the writer, the header, the chain of payloads, the substructures of an
 * SA payload, and the numbers that messages carry. Common to IKEv1 and IKEv2. Knows no SA, clock, random source, log or
 * reply: it says what the octets are, an exchange says what they mean.
 */
package org.jswan.wire;
