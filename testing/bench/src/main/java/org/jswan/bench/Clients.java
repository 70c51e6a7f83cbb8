// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jswan.base.IpAddress;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;

/**
 * Honest clients, each with an address of its own, that bring up an IKE SA with a gateway over real sockets, one after the
 * other; tells how long each waits from its first message on. What a gateway's kernel says of Child SAs does not count.
 */
final class Clients {
    private static final IpAddress GATEWAY = IpAddress.of("192.0.2.1");
    private static final Pattern UP = Pattern.compile("\"client(\\d+)\".* established IKE SA; .*");
    private static final double MILLION = 1e6;
    private static final long SECOND = 1_000_000_000;
    /** After the last one began. */
    private static final long GRACE = 15 * SECOND;

    private final long[] began;
    private final long[] waited;
    private final long between;
    private final RealHost host;
    private int next;

    private Clients(int count, int seconds, String proposal) throws IOException {
        began = new long[count];
        waited = new long[count];
        between = seconds * SECOND / count;
        List<IpAddress> addresses = IntStream.range(0, count)
                .mapToObj(n -> IpAddress.of(address(n)))
                .toList();
        host = new RealHost(addresses, this::logged);
        for (int n = 0; n < count; n++) {
            host.whack(new WhackCommand.Add(
                    PeerConnections.of(name(n), end(GATEWAY.toString()), end(address(n)), proposal)));
        }
    }

    /**
     * Prints the first message of the first client in hexadecimal, waits for a line on standard input, lets one client after
     * the other begin, and prints how long they waited.
     *
     * @param count up to 250; their addresses are 10.0.0.1 and those after it
     * @param seconds in which all begin
     */
    static void print(int count, int seconds, String proposal) throws IOException {
        Clients clients = new Clients(count, seconds, proposal);
        clients.host.tap(Optional.of(octets -> {
            clients.host.tap(Optional.empty());
            System.out.println(HexFormat.of().formatHex(octets.toArray()));
        }));
        clients.host.whack(new WhackCommand.Initiate(name(0), Optional.empty()));
        while (System.in.read() != '\n') {}
        clients.run();
    }

    private void run() throws IOException {
        long start = System.nanoTime();
        began[0] = start;
        next = 1;
        while (next < began.length || System.nanoTime() - began[next - 1] < GRACE) {
            long due = start + next * between;
            if (next < began.length && System.nanoTime() >= due) {
                began[next] = System.nanoTime();
                host.whack(new WhackCommand.Initiate(name(next++), Optional.empty()));
            }
            host.turn(next < began.length ? Math.max(0, start + next * between - System.nanoTime()) : SECOND);
        }
        tell();
    }

    private void tell() {
        List<Double> millis = new ArrayList<>();
        for (int n = 1; n < waited.length; n++) {
            if (waited[n] > 0) {
                millis.add(waited[n] / MILLION);
            }
        }
        Collections.sort(millis);
        long inTime = millis.stream().filter(m -> m <= 5000).count();
        System.out.printf(
                Locale.ROOT,
                "%d of %d clients up, %d within 5 s; they waited %.0f ms (median), %.0f ms (95 %%), %.0f ms (longest)%n",
                millis.size(),
                waited.length - 1,
                inTime,
                at(millis, 0.5),
                at(millis, 0.95),
                at(millis, 1));
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.isEmpty() ? Double.NaN : sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    private void logged(String line) {
        Matcher up = UP.matcher(line);
        if (up.matches()) {
            int n = Integer.parseInt(up.group(1));
            if (began[n] != 0 && waited[n] == 0) {
                waited[n] = System.nanoTime() - began[n];
            }
        }
    }

    private static String name(int n) {
        return "client" + n;
    }

    private static String address(int n) {
        return "10.0.0." + (n + 1);
    }

    private static EndRequest end(String address) {
        return EndRequest.builder()
                .set(EndOption.HOST, HostSpec.of(IpAddress.of(address)))
                .set(EndOption.AUTH, EndAuthentication.PSK)
                .build();
    }
}
