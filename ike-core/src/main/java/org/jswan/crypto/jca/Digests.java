// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hash functions of JCA. */
public final class Digests {
    private Digests() {}

    /** A new digest; {@code jcaName} is one that every Java platform must have or that SUN provides. */
    public static MessageDigest create(String jcaName) {
        try {
            return MessageDigest.getInstance(jcaName);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the platform lacks " + jcaName, e);
        }
    }
}
