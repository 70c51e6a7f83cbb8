// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** What a connection is; the order is that of the status listing. */
public enum ConnectionKind {
    /** A policy group: makes a template for each line of its file. */
    GROUP,
    /** Lacks something that only a peer brings: cannot be initiated as it is. */
    TEMPLATE,
    PERMANENT,
    /** Made of a template for one peer. */
    INSTANCE;

    /** As messages and scripts name it. */
    public String text() {
        return "CK_" + name();
    }

    /** Whether there can be SAs of it: the others only make connections. */
    public boolean isConcrete() {
        return this == PERMANENT || this == INSTANCE;
    }
}
