// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What SELinux decides, by libselinux, which is loaded with the first object of this class. On a machine without SELinux that
 * grants everything. Not thread-safe.
 */
public final class Selinux {
    private static final int LONGEST_CONTEXT = 4096;

    private Selinux() {}

    /** Empty if the library is not there. */
    public static Optional<Selinux> open() {
        return Native.openSelinux() ? Optional.of(new Selinux()) : Optional.empty();
    }

    /**
     * Whether {@code source} has a permission of a class on {@code target}.
     *
     * @throws ErrnoException {@code EACCES} if not, {@code EINVAL} if a context, the class or the permission is unknown
     */
    public void check(String source, String target, String objectClass, String permission) throws ErrnoException {
        check(
                "selinux_check_access",
                Native.checkAccess(octets(source), octets(target), octets(objectClass), octets(permission)));
    }

    /** The context of this process. */
    public String context() throws ErrnoException {
        byte[] context = new byte[LONGEST_CONTEXT];
        int length = check("getcon", Native.ownContext(context));
        return new String(Arrays.copyOf(context, length), StandardCharsets.UTF_8);
    }

    private static int check(String call, int result) throws ErrnoException {
        if (result == Native.REFUSED) {
            throw new ErrnoException(call, 0);
        }
        return ErrnoException.check(call, result);
    }

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
