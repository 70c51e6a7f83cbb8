// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.helper.Helpers;
import org.jswan.net.Fetcher;

/** Fetches documents by HTTP and LDAP and reads files, with helpers of its own, as those of the daemon must not wait for others. */
final class WebFetcher implements Fetcher {
    /** A list of revoked certificates may be large. */
    static final int LARGEST = 64 << 20;

    private final Helpers helpers;
    private final Optional<String> source;

    /** @param source the interface, by name or address, over which documents are fetched */
    WebFetcher(Helpers helpers, Optional<String> source) {
        this.helpers = helpers;
        this.source = source;
    }

    @Override
    public void fetch(Query query, Consumer<Answer> done) {
        helpers.submit(() -> fetch(query), outcome -> {
            Exception failure = outcome.failure();
            if (failure == null) {
                done.accept(new Answer(Optional.of(outcome.value()), ""));
            } else {
                done.accept(new Answer(
                        Optional.empty(), failure.getMessage() == null ? failure.toString() : failure.getMessage()));
            }
        });
    }

    private Bytes fetch(Query query) throws IOException {
        URI url;
        try {
            url = new URI(query.url());
        } catch (URISyntaxException malformed) {
            throw new IOException("URL using bad/illegal format or missing URL");
        }
        String scheme = String.valueOf(url.getScheme());
        return switch (scheme) {
            case "http", "https" -> new HttpExchange(url, sourceAddresses(), query.patience()).run(query.post());
            case "ldap" -> LdapSearch.run(query.url(), query.patience());
            default -> throw new IOException("Protocol \"" + scheme + "\" not supported or disabled in libcurl");
        };
    }

    /** Where connections may come from; empty: from anywhere. */
    private List<InetAddress> sourceAddresses() throws IOException {
        if (source.isEmpty()) {
            return List.of();
        }
        try {
            NetworkInterface named = NetworkInterface.getByName(source.get());
            if (named == null) {
                return List.of(InetAddress.getByName(source.get()));
            }
            return Collections.list(named.getInetAddresses());
        } catch (SocketException | UnknownHostException unknown) {
            throw new IOException("Couldn't bind to '" + source.get() + "'");
        }
    }

    @Override
    public void files(String folder, Consumer<Map<String, Bytes>> done) {
        helpers.submit(() -> read(Path.of(folder)), outcome -> {
            if (outcome.failure() != null) {
                throw new IllegalStateException(folder, outcome.failure());
            }
            done.accept(outcome.value());
        });
    }

    private static Map<String, Bytes> read(Path folder) throws IOException {
        Map<String, Bytes> files = new TreeMap<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path file : found) {
                files.put(file.toString(), Bytes.wrap(Files.readAllBytes(file)));
            }
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return Map.of();
        }
        return files;
    }
}
