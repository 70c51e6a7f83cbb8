// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What comes between the phases: users prove who they are by XAUTH (draft-ietf-ipsec-isakmp-xauth-06), and get addresses by
 * Mode Config (draft-dukes-ike-mode-cfg-02).
 */
package org.jswan.exchange.v1.config;
