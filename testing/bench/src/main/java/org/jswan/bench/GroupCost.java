// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.config.ConfigFiles;
import org.jswan.config.value.NetworkNames;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.PolicyFiles;
import org.jswan.control.WhackCommand;

/** What the lines of a policy group's file cost: read the first time, made members and trapped; and read again. */
final class GroupCost {
    private static final String GROUP = "lines-";
    private static final int[] COUNTS = {10, 1000, 10_000, 10, 1000, 10_000};
    private static final IpAddress HERE = IpAddress.of("192.0.2.1");

    private GroupCost() {}

    /** A group {@code lines-N} has N networks. */
    static PolicyFiles files() {
        return new PolicyFiles("policies", new Lines(), NetworkNames::none);
    }

    private static final class Lines implements ConfigFiles {
        @Override
        public Bytes read(String path) throws IOException {
            if (!path.startsWith("policies/" + GROUP)) {
                throw new NoSuchFileException(path);
            }
            int count = Integer.parseInt(path.substring(("policies/" + GROUP).length()));
            StringBuilder text = new StringBuilder("# networks\n");
            for (int n = 0; n < count; n++) {
                text.append("10.").append(n >> 8).append('.').append(n & 255).append(".0/24\n");
            }
            return Bytes.ofUtf8(text.toString());
        }

        @Override
        public List<String> glob(String pattern, boolean braces) {
            return List.of();
        }
    }

    /** Prints the figures for some numbers of lines, one after the other in the same JVM: the first ones are cold. */
    static void print() {
        for (int count : COUNTS) {
            Wire wire = new Wire();
            BenchHost host = new BenchHost(wire, List.of(HERE));
            String name = GROUP + count;
            host.whack(new WhackCommand.Add(group(name)));
            host.whack(new WhackCommand.Route(name));
            double made = micros(host, new WhackCommand.RereadGroups()) / count;
            if (host.pluto().connections().size() != count + 1) {
                throw new IllegalStateException(host.pluto().connections().size() + " connections");
            }
            double again = micros(host, new WhackCommand.RereadGroups()) / count;
            double gone = micros(host, new WhackCommand.Delete(name, false)) / count;
            System.out.printf(
                    Locale.ROOT,
                    "groups    %5d lines: %.1f us of CPU each to read, make members and trap them; %.1f us to read them"
                            + " again; %.1f us to delete them%n",
                    count,
                    made,
                    again,
                    gone);
        }
    }

    private static ConnectionRequest group(String name) {
        return ConnectionRequest.builder(name)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.PFS)
                .set(ConnectionOption.KEYING_TRIES, 1L)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.NULL))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(HERE))
                        .build())
                .right(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP))
                        .build())
                .build();
    }

    private static double micros(BenchHost host, WhackCommand command) {
        Meter.Cost before = host.cost();
        host.whack(command);
        return host.cost().minus(before).cpuNanos() / 1e3;
    }
}
