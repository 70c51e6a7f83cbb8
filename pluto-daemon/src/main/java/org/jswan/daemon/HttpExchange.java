// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jswan.base.Bytes;
import org.jswan.net.Fetcher;

/**
 * One request of HTTP 1.0, as those who publish revocations expect it: no redirections, no connection kept. Of java.net.http
 * in Java 17 no client can be bound to an interface.
 */
final class HttpExchange {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final int OK = 200;
    private static final byte[] END_OF_HEADER = {'\r', '\n', '\r', '\n'};

    private final URI url;
    private final List<InetAddress> sources;
    private final Duration patience;
    private final long deadline;

    /**
     * @param sources the addresses that the connection may come from; empty: any
     * @param patience how long to try to connect; all of it may take twice as long
     */
    HttpExchange(URI url, List<InetAddress> sources, Duration patience) {
        this.url = url;
        this.sources = List.copyOf(sources);
        this.patience = patience;
        this.deadline = System.nanoTime() + 2 * patience.toNanos();
    }

    /** Asks and reads the answer. */
    Bytes run(Optional<Fetcher.Post> post) throws IOException {
        boolean secure = "https".equals(url.getScheme());
        String host = url.getHost();
        if (host == null) {
            throw new IOException("URL using bad/illegal format or missing URL");
        }
        int port = url.getPort() >= 0 ? url.getPort() : secure ? HTTPS : HTTP;
        try (Socket plain = connect(host.replaceAll("[\\[\\]]", ""), port);
                Socket socket = secure ? secured(plain, host, port) : plain) {
            socket.getOutputStream().write(request(host, port, post));
            socket.getOutputStream().flush();
            return content(read(socket));
        } catch (SocketTimeoutException late) {
            throw new IOException("Operation timed out after " + 2 * patience.toMillis() + " milliseconds");
        }
    }

    private Socket connect(String host, int port) throws IOException {
        InetAddress address = resolved(host);
        Socket socket = new Socket();
        try {
            if (!sources.isEmpty()) {
                InetAddress source = sources.stream()
                        .filter(own -> own.getClass() == address.getClass())
                        .findFirst()
                        .orElse(sources.get(0));
                socket.bind(new InetSocketAddress(source, 0));
            }
            socket.connect(new InetSocketAddress(address, port), (int) patience.toMillis());
            return socket;
        } catch (SocketTimeoutException late) {
            socket.close();
            throw new IOException("Connection timed out after " + patience.toMillis() + " milliseconds");
        } catch (IOException refused) {
            socket.close();
            throw new IOException("Failed to connect to " + host + " port " + port + ": " + refused.getMessage());
        }
    }

    private static InetAddress resolved(String host) throws IOException {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException unknown) {
            throw new IOException("Could not resolve host: " + host);
        }
    }

    private static Socket secured(Socket plain, String host, int port) throws IOException {
        SSLSocket socket =
                (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, host, port, true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    private byte[] request(String host, int port, Optional<Fetcher.Post> post) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        StringBuilder head = new StringBuilder(post.isPresent() ? "POST " : "GET ")
                .append(path)
                .append(url.getRawQuery() == null ? "" : "?" + url.getRawQuery())
                .append(" HTTP/1.0\r\nHost: ")
                .append(host)
                .append(port == HTTP || port == HTTPS ? "" : ":" + port)
                .append("\r\nAccept: */*\r\nConnection: close\r\n");
        post.ifPresent(sent -> head.append("Content-Type: ")
                .append(sent.contentType())
                .append("\r\nContent-Length: ")
                .append(sent.body().length())
                .append("\r\n"));
        Bytes start = Bytes.ofUtf8(head.append("\r\n").toString());
        return post.map(sent -> start.plus(sent.body())).orElse(start).toArray();
    }

    private byte[] read(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        InputStream in = socket.getInputStream();
        while (all.size() <= WebFetcher.LARGEST) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new SocketTimeoutException();
            }
            socket.setSoTimeout((int) left);
            int count = in.read(buffer);
            if (count < 0) {
                return all.toByteArray();
            }
            all.write(buffer, 0, count);
        }
        throw new IOException("Maximum file size exceeded");
    }

    private static Bytes content(byte[] answer) throws IOException {
        int end = endOfHeader(answer);
        String head = new String(answer, 0, Math.max(end, 0), StandardCharsets.ISO_8859_1);
        String[] status = head.split("\r\n", 2)[0].split(" ", 3);
        if (end < 0 || status.length < 2 || !status[0].toUpperCase(Locale.ROOT).startsWith("HTTP/")) {
            throw new IOException("Received HTTP/0.9 when not allowed");
        }
        if (!status[1].equals(String.valueOf(OK))) {
            throw new IOException("The requested URL returned error: " + status[1]);
        }
        Bytes body = Bytes.wrap(answer).from(end + END_OF_HEADER.length);
        Optional<Integer> length = head.lines()
                .filter(line -> line.regionMatches(true, 0, "content-length:", 0, "content-length:".length()))
                .map(line -> line.substring("content-length:".length()).strip())
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Integer::valueOf)
                .findFirst();
        if (length.isPresent() && body.length() < length.get()) {
            throw new IOException(
                    "transfer closed with " + (length.get() - body.length()) + " bytes remaining to read");
        }
        return length.map(body::first).orElse(body);
    }

    private static int endOfHeader(byte[] answer) {
        for (int i = 0; i + END_OF_HEADER.length <= answer.length; i++) {
            if (java.util.Arrays.equals(answer, i, i + END_OF_HEADER.length, END_OF_HEADER, 0, END_OF_HEADER.length)) {
                return i;
            }
        }
        return -1;
    }
}
