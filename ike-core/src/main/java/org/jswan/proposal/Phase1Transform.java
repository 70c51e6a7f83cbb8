// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.NumberSpace;
import org.jswan.crypto.Prf;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireTransform;

/** Reads one transform for an ISAKMP SA, attribute by attribute (RFC 2409 appendix A). */
final class Phase1Transform {
    private static final Duration DEFAULT_LIFE = Duration.ofHours(8);
    private static final Duration MAX_LIFE = Duration.ofDays(1);

    private final Phase1Policy policy;
    private final List<LogLine> log;
    private final SeenAttributes seen =
            new SeenAttributes(Ikev1Attribute.OAKLEY_LIFE_TYPE, Ikev1Attribute.OAKLEY_LIFE_DURATION);

    private Optional<Encr> encr = Optional.empty();
    private int keyBits;
    private Optional<Prf> prf = Optional.empty();
    private Optional<KeGroup> group = Optional.empty();
    private Optional<Phase1Auth> auth = Optional.empty();
    private boolean xauth;
    private Duration life = DEFAULT_LIFE;

    /** @param log gets lines about what is not acceptable */
    Phase1Transform(Phase1Policy policy, List<LogLine> log) {
        this.policy = policy;
        this.log = log;
    }

    /**
     * Reads all attributes, until one is not acceptable.
     *
     * @throws SaRefused if the whole SA payload is to be refused
     */
    boolean accepts(WireTransform transform) throws SaRefused {
        for (WireAttribute attribute : transform.attributes()) {
            if (!seen.isFirst(attribute)) {
                throw SaRefused.badSyntax("repeated " + Ikev1Names.oakley(attribute) + " attribute in Oakley Transform "
                        + transform.type());
            }
            Optional<String> flaw = read(attribute);
            if (flaw.isPresent()) {
                log.add(LogLine.serious(flaw.get() + ".  Attribute " + Ikev1Names.oakley(attribute)));
                return false;
            }
        }
        return true;
    }

    /** What the transform lacks that a suite needs; nothing if it is complete. */
    Optional<String> missing() {
        if (encr.isEmpty()) {
            return Optional.of("encryption");
        }
        if (prf.isEmpty()) {
            return Optional.of("PRF");
        }
        return group.isEmpty() ? Optional.of("DH") : Optional.empty();
    }

    IkeSuite suite() {
        return new IkeSuite(encr.orElseThrow(), keyBits, prf.orElseThrow(), Integ.NONE, group.orElseThrow());
    }

    /** @throws SaRefused if there is none, for which the whole SA payload is to be refused */
    Phase1Auth auth(WireTransform transform) throws SaRefused {
        return auth.orElseThrow(() -> SaRefused.badSyntax(
                "missing mandatory attribute(s) OAKLEY_AUTHENTICATION_METHOD in Oakley Transform " + transform.type()));
    }

    boolean xauth() {
        return xauth;
    }

    Duration life() {
        return life;
    }

    /** What is to be logged if the pre-shared key that will be used is shorter than FIPS 140 has it for the PRF. */
    Optional<String> shortKey() {
        if (auth.isEmpty() || auth.get() != Phase1Auth.PRESHARED_KEY || prf.isEmpty()) {
            return Optional.empty();
        }
        int length = policy.key().length().orElseThrow();
        int needed = prf.get().outputLength() / 2;
        return length >= needed
                ? Optional.empty()
                : Optional.of("WARNING: connection " + policy.key().connection() + " PSK length of " + length
                        + " bytes is too short for " + prf.get().fqn() + " PRF in FIPS mode (" + needed
                        + " bytes required)");
    }

    /** What is wrong with {@code attribute}. */
    private Optional<String> read(WireAttribute attribute) throws SaRefused {
        if (attribute.type() == Ikev1Attribute.OAKLEY_LIFE_DURATION) {
            return lifeDuration(attribute);
        }
        if (!attribute.fixed()) {
            return unsupported();
        }
        int value = Ikev1Attribute.value(attribute);
        return switch (attribute.type()) {
            case Ikev1Attribute.OAKLEY_ENCRYPTION_ALGORITHM -> encryption(value);
            case Ikev1Attribute.OAKLEY_HASH_ALGORITHM -> hash(value);
            case Ikev1Attribute.OAKLEY_AUTHENTICATION_METHOD -> authentication(value);
            case Ikev1Attribute.OAKLEY_GROUP_DESCRIPTION -> group(value);
            case Ikev1Attribute.OAKLEY_LIFE_TYPE -> lifeType(value);
            case Ikev1Attribute.OAKLEY_KEY_LENGTH -> keyLength(value);
            default -> unsupported();
        };
    }

    private static Optional<String> unsupported() {
        return Optional.of("unsupported OAKLEY attribute");
    }

