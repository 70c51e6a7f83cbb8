// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jswan.base.Bytes;
import org.jswan.net.SecureDns;
import org.jswan.net.SecureDns.Answer;
import org.jswan.net.SecureDns.Kind;
import org.jswan.net.SecureDns.Security;
import org.jswan.status.SetupFacts.Dnssec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.IPSECKEYRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;

/** A zone signed here, and a server that tells it. */
class ValidatingDnsTest {
    private static final String NAME = "west.example.";

    @TempDir
    Path folder;

    private DNSKEYRecord zoneKey;
    private RRset keys;
    private RRset addresses;
    private RRset zoneKeys;

    @BeforeEach
    void sign() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        Name zone = Name.fromString("example.");
        Name name = Name.fromString(NAME);
        zoneKey = new DNSKEYRecord(
                zone,
                DClass.IN,
                3600,
                DNSKEYRecord.Flags.ZONE_KEY | DNSKEYRecord.Flags.SEP_KEY,
                DNSKEYRecord.Protocol.DNSSEC,
                DNSSEC.Algorithm.RSASHA256,
                pair.getPublic());
        zoneKeys = signed(pair, zoneKey);
        keys = signed(
                pair,
                new IPSECKEYRecord(
                        name,
                        DClass.IN,
                        120,
                        10,
                        IPSECKEYRecord.Gateway.None,
                        IPSECKEYRecord.Algorithm.RSA,
                        null,
                        new byte[] {3, 1, 0, 1, 7}));
        addresses = signed(pair, new ARecord(name, DClass.IN, 60, InetAddress.getByAddress(new byte[] {10, 0, 0, 1})));
    }

    private RRset signed(KeyPair pair, Record record) throws Exception {
        RRset set = new RRset(record);
        Instant now = Instant.now();
        RRSIGRecord signature = DNSSEC.sign(
                set, zoneKey, pair.getPrivate(), now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
        set.addRR(signature);
        return set;
    }

    /** Answers what it has; all other names do not exist, which nobody has signed. */
    private final class Server implements Resolver {
        @Override
        public CompletionStage<Message> sendAsync(Message query) {
            Message response = new Message(query.getHeader().getID());
            response.getHeader().setFlag(Flags.QR);
            response.addRecord(query.getQuestion(), Section.QUESTION);
            if (query.getQuestion().getName().toString().equals("absent.example.")) {
                response.getHeader().setRcode(Rcode.NXDOMAIN);
            }
            for (RRset set : List.of(keys, addresses, zoneKeys)) {
                if (set.getName().equals(query.getQuestion().getName())
                        && set.getType() == query.getQuestion().getType()) {
                    set.rrs().forEach(record -> response.addRecord(record, Section.ANSWER));
                    set.sigs().forEach(record -> response.addRecord(record, Section.ANSWER));
                }
            }
            return CompletableFuture.completedFuture(response);
        }

        @Override
        public void setPort(int port) {}

        @Override
        public void setTCP(boolean flag) {}

        @Override
        public void setIgnoreTruncation(boolean flag) {}

        @Override
        public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {}

        @Override
        public void setTSIGKey(TSIG key) {}

        @Override
        public void setTimeout(Duration timeout) {}
    }

    private SecureDns dns(boolean enabled, Optional<String> trusted) throws Exception {
        return new ValidatingDns(new Dnssec(enabled, Optional.empty(), trusted), new Server());
    }

    private Optional<String> anchor() throws Exception {
        Files.writeString(folder.resolve("example.key"), zoneKey + "\n");
        return Optional.of(folder + "/*.key");
    }

    @Test
    void signedAnswerIsSecure() throws Exception {
        Answer answer = dns(true, anchor()).ask(NAME, Kind.IPSECKEY);
        assertThat(answer.code()).isEqualTo("NOERROR");
        assertThat(answer.security()).isEqualTo(Security.SECURE);
        assertThat(answer.records()).containsExactly(new SecureDns.Entry(120, Bytes.of(10, 0, 2, 3, 1, 0, 1, 7)));
        assertThat(dns(true, anchor()).ask(NAME, Kind.A).records())
                .containsExactly(new SecureDns.Entry(60, Bytes.of(10, 0, 0, 1)));
    }

    @Test
    void nameThatDoesNotExistHasNoRecords() throws Exception {
        Answer answer = dns(false, Optional.empty()).ask("absent.example.", Kind.IPSECKEY);
        assertThat(answer).isEqualTo(new Answer("NOERROR", true, Security.INSECURE, List.of()));
    }

    @Test
    void answerThatWasChangedIsBad() throws Exception {
        Record other =
                new ARecord(Name.fromString(NAME), DClass.IN, 60, InetAddress.getByAddress(new byte[] {10, 0, 0, 2}));
        RRset changed = new RRset(other);
        addresses.sigs().forEach(changed::addRR);
        addresses = changed;
        Answer answer = dns(true, anchor()).ask(NAME, Kind.A);
        assertThat(answer.good()).isFalse();
        assertThat(answer.code()).isEqualTo("SERVFAIL");
    }

    @Test
    void withoutAnchorOrValidationNobodyVouches() throws Exception {
        assertThat(dns(false, Optional.empty()).ask(NAME, Kind.A).security()).isEqualTo(Security.INSECURE);
        assertThat(dns(true, Optional.empty()).ask(NAME, Kind.A).security()).isEqualTo(Security.INSECURE);
    }

    @Test
    void settingsThatValidateNothingAreComplainedOf() {
        assertThat(ValidatingDns.complaints(Dnssec.DEFAULT)).isEmpty();
        assertThat(ValidatingDns.complaints(new Dnssec(false, Optional.empty(), Optional.empty())))
                .isEmpty();
        assertThat(ValidatingDns.complaints(new Dnssec(true, Optional.empty(), Optional.empty())))
                .hasSize(2)
                .contains("WARNING: DNSSEC validation disabled");
    }

    @Test
    void namesThatAreNone() throws Exception {
        assertThat(dns(true, anchor()).ask("a..b.", Kind.A).good()).isFalse();
        assertThat(Type.string(Type.IPSECKEY)).isEqualTo(Kind.IPSECKEY.name());
    }
}
