// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.connection.ConnectionOption;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.junit.jupiter.api.Test;

/** {@code whack --globalstatus}, {@code --clearstats}, {@code --processstatus}. */
class GlobalStatusTest {
    private static List<String> ask(SimHost host, WhackCommand command) {
        return host.whack(WhackRequest.of(command)).lines();
    }

    private static List<String> status(SimHost host) {
        List<String> raw = ask(host, new WhackCommand.GlobalStatus());
        assertThat(raw).allMatch(line -> line.endsWith("\n"));
        return raw.stream().map(String::stripTrailing).toList();
    }

    /** What is neither of the setup nor nought. */
    private static List<String> counted(SimHost host) {
        return status(host).stream()
                .filter(line -> !line.startsWith("config.") && !line.endsWith("=0"))
                .toList();
    }

    @Test
    void everyNameIsThereFromTheBeginning() {
        Pair pair = Pair.listening(1);
        List<String> lines = status(pair.west);
        assertThat(lines).hasSize(550);
        assertThat(lines)
                .startsWith(
                        "config.setup.ike.ddos_threshold=25000",
                        "config.setup.ike.max_halfopen=50000",
                        "current.states.all=0")
                .contains(
                        "current.states.enumerate.STATE_MAIN_R0=0",
                        "total.ike.traffic.in=0",
                        "total.ikev1.integ.SHA2_512=0",
                        "total.ikev2.sent.invalidke.suggesting.CURVE448=0")
                .endsWith("total.ikev2.recv.notifies.status.other=0");
        assertThat(counted(pair.west)).isEmpty();
        assertThat(ask(pair.west, new WhackCommand.ProcessStatus())).containsExactly("000   PID  Process");
    }

    @Test
    void whatHappensIsCountedUntilItIsForgotten() {
        Pair pair = Pair.up(2);
        assertThat(counted(pair.west))
                .contains(
                        "current.states.all=2",
                        "current.states.ipsec=1",
                        "current.states.ike=1",
                        "current.states.iketype.authenticated=1",
                        "current.states.enumerate.STATE_V2_ESTABLISHED_IKE_SA=1",
                        "total.ipsec.type.esp=1",
                        "total.ipsec.type.esn=1",
                        "total.ipsec.type.non_encap=1",
                        "total.ike.ikev2.established=1",
                        "total.ikev2.ike.started=1",
                        "total.ikev2.ike.established=1",
                        "total.ikev2.child.started=1",
                        "total.ikev2.child.established=1",
                        "total.ikev2.encr.AES_GCM_C=1",
                        "total.ikev2.group.MODP2048=1",
                        "total.ikev2.ipsec.encr.AES_GCM_16=1",
                        "total.ikev2.ipsec.integ.NONE=1")
                .anyMatch(line -> line.matches("total\\.ike\\.traffic\\.out=[0-9]{4}"));
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(counted(pair.west))
                .contains(
                        "total.ike.ikev2.completed=1",
                        "total.ikev2.ike.finished.completed=1",
                        "total.ikev2.ike.finished=1",
                        "total.ikev2.child.finished.completed=1")
                .noneMatch(line -> line.startsWith("current."));
        ask(pair.west, new WhackCommand.ClearStats());
        assertThat(counted(pair.west)).isEmpty();
    }

    @Test
    void whoIsSilentIsCountedAsSuch() {
        Pair pair = Pair.listening(3);
        pair.world.pass(datagram -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(80));
        assertThat(counted(pair.west)).contains("total.ikev2.ike.finished.too-many-retransmits=1");
        assertThat(counted(pair.west)).contains("total.ike.ikev2.failed=1");
    }

    /** As libreswan: who answers a Quick Mode counts its IPsec SA when it answers and when it is confirmed. */
    @Test
    void whatHappensByIkev1IsCountedToo() {
        Pair pair = Ikev1Pair.up(4);
        assertThat(counted(pair.west))
                .contains(
                        "current.states.all=2",
                        "current.states.ipsec=1",
                        "current.states.ike=1",
                        "current.states.iketype.authenticated=1",
                        "current.states.enumerate.STATE_MAIN_I4=1",
                        "current.states.enumerate.STATE_QUICK_I2=1",
                        "total.ipsec.type.esp=1",
                        "total.ipsec.type.non_encap=1",
                        "total.ike.ikev1.established=1",
                        "total.ikev1.isakmp.started=1",
                        "total.ikev1.isakmp.established=1",
                        "total.ikev1.ipsec.started=1",
                        "total.ikev1.ipsec.established=1",
                        "total.ikev1.encr.AES_CBC=1",
                        "total.ikev1.integ.SHA2_256=1",
                        "total.ikev1.group.MODP2048=1",
                        "total.ikev1.ipsec.encr.AES_CBC=1",
                        "total.ikev1.ipsec.integ.HMAC_SHA1_96=1",
                        "total.total.pluto.stf.STF_OK=4")
                .noneMatch(line -> line.contains("ikev2") || line.contains("esn"));
        assertThat(counted(pair.east))
                .contains(
                        "current.states.enumerate.STATE_MAIN_R3=1",
                        "current.states.enumerate.STATE_QUICK_R2=1",
                        "total.ipsec.type.all=1",
                        "total.ipsec.type.esp=2",
                        "total.ikev1.isakmp.established=1",
                        "total.ikev1.ipsec.established=2",
                        "total.total.pluto.stf.STF_OK=5");
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(counted(pair.west))
                .contains(
                        "total.ike.ikev1.completed=1",
                        "total.ikev1.isakmp.finished.completed=1",
                        "total.ikev1.isakmp.finished=1",
                        "total.ikev1.ipsec.finished.completed=1",
                        "total.ikev1.ipsec.finished=1")
                .noneMatch(line -> line.startsWith("current."));
    }

    @Test
    void refusalsByIkev1AreCountedOnBothEnds() {
        Pair pair = Ikev1Pair.listening(
                5,
                west -> west.set(ConnectionOption.IKE, "aes128-sha1;modp2048"),
                east -> east.set(ConnectionOption.IKE, "aes256-sha2;modp2048"));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        assertThat(counted(pair.west))
                .contains(
                        "total.ikev1.recv.notifies.error.NO_PROPOSAL_CHOSEN=1", "total.total.pluto.stf.STF_FAIL_v1N=1");
        assertThat(counted(pair.east))
                .contains(
                        "total.ikev1.sent.notifies.error.NO_PROPOSAL_CHOSEN=1",
                        "total.ike.ikev1.failed=1",
                        "total.ikev1.isakmp.finished.other=1",
                        "total.total.pluto.stf.STF_FAIL_v1N=1");
    }
}
