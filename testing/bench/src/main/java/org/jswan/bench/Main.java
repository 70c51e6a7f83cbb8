// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.io.IOException;
import javax.management.JMException;
import org.jswan.connection.IkeVersion;

/** Runs the benchmark that its argument names: {@code x25519}, {@code modp2048}, {@code ikev1}, {@code memory}, {@code classes}, {@code load}, {@code groups}, {@code scale}, {@code rekey}, {@code flood} or {@code clients}. */
public final class Main {
    private static final String X25519 = "aes_gcm256-sha2_512;dh31";
    private static final String MODP2048 = "aes_gcm256-sha2_512;modp2048";
    /** Main Mode, and Quick Mode with a Diffie-Hellman exchange of its own. */
    private static final String IKEV1 = "aes256-sha2_256;modp2048";

    private static final int PEERS = Integer.getInteger("peers", 500);
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final int HELD = Integer.getInteger("held", 2000);

    private static final int FLOODED_PEERS = 200;
    private static final int FLOOD = 20_000;
    private static final int FLOOD_SECONDS = Integer.getInteger("seconds", 60);

    private Main() {}

    public static void main(String[] arguments) throws JMException, IOException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException(
                    "usage: Main x25519 | modp2048 | ikev1 | memory | classes | load | groups | scale | rekey | flood | clients");
        }
        String name = arguments[0];
        switch (name) {
            case "x25519" -> ResponderCost.print(name, new Peers(PEERS, X25519), ROUNDS, 0.8);
            case "modp2048" -> ResponderCost.print(name, new Peers(PEERS, MODP2048), ROUNDS, 1.8);
            case "ikev1" -> ResponderCost.print(name, new Peers(PEERS, IKEV1, IkeVersion.IKEV1), ROUNDS, 2.2);
            case "memory" -> ResponderMemory.print(X25519, HELD, false);
            case "rekey" -> RekeyCost.print(X25519, PEERS);
            case "flood" -> Flood.print(X25519, FLOODED_PEERS, FLOOD, FLOOD_SECONDS);
            case "clients" -> Clients.print(FLOODED_PEERS + 1, FLOOD_SECONDS, X25519);
            case "load" -> LoadCost.print(X25519);
            case "groups" -> GroupCost.print();
            case "scale" -> ScaleCost.print(X25519);
            case "classes" -> ResponderMemory.print(X25519, HELD, true);
            default -> throw new IllegalArgumentException("no benchmark " + name);
        }
    }
}
