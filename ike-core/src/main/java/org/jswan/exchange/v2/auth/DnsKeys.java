// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.EndAuthentication;
import org.jswan.exchange.Context;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.identity.IdentifiedKey;
import org.jswan.identity.IkeId;
import org.jswan.impair.Impairment;
import org.jswan.key.IpseckeyRecord;
import org.jswan.key.KeyFormatException;
import org.jswan.key.KeyType;
import org.jswan.key.PublicKey;
import org.jswan.log.RcCode;
import org.jswan.net.SecureDns;
import org.jswan.sa.IkeSa;
import org.jswan.time.Durations;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.world.World;

/**
 * Public keys of peers out of the DNS (RFC 4025), where {@code rightrsasigkey=%dnsondemand} has them looked up by the
 * peer's identity: a name, or an address in the reverse tree. Only what DNSSEC vouches for counts.
 */
public final class DnsKeys {
    /** So long a key is known at least, that it may outlive the negotiation that asked for it. */
    private static final Duration LEAST = Duration.ofSeconds(60);

    private final Context context;
    private final World world;
    private final Map<SaSerial, Lookup> underWay = new HashMap<>();

    /** A look-up that an initiator began, and what goes on when it is done. */
    private static final class Lookup {
        private Optional<Runnable> waiting = Optional.empty();
    }

    /** The answers that one look-up needs. */
    private record Found(SecureDns.Answer keys, Optional<SecureDns.Answer> addresses) {}

    public DnsKeys(Context context) {
        this.context = context;
        this.world = context.world();
    }

    /**
     * Whether the peer's key is to be looked up.
     *
     * @param method by which it proves its identity; empty if that is not known yet
     */
    private static boolean isWanted(IkeSa ike, Optional<Integer> method) {
        return ike.connection().remote().config().certificate().keyFromDns()
                && ike.connection().remote().config().auth() == EndAuthentication.RSASIG
                && method.map(m -> m == AuthPayload.DIGITAL_SIGNATURE || m == AuthPayload.RSA_SIGNATURE)
                        .orElse(true)
                && name(ike.peerId()).isPresent();
    }

    /** The name that an identity's keys are found under: its own, or the address's in the reverse tree. */
    static Optional<String> name(IkeId id) {
        return switch (id.type()) {
            case FQDN -> Optional.of(id.body().utf8().replaceFirst("\\.+$", "") + ".");
            case IPV4_ADDR, IPV6_ADDR -> id.address().map(DnsKeys::reverse);
            default -> Optional.empty();
        };
    }

    private static String reverse(IpAddress address) {
        Bytes octets = address.octets();
        StringJoiner name = new StringJoiner(".");
        boolean v4 = address.family() == AddressFamily.IPV4;
        for (int i = octets.length() - 1; i >= 0; i--) {
            if (v4) {
                name.add(Integer.toString(octets.get(i)));
            } else {
                name.add(Integer.toHexString(octets.get(i) & 0xf)).add(Integer.toHexString(octets.get(i) >>> 4));
            }
        }
        return name + (v4 ? ".IN-ADDR.ARPA." : ".IP6.ARPA.");
    }

    /** An initiator begins: while the first messages are exchanged the responder's key is looked up. */
    public void begin(IkeSa ike) {
        if (!isWanted(ike, Optional.empty()) || underWay.containsKey(ike.serial())) {
            return;
        }
        Lookup lookup = new Lookup();
        underWay.put(ike.serial(), lookup);
        ask(ike, false, ok -> {
            underWay.remove(ike.serial());
            lookup.waiting.ifPresent(Runnable::run);
        });
    }

    /** The responder's proof is there: goes on as soon as its key was looked up. */
    public Verdict await(IkeSa ike, Verdict.Step then) throws ProtocolFailure {
        Lookup lookup = underWay.get(ike.serial());
        if (lookup == null) {
            return then.go();
        }
        return Verdict.suspend(resume -> lookup.waiting = Optional.of(() -> resume.resume(then)));
    }

    /** An initiator's proof is there: its key is looked up, if it has to be. */
    public Verdict fetch(IkeSa ike, AuthPayload proof, Verdict.Step then) throws ProtocolFailure {
        if (!isWanted(ike, Optional.of(proof.method()))) {
            return then.go();
        }
        boolean alsoAddress = ike.connection().has(ConnectionPolicy.DNS_MATCH_ID)
                && ike.peerId().address().isEmpty();
        return Verdict.suspend(resume -> ask(
                ike,
                alsoAddress,
                ok -> resume.resume(() -> {
                    if (!ok) {
                        throw new ProtocolFailure(
                                Optional.of(NotifyType.AUTHENTICATION_FAILED), Bytes.EMPTY, Scope.IKE_SA, "");
                    }
                    return then.go();
                })));
    }

