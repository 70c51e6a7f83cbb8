// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jswan.control.Version;

/** Writes what the native client has to know of the grammar, as a C header. Run by the build. */
public final class NativeTable {
    private static final Set<String> NAMED = Set.of("help", "version", "rundir", "ctlsocket");

    /** Queries, which nothing else in the command has to make sense with. */
    private static final Set<String> QUERIES = Set.of(
            "status",
            "globalstatus",
            "trafficstatus",
            "shuntstatus",
            "addresspoolstatus",
            "fipsstatus",
            "briefstatus",
            "processstatus",
            "showstates");

    /** Options that are in order with any argument. */
    private static final Set<String> HARMLESS = Set.of("rundir", "ctlbase", "ctlsocket");

    private final Map<Object, Integer> values = new LinkedHashMap<>();

    private NativeTable() {}

    /**
     * Writes the header.
     *
     * @param arguments the file to write
     */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        String text = new NativeTable().text();
        // An unchanged file keeps its time, so that nothing is compiled again.
        if (!Files.exists(file) || !Files.readString(file).equals(text)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text, StandardCharsets.UTF_8);
        }
    }

    private String text() {
        List<WhackOption> theirs = WhackOptions.all().stream()
                .filter(option -> !option.exactOnly())
                .toList();
        List<WhackOption> own =
                WhackOptions.all().stream().filter(WhackOption::exactOnly).toList();
        String table = rows("options", theirs) + rows("own", own);
        StringBuilder header = new StringBuilder("/* Made by " + NativeTable.class.getName() + ". */\n");
        header.append("enum option_value {\n");
        theirs.stream().filter(option -> NAMED.contains(option.name())).forEach(option -> header.append("    OPTION_")
                .append(option.name().toUpperCase(Locale.ROOT))
                .append(" = ")
                .append(value(option))
                .append(",\n"));
        // One more than there are, for the client's own use.
        header.append("    OPTION_VALUES = ").append(values.size() + 1).append(",\n    OPTION_BASE = 256\n};\n");
        header.append(table);
        Set<String> plain = new java.util.TreeSet<>(QUERIES);
        plain.addAll(HARMLESS);
        header.append(marks("option_is_plain", theirs, plain));
        header.append(marks("option_is_query", theirs, QUERIES));
        header.append(string("help_text", WhackHelp.text()));
        header.append(string("version_text", Version.TEXT + "\n"));
        return header.toString();
    }

    private int value(WhackOption option) {
        Object meaning = List.of(option.meaning(), option.takesArgument());
        return values.computeIfAbsent(meaning, key -> values.size());
    }

    private String rows(String name, List<WhackOption> options) {
        return options.stream()
                .map(option -> "    { \"" + option.name() + "\", " + (option.takesArgument() ? 1 : 0)
                        + ", NULL, OPTION_BASE + " + value(option) + " },\n")
                .collect(Collectors.joining(
                        "", "static const struct option " + name + "[] = {\n", "    { NULL, 0, NULL, 0 }\n};\n"));
    }

    private String marks(String name, List<WhackOption> options, Set<String> marked) {
        return options.stream()
                .filter(option -> marked.contains(option.name()))
                .map(option -> "    [" + value(option) + "] = true,\n")
                .distinct()
                .collect(Collectors.joining("", "static const bool " + name + "[OPTION_VALUES] = {\n", "};\n"));
    }

    private static String string(String name, String text) {
        return text.lines()
                .map(line -> "    \""
                        + line.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t") + "\\n\"\n")
                .collect(Collectors.joining("", "static const char " + name + "[] =\n", "    ;\n"));
    }
}
