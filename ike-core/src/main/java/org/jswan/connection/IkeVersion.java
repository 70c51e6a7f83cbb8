// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/** The version of IKE that a connection speaks; there is no falling back from one to the other. */
public enum IkeVersion {
    IKEV1,
    IKEV2;

    /** As messages say it. */
    public org.jswan.wire.IkeVersion onTheWire() {
        return this == IKEV1 ? org.jswan.wire.IkeVersion.V1 : org.jswan.wire.IkeVersion.V2;
    }
}
