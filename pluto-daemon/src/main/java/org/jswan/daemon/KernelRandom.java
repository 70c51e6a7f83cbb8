// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.DataInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jswan.random.RandomSource;

/** The kernel's generator. From any thread. */
final class KernelRandom implements RandomSource {
    private final DataInputStream in;

    KernelRandom() throws Fatal {
        try {
            in = new DataInputStream(new FileInputStream("/dev/urandom"));
        } catch (IOException e) {
            throw new Fatal(ExitStatus.FAIL, "could not open /dev/urandom: " + IoReason.withErrno(e));
        }
    }

    @Override
    public void fill(byte[] octets) {
        try {
            in.readFully(octets);
        } catch (IOException e) {
            // Without randomness nothing may go on.
            throw new UncheckedIOException(e);
        }
    }
}
