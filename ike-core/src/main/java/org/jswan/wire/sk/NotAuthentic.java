// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

import java.util.Optional;

/**
 * The message is to be dropped as if it had never come: it is not authentic, does not fit to what came before, or, as
 * libreswan has it, its padding is impossible.
 *
 * @param cause a log line that goes before the other
 * @param problem the log line
 * @param fragment whether it was a fragment; the log line is then a serious one
 */
public record NotAuthentic(Optional<String> cause, String problem, boolean fragment) implements Decoded {}
