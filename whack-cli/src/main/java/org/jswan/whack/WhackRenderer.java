// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.RequestOption;
import org.jswan.connection.Spelling;

/** Writes a connection as the connection form that parses to it. */
public final class WhackRenderer {
    private WhackRenderer() {}

    /** The arguments of {@code whack} that add {@code request}. */
    public static List<String> render(ConnectionRequest request) {
        List<String> arguments = new ArrayList<>();
        arguments.add("--name");
        arguments.add(request.name());
        // Families must stand before the first address.
        option(arguments, ConnectionOption.HOST_FAMILY, request.get(ConnectionOption.HOST_FAMILY));
        option(arguments, ConnectionOption.CLIENT_FAMILY, request.get(ConnectionOption.CLIENT_FAMILY));
        end(arguments, request.left(), request.left().has(EndOption.ID));
        arguments.add("--to");
        end(arguments, request.right(), request.left().has(EndOption.ID));
        for (ConnectionOption<?> option : ConnectionOption.all()) {
            if (option == ConnectionOption.AUTHENTICATION) {
                request.get(ConnectionOption.AUTHENTICATION).ifPresent(methods -> methods(arguments, methods));
            } else if (option == ConnectionOption.SIGNATURE_HASHES) {
                request.get(ConnectionOption.SIGNATURE_HASHES).ifPresent(hashes -> {
                    arguments.add("--signature-hashes");
                    arguments.add(new TreeSet<>(hashes).stream().map(Enum::name).collect(Collectors.joining(",")));
                });
            } else if (option != ConnectionOption.HOST_FAMILY && option != ConnectionOption.CLIENT_FAMILY) {
                connectionOption(arguments, option, request);
            }
        }
        // A client implies a tunnel, unless the last word is another.
        boolean clients = request.left().has(EndOption.CLIENT)
                || request.right().has(EndOption.CLIENT)
                || request.left().has(EndOption.VIRTUAL)
                || request.right().has(EndOption.VIRTUAL);
        if (clients && !request.is(ConnectionOption.TUNNEL)) {
            arguments.add("--transport");
        }
        return arguments;
    }

    private static <T> void connectionOption(
            List<String> arguments, ConnectionOption<T> option, ConnectionRequest request) {
        option(arguments, option, request.get(option));
    }

    private static void end(List<String> arguments, EndRequest end, boolean leftHasId) {
        for (EndOption<?> option : EndOption.all()) {
            if (option == EndOption.HOST) {
                end.get(EndOption.HOST).ifPresent(host -> host(arguments, host, leftHasId));
            } else if (option == EndOption.CLIENT) {
                end.get(EndOption.CLIENT)
                        .filter(client -> !isImplied(end, client))
                        .ifPresent(client -> add(arguments, "client", client.toString()));
            } else if (option == EndOption.NEXTHOP) {
                end.get(EndOption.NEXTHOP).ifPresent(hop -> add(arguments, "nexthop", nexthop(hop)));
            } else if (option == EndOption.USERNAME) {
                end.get(EndOption.USERNAME).ifPresent(user -> add(arguments, "end-username", user));
            } else {
                endOption(arguments, option, end);
            }
        }
    }

    private static <T> void endOption(List<String> arguments, EndOption<T> option, EndRequest end) {
        option(arguments, option, end.get(option));
    }

    /** Hosts that stand for everybody have all the world behind them. */
    private static boolean isImplied(EndRequest end, Subnet client) {
        return client.equals(Subnet.all(client.family()))
                && end.get(EndOption.HOST)
                        .filter(host -> host.isGroup() || host.isOpportunistic())
                        .isPresent();
    }

    private static String nexthop(IpAddress hop) {
        return hop.isAny() ? "%direct" : hop.toString();
    }

    private static void host(List<String> arguments, HostSpec host, boolean leftHasId) {
        switch (host.kind()) {
            case INTERFACE -> add(arguments, "host-interface", host.text());
            case NAME -> add(arguments, leftHasId ? "host" : "host-name", host.text());
            default -> add(arguments, "host", host.toString());
        }
    }

    private static void methods(List<String> arguments, Set<AuthenticationMethod> methods) {
        for (AuthenticationMethod method : new TreeSet<>(methods)) {
            arguments.add(
                    switch (method) {
                        case PSK -> "--psk";
                        case NULL -> "--auth-null";
                        case NEVER -> "--auth-never";
                        case RSASIG -> "--rsa-sha2";
                        case ECDSA -> "--ecdsa";
                        case RSASIG_V1_5 -> "--rsa-sha1";
                    });
        }
    }

    private static <T> void option(List<String> arguments, RequestOption<T> option, Optional<T> value) {
        if (value.isEmpty()) {
            return;
        }
        for (Spelling<T> spelling : option.spellings()) {
            if (spelling.fixed().equals(value)) {
                arguments.add("--" + spelling.name());
                return;
            }
            if (spelling.fixed().isEmpty()) {
                add(arguments, spelling.name(), option.type().text(value.get()));
                return;
            }
        }
        throw new IllegalArgumentException(option + " can't say " + value.get());
    }

    private static void add(List<String> arguments, String name, String value) {
        arguments.add("--" + name);
        arguments.add(value);
    }
}
