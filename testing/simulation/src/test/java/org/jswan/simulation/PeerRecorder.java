// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jswan.base.Bytes;

/** Records {@link PeerScene}s with a real peer; record-peer.sh runs it. */
final class PeerRecorder implements PeerScene.Peer {
    /** So long nothing comes before the peer is taken to have said all. */
    private static final int PATIENCE_MILLIS = 3000;

    private final DatagramSocket socket;
    private final List<String> lines = new ArrayList<>();

    private PeerRecorder(DatagramSocket socket) {
        this.socket = socket;
    }

    /** Takes a folder for the recordings. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(Pair.WEST, 500))) {
            socket.connect(new InetSocketAddress(Pair.EAST, 500));
            PeerRecorder responds = new PeerRecorder(socket);
            new PeerScene(responds).initiate();
            Files.write(folder.resolve("libreswan-responds.txt"), responds.lines);
            PeerRecorder initiates = new PeerRecorder(socket);
            new PeerScene(initiates).respond();
            Files.write(folder.resolve("libreswan-initiates.txt"), initiates.lines);
        }
    }

    @Override
    public List<Bytes> begin() throws IOException {
        lines.add("! begin");
        return after("--initiate");
    }

    @Override
    public List<Bytes> end() throws IOException {
        lines.add("! end");
        return after("--terminate");
    }

    private List<Bytes> after(String command) throws IOException {
        new ProcessBuilder(
                        "ip", "netns", "exec", "peer", System.getenv("WHACK"), command, "--asynchronous", "--name", "t")
                .inheritIO()
                .start();
        return receive();
    }

    @Override
    public List<Bytes> answer(Bytes message) throws IOException {
        lines.add("> " + message.hex());
        byte[] octets = message.toArray();
        socket.send(new DatagramPacket(octets, octets.length));
        return receive();
    }

    /** One message, if one comes. */
    private List<Bytes> receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.setSoTimeout(PATIENCE_MILLIS);
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException silent) {
            return List.of();
        }
        Bytes message = Bytes.copyOf(Arrays.copyOf(packet.getData(), packet.getLength()));
        lines.add("< " + message.hex());
        return List.of(message);
    }
}
