// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import java.util.OptionalLong;

/** One {@code --impair} or {@code --no-impair}. */
public sealed interface ImpairmentChange {
    /** All behaviours back to normal. */
    record Clear() implements ImpairmentChange {}

    /** List what is impaired. */
    record List() implements ImpairmentChange {}

    /** A behaviour back to normal. */
    record Off(String behaviour) implements ImpairmentChange {}

    /**
     * A behaviour impaired.
     *
     * @param how the keyword given, in lower case, {@code yes} if none was
     * @param number the number given instead of a keyword
     */
    record On(String behaviour, String how, OptionalLong number) implements ImpairmentChange {}
}
