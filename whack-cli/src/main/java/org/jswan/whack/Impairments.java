// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jswan.config.value.Numbers;
import org.jswan.config.value.ValueException;
import org.jswan.control.ImpairmentChange;

/** The behaviours that {@code --impair} can change, and what can be said about how. */
final class Impairments {
    /**
     * @param words the keywords
     * @param yesNo whether it can be switched with yes and no, or nothing
     * @param number whether a number will do
     */
    private record How(List<String> words, boolean yesNo, boolean number) {}

    private static final How SWITCH = new How(List.of(), true, false);
    private static final How NUMBER = new How(List.of(), true, true);
    private static final How EMIT = new How(List.of("OMIT", "EMPTY", "DUPLICATE"), false, true);
    private static final How TRANSFORM = new How(List.of("allow-none", "drop-none", "omit"), false, false);
    private static final How V1_EXCHANGE = new How(List.of("NOTIFICATION", "QUICK", "XAUTH", "DELETE"), false, false);
    private static final How V2_EXCHANGE = new How(
            List.of(
                    "IKE_SA_INIT",
                    "IKE_AUTH",
                    "CREATE_CHILD_SA",
                    "INFORMATIONAL",
                    "IKE_SESSION_RESUME",
                    "GSA_AUTH",
                    "GSA_REGISTRATION",
                    "GSA_REKEY",
                    "UNASSIGNED_42",
                    "IKE_INTERMEDIATE",
                    "ISAKMP_XCHG_ECHOREQUEST_PRIVATE",
                    "ISAKMP_XCHG_ECHOREPLY_PRIVATE"),
            false,
            false);
    private static final How AUTH_METHOD = new How(
            List.of(
                    "RESERVED",
                    "RSA",
                    "SHARED",
                    "DSS_DIGITAL_SIGNATURE",
                    "ECDSA_SHA2_256_P256",
                    "ECDSA_SHA2_384_P384",
                    "ECDSA_SHA2_512_P521",
                    "GENERIC_SECURE_PASSWORD_AUTHENTICATION_METHOD",
                    "NULL",
                    "DIGSIG"),
            false,
            false);
    private static final How TIMER = new How(
            List.of(
                    "REINIT_SECRET",
                    "SHUNT_SCAN",
                    "PENDING_DDNS",
                    "SD_WATCHDOG",
                    "PENDING_PHASE2",
                    "CHECK_CRLS",
                    "REVIVE_CONNS",
                    "FREE_ROOT_CERTS",
                    "RESET_LOG_LIMITER",
                    "NAT_T_KEEPALIVE",
                    "PROCESS_KERNEL_QUEUE"),
            false,
            true);

    private static final Map<String, How> ALL = new LinkedHashMap<>();

    static {
        add(SWITCH, "allow-dns-insecure", "allow-null-none", "bad-ikev2-auth-xchg", "bust-mi2", "bust-mr2");
        add(EMIT, "child-key-length-attribute");
        add(SWITCH, "corrupt-encrypted", "delete-on-retransmit", "drop-i2", "drop-xauth-r0", "emitting", "force-fips");
        add(NUMBER, "ike-initiator-spi");
        add(EMIT, "ike-key-length-attribute");
        add(NUMBER, "ike-responder-spi");
        add(SWITCH, "ikev1-del-with-notify");
        add(TRANSFORM, "v2-proposal-integ", "v2-proposal-dh");
        add(NUMBER, "ikev2-add-ike-transform", "ikev2-add-child-transform");
        add(SWITCH, "jacob-two-two");
        add(EMIT, "ke-payload");
        add(SWITCH, "log-rate-limit", "major-version-bump", "minor-version-bump", "childless-ikev2-supported");
        add(SWITCH, "ignore-v2n-signature-hash-algorithms", "omit-v2n-signature-hash-algorithms", "proposal-parser");
        add(SWITCH, "rekey-initiate-supernet", "rekey-initiate-subnet", "rekey-respond-supernet");
        add(SWITCH, "rekey-respond-subnet", "replay-backward", "replay-duplicates", "replay-encrypted");
        add(SWITCH, "replay-forward", "revival", "sa-creation", "send-bogus-dcookie", "send-bogus-isakmp-flag");
        add(SWITCH, "send-bogus-payload-flag", "send-key-size-check", "send-no-delete", "send-no-ikev2-auth");
        add(SWITCH, "send-no-main-r2", "send-no-xauth-r0", "send-no-idr", "send-pkcs7-thingie");
        add(SWITCH, "send-nonzero-reserved", "send-nonzero-reserved-id", "suppress-retransmits");
        add(SWITCH, "timeout-on-retransmit", "event-check-crls", "v1-hash-check");
        add(V1_EXCHANGE, "v1-hash-exchange");
        add(EMIT, "v1-hash-payload");
        add(SWITCH, "tcp-use-blocking-write", "tcp-skip-setsockopt-espintcp");
        add(NUMBER, "initiate-v2-liveness", "send-keepalive", "drop-incoming", "drop-outgoing");
        add(V2_EXCHANGE, "add-unknown-v2-payload-to", "add-unknown-v2-payload-to-sk");
        add(SWITCH, "unknown-v2-payload-critical", "ignore-soft-expire", "ignore-hard-expire");
        add(AUTH_METHOD, "force-v2-auth-method");
        add(SWITCH, "omit-v2-ike-auth-child", "ignore-v2-ike-auth-child");
        add(TIMER, "trigger");
        add(NUMBER, "event-v2-rekey", "event-v2-reauth", "event-v2-liveness", "event-sa-replace");
    }

