// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.AddressFamily;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;

/** What is done with the kernel once, when the daemon starts. Messages are as logged, errors without their prefix. */
public final class XfrmStartup {
    private static final int ICMP_V6 = 58;
    private static final int NEIGHBOUR_SOLICITATION = 135;
    private static final int NEIGHBOUR_ADVERTISEMENT = 136;
    /** Before every connection; 0 is left to the administrator. */
    private static final int PRIORITY = 1;

    private static final List<Direction> DIRECTIONS = List.of(Direction.IN, Direction.FORWARD, Direction.OUT);

    private final Path proc;

    /** @param proc {@code /proc} */
    public XfrmStartup(Path proc) {
        this.proc = proc;
    }

    /**
     * Looks for the kernel's XFRM in {@code /proc}.
     *
     * @throws KernelException if the kernel has none at all
     */
    public void requireXfrm() throws KernelException {
        Path expires = proc.resolve("sys/net/core/xfrm_acq_expires");
        Path statistics = proc.resolve("net/xfrm_stat");
        if (!Files.exists(expires) && !Files.exists(statistics)) {
            throw new KernelException(
                    ErrnoException.name(Linux.ENOENT),
                    "no XFRM kernel support detected, missing " + expires + " and " + statistics + ": "
                            + withNumber(Linux.ENOENT));
        }
    }

    /**
     * Lets IPv6 neighbour discovery pass in clear: an SA could not come up without it between neighbours, nor could packets
     * through it find their way.
     *
     * @param log gets a line if IPv6 is off
     * @throws KernelException if the kernel refuses the policies, or whether IPv6 is off can't be read
     */
    public void passNeighbourDiscovery(KernelIpsec kernel, Consumer<String> log) throws KernelException {
        Path switched = proc.resolve("sys/net/ipv6/conf/all/disable_ipv6");
        try {
            if (Files.readString(switched).trim().equals("1")) {
                log.accept("kernel: " + switched + "=1 ignore ipv6 holes");
                return;
            }
        } catch (NoSuchFileException e) {
            log.accept("kernel: starting without ipv6 support! could not stat \"" + switched + "\": "
                    + withNumber(Linux.ENOENT));
            return;
        } catch (IOException e) {
            throw failure("", "kernel: could not read \"" + switched + "\": " + e.getMessage(), e);
        }
        pass(kernel, NEIGHBOUR_ADVERTISEMENT, "ICMP_NEIGHBOUR_DISCOVERY");
        pass(kernel, NEIGHBOUR_SOLICITATION, "ICMP_NEIGHBOUR_SOLICITATION");
    }

    private static void pass(KernelIpsec kernel, int type, String name) throws KernelException {
        Subnet all = Subnet.all(AddressFamily.IPV6);
        for (Direction direction : DIRECTIONS) {
            try {
                kernel.putPolicy(new KernelPolicy(
                        direction,
                        new Selector(all, ICMP_V6, type << Byte.SIZE),
                        new Selector(all, ICMP_V6, 0),
                        Action.ALLOW,
                        List.of(),
                        PRIORITY,
                        Optional.empty(),
                        Optional.empty()));
            } catch (KernelException e) {
                throw failure(e.errno(), "kernel: could not insert " + name + " bypass policy", e);
            }
        }
    }

    private static KernelException failure(String errno, String message, Exception cause) {
        return new KernelException(errno, message, Optional.of(cause.getMessage())).because(cause);
    }

    private static String withNumber(int errno) {
        return ErrnoException.text(errno) + " (errno " + errno + ")";
    }
}
