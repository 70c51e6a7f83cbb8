// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import org.jswan.base.IpAddress;

/** What changes in the machine's network. Called on the loop. */
public interface NetworkEvents {
    /** An interface got this address. */
    void addressAdded(IpAddress address);

    /** An interface lost this address. */
    void addressRemoved(IpAddress address);

    /** Something else: a route, an interface up or down; or more changed than was told. */
    void changed();
}
