// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jswan.base.Bytes;
import org.jswan.config.ConfigFiles;

/** The files of this machine, as a given process sees them. Paths are shown as they were asked for. */
public final class SystemFiles implements ConfigFiles {
    private final Path root;
    private final Path directory;
    private final Path standardInput;

    private SystemFiles(Path root, Path directory, Path standardInput) {
        this.root = root;
        this.directory = directory;
        this.standardInput = standardInput;
    }

    /** As this process sees them. */
    public static SystemFiles own() {
        return new SystemFiles(Path.of("/"), Path.of("").toAbsolutePath(), Path.of("/proc/self/fd/0"));
    }

    /**
     * As a client sees them: in its mount namespace, below its root.
     *
     * @param pid its process; it must live while files are read
     * @param directory its working directory
     */
    public static SystemFiles ofProcess(int pid, String directory) {
        Path process = Path.of("/proc/" + pid);
        return new SystemFiles(process.resolve("root"), Path.of("/").resolve(directory), process.resolve("fd/0"));
    }

    /** Whether that process writes to a terminal. */
    public boolean writesToTerminal() {
        try {
            String target =
                    Files.readSymbolicLink(standardInput.resolveSibling("1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException gone) {
            return false;
        }
    }

    private Path real(String path) {
        Path absolute = directory.resolve(path);
        return root.resolve(Path.of("/").relativize(absolute));
    }

    @Override
    public Bytes read(String path) throws IOException {
        if (path.equals("-")) {
            return Bytes.wrap(Files.readAllBytes(standardInput));
        }
        return Bytes.wrap(Files.readAllBytes(real(path)));
    }

    @Override
    public List<String> glob(String pattern, boolean braces) throws IOException {
        List<String> found = new ArrayList<>();
        for (String each : braces ? GlobPattern.expandBraces(pattern) : List.of(pattern)) {
            List<String> matches = new ArrayList<>();
            glob(each.startsWith("/") ? "/" : "", each, 0, matches);
            matches.sort(null);
            found.addAll(matches);
        }
        return found;
    }

    /**
     * Goes on with the part of the pattern from {@code at}.
     *
     * @param prefix what the part before it matched, its slash included
     */
    private void glob(String prefix, String pattern, int at, List<String> found) throws IOException {
        int start = at;
        while (start < pattern.length() && pattern.charAt(start) == '/') {
            start++;
        }
        int slash = pattern.indexOf('/', start);
        boolean last = slash < 0;
        String name = pattern.substring(start, last ? pattern.length() : slash);
        if (!GlobPattern.isSpecial(name)) {
            String path = prefix + name;
            if (!last) {
                glob(path + "/", pattern, slash, found);
            } else if (Files.exists(real(path), LinkOption.NOFOLLOW_LINKS)) {
                found.add(path);
            }
            return;
        }
        Pattern wanted = GlobPattern.compile(name);
        for (String entry : entries(prefix)) {
            if (!wanted.matcher(entry).matches()) {
                continue;
            }
            if (last) {
                found.add(prefix + entry);
            } else if (Files.isDirectory(real(prefix + entry))) {
                glob(prefix + entry + "/", pattern, slash, found);
            }
        }
    }

    /** The names in a directory; none if there is no such directory. */
    private List<String> entries(String prefix) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(real(prefix.isEmpty() ? "." : prefix))) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
        names.sort(null);
        return names;
    }
}
