// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Template;
import org.jswan.kernel.OwnKernelContract;
import org.jswan.kernel.SaId;
import org.junit.jupiter.api.Test;

/** The kernel port's contract on a real kernel's af_key, which testing/kernel/run lends us. */
class PfkeyContractTest extends OwnKernelContract {
    private static final Asker ASKER = new Asker((int) ProcessHandle.current().pid(), Asker.BEYOND_ACQUIRES);

    @Override
    protected KernelIpsec openOwnKernel() throws Exception {
        try (PfkeyEvents events = register(new ArrayList<>())) {
            return PfkeyKernel.open(ASKER, events.supported(), line -> {});
        }
    }

    private static PfkeyEvents register(List<String> complaints) throws KernelException {
        return PfkeyEvents.register(PfkeyEvents.openSocket(), ASKER, complaints::add);
    }

    @Override
    protected void closeKernel(KernelIpsec opened) {
        ((PfkeyKernel) opened).close();
    }

    @Override
    protected boolean takes(Encr encr) {
        return Algorithms.LINUX.number(encr).isPresent();
    }

    @Override
    protected boolean takes(Integ integ) {
        return Algorithms.LINUX.number(integ).isPresent();
    }

    @Test
    void probeFindsNothingMissing() throws Exception {
        PfkeyKernel kernel = (PfkeyKernel) openKernel();
        assertThat(kernel.probe().missingProtocols()).isEmpty();
        assertThat(kernel.probe().missing(Encr.AES_CBC, 256)).isEmpty();
        assertThat(kernel.probe().missing(Integ.HMAC_SHA2_512_256)).isEmpty();
        closeKernel(kernel);
    }

    @Test
    void algorithmsThatItLacksAreNamed() throws Exception {
        KernelIpsec kernel = openKernel();
        SaId id = new SaId(US, PEER, IpsecProtocol.ESP, 0x5000);
        assertThatThrownBy(() -> kernel.addSa(sa(id, false, Optional.of(Encr.AES_GCM_16), 256, Integ.NONE)))
                .isInstanceOfSatisfying(
                        KernelException.class, e -> assertThat(e.errno()).isEqualTo("EOPNOTSUPP"))
                .hasMessage("Add SA esp.5000@192.0.2.2: PF_KEY v2 on Linux has no encryption algorithm AES_GCM_16");
        closeKernel(kernel);
    }

    @Test
    void whoRegistersIsToldWhatExpires() throws Exception {
        KernelIpsec kernel = openKernel();
        List<String> complaints = new ArrayList<>();
        Told told = new Told();
        try (PfkeyEvents events = register(complaints)) {
            SaId used = new SaId(US, PEER, IpsecProtocol.ESP, 0x5001);
            kernel.addSa(esp(used, false));
            SaId reserved =
                    new SaId(PEER, US, IpsecProtocol.ESP, kernel.allocateSpi(PEER, US, IpsecProtocol.ESP, REQUEST));
            outlast(kernel, reserved);
            while (events.deliver(told, 64)) {
                // more to come
            }
            assertThat(told.lines()).containsExactly("hard " + PEER + " " + reserved + " 0 0");
            assertThat(complaints).isEmpty();
        }
        closeKernel(kernel);
    }

    private static void ip(String command) throws Exception {
        List<String> words = new ArrayList<>(List.of("ip"));
        words.addAll(List.of(command.split(" ", -1)));
        assertThat(new ProcessBuilder(words).inheritIO().start().waitFor())
                .as(command)
                .isZero();
    }

    /** As after {@code ip xfrm state flush}: af_key names the gateways, and only its policy tells whose packets wait. */
    @Test
    void aTunnelWhoseSaIsGoneIsAskedForByItsClients() throws Exception {
        KernelIpsec kernel = openKernel();
        ip("link add inside type veth peer name outside");
        ip("link set inside up");
        ip("link set outside up");
        ip("address add 10.77.1.1/24 dev inside");
        ip("route add 10.77.2.0/24 dev inside");
        List<String> complaints = new ArrayList<>();
        Told told = new Told();
        try (PfkeySocket socket = PfkeyEvents.openSocket();
                PfkeyEvents events = PfkeyEvents.register(socket, ASKER, complaints::add);
                DatagramSocket client = new DatagramSocket(new InetSocketAddress("10.77.1.1", 0))) {
            kernel.putPolicy(new KernelPolicy(
                    Direction.OUT,
                    new Selector(Subnet.of("10.77.1.0/24"), 17, 0),
                    new Selector(Subnet.of("10.77.2.0/24"), 17, 9),
                    Action.ALLOW,
                    List.of(new Template(IpsecProtocol.ESP, IpsecMode.TUNNEL, REQUEST, US, PEER, false)),
                    100,
                    Optional.empty(),
                    Optional.empty()));
            client.send(new DatagramPacket(new byte[1], 1, new InetSocketAddress("10.77.2.1", 9)));
            assertThat(socket.await()).isTrue();
            events.deliver(told, 64);
            assertThat(told.lines()).containsExactly("acquire 10.77.1.0/32/17/0 10.77.2.0/32/17/9");
            assertThat(complaints).isEmpty();
        } finally {
            ip("link delete inside");
        }
        closeKernel(kernel);
    }

    @Test
    void whatOthersDoMeanwhileDoesNotKeepAnAnswerAway() throws Exception {
        KernelIpsec busy = openKernel();
        KernelIpsec kernel = openKernel();
        SaId id = new SaId(US, PEER, IpsecProtocol.ESP, 0x5002);
        // Each of these is told to both: more than a socket holds.
        for (int i = 0; i < 5000; i++) {
            busy.addSa(esp(id, false));
            busy.deleteSa(id);
        }
        kernel.addSa(esp(id, false));
        assertThat(kernel.counters(id).orElseThrow().added()).isBefore(Instant.MAX);
        closeKernel(kernel);
        closeKernel(busy);
    }
}
