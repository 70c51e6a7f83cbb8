// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.hostkey;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jswan.hostkey.Tool.End;
import org.jswan.key.EcdsaPublicKey.Curve;
import org.jswan.key.KeyDatabaseException;
import org.jswan.key.KeyType;
import org.jswan.nss.Nss;
import org.jswan.nss.Nss.KeyPair;
import org.jswan.whack.getopt.Getopt;
import org.jswan.whack.getopt.GetoptException;

/** {@code ipsec rsasigkey} and {@code ipsec ecdsasigkey}: make a key pair in the database. */
final class MakeKeyPair {
    private static final List<ToolOption> OPTIONS = Arrays.stream(
                    "debug verbose seeddev= help version nssdir= password= seedbits=".split(" "))
            .map(word -> new ToolOption(word.replace("=", ""), word.endsWith("=")))
            .toList();
    private static final int USAGE_STATUS = 2;
    private static final int FEWEST_BITS = 2192;
    private static final int MOST_BITS = 20000;
    /** RSASSA-PSS needs whole octets; as libreswan, an even number of them. */
    private static final int STEP = 16;

    private static final int USUAL_BITS = 3072;
    private static final int VARIETY = 768;
    private static final int USUAL_SEED_BITS = 60;

    private final Tool tool;
    private final String name;
    private final KeyType type;
    private final String version;
    private String device = "/dev/random";
    private int seedBits = USUAL_SEED_BITS;

    /** @param version the release that {@code --version} tells */
    MakeKeyPair(Tool tool, String name, KeyType type, String version) {
        this.tool = tool;
        this.name = name;
        this.type = type;
        this.version = version;
    }

    /** @param program how errors in options name it */
    void run(String program, List<String> arguments) throws End {
        Getopt<ToolOption> getopt = new Getopt<>(program, OPTIONS, arguments);
        try {
            for (Optional<Getopt.Found<ToolOption>> found = getopt.next(); found.isPresent(); found = getopt.next()) {
                option(found.get().option().name(), found.get().argument());
            }
        } catch (GetoptException malformed) {
            tool.say(malformed.getMessage());
            throw usage(USAGE_STATUS);
        }
        Optional<String> operand = getopt.operands().stream().findFirst();
        Maker maker = type == KeyType.RSA ? rsa(operand) : ecdsa(operand);
        Nss nss = tool.open(true);
        try {
            nss.mixRandom(seed());
            KeyPair pair = maker.make(nss);
            tool.debug("public key " + pair.key().subjectPublicKeyInfo());
            told(pair);
        } catch (KeyDatabaseException e) {
            throw tool.fail(1, "key pair generation failed: " + e.getMessage());
        } finally {
            nss.close();
        }
    }

    private void option(String option, String argument) throws End {
        switch (option) {
            case "verbose" -> tool.setVerbose();
            case "debug" -> tool.setDebug();
            case "seeddev" -> device = argument;
            case "nssdir" -> tool.setNssdir(argument);
            case "password" -> tool.setPassword(argument);
            case "seedbits" -> seedBits = seedBits(argument);
            case "version" -> {
                tool.show("ipsec " + name + " " + version);
                throw new End(0);
            }
            default -> throw usage(0);
        }
    }

    private int seedBits(String text) throws End {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException malformed) {
            throw tool.fail(1, "seedbits specification is malformed: " + text);
        }
    }

    private End usage(int status) {
        tool.show("Usage:\t" + name + " [--verbose] [ --debug ] [--seeddev <device>] [--nssdir <dir>]\n"
                + "        [--password <password>] [--seedbits bits] ["
                + (type == KeyType.RSA ? "<keybits>" : "<curve-name>") + "]");
        return new End(status);
    }

    private interface Maker {
        KeyPair make(Nss nss) throws KeyDatabaseException;
    }

    private Maker rsa(Optional<String> operand) throws End {
        int bits = operand.isPresent()
                ? bits(operand.get())
                // Not all of one size: whoever breaks one has not broken all.
                : USUAL_BITS + new SecureRandom().nextInt(VARIETY / STEP) * STEP;
        String requested = "requested RSA key size (" + bits + ") is ";
        if (bits < FEWEST_BITS) {
            throw tool.fail(1, requested + "too small - use " + FEWEST_BITS + " or more");
        } else if (bits > MOST_BITS) {
            throw tool.fail(1, requested + "too large - (max " + MOST_BITS + ")");
        } else if (bits % STEP != 0) {
            throw tool.fail(1, requested + "not a multiple of " + STEP);
        }
        return nss -> nss.generateRsa(bits);
    }

    private int bits(String text) throws End {
        String problem = "keysize specification is malformed: ";
        if (text.isEmpty()) {
            throw tool.fail(1, problem + "empty string");
        }
        if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw tool.fail(1, problem + "non-digit in number");
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException tooLong) {
            throw tool.fail(1, problem + "too large");
        }
    }

    private Maker ecdsa(Optional<String> operand) throws End {
        String wanted = operand.orElse(Curve.P256.secName());
        Curve curve = Arrays.stream(Curve.values())
                .filter(each -> each.secName().equals(wanted))
                .findFirst()
                .orElseThrow(() -> tool.fail(1, "curve specification is malformed: " + wanted));
        return nss -> nss.generateEcdsa(curve);
    }

    /** More for NSS to make random numbers of, beside what it has itself. */
    private byte[] seed() throws End {
        byte[] seed = new byte[(Math.max(seedBits, 0) + Byte.SIZE - 1) / Byte.SIZE];
        tool.tell("getting " + seed.length * Byte.SIZE + " random seed bytes for NSS from " + device + "...\n");
        try (InputStream in = Files.newInputStream(Path.of(device))) {
            if (in.readNBytes(seed, 0, seed.length) < seed.length) {
                throw new EOFException();
            }
            return seed;
        } catch (EOFException tooShort) {
            throw tool.fail(1, "eof on " + device + "!?!");
        } catch (NoSuchFileException missing) {
            throw tool.fail(1, "could not open " + device + " (No such file or directory)");
        } catch (IOException unreadable) {
            throw tool.fail(1, "could not open " + device + " (" + unreadable.getMessage() + ")");
        }
    }

    private void told(KeyPair pair) {
        tool.say("Generated " + type + " key pair with CKAID " + pair.ckaid() + " was stored in the NSS database");
        tool.say("The public key can be displayed using: ipsec showhostkey --left --ckaid " + pair.ckaid());
    }
}
