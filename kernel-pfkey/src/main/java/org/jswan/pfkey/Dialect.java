// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.kernel.KernelAbilities;
import org.jswan.kernel.KernelAbility;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * In what the systems differ. FreeBSD and NetBSD get what libreswan sends, but that policies have ports and replace what is
 * there and SAs end after so much traffic; Linux, where libreswan sends nothing, what af_key needs to do as XFRM does.
 */
enum Dialect {
    LINUX(
            "Linux",
            new Layout(10, false, true),
            new Sas(true, 32, 1, 0, true, true, true, false),
            new Policies(true, true, true, true),
            Algorithms.LINUX,
            new KernelAbilities(Set.of(), 2040)),
    FREEBSD(
            "FreeBSD",
            new Layout(28, true, false),
            new Sas(false, 255, Byte.SIZE, Pfkey.SADB_X_SAFLAGS_ESN, false, false, false, true),
            new Policies(false, false, false, false),
            Algorithms.BSD,
            new KernelAbilities(Set.of(KernelAbility.EXTENDED_SEQUENCE_NUMBERS), 0xffffffffL - 32)),
    NETBSD(
            "NetBSD",
            new Layout(24, true, false),
            new Sas(false, 255, Byte.SIZE, 0, false, false, false, true),
            new Policies(false, false, false, false),
            Algorithms.BSD,
            new KernelAbilities(Set.of(), 2040));

    private static final int AF_INET = 2;

    /**
     * How octets lie.
     *
     * @param ipv6 the number of {@code AF_INET6}
     * @param lengthInAddresses whether a {@code sockaddr} begins with its length, and a family of one octet
     * @param wideRequests whether a {@code sadb_x_ipsecrequest} is of 16 octets, with a request id of four, not of 8 with two
     */
    record Layout(int ipv6, boolean lengthInAddresses, boolean wideRequests) {}

    /**
     * What SAs are told with.
     *
     * @param modes whether {@code sadb_x_sa2} tells tunnel from transport; else it says any
     * @param maxReplay the most that fits, or counts, in the old field for the replay window
     * @param replayUnit in how many packets that field counts
     * @param esnFlag asks for extended sequence numbers; 0 if there are none
     * @param emptyKeys whether NULL encryption has a key, of no bits
     * @param encapsulates whether UDP encapsulation can be told
     * @param features whether decapsulation of DSCP and path MTU discovery can be told
     * @param timeLimits whether the kernel is told how many seconds it lives, as libreswan does, lest it outlives the daemon
     */
    record Sas(
            boolean modes,
            int maxReplay,
            int replayUnit,
            int esnFlag,
            boolean emptyKeys,
            boolean encapsulates,
            boolean features,
            boolean timeLimits) {}

    /**
     * What policies are told with.
     *
     * @param forward whether those for forwarded packets are apart from those for inbound ones
     * @param priorities whether they are told
     * @param unique whether a template names its SAs by request id, as outbound packets need it; else all SAs between the
     *     addresses do
     * @param acquiresOfSas whether an acquire tells between whom an SA lacks, and no protocol, and not the packet
     */
    record Policies(boolean forward, boolean priorities, boolean unique, boolean acquiresOfSas) {}

    private final String system;
    private final Layout layout;
    private final Sas sas;
    private final Policies policies;
    private final Algorithms algorithms;
    private final KernelAbilities abilities;

    Dialect(
            String system,
            Layout layout,
            Sas sas,
            Policies policies,
            Algorithms algorithms,
            KernelAbilities abilities) {
        this.system = system;
        this.layout = layout;
        this.sas = sas;
        this.policies = policies;
        this.algorithms = algorithms;
        this.abilities = abilities;
    }

    /** What it is called. */
    String system() {
        return system;
    }

    Layout layout() {
        return layout;
    }

    Sas sas() {
        return sas;
    }

    Policies policies() {
        return policies;
    }

    Algorithms algorithms() {
        return algorithms;
    }

    KernelAbilities abilities() {
        return abilities;
    }

    int number(AddressFamily family) {
        return family == AddressFamily.IPV4 ? AF_INET : layout.ipv6;
    }

    AddressFamily family(int number) throws MalformedMessage {
        if (number == AF_INET) {
            return AddressFamily.IPV4;
        }
        if (number == layout.ipv6) {
            return AddressFamily.IPV6;
        }
        throw new MalformedMessage("address family " + number);
    }

    /**
     * The request id as the kernel gets it, in an SA as in a template. Where templates name SAs by it, only those up to
     * {@link Pfkey#IPSEC_MANUAL_REQID_MAX} are taken, and the daemon's own begin beyond: they wrap around, which matters only
     * to SAs between the same two addresses.
     */
    int requestId(int id) {
        if (!policies.unique || Integer.compareUnsigned(id, Pfkey.IPSEC_MANUAL_REQID_MAX) <= 0) {
            return id;
        }
        return Integer.remainderUnsigned(id - Pfkey.IPSEC_MANUAL_REQID_MAX - 1, Pfkey.IPSEC_MANUAL_REQID_MAX) + 1;
    }
}
