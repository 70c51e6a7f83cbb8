// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
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
import org.jswan.config.FileErrors;

/** The files of this machine, as a given process sees them. Paths are shown as they were asked for. */
public final class SystemFiles implements ConfigFiles {
    private static final Path OWN_ROOT = Path.of("/");
    /** As in the kernel: more links in one name are taken for a loop. */
    private static final int MAX_LINKS = 40;

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
     * @param pid its process, which must live while files are read; 0 for one that we cannot see, whose files are taken
     *     to be ours
     * @param directory its working directory
     */
    public static SystemFiles ofProcess(int pid, String directory) {
        Path process = Path.of("/proc/" + pid);
        Path root = pid <= 0 || seesWhatWeSee(process) ? OWN_ROOT : process.resolve("root");
        return new SystemFiles(root, OWN_ROOT.resolve(directory), process.resolve("fd/0"));
    }

    /** Those below a folder, as if it were the root. */
    static SystemFiles below(Path root) {
        return new SystemFiles(root, OWN_ROOT, Path.of("/dev/null"));
    }

    private static boolean seesWhatWeSee(Path process) {
        Path self = Path.of("/proc/self");
        try {
            return link(process.resolve("ns/mnt")).equals(link(self.resolve("ns/mnt")))
                    && link(process.resolve("root")).equals(link(self.resolve("root")));
        } catch (IOException gone) {
            // Then no name of it can be read as it sees it.
            return true;
        }
    }

    private static Path link(Path path) throws IOException {
        return Files.readSymbolicLink(path);
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
        return root.equals(OWN_ROOT) ? absolute : below(OWN_ROOT.relativize(absolute), MAX_LINKS);
    }

    /**
     * A name below another process's root. The kernel takes an absolute symbolic link to begin at our own root, also when
     * it met it below /proc/PID/root: so links are followed here.
     */
    private Path below(Path name, int links) {
        Path at = root;
        for (int i = 0; i < name.getNameCount(); i++) {
            Path next = at.resolve(name.getName(i));
            if (links > 0 && Files.isSymbolicLink(next)) {
                try {
                    Path target = OWN_ROOT.resolve(root.relativize(at)).resolve(link(next));
                    Path further = i + 1 < name.getNameCount()
                            ? target.resolve(name.subpath(i + 1, name.getNameCount()))
                            : target;
                    return below(OWN_ROOT.relativize(further), links - 1);
                } catch (IOException replaced) {
                    // It is no link any more: opening it says what it is.
                    return root.resolve(name);
                }
            }
            at = next;
        }
        return at;
    }

    @Override
    public Bytes read(String path) throws IOException {
        try {
            return Bytes.wrap(Files.readAllBytes(path.equals("-") ? standardInput : real(path)));
        } catch (IOException e) {
            throw named(path, e);
        }
    }

    /** The same failure, of the file by the name its owner knows. */
    private static IOException named(String path, IOException e) {
        return e instanceof NoSuchFileException
                ? new NoSuchFileException(path)
                : new FileSystemException(path, null, FileErrors.text(e));
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
        } catch (IOException e) {
            throw named(prefix.length() > 1 ? prefix.substring(0, prefix.length() - 1) : prefix, e);
        }
        names.sort(null);
        return names;
    }
}
