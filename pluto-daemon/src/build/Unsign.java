// SPDX-License-Identifier: GPL-2.0-or-later
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * Takes the signatures off the jars in a folder. A virtual machine verifies each class of a signed jar as it loads it, and
 * keeps none of them in a class-data archive: that cost the daemon a third of a second at every start. Maven has checked the
 * jar as a whole before.
 */
class Unsign {
    public static void main(String[] arguments) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            for (Path jar : files.filter(f -> f.toString().endsWith(".jar")).toList()) {
                if (isSigned(jar)) {
                    unsign(jar);
                }
            }
        }
    }

    private static boolean isSigned(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            return file.stream().anyMatch(entry -> entry.getName().startsWith("META-INF/") && entry.getName().endsWith(".SF"));
        }
    }

    private static void unsign(Path jar) throws IOException {
        Path unsigned = Path.of(jar + ".unsigned");
        try (JarFile file = new JarFile(jar.toFile(), false);
                OutputStream raw = Files.newOutputStream(unsigned);
                JarOutputStream out = new JarOutputStream(raw)) {
            // first of all entries, where a virtual machine looks for it
            out.putNextEntry(copyOf(file.getJarEntry(JarFile.MANIFEST_NAME)));
            withoutDigests(file.getManifest()).write(out);
            out.closeEntry();
            for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (!isOfSignature(entry.getName())) {
                    copy(file, entry, out);
                }
            }
        }
        Files.move(unsigned, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Manifest withoutDigests(Manifest signed) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.putAll(signed.getMainAttributes());
        return manifest;
    }

    private static boolean isOfSignature(String name) {
        return name.equals(JarFile.MANIFEST_NAME)
                || (name.startsWith("META-INF/") && List.of(".SF", ".RSA", ".DSA", ".EC").stream().anyMatch(name::endsWith));
    }

    private static void copy(JarFile file, JarEntry entry, JarOutputStream out) throws IOException {
        out.putNextEntry(copyOf(entry));
        try (InputStream in = file.getInputStream(entry)) {
            in.transferTo(out);
        }
        out.closeEntry();
    }

    private static JarEntry copyOf(JarEntry entry) {
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        return copy;
    }
}
