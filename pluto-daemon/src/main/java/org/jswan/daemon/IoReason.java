// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.jswan.nativesocket.ErrnoException;

/** Why an operation failed, in the words of strerror(3), dug out of Java's exceptions. */
final class IoReason {
    private static final Map<String, Integer> NUMBERS = Map.of(
            "Operation not permitted", 1,
            "No such file or directory", 2,
            "Permission denied", 13,
            "Not a directory", 20,
            "Is a directory", 21,
            "Too many open files", 24,
            "No space left on device", 28,
            "Read-only file system", 30,
            "File name too long", 36,
            "Too many levels of symbolic links", 40);

    private IoReason() {}

    /** As {@link #of}, with the number where it is known: {@code Permission denied (errno 13)}. */
    static String withErrno(IOException e) {
        String reason = of(e);
        Integer number = e instanceof ErrnoException errno ? Integer.valueOf(errno.errno()) : NUMBERS.get(reason);
        return number == null ? reason : reason + " (errno " + number + ")";
    }

    static String of(IOException e) {
        if (e instanceof ErrnoException errno) {
            return errno.text();
        }
        if (e instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "File exists";
        }
        if (e instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        String message = e.getMessage();
        if (message == null) {
            return e.getClass().getSimpleName();
        }
        // "/some/file (Permission denied)"
        int open = message.lastIndexOf(" (");
        return e instanceof FileNotFoundException && open >= 0 && message.endsWith(")")
                ? message.substring(open + 2, message.length() - 1)
                : message;
    }
}