    private interface Done {
        void done(boolean ok);
    }

    private void ask(IkeSa ike, boolean alsoAddress, Done done) {
        IkeId id = ike.peerId();
        String name = name(id).orElseThrow();
        long began = world.clock().nanos();
        // As libreswan: a line of debugging output, wanted or not.
        world.log().log("| start " + query(name, SecureDns.Kind.IPSECKEY));
        world.helpers()
                .submit(
                        () -> new Found(
                                world.dns().ask(name, SecureDns.Kind.IPSECKEY),
                                alsoAddress ? Optional.of(world.dns().ask(name, SecureDns.Kind.A)) : Optional.empty()),
                        outcome -> {
                            if (outcome.failure() != null) {
                                throw new IllegalStateException(outcome.failure());
                            }
                            Found found = outcome.value();
                            if (!context.sas().isAlive(ike)) {
                                done.done(false);
                                return;
                            }
                            sayQuestion(ike, name, found.keys());
                            Optional<String> fault = keep(ike, id, found.keys());
                            fault.ifPresent(why -> ike.logger()
                                    .log(
                                            RcCode.LOG_SERIOUS,
                                            query(name, SecureDns.Kind.IPSECKEY) + " returned "
                                                    + found.keys().code() + " rr parse error " + why
                                                    + " elapsed time "
                                                    + Durations.seconds(Duration.ofNanos(
                                                            world.clock().nanos() - began))
                                                    + " seconds"));
                            boolean addressFits = found.addresses()
                                    .map(answer -> hasAddress(ike, answer))
                                    .orElse(true);
                            if (!addressFits) {
                                ike.logger()
                                        .log(
                                                RcCode.LOG_SERIOUS,
                                                "forward address validation failed " + query(name, SecureDns.Kind.A));
                            }
                            done.done(fault.isEmpty() && addressFits);
                        });
    }

    /** As libreswan: what was asked stands in the answer, as in a zone's file. */
    private static void sayQuestion(IkeSa ike, String name, SecureDns.Answer answer) {
        if (answer.good() && !answer.records().isEmpty()) {
            ike.logger().debug("DNS QUESTION " + name + "\\tIN\\t" + SecureDns.Kind.IPSECKEY + "\\n");
        }
    }

    private static String query(String name, SecureDns.Kind kind) {
        return "IKEv2 DNS query -- " + name + " IN " + kind + " --";
    }

    /** What keeps an answer from being of use, by itself. */
    private Optional<String> fault(IkeSa ike, SecureDns.Answer answer) {
        if (!answer.good()) {
            return Optional.of(answer.code());
        }
        if (answer.records().isEmpty()) {
            return Optional.of("DNS response contains no answer");
        }
        if (answer.security() == SecureDns.Security.INSECURE && world.impair().on(Impairment.ALLOW_DNS_INSECURE)) {
            ike.logger().log("IMPAIR: allowing insecure DNS response");
            return Optional.empty();
        }
        return answer.security() == SecureDns.Security.SECURE
                ? Optional.empty()
                : Optional.of("unbound returned " + answer.security() + " response - ignored");
    }

    /** Takes over the keys of an answer in place of those that were known. */
    private Optional<String> keep(IkeSa ike, IkeId id, SecureDns.Answer answer) {
        Optional<String> fault = fault(ike, answer);
        if (fault.isPresent()) {
            return fault;
        }
        Instant now = world.clock().wall();
        // As libreswan: in an order that does not depend on the server's.
        List<SecureDns.Entry> sorted = answer.records().stream()
                .sorted(Comparator.comparing(SecureDns.Entry::data).reversed())
                .toList();
        boolean any = false;
        for (SecureDns.Entry entry : sorted) {
            PublicKey key;
            try {
                key = IpseckeyRecord.publicKey(entry.data());
            } catch (KeyFormatException unusable) {
                ike.logger().log(RcCode.LOG_SERIOUS, "ignoring IPSECKEY RR: " + unusable.getMessage());
                continue;
            }
            if (!any) {
                context.publicKeys().remove(id, KeyType.RSA);
                any = true;
            }
            Instant until = now.plusSeconds(Math.max(entry.ttl(), LEAST.toSeconds()));
            context.publicKeys().add(new IdentifiedKey(id, key, now, Optional.of(until), Optional.empty()));
            ike.logger()
                    .debug(String.format(Locale.ROOT, "add IPSECKEY pluto as publickey %s ttl %d", id, entry.ttl()));
        }
        return any ? Optional.empty() : Optional.of("nothing to add");
    }

    private boolean hasAddress(IkeSa ike, SecureDns.Answer answer) {
        return fault(ike, answer).isEmpty()
                && answer.records().stream().anyMatch(entry -> entry.data()
                        .equals(ike.remote().address().octets()));
    }
}
