// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Integ;
import org.jswan.proposal.TransformType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v1.NotificationType;

/**
 * What happened since the daemon began, or since it was told to forget: totals by the names that {@code --globalstatus}
 * shows them by, less their {@code total.}.
 */
public final class Statistics {
    /** No group has a greater number yet. */
    private static final int MOST_GROUPS = 64;

    private final Map<String, Long> totals = new HashMap<>();

    /** Why an SA ended, where it is known. */
    public enum End {
        OTHER("other"),
        COMPLETED("completed"),
        EXCHANGE_TIMEOUT("exchange-timeout"),
        CRYPTO_TIMEOUT("crypto-timeout"),
        TOO_MANY_RETRANSMITS("too-many-retransmits"),
        SUPERSEDED("superseeded-by-new-sa"),
        AUTH_FAILED("auth-failed"),
        TS_UNACCEPTABLE("ts-unacceptable"),
        CRYPTO_FAILED("crypto-failed");

        private final String text;

        End(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** One more of those. */
    public void count(String name) {
        add(name, 1);
    }

    /** So many more of those. */
    public void add(String name, long more) {
        totals.merge(name, more, Long::sum);
    }

    /** How many there were. */
    public long total(String name) {
        return totals.getOrDefault(name, 0L);
    }

    /** Begins anew. */
    public void clear() {
        totals.clear();
    }

    private static String kind(Sa sa) {
        if (isVersion1(sa)) {
            return sa instanceof ChildSa ? "ikev1.ipsec" : "ikev1.isakmp";
        }
        return sa instanceof ChildSa ? "ikev2.child" : "ikev2.ike";
    }

    private static boolean isVersion1(Sa sa) {
        return sa.state() instanceof V1State;
    }

    /**
     * A notification of an error by IKEv1 went out or came in.
     *
     * @param direction {@code sent} or {@code recv}
     */
    public void countError(String direction, NotificationType type) {
        if (type.isError() && type.isKnown()) {
            count("ikev1." + direction + ".notifies.error." + type.shortName());
        }
    }

    /**
     * Notifications of errors went out or came in.
     *
     * @param direction {@code sent} or {@code recv}
     */
    public void countErrors(String direction, Stream<NotifyType> types) {
        types.filter(NotifyType::isError)
                .forEach(type -> count(
                        "ikev2." + direction + ".notifies.error." + (type.isKnown() ? type.shortName() : "other")));
    }

    /**
     * A peer guessed the wrong group for its public value.
     *
     * @param direction {@code sent} if we told it, {@code recv} if we were told
     */
    public void countWrongGroup(String direction, int used, int suggested) {
        count("ikev2." + direction + ".invalidke.using." + group(used));
        count("ikev2." + direction + ".invalidke.suggesting." + group(suggested));
    }

    /** The peer may name any of 65,536. */
    private static String group(int number) {
        return number < MOST_GROUPS ? TransformType.DH.nameOf(number) : "other";
    }

    void started(Sa sa) {
        count(kind(sa) + ".started");
    }

    /**
     * A transition ended in a state in which the SA is of use. As libreswan: in IKEv1 there may be several, and each of
     * them counts.
     */
    public void established(Sa sa) {
        count(kind(sa) + ".established");
        sa.setEnd(End.COMPLETED);
        if (sa instanceof IkeSa ike) {
            count(isVersion1(sa) ? "ike.ikev1.established" : "ike.ikev2.established");
            ike.suite().ifPresent(suite -> countAlgorithms(suite, isVersion1(sa)));
        } else if (sa instanceof ChildSa child) {
            if (sa.state() == V1State.QUICK_R1) {
                count("ipsec.type.all");
            }
            count("ipsec.type." + child.protocol().toString().toLowerCase(Locale.ROOT));
            if (child.inboundCompression().isPresent()) {
                count("ipsec.type.ipcomp");
            }
            if (child.proposal().filter(p -> p.extendedSequenceNumbers()).isPresent()) {
                count("ipsec.type.esn");
            }
            count(child.ike().nat().detected() ? "ipsec.type.encap" : "ipsec.type.non_encap");
            if (child.connection().config().kernel().tfcPadding() != 0 && child.peerTakesTfc()) {
                count("ipsec.type.tfc");
            }
            child.suite().ifPresent(suite -> countAlgorithms(suite, isVersion1(sa)));
        }
    }

    private void countAlgorithms(IkeSuite suite, boolean version1) {
        if (version1) {
            count("ikev1.encr." + suite.encr().fqn());
            count("ikev1.integ." + suite.prf().fqn().substring("HMAC_".length()));
            count("ikev1.group." + TransformType.DH.nameOf(suite.group().ikev2Id()));
            return;
        }
        count("ikev2.encr." + TransformType.ENCR.nameOf(suite.encr().ikev2Id()));
        if (suite.integ() != Integ.NONE) {
            count("ikev2.integ." + TransformType.INTEG.nameOf(suite.integ().ikev2Id()));
        }
        count("ikev2.group." + TransformType.DH.nameOf(suite.group().ikev2Id()));
    }

    private void countAlgorithms(ChildSuite suite, boolean version1) {
        String version = version1 ? "ikev1" : "ikev2";
        suite.encr().ifPresent(encr -> count(version + ".ipsec.encr." + encr.fqn()));
        count(version + ".ipsec.integ." + suite.integ().fqn());
    }

    void finished(Sa sa) {
        count(kind(sa) + ".finished." + sa.end());
        count(kind(sa) + ".finished");
        if (sa instanceof IkeSa ike) {
            boolean completed = ike.isEstablished() || ike.state() == V2State.IKE_SA_DELETE;
            count("ike." + (isVersion1(sa) ? "ikev1" : "ikev2") + (completed ? ".completed" : ".failed"));
        }
    }
}
