// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.NumberSpace;
import org.jswan.crypto.Prf;
import org.jswan.wire.IkeVersion;

/** Finds the algorithm that a word of a proposal names, or says why it cannot be had. */
final class AlgorithmNames {
    private static final Pattern WITH_KEY_BITS = Pattern.compile("(.*?)_?([0-9]+)");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final Pattern LEADING_ZEROS = Pattern.compile("^0+");

    private final SecurityProtocol protocol;
    private final IkeVersion version;
    private final Predicate<Algorithm> supported;
    private boolean anyKeyLength;

    AlgorithmNames(SecurityProtocol protocol, IkeVersion version, Predicate<Algorithm> supported) {
        this.protocol = protocol;
        this.version = version;
        this.supported = supported;
    }

    /** Takes key lengths that the cipher does not have. */
    void takeAnyKeyLength() {
        anyKeyLength = true;
    }

    SecurityProtocol protocol() {
        return protocol;
    }

    /** What is proposed where a string leaves it open, as far as it is supported. */
    ProposalDefaults defaults() {
        ProposalDefaults all = ProposalDefaults.of(protocol, version);
        return protocol == SecurityProtocol.IKE ? all : all.without(supported.negate());
    }

    Prf prf(String name) throws ProposalException {
        return find("PRF", Prf.ALL, name, name, TransformNames.OAKLEY_HASH, TransformNames.PRF);
    }

    Integ integ(String name) throws ProposalException {
        NumberTable v1 = protocol == SecurityProtocol.IKE ? TransformNames.OAKLEY_HASH : TransformNames.ESP_INTEG;
        return find("integrity", Integ.ALL, name, name, v1, TransformNames.INTEG);
    }

    KeGroup group(String name) throws ProposalException {
        return find("DH", KeGroup.ALL, name, name, TransformNames.GROUP, TransformNames.GROUP);
    }

    /**
     * The cipher at the start of {@code tokens}, which are moved behind it: {@code aes}, {@code aes128}, {@code aes_128} or
     * {@code aes-128}.
     */
    AlgorithmSuite.Cipher cipher(Tokens tokens) throws ProposalException {
        String word = tokens.word();
        if (word.isEmpty()) {
            throw new ProposalException("%s encryption algorithm is empty".formatted(protocol));
        }
        Optional<String> following = tokens.following().filter(next -> tokens.after() == '-' && startsWithDigit(next));
        if (following.isPresent()) {
            String both = word + "-" + following.get();
            AlgorithmSuite.Cipher cipher = cipher(word, keyBits(following.get(), both), both);
            tokens.advance();
            tokens.advance();
            return cipher;
        }
        AlgorithmSuite.Cipher cipher = cipher(word);
        tokens.advance();
        return cipher;
    }

    private AlgorithmSuite.Cipher cipher(String word) throws ProposalException {
        Matcher split = WITH_KEY_BITS.matcher(word);
        boolean endsInDigits = split.matches();
        // The whole word may be a name that ends in digits. Mostly it is none, and an exception would cost more than
        // the rest.
        if (!endsInDigits || Algorithm.byName(Encr.ALL, word).isPresent()) {
            try {
                return cipher(word, 0, word);
            } catch (ProposalException e) {
                if (!endsInDigits) {
                    throw e;
                }
            }
        }
        return cipher(split.group(1), keyBits(split.group(2), word), word);
    }

    private AlgorithmSuite.Cipher cipher(String name, int keyBits, String printed) throws ProposalException {
        NumberTable v1 = protocol == SecurityProtocol.IKE ? TransformNames.OAKLEY_ENCR : TransformNames.ESP_ENCR;
        Encr encr = find("encryption", Encr.ALL, name, printed, v1, TransformNames.ENCR);
        if (anyKeyLength) {
            return new AlgorithmSuite.Cipher(encr, keyBits);
        }
        if (keyBits > 0 && encr.isKeyLengthOmitted()) {
            throw new ProposalException(
                    "%s encryption algorithm %s does not allow a key lengths".formatted(protocol, encr.fqn()));
        }
        if (keyBits > 0 && !encr.hasKeyBits(keyBits)) {
            String valid = encr.keyBits().stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
            throw new ProposalException("%s encryption algorithm %s with key length %d invalid; valid key lengths: %s"
                    .formatted(protocol, encr.fqn(), keyBits, valid));
        }
        return new AlgorithmSuite.Cipher(encr, keyBits);
    }

    private int keyBits(String digits, String printed) throws ProposalException {
        if (!DIGITS.matcher(digits).matches()) {
            throw new ProposalException("%s encryption algorithm '%s' key length contains a non-numeric character"
                    .formatted(protocol, printed));
        }
        String significant = LEADING_ZEROS.matcher(digits).replaceFirst("");
        if (significant.isEmpty()) {
            throw new ProposalException("%s encryption key length is zero".formatted(protocol));
        }
        if (significant.length() > 10 || Long.parseLong(significant) >= Integer.MAX_VALUE) {
            throw new ProposalException(
                    "%s encryption algorithm '%s' key length WAY too big".formatted(protocol, printed));
        }
        return Integer.parseInt(significant);
    }

    private <A extends Algorithm> A find(
            String kind, List<A> all, String name, String printed, NumberTable v1, NumberTable v2)
            throws ProposalException {
        A algorithm = Algorithm.byName(all, name).orElse(null);
        if (algorithm == null) {
            String why = v1.knows(name) || v2.knows(name) ? "supported" : "recognized";
            throw new ProposalException("%s %s algorithm '%s' is not %s".formatted(protocol, kind, printed, why));
        }
        NumberSpace space = space();
        if (algorithm.ids().in(space).isEmpty()) {
            throw new ProposalException("%s %s algorithm '%s' is not supported by IKEv%d"
                    .formatted(protocol, kind, printed, version.major()));
        }
        if (!supported.test(algorithm)) {
            throw new ProposalException("%s %s algorithm '%s' is not supported".formatted(protocol, kind, printed));
        }
        return algorithm;
    }

    private NumberSpace space() {
        if (version.major() == 2) {
            return NumberSpace.IKEV2;
        }
        return protocol == SecurityProtocol.IKE ? NumberSpace.IKEV1_OAKLEY : NumberSpace.IKEV1_IPSEC;
    }

    private static boolean startsWithDigit(String text) {
        return !text.isEmpty() && text.charAt(0) >= '0' && text.charAt(0) <= '9';
    }
}
