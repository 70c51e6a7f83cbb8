// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

/** What became of a message that came in encrypted. */
public sealed interface Decoded permits DecodedMessage, FragmentsMissing, AuthenticButBad, NotAuthentic {}
