// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether {@code ipsec _updown} is the pair of scripts that we shipped, and nothing makes them do other than they say. They
 * are looked at whenever that is asked, and read when they changed since.
 */
final class ShippedUpdown {
    static final String XFRM = "_updown.xfrm";
    private static final List<String> SCRIPTS = List.of("_updown", XFRM);
    /** The administrator's settings, which the script reads. */
    private static final List<String> SETTINGS = List.of("etc/sysconfig/pluto_updown", "etc/default/pluto_updown");
    /** Variables that the `ipsec` command or the script take from our own environment. */
    private static final List<String> VARIABLES = List.of("IPSEC_EXECDIR", "ROUTE", "IPRARGS", "IPROUTEARGS");

    private final Path libexec;
    private final Path root;
    private final boolean isOurCommand;
    private final Map<String, State> known = new HashMap<>();

    /** @param attributes of the file, by which a change is seen */
    private record State(Map<String, Object> attributes, boolean isShipped) {}

    /**
     * @param libexec where the scripts are
     * @param sbin where our {@code ipsec} is
     * @param root where {@code etc} is
     * @param environment that scripts get
     */
    ShippedUpdown(Path libexec, Path sbin, Path root, Map<String, String> environment) {
        this.libexec = libexec;
        this.root = root;
        isOurCommand = findsOurs(sbin, environment.getOrDefault("PATH", ""))
                && VARIABLES.stream().noneMatch(environment::containsKey);
    }

    private static boolean findsOurs(Path sbin, String path) {
        return Arrays.stream(path.split(":"))
                .map(folder -> Path.of(folder).resolve("ipsec"))
                .filter(Files::isExecutable)
                .findFirst()
                .filter(sbin.resolve("ipsec")::equals)
                .isPresent();
    }

    boolean isUntouched() {
        return isOurCommand
                && SETTINGS.stream().noneMatch(file -> Files.exists(root.resolve(file)))
                && SCRIPTS.stream().allMatch(this::isShipped);
    }

    private boolean isShipped(String name) {
        Path file = libexec.resolve(name);
        try {
            Map<String, Object> attributes = Files.readAttributes(file, "unix:dev,ino,size,ctime,mode");
            State state = known.get(name);
            if (state == null || !state.attributes().equals(attributes)) {
                boolean isShipped = Files.isExecutable(file) && Arrays.equals(Files.readAllBytes(file), shipped(name));
                state = new State(attributes, isShipped);
                known.put(name, state);
            }
            return state.isShipped();
        } catch (IOException e) {
            // The shell will complain of it.
            return false;
        }
    }

    private static byte[] shipped(String name) {
        try (InputStream in = ShippedUpdown.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not among our classes");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
