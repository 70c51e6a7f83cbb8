// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.Shunt;
import org.jswan.connection.SignatureHash;

/** A connection as the configuration describes it, {@code also=} and defaults in place. */
public final class Conn {
    private final String name;
    private final Values values;
    private final ConnEnd left;
    private final ConnEnd right;

    final Map<String, ConfEntry> given = new LinkedHashMap<>();
    final EnumSet<ConnectionPolicy> policy;
    final EnumSet<AuthenticationMethod> authentication;
    final EnumSet<SignatureHash> signatureHashes;
    final List<String> comments = new ArrayList<>();
    IkeVersion ikeVersion = IkeVersion.IKEV2;
    Optional<Shunt> prospectiveShunt = Optional.empty();
    Optional<Shunt> negotiationShunt = Optional.empty();
    Optional<Shunt> failureShunt = Optional.empty();
    Startup startup = Startup.IGNORE;
    List<String> alsos = List.of();
    boolean loaded;

    private Conn(
            String name,
            Values values,
            ConnEnd left,
            ConnEnd right,
            Set<ConnectionPolicy> policy,
            Set<AuthenticationMethod> authentication,
            Set<SignatureHash> signatureHashes) {
        this.name = name;
        this.values = values;
        this.left = left;
        this.right = right;
        this.policy = EnumSet.noneOf(ConnectionPolicy.class);
        this.policy.addAll(policy);
        this.authentication = EnumSet.noneOf(AuthenticationMethod.class);
        this.authentication.addAll(authentication);
        this.signatureHashes = EnumSet.noneOf(SignatureHash.class);
        this.signatureHashes.addAll(signatureHashes);
    }

    /** What holds before any configuration. */
    static Conn builtIn() {
        Conn conn = new Conn(
                "%default",
                Defaults.conn(),
                new ConnEnd("left", Defaults.end()),
                new ConnEnd("right", Defaults.end()),
                EnumSet.of(
                        ConnectionPolicy.TUNNEL,
                        ConnectionPolicy.ENCRYPT,
                        ConnectionPolicy.PFS,
                        ConnectionPolicy.IKE_FRAG_ALLOW,
                        ConnectionPolicy.ESN_NO,
                        ConnectionPolicy.ESN_YES),
                Set.of(),
                EnumSet.allOf(SignatureHash.class));
        return conn;
    }

    /** A conn that starts with all that this one says; a name, comments and {@code auto=} it has of its own. */
    Conn derive(String otherName) {
        Conn conn =
                new Conn(otherName, values.copy(), left.copy(), right.copy(), policy, authentication, signatureHashes);
        conn.given.putAll(given);
        conn.ikeVersion = ikeVersion;
        conn.prospectiveShunt = prospectiveShunt;
        conn.negotiationShunt = negotiationShunt;
        conn.failureShunt = failureShunt;
        return conn;
    }

    public String name() {
        return name;
    }

    /** The values of its keys but for those of an end. */
    public Values values() {
        return values;
    }

    public ConnEnd left() {
        return left;
    }

    public ConnEnd right() {
        return right;
    }

    /** The entries that count, by the names they were written under, in the order in which they were met. */
    public Map<String, ConfEntry> given() {
        return Collections.unmodifiableMap(given);
    }

    public Set<ConnectionPolicy> policy() {
        return Collections.unmodifiableSet(policy);
    }

    public Set<AuthenticationMethod> authentication() {
        return Collections.unmodifiableSet(authentication);
    }

    public Set<SignatureHash> signatureHashes() {
        return Collections.unmodifiableSet(signatureHashes);
    }

    public IkeVersion ikeVersion() {
        return ikeVersion;
    }

    public Optional<Shunt> prospectiveShunt() {
        return prospectiveShunt;
    }

    public Optional<Shunt> negotiationShunt() {
        return negotiationShunt;
    }

    public Optional<Shunt> failureShunt() {
        return failureShunt;
    }

    /** What to do with it when the daemon starts. */
    public Startup startup() {
        return startup;
    }

    /** The conns it takes in, directly and through others, in the order in which they were taken. */
    public List<String> alsos() {
        return alsos;
    }

    /** Its {@code x-...=} entries. */
    public List<String> comments() {
        return Collections.unmodifiableList(comments);
    }

    /** Whether it is free of errors: only then may it be added. */
    public boolean isLoaded() {
        return loaded;
    }

    /** Other names of the connection, white space between them. */
    public Optional<String> aliases() {
        return values.givenText("connalias");
    }

    /** Whether {@code alias} is one of the other names. */
    public boolean hasAlias(String alias) {
        return values.text("connalias").stream()
                .flatMap(all -> List.of(all.split("[ \t]+")).stream())
                .anyMatch(alias::equals);
    }
}
