// SPDX-License-Identifier: GPL-2.0-or-later
/** Values as libreswan's tools read them from text: what is accepted, and the words for what is not. */
package org.jswan.whack.value;
