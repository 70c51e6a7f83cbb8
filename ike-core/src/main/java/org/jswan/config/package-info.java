// SPDX-License-Identifier: GPL-2.0-or-later
/** What the readers of configuration files share: how they get at files. */
package org.jswan.config;
