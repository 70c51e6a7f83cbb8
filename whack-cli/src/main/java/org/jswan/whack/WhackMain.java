// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.config.value.NetworkNames;
import org.jswan.control.ControlRequest;
import org.jswan.control.ExitStatus;

/** The client in Java: whack where there is no native one, and the one that judges arguments when there is no daemon. */
public final class WhackMain {
    private WhackMain() {}

    /**
     * Runs whack and ends the process.
     *
     * @param arguments the program's kind, {@code whack}; {@code argv[0]}; and the arguments behind it
     */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), ClientIo.standard()));
    }

    static int run(List<String> arguments, ClientIo io) {
        if (arguments.size() < 2) {
            io.printError(Bytes.ofUtf8("usage: WhackMain whack ARGV0 [ARGUMENT]...\n"));
            return ExitStatus.WHACK_PROBLEM;
        }
        List<String> options = arguments.subList(2, arguments.size());
        if (options.contains("--help") || options.contains("--version")) {
            // These are answered here even if there is a daemon.
            WhackParsed parsed = grammar().parse(arguments.get(1), options);
            if (parsed instanceof WhackParsed.Done done && done.status() == 0) {
                return finish(done, io);
            }
        }
        try {
            return ControlClient.run(
                    SocketPath.of(options),
                    new ControlRequest(
                            arguments.get(0),
                            Bytes.ofUtf8(Path.of("").toAbsolutePath().toString()),
                            arguments.stream().skip(1).map(Bytes::ofUtf8).toList()),
                    io);
        } catch (ControlClient.NoDaemonException e) {
            WhackParsed parsed = grammar().parse(arguments.get(1), options);
            if (parsed instanceof WhackParsed.Done done) {
                return finish(done, io);
            }
            io.printError(Bytes.ofUtf8(((WhackParsed.Request) parsed).warnings() + e.getMessage() + "\n"));
            return ExitStatus.WHACK_PROBLEM;
        }
    }

    private static int finish(WhackParsed.Done done, ClientIo io) {
        io.print(Bytes.ofUtf8(done.output()));
        io.printError(Bytes.ofUtf8(done.error()));
        return done.status();
    }

    private static WhackGrammar grammar() {
        return new WhackGrammar(WhackMain::lookup, WhackMain::networkNames);
    }

    private static List<IpAddress> lookup(String name) {
        try {
            return Stream.of(InetAddress.getAllByName(name))
                    .map(address -> IpAddress.of(Bytes.wrap(address.getAddress())))
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    private static NetworkNames networkNames() {
        try {
            return NetworkNames.of(read("/etc/protocols"), read("/etc/services"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(String file) throws IOException {
        return Files.isReadable(Path.of(file)) ? Files.readString(Path.of(file), StandardCharsets.ISO_8859_1) : "";
    }
}
