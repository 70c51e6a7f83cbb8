// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.value;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Names of protocols and services, as protocols(5) and services(5) list them. */
public final class NetworkNames {
    private final Map<String, Integer> protocols;
    private final Map<String, Integer> services;

    private NetworkNames(Map<String, Integer> protocols, Map<String, Integer> services) {
        this.protocols = protocols;
        this.services = services;
    }

    public static NetworkNames none() {
        return new NetworkNames(Map.of(), Map.of());
    }

    /** From the text of the two files, either of which may be empty. */
    public static NetworkNames of(String protocolsText, String servicesText) {
        return new NetworkNames(read(protocolsText), read(servicesText));
    }

    /** Lines of a name, a number with perhaps {@code /protocol} behind it, and aliases; the first of a name counts. */
    private static Map<String, Integer> read(String text) {
        Map<String, Integer> numbers = new HashMap<>();
        text.lines().forEach(line -> {
            String[] fields = line.replaceFirst("#.*", "").trim().split("\\s+");
            if (fields.length >= 2 && fields[1].matches("[0-9]{1,5}(/.*)?")) {
                int number = Integer.parseInt(fields[1].replaceFirst("/.*", ""));
                for (int i = 0; i < fields.length; i++) {
                    if (i != 1) {
                        numbers.putIfAbsent(fields[i], number);
                    }
                }
            }
        });
        return numbers;
    }

    public OptionalInt protocol(String name) {
        return of(protocols.get(name));
    }

    public OptionalInt port(String service) {
        return of(services.get(service));
    }

    private static OptionalInt of(Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
