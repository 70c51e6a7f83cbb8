// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.NumberSpace;
import org.jswan.crypto.Prf;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;
import org.jswan.wire.v1.ProtocolId;

/**
 * What an initiator proposes for an ISAKMP SA.
 *
 * @param proposal with at least one transform
 * @param first what its first transform stands for: what Aggressive Mode takes for granted
 * @param log lines to log
 */
public record Phase1Offer(WireProposal proposal, IkeSuite first, List<LogLine> log) {
    /** The transform ID of an ISAKMP SA (RFC 2407 §4.4.2). */
    private static final int KEY_IKE = 1;

    public Phase1Offer {
        log = List.copyOf(log);
    }

    /**
     * The proposal of Main Mode: all suites, in their order.
     *
     * @param life of the SA, whole seconds
     */
    public static Phase1Offer mainMode(AlgorithmSuites suites, int authenticationMethod, Duration life) {
        return offer(allOf(suites), authenticationMethod, life, List.of());
    }

    /**
     * The proposal of Aggressive Mode, whose public value goes along with it: all suites have the same group. As libreswan,
     * this is the last group that comes before MODP1536, or MODP1536 itself. Libreswan logs what it says about it twice: when
     * it makes the key and when it sends the message.
     */
    public static Phase1Offer aggressiveMode(AlgorithmSuites suites, int authenticationMethod, Duration life) {
        List<LogLine> log = new ArrayList<>();
        return offer(withOneGroup(suites, log), authenticationMethod, life, log);
    }

    private static Phase1Offer offer(
            List<IkeSuite> suites, int authenticationMethod, Duration life, List<LogLine> log) {
        List<WireTransform> transforms = new ArrayList<>();
        for (IkeSuite suite : suites) {
            transforms.add(
                    new WireTransform(transforms.size(), KEY_IKE, attributes(suite, authenticationMethod, life)));
        }
        return new Phase1Offer(new WireProposal(0, ProtocolId.ISAKMP, Bytes.EMPTY, transforms), suites.get(0), log);
    }

    private static List<WireAttribute> attributes(IkeSuite suite, int authenticationMethod, Duration life) {
        List<WireAttribute> attributes =
                Ikev1Attribute.life(Ikev1Attribute.OAKLEY_LIFE_TYPE, Ikev1Attribute.OAKLEY_LIFE_DURATION, life);
        attributes.add(Ikev1Attribute.of(Ikev1Attribute.OAKLEY_ENCRYPTION_ALGORITHM, oakley(suite.encr())));
        attributes.add(Ikev1Attribute.of(Ikev1Attribute.OAKLEY_HASH_ALGORITHM, oakley(suite.prf())));
        attributes.add(Ikev1Attribute.of(Ikev1Attribute.OAKLEY_AUTHENTICATION_METHOD, authenticationMethod));
        attributes.add(Ikev1Attribute.of(Ikev1Attribute.OAKLEY_GROUP_DESCRIPTION, oakley(suite.group())));
        if (!suite.encr().isKeyLengthOmitted()) {
            attributes.add(Ikev1Attribute.of(Ikev1Attribute.OAKLEY_KEY_LENGTH, suite.encrKeyBits()));
        }
        return attributes;
    }

    private static int oakley(Algorithm algorithm) {
        return algorithm.ids().in(NumberSpace.IKEV1_OAKLEY).orElseThrow();
    }

    private static List<IkeSuite> allOf(AlgorithmSuites suites) {
        return suites.all().stream().flatMap(suite -> ikeSuites(suite).stream()).toList();
    }

    /** One suite, or two where the string leaves the key length open: the longest key and the default. */
    private static List<IkeSuite> ikeSuites(AlgorithmSuite suite) {
        AlgorithmSuite.Cipher cipher = suite.encr().get(0);
        Encr encr = cipher.encr();
        List<Integer> keyBits =
                cipher.keyBits() > 0 ? List.of(cipher.keyBits()) : List.of(encr.maxKeyBits(), encr.defaultKeyBits());
        Prf prf = suite.prf().get(0);
        KeGroup group = suite.groups().get(0);
        return keyBits.stream()
                .distinct()
                .map(bits -> new IkeSuite(encr, bits, prf, Integ.NONE, group))
                .toList();
    }

    private static List<IkeSuite> withOneGroup(AlgorithmSuites suites, List<LogLine> log) {
        List<IkeSuite> kept = new ArrayList<>();
        boolean dropped = false;
        for (AlgorithmSuite suite : suites.all()) {
            KeGroup group = suite.groups().get(0);
            if (!kept.isEmpty() && kept.get(0).group() != group) {
                if (kept.get(0).group() == KeGroup.MODP1536) {
                    if (!dropped) {
                        log.add(LogLine.serious(
                                "multiple DH groups were set in aggressive mode. Only first one used."));
                    }
                    dropped = true;
                    log.add(LogLine.serious(ignored(suite)));
                    continue;
                }
                log.add(LogLine.serious("multiple DH groups in aggressive mode can cause interop failure"));
                log.add(LogLine.serious("Deleting previous proposal in the hopes of selecting DH 2 or DH 5"));
                dropped = true;
                kept.clear();
            }
            kept.addAll(ikeSuites(suite));
        }
        return kept;
    }

    private static String ignored(AlgorithmSuite suite) {
        AlgorithmSuite.Cipher cipher = suite.encr().get(0);
        return "transform (" + Ikev1Names.oakleyEncr(oakley(cipher.encr())) + ","
                + TransformNames.OAKLEY_HASH.longName(oakley(suite.prf().get(0))) + ","
                + suite.groups().get(0).fqn() + " keylen " + cipher.keyBits() + ") ignored.";
    }
}
