// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.xfrm.Xfrm.*;

import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.KernelMigration;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Template;

/**
 * {@code struct xfrm_userpolicy_info}, 168 octets, and the attributes that complete it:
 *
 * <pre>
 *  sel 56 | lft 64 | curlft 32 | priority u32 | index u32 | dir u8 | action u8 | flags u8 | share u8 | (4)
 * </pre>
 */
final class PolicyCodec {
    private static final int ALL_ALGORITHMS = -1;

    private PolicyCodec() {}

    static void write(NetlinkWriter out, KernelPolicy policy) {
        SelectorCodec.write(out, policy.source(), policy.destination());
        for (int i = 0; i < 4; i++) {
            out.u64(XFRM_INF);
        }
        out.zeros(32).zeros(LIFETIME_CURRENT).u32(policy.priority()).u32(0);
        out.u8(direction(policy.direction()));
        out.u8(policy.action() == Action.ALLOW ? XFRM_POLICY_ALLOW : XFRM_POLICY_BLOCK);
        out.zeros(6);
        if (!policy.templates().isEmpty()) {
            out.attribute(XFRMA_TMPL);
            policy.templates().forEach(template -> writeTemplate(out, template));
            out.end();
        }
        writeName(out, policy);
    }

    /**
     * {@code struct xfrm_user_tmpl}, 64 octets: daddr 16, spi be32, proto u8, (3), family u16, (2), saddr 16, reqid u32,
     * mode u8, share u8, optional u8, (1), algorithms of three kinds u32 each.
     */
    private static void writeTemplate(NetlinkWriter out, Template template) {
        AddressFamily family = template.destination().family();
        boolean tunnel = template.mode() == IpsecMode.TUNNEL;
        IpAddress any = IpAddress.any(family);
        out.xfrmAddress(tunnel ? template.destination() : any).be32(0);
        out.u8(template.protocol().number()).zeros(3).family(family).zeros(2);
        out.xfrmAddress(tunnel ? template.source() : any).u32(template.requestId());
        out.u8(mode(template.mode())).u8(0).u8(template.optional() ? 1 : 0).zeros(1);
        out.u32(ALL_ALGORITHMS).u32(ALL_ALGORITHMS).u32(ALL_ALGORITHMS);
    }

    private static void writeName(NetlinkWriter out, KernelPolicy policy) {
        if (policy.interfaceId().isPresent()) {
            SaCodec.writeInterface(out, policy.interfaceId().get(), policy.mark());
        } else if (policy.mark().isPresent()) {
            KernelPolicy.Mark mark = policy.mark().get();
            out.attribute(XFRMA_MARK).u32(mark.value()).u32(mark.mask()).end();
        }
        policy.label().ifPresent(label -> LabelCodec.write(out, label));
    }

    /** {@code struct xfrm_userpolicy_id}: sel 56, index u32, dir u8, (3). */
    static void writeId(NetlinkWriter out, Selector source, Selector destination, Direction direction) {
        SelectorCodec.write(out, source, destination);
        out.u32(0).u8(direction(direction)).zeros(3);
    }

    static void writeDelete(NetlinkWriter out, KernelPolicy policy) {
        writeId(out, policy.source(), policy.destination(), policy.direction());
        writeName(out, policy);
    }

    /**
     * The policy's id and {@code struct xfrm_user_migrate}: old daddr, old saddr, new daddr, new saddr 16 each, proto u8,
     * mode u8, (2), reqid u32, old and new family u16.
     */
    static void writeMigrate(NetlinkWriter out, KernelMigration migration) {
        writeId(out, migration.selectors().source(), migration.selectors().destination(), migration.direction());
        out.attribute(XFRMA_MIGRATE)
                .xfrmAddress(migration.oldDestination())
                .xfrmAddress(migration.oldSource())
                .xfrmAddress(migration.newDestination())
                .xfrmAddress(migration.newSource())
                .u8(migration.protocol().number())
                .u8(mode(migration.mode()))
                .zeros(2)
                .u32(migration.requestId())
                .family(migration.oldSource().family())
                .family(migration.newSource().family())
                .end();
        migration.encapsulation().ifPresent(encapsulation -> SaCodec.writeEncapsulation(out, encapsulation));
    }

    /** {@code struct xfrm_userpolicy_info} of a socket's own policy: everything passes in clear. */
    static void writeBypass(NetlinkWriter out, AddressFamily family, Direction direction) {
        out.zeros(40).family(family).zeros(14);
        out.zeros(LIFETIME_LIMITS + LIFETIME_CURRENT + 8);
        out.u8(direction(direction)).u8(XFRM_POLICY_ALLOW).zeros(6);
    }

    /** What the oracle's log calls the policy: by what happens to packets. */
    static String name(KernelPolicy policy) {
        if (policy.templates().isEmpty()) {
            return policy.action() == Action.ALLOW ? "%pass(none)" : "%drop(discard)";
        }
        Optional<Template> tunnel = policy.templates().stream()
                .filter(template -> template.mode() == IpsecMode.TUNNEL)
                .findFirst();
        return tunnel.isPresent()
                ? "IPv4"
                : policy.templates()
                        .get(policy.templates().size() - 1)
                        .protocol()
                        .name();
    }
}
