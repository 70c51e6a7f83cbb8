// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.List;

/**
 * A configuration as written, includes in place.
 *
 * @param setup what {@code config setup} says
 * @param sections the conns in their order, {@code %default} among them
 */
public record ConfTree(List<ConfEntry> setup, List<ConfSection> sections) {
    public ConfTree {
        setup = List.copyOf(setup);
        sections = List.copyOf(sections);
    }
}
