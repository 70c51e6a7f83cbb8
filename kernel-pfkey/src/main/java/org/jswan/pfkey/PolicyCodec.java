// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import static org.jswan.pfkey.Pfkey.*;

import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Template;
import org.jswan.nativesocket.octets.MalformedMessage;

/** Messages about policies, as KAME added them, their extensions in libreswan's order. */
final class PolicyCodec {
    private static final int LIFETIME = 32;

    private PolicyCodec() {}

    static void write(PfkeyWriter out, KernelPolicy policy) {
        begin(out, SADB_X_SPDUPDATE, policy);
        if (type(policy) == IPSEC_POLICY_IPSEC) {
            policy.templates().forEach(template -> writeRequest(out, template));
        }
        out.end();
    }

    static void writeDelete(PfkeyWriter out, KernelPolicy policy) {
        begin(out, SADB_X_SPDDELETE, policy);
        out.end();
    }

    /** Asks for a policy by the number that the kernel gave it. */
    static void writeQuery(PfkeyWriter out, int id) {
        out.message(SADB_X_SPDGET, SADB_SATYPE_UNSPEC);
        out.extension(SADB_X_EXT_POLICY).zeros(4).u32(id).u32(0).end();
    }

    /** The number of the policy that {@code sadb_x_policy} names. */
    static int readId(PfkeyReader policy) throws MalformedMessage {
        return policy.skip(4).u32();
    }

    /** {@code sadb_x_policy}: type u16, direction u8, (1), id u32, priority u32, requests. */
    private static void begin(PfkeyWriter out, int message, KernelPolicy policy) {
        out.message(message, SADB_SATYPE_UNSPEC);
        AddressCodec.writeSelectors(out, policy.source(), policy.destination());
        out.extension(SADB_EXT_LIFETIME_HARD).zeros(LIFETIME - EXTENSION_HEADER).end();
        out.extension(SADB_X_EXT_POLICY)
                .u16(type(policy))
                .u8(direction(policy.direction()))
                .zeros(1 + 4)
                .u32(out.dialect().policies().priorities() ? policy.priority() : 0);
    }

    private static int type(KernelPolicy policy) {
        if (policy.action() == Action.BLOCK) {
            return IPSEC_POLICY_DISCARD;
        }
        return policy.templates().isEmpty() ? IPSEC_POLICY_NONE : IPSEC_POLICY_IPSEC;
    }

    private static int direction(Direction direction) {
        return switch (direction) {
            case IN -> IPSEC_DIR_INBOUND;
            case OUT -> IPSEC_DIR_OUTBOUND;
            case FORWARD -> IPSEC_DIR_FWD;
        };
    }

    /**
     * {@code sadb_x_ipsecrequest}: length u16 in octets, protocol u16, mode u8, level u8, request id; in tunnel mode both
     * outer addresses one behind the other; zeros up to a unit. The request id is a u16, or (2), u32, (4).
     */
    private static void writeRequest(PfkeyWriter out, Template template) {
        Dialect dialect = out.dialect();
        int start = out.position();
        int level = level(dialect, template);
        int id = level == IPSEC_LEVEL_UNIQUE ? dialect.requestId(template.requestId()) : 0;
        out.u16(0).u16(template.protocol().number()).u8(mode(template.mode())).u8(level);
        if (dialect.layout().wideRequests()) {
            out.zeros(2).u32(id).zeros(4);
        } else {
            out.u16(id);
        }
        if (template.mode() == IpsecMode.TUNNEL) {
            out.address(template.source(), 0).address(template.destination(), 0);
        }
        out.padFrom(start).patch16(start, out.position() - start);
    }

    private static int level(Dialect dialect, Template template) {
        if (!dialect.policies().unique()) {
            return IPSEC_LEVEL_REQUIRE;
        }
        if (template.optional()) {
            return IPSEC_LEVEL_USE;
        }
        return template.requestId() == 0 ? IPSEC_LEVEL_REQUIRE : IPSEC_LEVEL_UNIQUE;
    }

    /** What messages call the policy: by what happens to packets. */
    static String name(KernelPolicy policy) {
        return switch (type(policy)) {
            case IPSEC_POLICY_DISCARD -> "%drop(discard)";
            case IPSEC_POLICY_NONE -> "%pass(none)";
            default -> "ipsec";
        };
    }
}
