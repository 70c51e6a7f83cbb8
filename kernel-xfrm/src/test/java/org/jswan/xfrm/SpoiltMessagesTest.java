// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.io.IOException;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.net.NetworkEvents;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is in a datagram, it ends in events, complaints or the port's exceptions, never in another. */
class SpoiltMessagesTest {
    private static final IpAddress WEST = IpAddress.of("192.0.2.1");
    private static final SaId ID = new SaId(WEST, WEST, IpsecProtocol.ESP, 1);

    private static final KernelEvents NOBODY = new KernelEvents() {
        @Override
        public void acquire(Selector source, Selector destination, int requestId, Optional<SecurityLabel> label) {}

        @Override
        public void expired(SaId id, boolean hard, SaCounters counters) {}

        @Override
        public void mappingChanged(int spi, IpAddress newAddress, int newPort) {}

        @Override
        public void eventsLost() {}
    };

    private static final NetworkEvents NOTHING = new NetworkEvents() {
        @Override
        public void addressAdded(IpAddress address) {}

        @Override
        public void addressRemoved(IpAddress address) {}

        @Override
        public void changed() {}
    };

    /** Offers a datagram to everybody who reads from the kernel. */
    private static void offer(Bytes datagram) {
        try {
            new XfrmEvents(new ScriptedKernel().answer(datagram), complaint -> {}).deliver(NOBODY, 10);
            new RouteEvents(new ScriptedKernel().answer(datagram), complaint -> {}).deliver(NOTHING, 10);
        } catch (IOException e) {
            throw new AssertionError("the script has no such failure", e);
        }
        refusable(d -> new XfrmKernel(d.channel(), name -> 0).counters(ID), datagram);
        refusable(d -> new XfrmKernel(d.channel(), name -> 0).allocateSpi(WEST, WEST, IpsecProtocol.ESP, 1), datagram);
        refusable(d -> new XfrmKernel(d.channel(), name -> 0).deleteSa(ID), datagram);
        refusable(d -> new InterfaceList(d.channel()).links(), datagram);
        refusable(d -> new InterfaceList(d.channel()).addresses(), datagram);
        refusable(d -> new RouteTable(d.channel()).route(WEST), datagram);
        refusable(d -> new RouteTable(d.channel()).route(IpAddress.ANY_V4), datagram);
    }

    private interface Use {
        void of(ScriptedKernel kernel) throws IOException, KernelException;
    }

    private static void refusable(Use use, Bytes datagram) {
        try {
            use.of(new ScriptedKernel().answer(datagram));
        } catch (IOException | KernelException expected) {
            // One of the two ways in which the ports fail.
        }
    }

    private static void everyVariant(Bytes message, Consumer<Bytes> consumer) {
        for (int length = 0; length < message.length(); length++) {
            consumer.accept(message.first(length));
        }
        for (int bit = 0; bit < message.length() * Byte.SIZE; bit++) {
            byte[] octets = message.toArray();
            octets[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            consumer.accept(Bytes.wrap(octets));
        }
        Random random = new Random(message.length());
        for (int i = 0; i < 200; i++) {
            byte[] octets = message.toArray();
            for (int j = random.nextInt(8); j >= 0; j--) {
                octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
            }
            consumer.accept(Bytes.wrap(octets));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acquire",
                "expire",
                "mapping",
                "sa",
                "refused",
                "done",
                "link",
                "address",
                "address-v6",
                "default-route",
                "multipath-route",
                "dump-done"
            })
    void spoiltMessagesDoNoHarm(String name) {
        everyVariant(ScriptedKernel.message(name), SpoiltMessagesTest::offer);
    }
}
