// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * EAP-TLS in both roles (RFC 3748, RFC 5216, RFC 9190): EAP messages, their fragments, and the TLS connection in them. It
 * knows keys and certificates, but no exchange of IKE; only helpers compute with it.
 */
package org.jswan.eap;
