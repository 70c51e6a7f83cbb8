// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;

/**
 * A policy: what the kernel does with packets that match both selectors.
 *
 * @param templates the SAs that a packet goes through, the innermost first; empty with {@link Action#ALLOW} means the
 *     packet passes in clear
 * @param priority the kernel's own order: a lower number wins
 * @param mark only packets with this firewall mark
 * @param interfaceId only packets through the xfrm interface of that number
 * @param label only packets that its SELinux policy allows to match that context
 */
public record KernelPolicy(
        Direction direction,
        Selector source,
        Selector destination,
        Action action,
        List<Template> templates,
        int priority,
        Optional<Mark> mark,
        Optional<Integer> interfaceId,
        Optional<SecurityLabel> label) {

    /** Without a label. */
    public KernelPolicy(
            Direction direction,
            Selector source,
            Selector destination,
            Action action,
            List<Template> templates,
            int priority,
            Optional<Mark> mark,
            Optional<Integer> interfaceId) {
        this(direction, source, destination, action, templates, priority, mark, interfaceId, Optional.empty());
    }

    /** Which packets are looked at. */
    public enum Direction {
        OUT,
        IN,
        FORWARD
    }

    /** What happens to a match that has no template left to go through. */
    public enum Action {
        ALLOW,
        BLOCK
    }

    /**
     * One SA that a matching packet must go, or have come, through.
     *
     * @param source and {@code destination}: of the outer header in tunnel mode; any address in transport mode
     * @param optional whether an inbound packet may lack it (IPCOMP)
     */
    public record Template(
            IpsecProtocol protocol,
            IpsecMode mode,
            int requestId,
            IpAddress source,
            IpAddress destination,
            boolean optional) {}

    /** A firewall mark and the bits of it that count. */
    public record Mark(int value, int mask) {}
}