    private Impairments() {}

    private static void add(How how, String... names) {
        for (String name : names) {
            ALL.put(name, how);
        }
    }

    /**
     * One argument of {@code --impair} or, without {@code enable}, of {@code --no-impair}.
     *
     * @throws WhackRefusal with the listing that was asked for, or with what is wrong
     */
    static ImpairmentChange parse(WhackParse parse, String argument, boolean enable) throws WhackRefusal {
        if (argument.equals("help")) {
            StringBuilder listing = new StringBuilder();
            ALL.forEach((name, how) -> describe(listing, name, how));
            throw new WhackRefusal(listing.toString(), "", 0);
        }
        if (enable && argument.equals("none")) {
            return new ImpairmentChange.Clear();
        }
        if (enable && argument.equals("list")) {
            return new ImpairmentChange.List();
        }
        String[] parts = argument.split("[:=]", 2);
        boolean negated = parts[0].regionMatches(true, 0, "no-", 0, 3);
        String what = negated ? parts[0].substring(3) : parts[0];
        String how = parts.length > 1 ? parts[1] : null;
        String name = what.toLowerCase(Locale.ROOT);
        How known = ALL.get(name);
        if (known == null) {
            throw failure(parse, "unrecognized impair option '" + what + "'\n");
        }
        if ("help".equalsIgnoreCase(how) || "?".equals(how)) {
            StringBuilder listing = new StringBuilder();
            describe(listing, name, known);
            throw new WhackRefusal(listing.toString(), "", 0);
        }
        int denials = (enable ? 0 : 1) + (negated ? 1 : 0) + (how != null ? 1 : 0);
        if (denials > 1) {
            throw failure(parse, "overly negative --" + (enable ? "" : "no-") + "impair " + argument);
        }
        if (!enable || negated || "no".equalsIgnoreCase(how)) {
            return new ImpairmentChange.Off(name);
        }
        return on(parse, argument, what, how == null ? "" : how);
    }

    private static ImpairmentChange on(WhackParse parse, String argument, String what, String how) throws WhackRefusal {
        String name = what.toLowerCase(Locale.ROOT);
        How known = ALL.get(name);
        if (known.words.stream().anyMatch(word -> word.equalsIgnoreCase(how))) {
            return new ImpairmentChange.On(name, how.toLowerCase(Locale.ROOT), OptionalLong.empty());
        }
        if (known.yesNo && (how.isEmpty() || how.equalsIgnoreCase("yes"))) {
            return new ImpairmentChange.On(name, "yes", OptionalLong.empty());
        }
        if (known.number) {
            try {
                return new ImpairmentChange.On(name, how, OptionalLong.of(Numbers.unsigned(how, 0)));
            } catch (ValueException e) {
                // no number: refused like any other text
            }
        }
        throw failure(
                parse,
                "ignoring impair option '" + what + "' with unrecognized parameter '" + how + "' (" + argument + ")");
    }

    private static WhackRefusal failure(WhackParse parse, String text) {
        return new WhackRefusal("", parse.logged(text), 1);
    }

    private static void describe(StringBuilder listing, String name, How how) {
        listing.append(name).append('\n');
        how.words.forEach(word -> listing.append("    ").append(word).append('\n'));
        if (how.number) {
            listing.append("  <unsigned>\n");
        }
    }
}
