// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.config.conf.Values.Origin;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.Shunt;
import org.jswan.connection.SignatureHash;

/** Fills a conn from its section and from those it takes in with {@code also=}. */
final class ConnLoader {
    private static final int ALSO_LIMIT = 32;

    private final ConfEnvironment environment;
    private final ConfErrors errors;
    private final List<ConfSection> sections;

    ConnLoader(ConfEnvironment environment, ConfErrors errors, List<ConfSection> sections) {
        this.environment = environment;
        this.errors = errors;
        this.sections = sections;
    }

    /**
     * @param isDefault whether this is {@code %default}: its values may be replaced, and it takes no one in
     * @return whether all went well; if not, the errors say why
     */
    boolean load(Conn conn, ConfSection section, boolean isDefault) {
        boolean fine = translate(conn, section, isDefault ? Origin.DEFAULT : Origin.SET);
        conn.comments.addAll(section.comments());
        if (!fine) {
            return false;
        }
        if (isDefault && conn.values().text("also").isPresent()) {
            errors.addAndLog("also= is not valid in section '" + section.name() + "'");
            return false;
        }
        List<String> alsos = new ArrayList<>(words(conn.values().text("also")));
        if (!isDefault && !alsos.isEmpty()) {
            Optional<Boolean> alsosFine = takeIn(conn, section, alsos);
            if (alsosFine.isEmpty()) {
                return false;
            }
            fine = alsosFine.get();
        }
        conn.alsos = List.copyOf(alsos);
        type(conn);
        shunts(conn);
        flags(conn);
        version(conn);
        redirects(conn);
        postquantum(conn);
        sequenceNumbersAndFragments(conn);
        if (!authentication(conn)) {
            return false;
        }
        trimForShunts(conn);
        AddressFamily family = hostFamily(conn);
        for (ConnEnd end : List.of(conn.left(), conn.right())) {
            end.hostFamily = family;
            fine &= new EndLoader(environment, errors, conn, end).load();
        }
        conn.values().givenNumber("auto").ifPresent(auto -> conn.startup = Startup.of(auto));
        if (conn.startup == Startup.KEEP) {
            conn.policy.add(ConnectionPolicy.UP);
        }
        return fine;
    }

