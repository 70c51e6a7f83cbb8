// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jswan.base.Bytes;

/**
 * A vendor ID that has a name in logs. What it means is for the exchange; most mean nothing.
 *
 * @param octets all of it or, unless it is {@code exact}, how it begins
 * @param name as logs show it
 */
public record KnownVendorId(Bytes octets, Style style, String name) {
    /** How a vendor ID is found and printed. */
    public enum Style {
        /** These octets and no others; printed by name. */
        EXACT('='),
        /** More octets may follow; printed by name. */
        PREFIX('*'),
        /** More octets may follow; printed by name and all octets. */
        PREFIX_AND_OCTETS('#'),
        /** More octets may follow; printed as text without the name. */
        PREFIX_AS_TEXT('$');

        private final char mark;

        Style(char mark) {
            this.mark = mark;
        }

        private static Style of(char mark) {
            for (Style style : values()) {
                if (style.mark == mark) {
                    return style;
                }
            }
            throw new IllegalStateException("mark " + mark);
        }
    }

    private static final int LOGGED = 32;
    private static final Map<String, KnownVendorId> ALL = read("vendor-ids.txt");

    public static final KnownVendorId CISCO_UNITY = named("Cisco-Unity");
    public static final KnownVendorId STRONGSWAN = named("strongSwan");
    public static final KnownVendorId FRAGMENTATION = named("FRAGMENTATION");
    public static final KnownVendorId XAUTH = named("XAUTH");
    public static final KnownVendorId DPD = named("Dead Peer Detection");
    public static final KnownVendorId DPD_NG = named("DPDv1_NG");
    public static final KnownVendorId CAN_IKEV2 = named("CAN-IKEv2(obsolete)");
    public static final KnownVendorId SSH_SENTINEL_1_4_1 = named("SSH Sentinel 1.4.1");
    public static final KnownVendorId OPPORTUNISTIC = named("Opportunistic IPsec");
    public static final KnownVendorId LIBRESWAN = named("Libreswan (3.6+)");
    public static final KnownVendorId LIBRESWAN_OLD = named("Libreswan 3.0 - 3.5");
    public static final KnownVendorId NAT_T_00 = named("draft-ietf-ipsec-nat-t-ike-00");
    public static final KnownVendorId NAT_T_01 = named("draft-ietf-ipsec-nat-t-ike-01");
    public static final KnownVendorId NAT_T_02 = named("draft-ietf-ipsec-nat-t-ike-02");
    /** The name of the draft was hashed with a line feed behind it. */
    public static final KnownVendorId NAT_T_02_N = named("draft-ietf-ipsec-nat-t-ike-02_n");

    public static final KnownVendorId NAT_T_03 = named("draft-ietf-ipsec-nat-t-ike-03");
    public static final KnownVendorId NAT_T_04 = named("draft-ietf-ipsec-nat-t-ike-04");
    public static final KnownVendorId NAT_T_05 = named("draft-ietf-ipsec-nat-t-ike-05");
    public static final KnownVendorId NAT_T_06 = named("draft-ietf-ipsec-nat-t-ike-06");
    public static final KnownVendorId NAT_T_07 = named("draft-ietf-ipsec-nat-t-ike-07");
    public static final KnownVendorId NAT_T_08 = named("draft-ietf-ipsec-nat-t-ike-08");
    /** Of some systems by Apple: the name of the draft without its number. */
    public static final KnownVendorId NAT_T = named("draft-ietf-ipsec-nat-t-ike");

    public static final KnownVendorId NAT_T_RFC = named("RFC 3947");

    private static KnownVendorId named(String name) {
        return Optional.ofNullable(ALL.get(name)).orElseThrow();
    }

    private static Map<String, KnownVendorId> read(String resource) {
        try (InputStream in = KnownVendorId.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 3))
                    .map(field -> new KnownVendorId(Bytes.ofHex(field[0]), Style.of(field[1].charAt(0)), field[2]))
                    .collect(Collectors.toUnmodifiableMap(KnownVendorId::name, Function.identity()));
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    /** All that have a name, in no order. */
    static List<KnownVendorId> all() {
        return List.copyOf(ALL.values());
    }

    /** What these octets are; of several that they could be, the one that says most. */
    public static Optional<KnownVendorId> find(Bytes received) {
        KnownVendorId best = null;
        for (KnownVendorId known : ALL.values()) {
            if (known.matches(received) && (best == null || known.octets.length() > best.octets.length())) {
                best = known;
            }
        }
        return Optional.ofNullable(best);
    }

    private boolean matches(Bytes received) {
        return style == Style.EXACT ? received.equals(octets) : received.startsWith(octets);
    }

    /** What debugging lines say of {@code received}, which is this one. */
    public String told(Bytes received, boolean heeded) {
        return (heeded ? "received" : "ignoring") + " Vendor ID payload [" + describe(received) + "]";
    }

    /** What logs say of octets that are none of these. */
    public static String toldUnknown(Bytes received) {
        return "ignoring unknown Vendor ID payload [" + describeUnknown(received) + "]";
    }

    /** What logs put in brackets for {@code received}, which is this one. */
    String describe(Bytes received) {
        return switch (style) {
            case EXACT, PREFIX -> name;
            case PREFIX_AND_OCTETS -> name + " " + dump(received);
            case PREFIX_AS_TEXT -> received.sanitized();
        };
    }

    /** What logs put in brackets for octets that are none of these: the first 32. */
    static String describeUnknown(Bytes received) {
        return received.length() > LOGGED ? dump(received.first(LOGGED)) + "..." : dump(received);
    }

    /** In groups of four octets. */
    private static String dump(Bytes octets) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < octets.length(); i++) {
            if (i > 0) {
                text.append(i % 4 == 0 ? "  " : " ");
            }
            text.append(String.format(Locale.ROOT, "%02x", octets.get(i)));
        }
        return text.toString();
    }
}
