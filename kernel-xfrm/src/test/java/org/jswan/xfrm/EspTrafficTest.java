// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Packets through ESP, AH and IPCOMP between two network namespaces, the SAs and policies of both installed by us. */
class EspTrafficTest {
    private static final String TUNNEL_WEST = "ours=10.1.0.0/24 theirs=10.2.0.0/24";
    private static final String TUNNEL_EAST = "ours=10.2.0.0/24 theirs=10.1.0.0/24";
    private static Gateway west;
    private static Gateway east;

    /** A process in a namespace. */
    private record Gateway(Process process, BufferedReader answers, PrintStream commands) {
        static Gateway start(String namespace) throws IOException {
            Process process = new ProcessBuilder(
                            "ip",
                            "netns",
                            "exec",
                            namespace,
                            "java",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            EspGateway.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Gateway gateway = new Gateway(
                    process,
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)),
                    new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8));
            assertThat(gateway.answers.readLine()).isEqualTo("ready");
            return gateway;
        }

        String ask(String command) throws IOException {
            commands.println(command);
            return answers.readLine();
        }
    }

    private static int shell(String command) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static void prepared(String... commands) throws IOException, InterruptedException {
        for (String command : commands) {
            assertThat(shell(command)).as(command).isZero();
        }
    }

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(
                Boolean.getBoolean("jswan.own.kernel"),
                "needs a kernel with ESP and namespaces of its own: testing/kernel/run has one");
        prepared(
                "ip netns add west",
                "ip netns add east",
                "ip link add wan netns west type veth peer name wan netns east",
                "ip -n west addr add 192.0.2.1/24 dev wan",
                "ip -n east addr add 192.0.2.2/24 dev wan",
                "ip -n west addr add 2001:db8::1/64 dev wan nodad",
                "ip -n east addr add 2001:db8::2/64 dev wan nodad",
                "ip -n west addr add 10.1.0.1/24 dev lo",
                "ip -n east addr add 10.2.0.1/24 dev lo",
                "ip -n west link set lo up",
                "ip -n east link set lo up",
                "ip -n west link set wan up",
                "ip -n east link set wan up",
                "ip -n west route add 10.2.0.0/24 via 192.0.2.2 src 10.1.0.1",
                "ip -n east route add 10.1.0.0/24 via 192.0.2.1 src 10.2.0.1");
        west = Gateway.start("west");
        east = Gateway.start("east");
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        for (Gateway gateway : new Gateway[] {west, east}) {
            if (gateway != null) {
                gateway.commands.close();
                gateway.process.waitFor();
            }
        }
        shell("ip netns del west; ip netns del east");
    }

    @AfterEach
    void takeDown() throws IOException, InterruptedException {
        assertThat(west.ask("down")).isEqualTo("down");
        assertThat(east.ask("down")).isEqualTo("down");
        for (String namespace : List.of("west", "east")) {
            // Those of sockets stay, as do the sockets.
            assertThat(shell("ip -n " + namespace + " xfrm policy | grep 'dir '"))
                    .isOne();
        }
    }

    private static String ends(boolean westward, boolean v6) {
        String us = v6 ? "2001:db8::1" : "192.0.2.1";
        String peer = v6 ? "2001:db8::2" : "192.0.2.2";
        return westward ? "us=" + us + " peer=" + peer : "us=" + peer + " peer=" + us;
    }

    private static void establish(String westWishes, String eastWishes) throws IOException {
        String westSpis = west.ask("reserve " + westWishes);
        String eastSpis = east.ask("reserve " + eastWishes);
        assertThat(west.ask("up " + westWishes + " spis=" + eastSpis)).isEqualTo("up");
        assertThat(east.ask("up " + eastWishes + " spis=" + westSpis)).isEqualTo("up");
    }

    private static boolean ping(String options) throws IOException, InterruptedException {
        return shell("ip netns exec west ping -n -q -c 3 -i 0.05 -W 1 " + options) == 0;
    }

    private static final String INNER = "-I 10.1.0.1 10.2.0.1";

    static Stream<String> suites() {
        List<String> suites = new ArrayList<>();
        for (Encr encr : Encr.ALL) {
            if (encr.xfrmName().isPresent()) {
                List<Integer> lengths = encr.keyBits().isEmpty() ? List.of(0) : encr.keyBits();
                String integ = encr.isAead() ? "NONE" : "HMAC_SHA1_96";
                lengths.forEach(bits -> suites.add("encr=" + encr + " bits=" + bits + " integ=" + integ));
            }
        }
        for (Integ integ : Integ.ALL) {
            // With extended sequence numbers, the kernel wants integrity.
            suites.add("encr=AES_CBC bits=128 integ=" + integ + (integ == Integ.NONE ? " esn=false window=32" : ""));
        }
        return suites.stream();
    }

    @ParameterizedTest
    @MethodSource("suites")
    void everyAlgorithmCarriesPackets(String suite) throws Exception {
        establish(
                ends(true, false) + " " + TUNNEL_WEST + " " + suite,
                ends(false, false) + " " + TUNNEL_EAST + " " + suite);
        assertThat(ping(INNER)).isTrue();
        assertThat(west.ask("count")).isEqualTo("3 3");
        assertThat(east.ask("count")).isEqualTo("3 3");
    }

    static Stream<String> shapes() {
        return Stream.of(
                "mode=TRANSPORT",
                "mode=TUNNEL window=4096",
                "mode=TRANSPORT protocols=AH integ=HMAC_SHA2_512_256",
                "mode=TUNNEL protocols=AH integ=HMAC_SHA2_256_128 window=32 esn=false",
                "mode=TUNNEL protocols=IPCOMP,ESP");
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyShapeCarriesPacketsOverBothFamilies(String shape) throws Exception {
        for (boolean v6 : new boolean[] {false, true}) {
            establish(ends(true, v6) + " " + shape, ends(false, v6) + " " + shape);
            assertThat(ping("-s 1000 -p 00 " + (v6 ? "2001:db8::2" : "192.0.2.2")))
                    .as(v6 ? "IPv6" : "IPv4")
                    .isTrue();
            // Over IPv6, neighbour discovery may go through too.
            assertThat(west.ask("count")).matches(v6 ? "[3-9] [3-9]" : "3 3");
            assertThat(west.ask("down")).isEqualTo("down");
            assertThat(east.ask("down")).isEqualTo("down");
        }
    }

    @Test
    void espInUdpCarriesPacketsAndTellsOfNatsThatMove() throws Exception {
        String wishes = " window=32 esn=false";
        establish(
                ends(true, false) + " " + TUNNEL_WEST + wishes + " port=4500",
                ends(false, false) + " " + TUNNEL_EAST + wishes + " port=4500");
        assertThat(ping(INNER)).isTrue();
        assertThat(east.ask("count")).isEqualTo("3 3");
        assertThat(west.ask("down")).isEqualTo("down");
        assertThat(east.ask("down")).isEqualTo("down");

        // West sends from another port than east expects.
        establish(
                ends(true, false) + " " + TUNNEL_WEST + wishes + " port=4511",
                ends(false, false) + " " + TUNNEL_EAST + wishes + " port=4500");
        ping(INNER);
        assertThat(east.ask("events").split("; ", -1)).contains("mapping 192.0.2.1:4511");
    }

    @Test
    void aPolicyWithoutSaHoldsThePacketAndAsksForOne() throws Exception {
        west.ask("trap " + ends(true, false) + " " + TUNNEL_WEST);
        assertThat(ping(INNER)).isFalse();
        // ICMP's type and code stand in the ports' place.
        assertThat(west.ask("events")).isEqualTo("acquire 10.1.0.1/32/1/8 10.2.0.1/32/1/0 4001");
        prepared("ip -n west xfrm state flush");
    }

    @Test
    void acquiresThatDoNotFitAreLostAloudAndTheOthersTold() throws Exception {
        // In transport mode each destination needs an SA of its own.
        String answer = west.ask("lose mode=TRANSPORT " + ends(true, false) + " " + TUNNEL_WEST);
        List<String> seen = Arrays.asList(answer.split("; ", -1));
        assertThat(seen).contains("lost", "complaints 1").anyMatch(event -> event.startsWith("acquire 10.1.0.1/32/17"));
        assertThat(seen).hasSizeLessThan(40);
        // The socket that was read all along has them all.
        assertThat(west.ask("events").split("; ", -1)).hasSize(40);
        prepared("ip -n west xfrm state flush");
    }

    @Test
    void limitsExpireSoftThenHard() throws Exception {
        establish(
                ends(true, false) + " " + TUNNEL_WEST + " packets=4",
                ends(false, false) + " " + TUNNEL_EAST + " packets=0");
        shell("ip netns exec west ping -n -q -c 6 -i 0.05 -W 1 " + INNER);
        List<String> seen = Arrays.asList(west.ask("events").split("; ", -1));
        assertThat(seen).contains("soft outbound", "hard outbound", "soft inbound");
        assertThat(seen.indexOf("soft outbound")).isLessThan(seen.indexOf("hard outbound"));
        prepared("ip -n west xfrm state flush");
    }

    @Test
    void nothingPassesOnceTheSasAreGone() throws Exception {
        establish(ends(true, false) + " " + TUNNEL_WEST, ends(false, false) + " " + TUNNEL_EAST);
        prepared("ip -n east xfrm state flush");
        assertThat(ping(INNER)).isFalse();
        prepared("ip -n west xfrm state flush");
    }
}
