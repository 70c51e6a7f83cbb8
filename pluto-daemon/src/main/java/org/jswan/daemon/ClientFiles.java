// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

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
import org.jswan.base.Bytes;
import org.jswan.config.ConfigFiles;

/**
 * Files as one process sees them, in its mount namespace and from its working directory; for the daemon's own, simply
 * the files. Names are told as that process would say them. Not to be used on the loop: a disk may be slow.
 */
final class ClientFiles implements ConfigFiles {
    private static final Path OWN_ROOT = Path.of("/");
    private static final String STANDARD_INPUT = "-";

    /** As in the kernel: more links in one name are taken for a loop. */
    private static final int MAX_LINKS = 40;

    /** Where "/" is; and where relative names begin. */
    private final Path root;

    private final Path directory;
    private final Path standardInput;

    private ClientFiles(Path root, Path directory, Path standardInput) {
        this.root = root;
        this.directory = directory;
        this.standardInput = standardInput;
    }

    /** The daemon's own, relative names beginning in {@code directory}. */
    static ClientFiles own(Path directory) {
        return new ClientFiles(OWN_ROOT, directory, Path.of("/dev/stdin"));
    }

    /**
     * Those of a process.
     *
     * @param pid 0 for one that we cannot see, whose files are taken to be ours
     * @param directory its working directory, as it calls it
     */
    static ClientFiles of(int pid, Path directory) {
        Path process = Path.of("/proc", Integer.toString(pid));
        if (pid <= 0 || seesWhatWeSee(process)) {
            return new ClientFiles(OWN_ROOT, directory, process.resolve("fd/0"));
        }
        return new ClientFiles(process.resolve("root"), process.resolve("cwd"), process.resolve("fd/0"));
    }

    private static boolean seesWhatWeSee(Path process) {
        try {
            Path self = Path.of("/proc/self");
            return Files.readSymbolicLink(process.resolve("ns/mnt"))
                            .equals(Files.readSymbolicLink(self.resolve("ns/mnt")))
                    && Files.readSymbolicLink(process.resolve("root"))
                            .equals(Files.readSymbolicLink(self.resolve("root")));
        } catch (IOException e) {
            // It is gone: whatever name it gave is read as ours.
            return true;
        }
    }

    /** Where {@code name} is to be opened. */
    Path locate(String name) {
        if (name.equals(STANDARD_INPUT)) {
            return standardInput;
        }
        if (root.equals(OWN_ROOT)) {
            return directory.resolve(name);
        }
        return followLinks(name.startsWith("/") ? root : directory, name.substring(leadingSlashes(name)), MAX_LINKS);
    }

    /**
     * The kernel takes an absolute symbolic link to begin at our root, also when it met it below /proc/PID/root: so those
     * are followed here.
     */
    private Path followLinks(Path start, String name, int links) {
        Path at = start;
        int from = 0;
        while (from < name.length()) {
            int slash = name.indexOf('/', from);
            int end = slash < 0 ? name.length() : slash;
            Path next = at.resolve(name.substring(from, end));
            if (links > 0 && end > from && Files.isSymbolicLink(next)) {
                try {
                    String target = Files.readSymbolicLink(next).toString();
                    String further = target + name.substring(end);
                    return target.startsWith("/")
                            ? followLinks(root, further.substring(leadingSlashes(further)), links - 1)
                            : followLinks(at, further, links - 1);
                } catch (IOException e) {
                    // Replaced just now: opening it says what it is.
                    return next.resolve(name.substring(Math.min(end + 1, name.length())));
                }
            }
            at = next;
            from = end + 1;
        }
        return at;
    }

    private static int leadingSlashes(String name) {
        int count = 0;
        while (count < name.length() && name.charAt(count) == '/') {
            count++;
        }
        return count;
    }

    @Override
    public Bytes read(String path) throws IOException {
        try {
            return Bytes.wrap(Files.readAllBytes(locate(path)));
        } catch (IOException e) {
            throw named(path, e);
        }
    }

    /** The same failure of the file by the name that its owner knows. */
    private static IOException named(String path, IOException e) {
        return e instanceof NoSuchFileException
                ? new NoSuchFileException(path)
                : new FileSystemException(path, null, IoReason.of(e));
    }

    @Override
    public List<String> glob(String pattern, boolean braces) throws IOException {
        List<String> found = new ArrayList<>();
        for (String alternative : braces ? GlobPattern.expandBraces(pattern) : List.of(pattern)) {
            String start = alternative.startsWith("/") ? "/" : "";
            List<String> matches = new ArrayList<>();
            expand(start, alternative.substring(leadingSlashes(alternative)), matches);
            matches.sort(null);
            found.addAll(matches);
        }
        return found;
    }

    /** Adds the paths below {@code base} (told as "", "/" or "some/folder/") that match {@code rest}. */
    private void expand(String base, String rest, List<String> found) throws IOException {
        int slash = rest.indexOf('/');
        String component = slash < 0 ? rest : rest.substring(0, slash);
        String further = slash < 0 ? "" : rest.substring(slash).replaceFirst("^/+", "");
        boolean last = slash < 0;
        if (!GlobPattern.isPattern(component)) {
            String path = base + GlobPattern.unescape(component);
            if (!last || exists(path)) {
                descend(path, last, further, found);
            }
            return;
        }
        GlobPattern matcher = new GlobPattern(component);
        for (String name : list(base)) {
            if (matcher.matches(name)) {
                descend(base + name, last, further, found);
            }
        }
    }

    /** Also a symbolic link that leads nowhere exists. */
    private boolean exists(String path) {
        Path file = locate(path);
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    private void descend(String path, boolean last, String further, List<String> found) throws IOException {
        if (last) {
            found.add(path);
        } else if (Files.isDirectory(locate(path))) {
            expand(path + "/", further, found);
        }
    }

    private List<String> list(String base) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(locate(base.isEmpty() ? "." : base))) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            String folder = base.length() > 1 && base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
            throw named(folder, e);
        }
        return names;
    }
}
