// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;

/** The kernel's IPsec. Requests are short and synchronous, on the loop. */
public interface KernelIpsec {
    /** What the status output calls this backend: {@code xfrm}, {@code PF_KEY v2}. */
    String name();

    /** What updown gets as {@code PLUTO_STACK}: {@code xfrm}, {@code bsd}. */
    default String stackName() {
        return name();
    }

    /** What it can do beyond SAs and policies as such; what it cannot, it refuses with {@code EOPNOTSUPP}. */
    KernelAbilities abilities();

    // as libreswan: whether the running kernel was built with it shows when an SA is installed
    /** Whether the interface has a name for a cipher or an integrity algorithm: what it has not is not proposed to peers. */
    default boolean has(Algorithm algorithm) {
        return !(algorithm instanceof Encr encr) || encr.xfrmName().isPresent();
    }

    /**
     * Reserves an inbound SPI, 0x1000 or above (RFC 4301 leaves 1 to 255; up to 0xfff are for manual keying), for IPCOMP
     * a CPI from 256 to 61439. It is given back by {@link #deleteSa} or becomes an SA by {@link #addSa} with the same id.
     * The kernel takes it back by itself after a while (30 s on Linux unless configured), as an expiry.
     */
    int allocateSpi(IpAddress source, IpAddress destination, IpsecProtocol protocol, int requestId)
            throws KernelException;

    /**
     * Installs an SA. An inbound one completes what {@link #allocateSpi} reserved; the SPI of an outbound one is the
     * peer's.
     *
     * @throws KernelException {@code EEXIST} if there is an outbound one already, {@code ESRCH} if the inbound SPI is not
     *     reserved any more, another if the kernel lacks the protocol or the algorithm, which the advice names
     */
    void addSa(KernelSa sa) throws KernelException;

    /** Moves a policy and its SA to other outer addresses or NAT ports, if it has {@link KernelAbility#MIGRATION}. */
    void migrate(KernelMigration migration) throws KernelException;

    /** Removes an SA or a reserved SPI; {@code ESRCH} if it is not there. */
    void deleteSa(SaId id) throws KernelException;

    /** Installs a policy or replaces the one with the same direction, selectors, mark, interface id and label. */
    void putPolicy(KernelPolicy policy) throws KernelException;

    /** Removes the policy with this one's direction, selectors, mark, interface id and label; {@code ENOENT} if none. */
    void deletePolicy(KernelPolicy policy) throws KernelException;

    /**
     * What messages call the request that removes a policy which nobody knew of; empty if they say nothing of it, as
     * libreswan over PF_KEY.
     */
    default Optional<String> unexpectedRemoval() {
        return Optional.empty();
    }

    /** What went through an SA; empty if the kernel has it no more. */
    Optional<SaCounters> counters(SaId id) throws KernelException;

    /** The interfaces for {@code ipsec-interface=}. */
    default KernelInterfaces interfaces() {
        return KernelInterfaces.NONE;
    }

    /** Which interfaces can encrypt; empty if SAs cannot name one for it. */
    default Optional<DeviceFeatures> deviceFeatures() {
        return Optional.empty();
    }

    /** Removes all SAs and policies of this machine, other programs' too: leftovers of a daemon that died. */
    void flush() throws KernelException;
}
