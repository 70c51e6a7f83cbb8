// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * ipsec.secrets: from its text to the entries that {@link org.jswan.identity.SecretStore} looks secrets up in. Secrets
 * are octets, so text is never decoded. Files and names come through ports; what is said is libreswan's, with file and
 * line.
 */
package org.jswan.config.secrets;
