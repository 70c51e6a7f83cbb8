// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * Values as users write them, with the errors users read: numbers, durations, addresses, subnets, ranges, protocols and
 * ports. Shared by everything that takes text from a user. Knows no file, key or option.
 */
package org.jswan.config.value;
