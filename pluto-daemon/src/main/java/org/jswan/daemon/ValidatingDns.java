// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.net.SecureDns;
import org.jswan.status.SetupFacts.Dnssec;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * The DNS by the servers of {@code /etc/resolv.conf}, whose answers are validated here, not trusted. It is put together,
 * and its library loaded, when something is asked for the first time.
 */
final class ValidatingDns implements SecureDns {
    private final Dnssec setting;
    private Resolver servers;
    private Resolver resolver;

    ValidatingDns(Dnssec setting) {
        this.setting = setting;
    }

    /** Asks these servers instead. */
    ValidatingDns(Dnssec setting, Resolver servers) {
        this(setting);
        this.servers = servers;
    }

    /** What is to be said at the start of a setting that validates nothing, or not all. */
    static List<String> complaints(Dnssec setting) {
        if (!setting.enabled() || setting.rootKeyFile().isPresent()) {
            return List.of();
        }
        return setting.trusted().isPresent()
                ? List.of(
                        "dnssec-enable=yes but no dnssec-rootkey-file specified. Additional trust anchor file MUST include a root trust anchor or DNSSEC validation will be disabled")
                : List.of(
                        "dnssec-enable=yes but no dnssec-rootkey-file or trust anchors specified.",
                        "WARNING: DNSSEC validation disabled");
    }

    private synchronized Resolver resolver() throws IOException {
        if (resolver == null) {
            resolver = validating(servers == null ? new ExtendedResolver() : servers);
        }
        return resolver;
    }

    /** Validation between us and the servers. */
    private Resolver validating(Resolver asked) throws IOException {
        if (!setting.enabled()) {
            return asked;
        }
        ValidatingResolver validating = new ValidatingResolver(asked);
        for (Path file : trustedFiles()) {
            try (InputStream keys = Files.newInputStream(file)) {
                validating.loadTrustAnchors(keys);
            }
        }
        return validating;
    }

    /** The root's keys, if there are any, and the files that a pattern of names fits. */
    private List<Path> trustedFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        setting.rootKeyFile().map(Path::of).filter(Files::isReadable).ifPresent(files::add);
        if (setting.trusted().isPresent()) {
            Path pattern = Path.of(setting.trusted().get());
            try (DirectoryStream<Path> matching = Files.newDirectoryStream(
                    pattern.toAbsolutePath().getParent(), pattern.getFileName().toString())) {
                matching.forEach(files::add);
            }
        }
        return files;
    }

    @Override
    public Answer ask(String name, Kind kind) {
        int type = kind == Kind.A ? Type.A : Type.IPSECKEY;
        try {
            return answer(
                    resolver().send(Message.newQuery(Record.newRecord(Name.fromString(name), type, DClass.IN))), type);
        } catch (TextParseException noName) {
            return new Answer("FORMERR", false, Security.INSECURE, List.of());
        } catch (IOException unreachable) {
            return new Answer("SERVFAIL", false, Security.INSECURE, List.of());
        }
    }

    private static Answer answer(Message response, int type) {
        List<Entry> entries = new ArrayList<>();
        for (Record record : response.getSection(Section.ANSWER)) {
            if (record.getType() == type) {
                entries.add(new Entry(record.getTTL(), Bytes.wrap(record.rdataToWireCanonical())));
            }
        }
        boolean secure = response.getHeader().getFlag(Flags.AD);
        // As libunbound tells it: that there is no such name is an answer, too.
        int code = response.getRcode() == Rcode.NXDOMAIN ? Rcode.NOERROR : response.getRcode();
        return new Answer(
                Rcode.string(code), code == Rcode.NOERROR, secure ? Security.SECURE : Security.INSECURE, entries);
    }
}
