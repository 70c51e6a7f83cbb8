// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.OwnKernelContract;
import org.jswan.kernel.SaCounters;
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

    /** What whoever registered was told. */
    private static final class Told implements KernelEvents {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void acquire(Selector source, Selector destination, int requestId, Optional<SecurityLabel> label) {
            lines.add("acquire " + source + " " + destination);
        }

        @Override
        public void expired(SaId id, boolean hard, SaCounters counters) {
            lines.add("expired " + id + " " + hard);
        }

        @Override
        public void mappingChanged(int spi, IpAddress newAddress, int newPort) {
            lines.add("mapping " + newAddress);
        }

        @Override
        public void eventsLost() {
            lines.add("lost");
        }
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
            assertThat(told.lines).containsExactly("expired " + reserved + " true");
            assertThat(complaints).isEmpty();
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
