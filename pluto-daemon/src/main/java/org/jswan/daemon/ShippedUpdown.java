// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether {@code ipsec _updown} is what we shipped, and nothing makes it do other than it says. The command and the two
 * scripts behind it are looked at whenever that is asked, and read when they changed since.
 */
final class ShippedUpdown {
    static final String XFRM = "_updown.xfrm";
    private static final String COMMAND = "ipsec";
    private static final List<String> SCRIPTS = List.of("_updown", XFRM);
    /** The administrator's settings, which the script reads. */
    private static final List<String> SETTINGS = List.of("etc/sysconfig/pluto_updown", "etc/default/pluto_updown");
    /** Variables that the `ipsec` command or the script take from our own environment. */
    private static final List<String> VARIABLES =
            List.of("IPSEC_EXECDIR", "IPSEC_SBINDIR", "ROUTE", "IPRARGS", "IPROUTEARGS");

    private final Places places;
    private final Path root;
    private final List<Path> path;
    private final boolean isPlain;
    private final Map<Path, State> known = new HashMap<>();

    /**
     * What the installation filled into its scripts.
     *
     * @param libexec where the scripts are
     * @param sbin where our {@code ipsec} is
     * @param nss where the database of keys is, unless configured
     */
    record Places(String libexec, String sbin, String nss) {
        String fill(String text) {
            return text.replace("@LIBEXECDIR@", libexec)
                    .replace("@SBINDIR@", sbin)
                    .replace("@NSSDIR@", nss);
        }
    }

    /** @param attributes of the file, by which a change is seen */
    private record State(Map<String, Object> attributes, boolean isShipped) {}

    /**
     * @param root where {@code etc} is
     * @param environment that scripts get
     */
    ShippedUpdown(Places places, Path root, Map<String, String> environment) {
        this.places = places;
        this.root = root;
        path = Arrays.stream(environment.getOrDefault("PATH", "").split(":"))
                .map(Path::of)
                .toList();
        isPlain = VARIABLES.stream().noneMatch(environment::containsKey);
    }

    boolean isUntouched() {
        Path libexec = Path.of(places.libexec());
        return isPlain
                && SETTINGS.stream().noneMatch(file -> Files.exists(root.resolve(file)))
                && found().filter(file -> isShipped(file, COMMAND)).isPresent()
                && SCRIPTS.stream().allMatch(name -> isShipped(libexec.resolve(name), name));
    }

    /** What the shell runs as {@code ipsec}. */
    private Optional<Path> found() {
        return path.stream()
                .map(folder -> folder.resolve(COMMAND))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private boolean isShipped(Path file, String name) {
        try {
            Map<String, Object> attributes = Files.readAttributes(file, "unix:dev,ino,size,ctime,mode");
            State state = known.get(file);
            if (state == null || !state.attributes().equals(attributes)) {
                state = new State(
                        attributes, Files.isExecutable(file) && Arrays.equals(Files.readAllBytes(file), shipped(name)));
                known.put(file, state);
            }
            return state.isShipped();
        } catch (IOException e) {
            // The shell will complain of it.
            return false;
        }
    }

    private byte[] shipped(String name) {
        try (InputStream in = ShippedUpdown.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not among our classes");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return places.fill(text).getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