    private static List<String> words(Optional<String> text) {
        return text.stream()
                .flatMap(t -> Arrays.stream(t.split("\\s+")))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    // ---- also= ----

    /**
     * Takes in the sections of {@code alsos}, to which those that they name are added.
     *
     * @return whether all went well; empty if it is no use to go on
     */
    private Optional<Boolean> takeIn(Conn conn, ConfSection section, List<String> alsos) {
        boolean fine = true;
        Set<ConfSection> beenHere = new HashSet<>(Set.of(section));
        for (int i = 0; i < alsos.size(); i++) {
            if (alsos.size() >= ALSO_LIMIT) {
                errors.addAndLog("while loading conn '" + conn.name()
                        + "', too many also= used at section (null). Limit is " + ALSO_LIMIT);
                return Optional.empty();
            }
            String name = alsos.get(i);
            Optional<ConfSection> found =
                    sections.stream().filter(s -> s.name().equals(name)).findFirst();
            if (found.isEmpty()) {
                errors.addAndLog("cannot find conn '" + name + "' needed by conn '" + conn.name() + "'");
                fine = false;
                continue;
            }
            if (!beenHere.add(found.get())) {
                continue;
            }
            environment.log().debug("\twhile loading conn '" + conn.name() + "' also including '" + name + "'");
            conn.values().remove("also");
            fine &= translate(conn, found.get(), Origin.SET);
            alsos.addAll(words(conn.values().text("also")));
        }
        return Optional.of(fine);
    }

    // ---- keys to values ----

    private boolean translate(Conn conn, ConfSection section, Origin origin) {
        boolean fine = true;
        for (ConfEntry entry : section.entries()) {
            ConfKey key = entry.key();
            if (!key.is(ConfKey.Trait.CONN)) {
                errors.addAndLog("keyword '" + key.name() + "' is not valid in a conn (" + section.name() + ")\n");
            } else if (!key.is(ConfKey.Trait.END)) {
                fine &= put(conn, section, entry, "", conn.values(), origin);
            } else {
                if (entry.found().left()) {
                    fine &= put(conn, section, entry, "left", conn.left().values(), origin);
                }
                if (entry.found().right()) {
                    fine &= put(conn, section, entry, "right", conn.right().values(), origin);
                }
            }
        }
        return fine;
    }

    /** @return whether the value could be taken; a key given twice with one value is only spoken of */
    private boolean put(Conn conn, ConfSection section, ConfEntry entry, String side, Values values, Origin origin) {
        ConfKey key = entry.key();
        String field = key.field();
        boolean isText = key.type().isText();
        if (key.type() == KeyType.OBSOLETE) {
            environment.log().log("Warning: obsolete keyword '" + key.name() + "' ignored");
            return true;
        }
        boolean append = key.type() == KeyType.APPEND_STRING || key.type() == KeyType.APPEND_LIST;
        if (!append && (isText ? values.isTextSet(field) : values.isNumberSet(field))) {
            errors.addAndLog("duplicate key '" + side + key.name() + "' in conn " + conn.name()
                    + " while processing def " + section.name());
            if (!isSame(entry, values)) {
                return false;
            }
        }
        if (isText && entry.text().isEmpty()
                || entry.number() == ConfKey.OTHER
                        && key.type().isLoose()
                        && entry.text().isEmpty()) {
            errors.add("Invalid " + key.name() + " value");
            return false;
        }
        if (append) {
            String before = values.text(field).map(text -> text + " ").orElse("");
            values.put(field, before + entry.text().orElseThrow(), Origin.SET);
        } else if (isText) {
            values.put(field, entry.text().orElseThrow(), origin);
        } else {
            values.put(field, entry.number(), origin);
            entry.text().ifPresent(text -> values.attach(field, text));
        }
        conn.given.put(side + key.name(), entry);
        return true;
    }

    /** As the oracle: text never counts as the same, nor does a keyword of a loose key. */
    private static boolean isSame(ConfEntry entry, Values values) {
        ConfKey key = entry.key();
        if (key.type().isText()) {
            return false;
        }
        if (key.type().isLoose()) {
            return entry.number() == ConfKey.OTHER
                    && values.number(key.field()) == ConfKey.OTHER
                    && Objects.equals(entry.text(), values.text(key.field()));
        }
        return values.number(key.field()) == (int) entry.number();
    }

    // ---- values to policy ----

    private static void type(Conn conn) {
        if (!conn.values().isNumberGiven("type")) {
            return;
        }
        long type = conn.values().number("type");
        if (type == 0) {
            conn.policy.add(ConnectionPolicy.TUNNEL);
            conn.prospectiveShunt = Optional.of(Shunt.TRAP);
        } else if (type == 1) {
            conn.policy.remove(ConnectionPolicy.TUNNEL);
            conn.prospectiveShunt = Optional.of(Shunt.TRAP);
        } else if (type <= 4) {
            conn.policy.removeAll(
                    EnumSet.of(ConnectionPolicy.ENCRYPT, ConnectionPolicy.AUTHENTICATE, ConnectionPolicy.TUNNEL));
            conn.authentication.clear();
            conn.prospectiveShunt = Optional.of(type == 2 ? Shunt.PASS : type == 3 ? Shunt.DROP : Shunt.REJECT);
        }
    }

    private static final List<Shunt> FAILURE_SHUNTS = List.of(Shunt.NONE, Shunt.PASS, Shunt.DROP, Shunt.REJECT);

    private static void shunts(Conn conn) {
        conn.values()
                .givenNumber("negotiationshunt")
                .ifPresent(n -> conn.negotiationShunt = Optional.of(n == 0 ? Shunt.PASS : Shunt.HOLD));
        conn.values().givenNumber("failureshunt").ifPresent(n -> {
            if (n < FAILURE_SHUNTS.size()) {
                conn.failureShunt = Optional.of(FAILURE_SHUNTS.get((int) n));
            }
        });
    }

    private static void flags(Conn conn) {
        flag(conn, "compress", ConnectionPolicy.COMPRESS, false);
        flag(conn, "pfs", ConnectionPolicy.PFS, false);
        flag(conn, "ikepad", ConnectionPolicy.NO_IKEPAD, true);
        flag(conn, "rekey", ConnectionPolicy.DONT_REKEY, true);
        flag(conn, "reauth", ConnectionPolicy.REAUTH, false);
        flag(conn, "aggressive", ConnectionPolicy.AGGRESSIVE, false);
        flag(conn, "modecfgpull", ConnectionPolicy.MODECFG_PULL, false);
        flag(conn, "overlapip", ConnectionPolicy.OVERLAPIP, false);
        flag(conn, "narrowing", ConnectionPolicy.IKEV2_ALLOW_NARROWING, false);
        flag(conn, "mobike", ConnectionPolicy.MOBIKE, false);
        flag(conn, "pam-authorize", ConnectionPolicy.IKEV2_PAM_AUTHORIZE, false);
        flag(conn, "decap-dscp", ConnectionPolicy.DECAP_DSCP, false);
        flag(conn, "nopmtudisc", ConnectionPolicy.NOPMTUDISC, false);
        flag(conn, "ms-dh-downgrade", ConnectionPolicy.MSDH_DOWNGRADE, false);
        flag(conn, "dns-match-id,", ConnectionPolicy.DNS_MATCH_ID, false);
        flag(conn, "sha2-truncbug", ConnectionPolicy.SHA2_TRUNCBUG, false);
        flag(conn, "intermediate", ConnectionPolicy.INTERMEDIATE, false);
        flag(conn, "ignore-peer-dns", ConnectionPolicy.IGNORE_PEER_DNS, false);
        if (conn.values().isNumberGiven("require-id-on-certificate")
                && conn.values().number("require-id-on-certificate") == 0) {
            conn.policy.add(ConnectionPolicy.ALLOW_NO_SAN);
        }
        conn.values().givenNumber("phase2").ifPresent(phase2 -> {
            set(conn, ConnectionPolicy.ENCRYPT, (phase2 & 1) != 0);
            set(conn, ConnectionPolicy.AUTHENTICATE, (phase2 & 2) != 0);
        });
    }

    private static void flag(Conn conn, String field, ConnectionPolicy bit, boolean inverted) {
        conn.values().givenNumber(field).ifPresent(value -> set(conn, bit, value != 0 != inverted));
    }

    private static void set(Conn conn, ConnectionPolicy bit, boolean on) {
        if (on) {
            conn.policy.add(bit);
        } else {
            conn.policy.remove(bit);
        }
    }

    /** {@code ikev2=}: four words of old, of which two mean no. */
    private static void version(Conn conn) {
        conn.values().givenNumber("ikev2").ifPresent(value -> {
            if (value <= 3) {
                conn.ikeVersion = value >= 2 ? IkeVersion.IKEV2 : IkeVersion.IKEV1;
            }
        });
    }

    private static final long YES = 3;
    private static final long NO = 2;

    private void redirects(Conn conn) {
        if (conn.ikeVersion != IkeVersion.IKEV2) {
            return;
        }
        conn.values().givenNumber("send-redirect").ifPresent(send -> {
            if (send == YES) {
                conn.policy.add(ConnectionPolicy.SEND_REDIRECT_ALWAYS);
                if (conn.values().givenText("redirect-to").isEmpty()) {
                    environment.log().log("redirect-to is not specified, although send-redirect is set to yes");
                }
            } else if (send == NO) {
                conn.policy.add(ConnectionPolicy.SEND_REDIRECT_NEVER);
            }
        });
        conn.values().givenNumber("accept-redirect").ifPresent(accept -> {
            if (accept == YES) {
                conn.policy.add(ConnectionPolicy.ACCEPT_REDIRECT_YES);
            }
        });
    }

    private static void postquantum(Conn conn) {
        if (conn.ikeVersion == IkeVersion.IKEV2) {
            conn.values().givenNumber("ppk").ifPresent(ppk -> {
                if (ppk >= 1 && ppk <= 3) {
                    conn.policy.add(ConnectionPolicy.PPK_ALLOW);
                }
                if (ppk == 3) {
                    conn.policy.add(ConnectionPolicy.PPK_INSIST);
                }
            });
        }
    }

    private static void sequenceNumbersAndFragments(Conn conn) {
        conn.values().givenNumber("esn").ifPresent(esn -> {
            set(conn, ConnectionPolicy.ESN_NO, esn == 1 || esn == 3);
            set(conn, ConnectionPolicy.ESN_YES, esn == 2 || esn == 3);
        });
        conn.values().givenNumber("fragmentation").ifPresent(fragmentation -> {
            set(conn, ConnectionPolicy.IKE_FRAG_ALLOW, fragmentation == 1 || fragmentation == 2);
            set(conn, ConnectionPolicy.IKE_FRAG_FORCE, fragmentation == 2);
        });
    }

    // ---- authby= ----

    private boolean authentication(Conn conn) {
        Optional<String> authby = conn.values().givenText("authby");
        if (authby.isEmpty()) {
            return true;
        }
        conn.authentication.clear();
        conn.signatureHashes.clear();
        for (String word : authby.get().split("[, ]", -1)) {
            Optional<String> error = authenticateBy(conn, word);
            if (error.isPresent()) {
                errors.add(error.get());
                return false;
            }
        }
        return true;
    }

    private static Optional<String> authenticateBy(Conn conn, String word) {
        Set<SignatureHash> all = EnumSet.allOf(SignatureHash.class);
        switch (word) {
            case "secret" -> {
                return allow(conn, AuthenticationMethod.PSK, Set.of());
            }
            case "rsasig", "rsa" -> {
                conn.authentication.add(AuthenticationMethod.RSASIG_V1_5);
                return allow(conn, AuthenticationMethod.RSASIG, all);
            }
            case "never" -> {
                return allow(conn, AuthenticationMethod.NEVER, Set.of());
            }
            default -> {
                if (conn.ikeVersion == IkeVersion.IKEV1) {
                    return Optional.of("ikev1 connection must use authby= of rsasig, secret or never");
                }
            }
        }
        return switch (word) {
            case "null" -> allow(conn, AuthenticationMethod.NULL, Set.of());
            case "rsa-sha1" -> allow(conn, AuthenticationMethod.RSASIG_V1_5, Set.of());
            case "rsa-sha2" -> allow(conn, AuthenticationMethod.RSASIG, all);
            case "rsa-sha2_256", "rsa-sha2_384", "rsa-sha2_512" -> allow(
                    conn, AuthenticationMethod.RSASIG, Set.of(hash(word)));
            case "ecdsa", "ecdsa-sha2" -> allow(conn, AuthenticationMethod.ECDSA, all);
            case "ecdsa-sha2_256", "ecdsa-sha2_384", "ecdsa-sha2_512" -> allow(
                    conn, AuthenticationMethod.ECDSA, Set.of(hash(word)));
            case "ecdsa-sha1" -> Optional.of("authby=ecdsa cannot use sha1, only sha2");
            default -> Optional.of("connection authby= value is unknown");
        };
    }

    private static SignatureHash hash(String word) {
        return SignatureHash.valueOf("SHA2_" + word.substring(word.length() - 3));
    }

    private static Optional<String> allow(Conn conn, AuthenticationMethod method, Set<SignatureHash> hashes) {
        conn.authentication.add(method);
        conn.signatureHashes.addAll(hashes);
        return Optional.empty();
    }

    /** A conn that never negotiates has no use for what IKE and IPsec are set to by default. */
    private static void trimForShunts(Conn conn) {
        if (!conn.policy.contains(ConnectionPolicy.ENCRYPT) && !conn.policy.contains(ConnectionPolicy.AUTHENTICATE)) {
            conn.policy.removeAll(EnumSet.of(
                    ConnectionPolicy.PFS,
                    ConnectionPolicy.COMPRESS,
                    ConnectionPolicy.ESN_NO,
                    ConnectionPolicy.ESN_YES,
                    ConnectionPolicy.DECAP_DSCP,
                    ConnectionPolicy.NOPMTUDISC,
                    ConnectionPolicy.IKE_FRAG_ALLOW,
                    ConnectionPolicy.IKE_FRAG_FORCE));
        }
    }

    /** Given, else that of the first host or gateway that looks like IPv6, else IPv4. */
    private static AddressFamily hostFamily(Conn conn) {
        long given = conn.values().number("hostaddrfamily");
        if (given != 0) {
            return given == 10 ? AddressFamily.IPV6 : AddressFamily.IPV4;
        }
        for (ConnEnd end : List.of(conn.left(), conn.right())) {
            for (String field : List.of("", "nexthop")) {
                String text = end.values().text(field).orElse("");
                if (text.indexOf(':') >= 0 || text.equals("%defaultroute6") || text.equals("%any6")) {
                    return AddressFamily.IPV6;
                }
            }
        }
        return AddressFamily.IPV4;
    }
}
