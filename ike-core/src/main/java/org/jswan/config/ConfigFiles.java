// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config;

import java.io.IOException;
import java.util.List;
import org.jswan.base.Bytes;

/** Port: the files a configuration is spread over, as the one who asked for it sees them. */
public interface ConfigFiles {
    /**
     * The octets of a file; {@code -} is standard input.
     *
     * @throws java.nio.file.NoSuchFileException if there is none of that name
     * @throws IOException if it cannot be read; {@link FileErrors} puts it in words
     */
    Bytes read(String path) throws IOException;

    /**
     * The paths that match a pattern of glob(7), sorted; a pattern without special characters matches the path itself if
     * it exists.
     *
     * @param braces whether {@code {a,b}} stands for alternatives
     * @return none if nothing matches
     * @throws IOException if a directory cannot be read; {@link FileErrors} puts it in words
     */
    List<String> glob(String pattern, boolean braces) throws IOException;
}
