// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.hostkey;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.hostkey.Tool.End;
import org.jswan.key.KeyDatabaseException;
import org.jswan.key.KeyType;
import org.jswan.key.PublicKey;
import org.jswan.nss.Nss;
import org.jswan.nss.Nss.KeyPair;
import org.jswan.whack.getopt.Getopt;
import org.jswan.whack.getopt.GetoptException;

/** {@code ipsec showhostkey}: public keys of this machine in the forms that configurations and DNS have them. */
final class ShowHostKey {
    private static final String USAGE = String.join(
            "\n",
            "Usage:",
            "   showhostkey --version",
            "   showhostkey { --dump | --list }",
            "   showhostkey { --left | --right }",
            "               [ --pubkey ]",
            "               { --rsaid <rsaid> | --ckaid <ckaid> }",
            "   showhostkey --ipseckey",
            "               [ --pubkey ]",
            "               { --rsaid <rsaid> | --ckaid <ckaid> }",
            "               [ --precedence <precedence> ] ",
            "               [ --gateway <gateway> ]",
            "   showhostkey --pem",
            "               { --rsaid <rsaid> | --ckaid <ckaid> }",
            "Additional options:",
            "   --verbose",
            "   --debug",
            "   --nssdir <nssdir>",
            "   --password <password>");
    private static final List<ToolOption> OPTIONS = Arrays.stream(("help left right dump debug list ipseckey gateway="
                            + " precedence= ckaid= rsaid= version verbose configdir= nssdir= password= pem pubkey")
                    .split(" "))
            .map(word -> new ToolOption(word.replace("=", ""), word.endsWith("=")))
            .toList();
    private static final int USAGE_STATUS = 1;
    private static final int UNUSABLE = 5;
    private static final int NO_KEY = 20;
    private static final int PEM_LINE = 64;
    private static final int ANY_KEY_TYPE = 4;
    private static final int MOST_PRECEDENCE = 255;

    private final Tool tool;
    private final String version;
    private final Set<Operation> operations = EnumSet.noneOf(Operation.class);
    private boolean anyType;
    private int precedence = 10;
    private Optional<String> gateway = Optional.empty();
    private Optional<String> ckaid = Optional.empty();
    private Optional<String> rsaid = Optional.empty();

    private enum Operation {
        LEFT,
        RIGHT,
        IPSECKEY,
        PEM,
        DUMP,
        LIST;

        boolean needsKey() {
            return this != DUMP && this != LIST;
        }
    }

    /** @param version what {@code --version} says */
    ShowHostKey(Tool tool, String version) {
        this.tool = tool;
        this.version = version;
    }

    /** @param program how errors in options name it */
    void run(String program, List<String> arguments) throws End {
        Getopt<ToolOption> getopt = new Getopt<>(program, OPTIONS, spelledOut(arguments));
        try {
            for (Optional<Getopt.Found<ToolOption>> found = getopt.next(); found.isPresent(); found = getopt.next()) {
                option(found.get().option().name(), found.get().argument());
            }
        } catch (GetoptException malformed) {
            tool.say(malformed.getMessage());
            throw usage();
        }
        Operation operation = operation();
        tool.tell("using nss directory \"" + tool.nssdir() + "\"");
        Nss nss = tool.open(false);
        try {
            List<KeyPair> pairs = nss.keyPairs();
            pairs.forEach(pair ->
                    tool.debug(pair.key().type() + " keyid *" + pair.key().keyId() + " CKAID " + pair.ckaid()));
            if (operation.needsKey()) {
                show(operation, pick(operation, pairs));
            } else {
                list(pairs);
            }
        } catch (KeyDatabaseException e) {
            throw tool.fatal(e);
        } finally {
            nss.close();
        }
    }

    /** The options of one letter by their long names. */
    private static List<String> spelledOut(List<String> arguments) {
        List<String> all = new ArrayList<>();
        for (String argument : arguments) {
            switch (argument) {
                case "-l" -> all.add("--left");
                case "-r" -> all.add("--right");
                case "-v" -> all.add("--verbose");
                case "-d" -> all.add("--nssdir");
                case "-?" -> all.add("--help");
                default -> all.add(argument);
            }
        }
        return all;
    }

    private End usage() {
        tool.say(USAGE);
        return new End(USAGE_STATUS);
    }

    private End usage(String why) {
        End end = tool.fail(USAGE_STATUS, why);
        tool.say(USAGE);
        return end;
    }

    private void option(String name, String argument) throws End {
        switch (name) {
            case "left", "right", "ipseckey", "pem", "dump", "list" -> operations.add(
                    Operation.valueOf(name.toUpperCase(Locale.ROOT)));
            case "gateway" -> {
                operations.add(Operation.IPSECKEY);
                gateway = Optional.of(argument);
            }
            case "precedence" -> precedence = precedence(argument);
            case "ckaid" -> ckaid = Optional.of(argument);
            case "rsaid" -> rsaid = Optional.of(argument);
            case "nssdir", "configdir" -> tool.setNssdir(argument);
            case "password" -> tool.setPassword(argument);
            case "pubkey" -> anyType = true;
            case "verbose" -> tool.setVerbose();
            case "debug" -> tool.setDebug();
            case "version" -> {
                tool.show(version);
                throw new End(0);
            }
            default -> throw usage();
        }
    }

