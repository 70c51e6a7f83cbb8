// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.hostkey;

import org.jswan.whack.getopt.LongOption;

/** An option of one of the programs. */
record ToolOption(String name, boolean takesArgument) implements LongOption {
    @Override
    public Object meaning() {
        return name;
    }

    @Override
    public boolean exactOnly() {
        return false;
    }
}
