// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.util.Optional;
import org.jswan.base.IpAddress;

/** The kernel's IPsec. Requests are short and synchronous, on the loop. */
public interface KernelIpsec {
    /** What the status output calls this backend: {@code xfrm}, {@code bsdkame}. */
    String name();

    /**
     * Reserves an inbound SPI, 0x1000 or above (RFC 4301 leaves 1 to 255; up to 0xfff are for manual keying). It
     * is given back by {@link #deleteSa} or becomes an SA by {@link #addSa} with the same id.
     */
    int allocateSpi(IpAddress source, IpAddress destination, IpsecProtocol protocol, IpsecMode mode, int requestId)
            throws KernelException;

    /**
     * Installs an SA; for an id that {@link #allocateSpi} reserved, completes it.
     *
     * @throws KernelException {@code EEXIST} if there is one already, {@code ENOSYS} if the kernel lacks the algorithm,
     *     which the message names
     */
    void addSa(KernelSa sa) throws KernelException;

    /** Moves an SA's outer addresses or NAT ports, keys, counters and sequence numbers kept. */
    void migrateSa(KernelSa from, KernelSa to) throws KernelException;

    /** Removes an SA or a reserved SPI; {@code ESRCH} if it is not there. */
    void deleteSa(SaId id) throws KernelException;

    /** Installs a policy or replaces the one with the same direction, selectors, mark and interface id. */
    void putPolicy(KernelPolicy policy) throws KernelException;

    /** Removes the policy with this one's direction, selectors, mark and interface id; {@code ENOENT} if none. */
    void deletePolicy(KernelPolicy policy) throws KernelException;

    /** What went through an SA; empty if the kernel has it no more. */
    Optional<SaCounters> counters(SaId id) throws KernelException;

    /** Removes all SAs and policies of this machine, other programs' too: leftovers of a daemon that died. */
    void flush() throws KernelException;
}
