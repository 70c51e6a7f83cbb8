// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

/** The UDP ports that IANA gave IKE. */
public final class IkePorts {
    public static final int IKE = 500;
    public static final int NAT_IKE = 4500;

    private IkePorts() {}
}
