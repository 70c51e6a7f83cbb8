// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Optional;

/**
 * One long option of whack that sets a request option.
 *
 * @param name without the dashes
 * @param fixed the value it stands for; empty if it takes an argument that says the value
 * @param ours whether libreswan lacks it: such an option must be written in full and takes no part in the
 *     abbreviation of others
 */
public record Spelling<T>(String name, Optional<T> fixed, boolean ours) {}
