// SPDX-License-Identifier: GPL-2.0-or-later
/** Port: the boot-time clock and the queue of timers that the loop runs. Knows nothing of what a timer does. */
package org.jswan.time;
