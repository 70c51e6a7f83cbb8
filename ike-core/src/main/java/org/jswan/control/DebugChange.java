// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import java.util.EnumSet;
import java.util.Set;

/** Debug classes to switch on and off; no class is in both sets. */
public record DebugChange(Set<DebugClass> on, Set<DebugClass> off) {
    /** Leaves everything as it is. */
    public static final DebugChange NONE = new DebugChange(Set.of(), Set.of());

    public DebugChange {
        on = Set.copyOf(on);
        off = Set.copyOf(off);
    }

    /** This and then {@code classes} on. */
    public DebugChange plus(Set<DebugClass> classes) {
        return new DebugChange(union(on, classes), difference(off, classes));
    }

    /** This and then {@code classes} off. */
    public DebugChange minus(Set<DebugClass> classes) {
        return new DebugChange(difference(on, classes), union(off, classes));
    }

    /** What is on after the change, when {@code before} was on before it. */
    public Set<DebugClass> applyTo(Set<DebugClass> before) {
        return union(difference(before, off), on);
    }

    private static Set<DebugClass> union(Set<DebugClass> a, Set<DebugClass> b) {
        EnumSet<DebugClass> union = EnumSet.noneOf(DebugClass.class);
        union.addAll(a);
        union.addAll(b);
        return union;
    }

    private static Set<DebugClass> difference(Set<DebugClass> a, Set<DebugClass> b) {
        EnumSet<DebugClass> difference = EnumSet.noneOf(DebugClass.class);
        difference.addAll(a);
        difference.removeAll(b);
        return difference;
    }
}
