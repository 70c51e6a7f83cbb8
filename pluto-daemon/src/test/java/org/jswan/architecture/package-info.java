// SPDX-License-Identifier: GPL-2.0-or-later
/** Tests of the whole: it stands in the module that sees all others. */
package org.jswan.architecture;