    private Optional<String> encryption(int id) {
        encr = known(Encr.ALL, id);
        keyBits = encr.map(Encr::defaultKeyBits).orElse(0);
        return encr.isPresent() ? Optional.empty() : Optional.of(Ikev1Names.oakleyEncr(id) + " is not supported");
    }

    private Optional<String> hash(int id) {
        prf = known(Prf.ALL, id);
        return prf.isPresent()
                ? Optional.empty()
                : Optional.of(TransformNames.OAKLEY_HASH.longName(id) + " is not supported");
    }

    private Optional<String> group(int id) {
        group = known(KeGroup.ALL, id);
        return group.isPresent() ? Optional.empty() : Optional.of("OAKLEY_GROUP " + id + " not supported");
    }

    private static <A extends Algorithm> Optional<A> known(List<A> all, int id) {
        return Algorithm.byId(all, NumberSpace.IKEV1_OAKLEY, id).filter(Algorithm::isForIke);
    }

    private Optional<String> keyLength(int bits) {
        if (!seen.has(Ikev1Attribute.OAKLEY_ENCRYPTION_ALGORITHM)) {
            return Optional.of("OAKLEY_KEY_LENGTH attribute not preceded by OAKLEY_ENCRYPTION_ALGORITHM attribute");
        }
        if (!encr.orElseThrow().hasKeyBits(bits)) {
            return Optional.of("peer proposed key_len not valid for encrypt algo setup specified");
        }
        keyBits = bits;
        return Optional.empty();
    }

    private Optional<String> authentication(int method) {
        for (Phase1Auth candidate : Phase1Auth.values()) {
            for (Phase1Auth.Xauth who : Phase1Auth.Xauth.values()) {
                if (candidate.method(who) == method) {
                    return authentication(candidate, who);
                }
            }
        }
        return Optional.of("Pluto does not support " + Ikev1Names.OAKLEY_AUTH.longName(method) + " authentication");
    }

    private Optional<String> authentication(Phase1Auth offered, Phase1Auth.Xauth who) {
        boolean rsa = offered == Phase1Auth.RSA_SIG;
        String we = " (we are " + policy.role() + ")";
        switch (who) {
            case NONE -> {
                if (policy.xauthOfInitiator() || policy.xauthOfResponder()) {
                    return Optional.of("policy mandates Extended Authentication (XAUTH) with " + (rsa ? "RSA" : "PSK")
                            + " of " + (policy.xauthOfInitiator() ? "initiator" : "responder") + we);
                }
            }
            case INITIATOR -> {
                if (!policy.xauthOfInitiator()) {
                    return Optional.of("policy does not allow Extended Authentication (XAUTH)"
                            + (rsa ? " with RSA" : "") + " of initiator" + we);
                }
            }
            case RESPONDER -> {
                if (!policy.xauthOfResponder()) {
                    return Optional.of("policy does not allow Extended Authentication (XAUTH)"
                            + (rsa ? " with RSA" : "") + " of responder" + we);
                }
            }
        }
        xauth = who != Phase1Auth.Xauth.NONE;
        if (policy.auth().isEmpty() || policy.auth().get() != offered) {
            return Optional.of("policy does not allow " + offered.oakleyName() + " authentication");
        }
        if (!rsa && policy.key().length().isEmpty()) {
            return Optional.of("Can't authenticate: no preshared key found for `"
                    + policy.key().local() + "' and `" + policy.key().remote() + "'");
        }
        auth = Optional.of(offered);
        return Optional.empty();
    }

    private Optional<String> lifeType(int type) throws SaRefused {
        if (!SeenAttributes.isLifeType(type)) {
            return Optional.of("unknown value " + Ikev1Names.OAKLEY_LIFE.longName(type));
        }
        if (!seen.isFirstLife(type)) {
            throw SaRefused.badSyntax(
                    "attribute OAKLEY_LIFE_TYPE value " + Ikev1Names.OAKLEY_LIFE.longName(type) + " repeated");
        }
        return Optional.empty();
    }

    private Optional<String> lifeDuration(WireAttribute attribute) {
        if (!seen.has(Ikev1Attribute.OAKLEY_LIFE_TYPE)) {
            return Optional.of("OAKLEY_LIFE_DURATION attribute not preceded by OAKLEY_LIFE_TYPE attribute");
        }
        seen.life(attribute).ifPresent(asked -> life = capped(asked));
        return Optional.empty();
    }

    private Duration capped(Duration asked) {
        if (asked.compareTo(MAX_LIFE) <= 0) {
            return asked;
        }
        log.add(LogLine.plain("warning: peer requested IKE lifetime of " + asked.toSeconds()
                + " seconds which we capped at our limit of " + MAX_LIFE.toSeconds() + " seconds"));
        return MAX_LIFE;
    }
}
