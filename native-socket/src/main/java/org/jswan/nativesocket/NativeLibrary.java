// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the shim's shared library:
 *
 * <ol>
 *   <li>in the folder that the system property {@code jswan.libdir} names, and if it names one, nowhere else;
 *   <li>in the folder of the jar that holds this class, as installed;
 *   <li>inside that jar (or class folder) below {@code native/linux-ARCH/}, copied to a private temporary file first.
 * </ol>
 */
final class NativeLibrary {
    static final String FILE = "libjswan-socket.so";

    private NativeLibrary() {}

    static void load() {
        Optional<Path> library = find(System.getProperty("jswan.libdir"), ownLocation());
        if (library.isPresent()) {
            System.load(library.get().toString());
        } else {
            loadFromJar();
        }
        if (Native.version() != Native.VERSION) {
            throw new UnsatisfiedLinkError(
                    FILE + " is of version " + Native.version() + ", the classes need " + Native.VERSION);
        }
    }

    /**
     * The file outside the jar to load, if it is not to be taken from inside.
     *
     * @param libdir the folder that was asked for, or null
     * @param jar where the classes come from, or null
     */
    static Optional<Path> find(String libdir, URI jar) {
        if (libdir != null) {
            return Optional.of(Path.of(libdir, FILE).toAbsolutePath());
        }
        return jar != null && "file".equals(jar.getScheme())
                ? Optional.of(Path.of(jar).toAbsolutePath().resolveSibling(FILE))
                        .filter(Files::isRegularFile)
                : Optional.empty();
    }

    /** {@code linux-amd64}: the folder in the jar. */
    static String platform() {
        return "linux-" + System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    }

    private static URI ownLocation() {
        CodeSource source = NativeLibrary.class.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return null;
        }
        try {
            return source.getLocation().toURI();
        } catch (URISyntaxException e) {
            throw (Error) new UnsatisfiedLinkError("class path entry " + source.getLocation()).initCause(e);
        }
    }

    private static void loadFromJar() {
        String name = "/native/" + platform() + "/" + FILE;
        try (InputStream in = NativeLibrary.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new UnsatisfiedLinkError("no " + FILE + " beside the jar and no " + name
                        + " in it; -Djswan.libdir=FOLDER names another");
            }
            Path folder = Files.createTempDirectory("jswan-");
            Path copy = folder.resolve(FILE);
            try {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
                System.load(copy.toString());
            } finally {
                // Loaded means mapped: the file can go.
                Files.deleteIfExists(copy);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw (Error) new UnsatisfiedLinkError("cannot unpack " + name + ": " + e.getMessage()).initCause(e);
        }
    }
}
