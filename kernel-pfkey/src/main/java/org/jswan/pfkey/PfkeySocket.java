// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.util.Optional;
import org.jswan.kernel.KernelException;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.SystemKernelSocket;

/** A PF_KEY socket of this machine's kernel. */
public final class PfkeySocket extends SystemKernelSocket {
    /** What happens to any SA or policy is told to every socket: room for some thousands. */
    private static final int BUFFER_SIZE = 1 << 20;
    /** The longest is an acquire with all proposals, of some 4 KiB. */
    private static final int LARGEST = 1 << 14;

    private PfkeySocket(NativeSocket socket) {
        super(socket, Optional.empty(), LARGEST);
    }

    /** @throws KernelException if the kernel has no PF_KEY, or it is not for us */
    static PfkeySocket open() throws KernelException {
        try {
            NativeSocket socket = NativeSocket.open(Linux.AF_KEY, Linux.SOCK_RAW, Linux.PF_KEY_V2);
            try {
                socket.setReceiveBuffer(BUFFER_SIZE);
                return new PfkeySocket(socket);
            } catch (ErrnoException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (ErrnoException e) {
            throw new KernelException(
                            e.name(),
                            "opening PF_KEY_V2 socket failed: " + e.text() + " (errno " + e.errno() + ")",
                            Optional.of("this kernel lacks PF_KEY (kernel module af_key)")
                                    .filter(w -> e.name().equals("EAFNOSUPPORT")))
                    .because(e);
        }
    }
}
