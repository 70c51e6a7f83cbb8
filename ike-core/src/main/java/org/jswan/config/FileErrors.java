// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;

/** What the system says of a file that could not be read, in the system's words. */
public final class FileErrors {
    private static final Map<String, Integer> NUMBERS = Map.of(
            "No such file or directory", 2,
            "Input/output error", 5,
            "Permission denied", 13,
            "Not a directory", 20,
            "Is a directory", 21,
            "Too many open files", 24,
            "File name too long", 36,
            "Too many levels of symbolic links", 40);

    private FileErrors() {}

    /** As strerror(3), {@code No such file or directory}. */
    public static String text(IOException error) {
        if (error instanceof NoSuchFileException) {
            return "No such file or directory";
        }
        if (error instanceof AccessDeniedException) {
            return "Permission denied";
        }
        if (error instanceof NotDirectoryException) {
            return "Not a directory";
        }
        if (error instanceof FileSystemException file && NUMBERS.containsKey(file.getReason())) {
            return file.getReason();
        }
        return NUMBERS.containsKey(error.getMessage()) ? error.getMessage() : "Input/output error";
    }

    /** The text with its number, {@code No such file or directory (errno 2)}. */
    public static String withNumber(IOException error) {
        return text(error) + " (errno " + NUMBERS.get(text(error)) + ")";
    }

    /** The file in question, if the error tells. */
    public static String file(IOException error) {
        return error instanceof FileSystemException file ? file.getFile() : "";
    }
}
