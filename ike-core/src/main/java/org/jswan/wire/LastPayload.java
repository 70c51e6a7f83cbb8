// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

/**
 * A payload that ends the chain because the rest is encrypted inside it: its generic header names the first payload of
 * the content instead of a next one (RFC 7296 section 3.14).
 */
public interface LastPayload extends Payload {
    /** The type of the first payload inside; NONE if there is none. */
    PayloadType firstInner();
}
