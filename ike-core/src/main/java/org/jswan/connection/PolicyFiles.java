// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jswan.base.Bytes;
import org.jswan.config.ConfigFiles;
import org.jswan.config.FileErrors;
import org.jswan.config.value.NetworkNames;

/**
 * The files of policy groups: each is named after its group. Reading may take its time: not on the loop.
 *
 * @param directory where they are
 * @param names of protocols and ports, asked for when files are read
 */
public record PolicyFiles(String directory, ConfigFiles files, Supplier<NetworkNames> names) {
    /** None at all. */
    public static PolicyFiles none() {
        return new PolicyFiles(
                "policies",
                new ConfigFiles() {
                    @Override
                    public Bytes read(String path) throws IOException {
                        throw new NoSuchFileException(path);
                    }

                    @Override
                    public List<String> glob(String pattern, boolean braces) {
                        return List.of();
                    }
                },
                NetworkNames::none);
    }

    /** The files of these groups, in the order of the groups. */
    public Map<String, PolicyFile> read(List<String> groups) {
        Map<String, PolicyFile> found = new LinkedHashMap<>();
        groups.forEach(group -> found.put(group, read(directory + "/" + group)));
        return found;
    }

    private PolicyFile read(String path) {
        Bytes text;
        try {
            text = files.read(path);
        } catch (NoSuchFileException e) {
            return PolicyFile.missing(path);
        } catch (IOException e) {
            // As libreswan, which can open a directory but reads nothing from it.
            return FileErrors.text(e).equals("Is a directory")
                    ? PolicyFile.parse(path, Bytes.EMPTY, NetworkNames.none())
                    : PolicyFile.unreadable(path, "could not open \"" + path + "\": " + FileErrors.withNumber(e));
        }
        return PolicyFile.parse(path, text, names.get());
    }
}
