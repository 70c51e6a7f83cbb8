// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.pluto.PlutoOptions;
import org.junit.jupiter.api.Test;

/** Postquantum preshared keys: who insists, who has the key, and what becomes of it. */
class PostquantumTest {
    private static final String INITIATED = "PPK AUTH calculated as initiator";
    private static final String RESPONDED = "PPK AUTH calculated as responder";
    private static final String IGNORED =
            "ignored received PPK_IDENTITY - connection does not require PPK or PPKID not found";
    private static final String WITHOUT = "peer wants to continue without PPK - switching to NO_PPK";
    private static final String KEY = "a key that no machine will guess";

    private enum Policy {
        NO,
        YES,
        INSIST
    }

    /** An end: its policy, the name of its key and the key. */
    private record End(Policy policy, String name, String key) {
        static End with(Policy policy) {
            return new End(policy, "name", KEY);
        }

        static End without(Policy policy) {
            return new End(policy, "", "");
        }

        SecretStore secrets() {
            List<SecretEntry> entries =
                    new ArrayList<>(Pair.secrets(Pair.SECRET).entries());
            if (!name.isEmpty()) {
                entries.add(new SecretEntry(
                        SecretKind.PPK, List.of(), Secret.copyOf(Bytes.ofUtf8(key)), Bytes.ofUtf8(name), 2));
            }
            return new SecretStore(entries);
        }

        ConnectionRequest.Builder connection() {
            ConnectionRequest.Builder request = Pair.tunnel();
            if (policy != Policy.NO) {
                request.set(ConnectionOption.PPK_ALLOW);
            }
            return policy == Policy.INSIST ? request.set(ConnectionOption.PPK_INSIST) : request;
        }
    }

    private final List<String> lines = new ArrayList<>();

    private static Pair listening(long seed, End western, End eastern) {
        SimWorld world = new SimWorld(seed);
        Pair pair = new Pair(
                world,
                new SimHost(
                        "west", world, List.of(IpAddress.of(Pair.WEST)), western.secrets(), PlutoOptions.defaults()),
                new SimHost(
                        "east", world, List.of(IpAddress.of(Pair.EAST)), eastern.secrets(), PlutoOptions.defaults()));
        pair.add(western.connection(), eastern.connection());
        return pair;
    }

    private Pair negotiate(End western, End eastern) {
        Pair pair = listening(81, western, eastern);
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        lines.clear();
        lines.addAll(session.lines());
        return pair;
    }

    private void assertUp(Pair pair) {
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        pair.west.kernel().installed().forEach(sa -> assertThat(
                        pair.east.kernel().key(sa.id()))
                .isEqualTo(pair.west.kernel().key(sa.id())));
        assertThat(pair.west.log()).noneMatch(line -> line.contains("no effect yet"));
    }

    @Test
    void aKeyThatBothHaveIsMixedIn() {
        for (Policy west : List.of(Policy.YES, Policy.INSIST)) {
            for (Policy east : List.of(Policy.YES, Policy.INSIST)) {
                Pair pair = negotiate(End.with(west), End.with(east));
                assertUp(pair);
                assertThat(lines).contains("002 \"t\" #1: " + INITIATED);
                assertThat(pair.east.log()).contains("\"t\" #1: " + RESPONDED);
                pair.assertNothingLeftAfterDelete();
            }
        }
    }

    @Test
    void theKeysOfTheKernelDependOnIt() {
        Pair with = negotiate(End.with(Policy.YES), End.with(Policy.YES));
        Pair without = negotiate(End.with(Policy.NO), End.with(Policy.NO));
        Pair other = negotiate(new End(Policy.YES, "name", "other"), new End(Policy.YES, "name", "other"));
        List<Object> keys = List.of(with, without, other).stream()
                .<Object>map(pair -> pair.west
                        .kernel()
                        .key(pair.west.kernel().installed().get(0).id()))
                .toList();
        assertThat(keys).doesNotHaveDuplicates();
    }

    @Test
    void whereNobodyInsistsItWorksWithoutTheKey() {
        assertUp(negotiate(End.without(Policy.YES), End.with(Policy.YES)));
        assertThat(lines).contains("002 \"t\" #1: failed to find PPK and PPK_ID, continuing without PPK");
        for (End east :
                List.of(End.without(Policy.YES), End.with(Policy.NO), new End(Policy.YES, "another name", KEY))) {
            Pair pair = negotiate(End.with(Policy.YES), east);
            assertUp(pair);
            assertThat(lines).contains("002 \"t\" #1: " + INITIATED, "002 \"t\" #1: " + WITHOUT);
            assertThat(pair.east.log()).contains("\"t\" #1: " + IGNORED);
        }
        assertUp(negotiate(End.with(Policy.NO), End.with(Policy.YES)));
    }

    @Test
    void anInitiatorThatInsistsNeedsAKey() {
        Pair pair = negotiate(End.without(Policy.INSIST), End.with(Policy.INSIST));
        assertThat(lines)
                .containsSequence(
                        "003 \"t\" #1: connection requires PPK, but we didn't find one",
                        "036 \"t\" #1: encountered fatal error in state STATE_V2_PARENT_I1");
        assertThat(pair.west.kernel().installed()).isEmpty();
    }

    @Test
    void aResponderThatInsistsNeedsAKey() {
        for (End west : List.of(End.with(Policy.NO), End.with(Policy.YES))) {
            Pair pair = negotiate(west, End.without(Policy.INSIST));
            assertThat(pair.east.log())
                    .contains("\"t\" #1: Requested PPK_ID not found and connection requires a valid PPK");
            assertThat(lines)
                    .contains("003 \"t\" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED");
        }
    }

    @Test
    void anInitiatorThatInsistsWantsItConfirmed() {
        Pair pair = negotiate(End.with(Policy.INSIST), End.with(Policy.NO));
        // Without NO_PPK_AUTH the responder sees a wrong hash only.
        assertThat(pair.east.log())
                .contains(
                        "\"t\" #1: " + IGNORED,
                        "\"t\" #1: authentication failed: computed hash does not match hash received from peer"
                                + " ID_FQDN '@west'");
        assertThat(pair.isUp()).isFalse();
    }

    @Test
    void otherKeysOfTheSameNameAreTold() {
        Pair pair = negotiate(End.with(Policy.YES), new End(Policy.YES, "name", "another key"));
        assertThat(pair.isUp()).isFalse();
        assertThat(pair.east.log())
                .contains(
                        "\"t\" #1: " + RESPONDED,
                        "\"t\" #1: authentication failed: computed hash does not match hash received from peer"
                                + " ID_FQDN '@west'");
    }

    @Test
    void inAnyWeather() {
        for (int seed = 0; seed < 200; seed++) {
            Pair pair = listening(seed, End.with(Policy.INSIST), End.with(Policy.INSIST));
            pair.assertWeathers(seed, pair::isCarrying);
        }
    }
}
