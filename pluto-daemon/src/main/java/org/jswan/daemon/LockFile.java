// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalLong;

/** {@code pluto.pid}: says which process the daemon is, and keeps a second one away. */
final class LockFile {
    private final Path file;
    private boolean deleted;

    private LockFile(Path file) {
        this.file = file;
    }

    /**
     * Makes the lock file, and its folder if that is missing.
     *
     * @param replaceStale whether one may be replaced whose daemon is dead; else any one that is there is an error
     * @throws Fatal with {@link ExitStatus#LOCK_FAIL}
     */
    static LockFile create(Path file, long pid, boolean replaceStale) throws Fatal {
        makeFolder(file.getParent());
        try {
            if (!write(file, pid)) {
                if (!replaceStale || hasLivingOwner(file, pid)) {
                    throw new Fatal(ExitStatus.LOCK_FAIL, "lock file \"" + file + "\" already exists");
                }
                removeStale(file);
                if (!write(file, pid)) {
                    throw new Fatal(
                            ExitStatus.LOCK_FAIL, "lock file \"" + file + "\" could not be created after 2 attempts");
                }
            }
            return new LockFile(file);
        } catch (IOException e) {
            throw new Fatal(
                    ExitStatus.LOCK_FAIL, "unable to create lock file \"" + file + "\": " + IoReason.withErrno(e));
        }
    }

    private static void makeFolder(Path folder) throws Fatal {
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (FileAlreadyExistsException e) {
            return;
        } catch (IOException e) {
            throw new Fatal(
                    ExitStatus.LOCK_FAIL, "unable to create lock dir: \"" + folder + "\": " + IoReason.withErrno(e));
        }
    }

    /** False if there is one already. */
    private static boolean write(Path file, long pid) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        } catch (FileAlreadyExistsException e) {
            return false;
        }
        Files.write(file, (pid + "\n").getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        return true;
    }

    private static void removeStale(Path file) throws Fatal {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new Fatal(
                    ExitStatus.LOCK_FAIL,
                    "lock file \"" + file + "\" already exists and could not be removed: " + IoReason.withErrno(e));
        }
    }

    /** A number that is in use again by another program is no owner. */
    private static boolean hasLivingOwner(Path file, long self) {
        OptionalLong pid = read(file);
        return pid.isPresent() && pid.getAsLong() != self && "pluto".equals(commandOf(pid.getAsLong()));
    }

    private static OptionalLong read(Path file) {
        try {
            return OptionalLong.of(Long.parseLong(
                    Files.readString(file, StandardCharsets.ISO_8859_1).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** "" if there is no such process. */
    private static String commandOf(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "comm"), StandardCharsets.ISO_8859_1)
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Twice does nothing: the file that is there then is another daemon's. */
    void delete() {
        if (deleted) {
            return;
        }
        deleted = true;
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The folder is gone or read-only; the next start says what is wrong with it.
        }
    }
}