    private int precedence(String text) throws End {
        if (text.isEmpty()) {
            throw tool.fail(UNUSABLE, "precedence malformed: empty string");
        }
        if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw tool.fail(UNUSABLE, "precedence malformed: non-digit in number");
        }
        if (text.length() > 9 || Integer.parseInt(text) > MOST_PRECEDENCE) {
            throw tool.fail(UNUSABLE, "precedence malformed: too large");
        }
        return Integer.parseInt(text);
    }

    private Operation operation() throws End {
        if (operations.isEmpty()) {
            throw usage("You must specify an operation");
        }
        if (operations.size() > 1) {
            throw usage("You must specify only one operation");
        }
        Operation operation = operations.iterator().next();
        boolean picked = ckaid.isPresent() || rsaid.isPresent();
        if (operation.needsKey() && !picked) {
            throw usage("You must select a key using --ckaid or --rsaid");
        }
        if (!operation.needsKey() && picked) {
            throw usage("You must not select a key");
        }
        return operation;
    }

    private void list(List<KeyPair> pairs) {
        for (int i = 0; i < pairs.size(); i++) {
            PublicKey key = pairs.get(i).key();
            tool.show(String.format(
                    Locale.ROOT,
                    "<%2d> %s keyid: %s ckaid: %s",
                    i + 1,
                    key.type(),
                    key.keyId(),
                    pairs.get(i).ckaid()));
        }
    }

    private PublicKey pick(Operation operation, List<KeyPair> pairs) throws End {
        String how = rsaid.map(id -> "rsaid=" + id).orElseGet(() -> "ckaid=" + ckaid.orElseThrow());
        if (tool.isVerbose()) {
            tool.show((operation == Operation.IPSECKEY ? ";" : "\t#") + " picking by " + how);
        }
        Predicate<KeyPair> wanted = rsaid.isPresent()
                ? pair -> pair.key().type() == KeyType.RSA && pair.key().keyId().equals(rsaid.get())
                : pair -> pair.ckaid().toString().startsWith(ckaid.orElseThrow().toLowerCase(Locale.ROOT));
        return pairs.stream()
                .filter(wanted)
                .findFirst()
                .map(KeyPair::key)
                .orElseThrow(() -> tool.fail(NO_KEY, "No keys found"));
    }

    private void show(Operation operation, PublicKey key) throws End {
        switch (operation) {
            case LEFT, RIGHT -> showEnd(operation.name().toLowerCase(Locale.ROOT), key);
            case IPSECKEY -> showRecord(key);
            case PEM -> showPem(key);
            case DUMP, LIST -> throw new IllegalArgumentException("not for one key");
        }
    }

    private String base64(PublicKey key) {
        return Base64.getEncoder().encodeToString((anyType ? key.subjectPublicKeyInfo() : key.ipseckey()).toArray());
    }

    private void showEnd(String side, PublicKey key) {
        if (anyType) {
            tool.show("\t" + side + "pubkey=" + base64(key));
            return;
        }
        String kind = key.type().name().toLowerCase(Locale.ROOT);
        tool.show("\t# " + kind + "key " + key.keyId());
        tool.show("\t" + side + (key.type() == KeyType.RSA ? "rsasigkey" : "ecdsakey") + "=0s" + base64(key));
    }

    /** RFC 4025 §2 and its zone file form. */
    private void showRecord(PublicKey key) throws End {
        int algorithm = anyType ? ANY_KEY_TYPE : key.type() == KeyType.RSA ? 2 : 3;
        tool.show(hostName() + ".    IN    IPSECKEY  " + precedence + " " + gatewayType() + " " + algorithm + " "
                + gateway.orElse(".") + " " + base64(key));
    }

    private int gatewayType() throws End {
        if (gateway.isEmpty()) {
            return 0;
        }
        Optional<IpAddress> address = IpAddress.parse(gateway.get());
        if (address.isPresent()) {
            return address.get().family() == AddressFamily.IPV4 ? 1 : 2;
        }
        try {
            boolean v4 = Arrays.stream(InetAddress.getAllByName(gateway.get()))
                    .anyMatch(found -> found.getAddress().length == 4);
            return v4 ? 1 : 2;
        } catch (UnknownHostException unknown) {
            throw tool.fail(UNUSABLE, "unknown address family for gateway " + gateway.get());
        }
    }

    private String hostName() throws End {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException unreadable) {
            throw tool.fail(UNUSABLE, "no name of this host: " + unreadable.getMessage());
        }
    }

    private void showPem(PublicKey key) {
        String text = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'})
                .encodeToString(key.subjectPublicKeyInfo().toArray());
        tool.show("-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----");
    }
}
