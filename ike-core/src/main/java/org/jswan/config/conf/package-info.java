// SPDX-License-Identifier: GPL-2.0-or-later
/**
 * ipsec.conf: lexer, sections, keys with their values, {@code also=} and defaults, down to one typed {@link
 * org.jswan.config.conf.Conn} for each connection. Files, names and interfaces come through ports; whoever asked hears
 * of problems through {@link org.jswan.config.conf.ConfLog}. Knows no daemon and no running connection.
 *
 * <p>What is accepted, and every message, is libreswan's. Its reader has habits that look like accidents (a {@code #}
 * that touches a word begins no comment, {@code pfs=maybe} reads as {@code y} and then {@code be}); files in the field
 * depend on what it makes of them, so the lexer follows its rules one by one.
 */
package org.jswan.config.conf;
