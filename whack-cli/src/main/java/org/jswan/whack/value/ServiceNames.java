// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** The names in {@code /etc/protocols} and {@code /etc/services}, read when first asked for. */
public final class ServiceNames {
    private final Path protocolsFile;
    private final Path servicesFile;
    private Map<String, Integer> protocols;
    private Map<String, Integer> services;

    public ServiceNames(Path protocolsFile, Path servicesFile) {
        this.protocolsFile = protocolsFile;
        this.servicesFile = servicesFile;
    }

    /** Those of this machine. */
    public static ServiceNames ofThisMachine() {
        return new ServiceNames(Path.of("/etc/protocols"), Path.of("/etc/services"));
    }

    /** The number of a protocol by its name or an alias. */
    public OptionalInt protocol(String name) {
        if (protocols == null) {
            protocols = read(protocolsFile);
        }
        return find(protocols, name);
    }

    /** The port of a service by its name or an alias, of whichever protocol comes first. */
    public OptionalInt service(String name) {
        if (services == null) {
            services = read(servicesFile);
        }
        return find(services, name);
    }

    private static OptionalInt find(Map<String, Integer> numbers, String name) {
        Integer number = numbers.get(name);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** Lines {@code name number[/protocol] alias*}; a machine without the file has no names. */
    private static Map<String, Integer> read(Path file) {
        Map<String, Integer> numbers = new HashMap<>();
        if (!Files.isReadable(file)) {
            return numbers;
        }
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
                if (words.length >= 2 && words[1].matches("[0-9]{1,5}(/.*)?")) {
                    int number = Integer.parseInt(words[1].replaceFirst("/.*", ""));
                    numbers.putIfAbsent(words[0], number);
                    for (int i = 2; i < words.length; i++) {
                        numbers.putIfAbsent(words[i], number);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return numbers;
    }
}
