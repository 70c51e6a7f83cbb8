// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

import org.jswan.wire.v2.Message;

/**
 * The peer sent this, and its encrypted payloads cannot be read.
 *
 * @param outer the message as it came, of several fragments the first
 * @param problem the log line
 */
public record AuthenticButBad(Message outer, String problem) implements Decoded {}
