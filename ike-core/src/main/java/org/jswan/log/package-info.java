// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * What users read: return codes, the log's lines with their prefixes, and the whack sessions that watch an operation.
 * Knows nothing of files or sockets: lines go to a {@link org.jswan.log.LogSink} and to {@link
 * org.jswan.log.WhackSession}s.
 */
package org.jswan.log;
