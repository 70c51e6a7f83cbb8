// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import org.jswan.base.OctetText;

/** The log on standard error or in a file: {@code Nov 22 02:21:53.123456: line}, the time in the local zone. */
final class StreamLog implements LogTarget {
    private static final Map<Long, String> MONTHS = Map.ofEntries(
            Map.entry(1L, "Jan"),
            Map.entry(2L, "Feb"),
            Map.entry(3L, "Mar"),
            Map.entry(4L, "Apr"),
            Map.entry(5L, "May"),
            Map.entry(6L, "Jun"),
            Map.entry(7L, "Jul"),
            Map.entry(8L, "Aug"),
            Map.entry(9L, "Sep"),
            Map.entry(10L, "Oct"),
            Map.entry(11L, "Nov"),
            Map.entry(12L, "Dec"));

    /** {@code Nov  2 02:21:53}, as syslog has it, too. */
    static final DateTimeFormatter SECONDS = new DateTimeFormatterBuilder()
            .appendText(ChronoField.MONTH_OF_YEAR, MONTHS)
            .appendLiteral(' ')
            .padNext(2, ' ')
            .appendValue(ChronoField.DAY_OF_MONTH)
            .appendLiteral(' ')
            .appendValue(ChronoField.HOUR_OF_DAY, 2)
            .appendLiteral(':')
            .appendValue(ChronoField.MINUTE_OF_HOUR, 2)
            .appendLiteral(':')
            .appendValue(ChronoField.SECOND_OF_MINUTE, 2)
            .toFormatter(Locale.ROOT);

    /** Null for standard error. */
    private final Path file;

    private final boolean timestamps;
    private final ZoneId zone;
    private FileOutputStream out;
    private long formattedSecond = Long.MIN_VALUE;
    private String formatted = "";

    private StreamLog(Path file, FileOutputStream out, boolean timestamps, ZoneId zone) {
        this.file = file;
        this.out = out;
        this.timestamps = timestamps;
        this.zone = zone;
    }

    static StreamLog standardError(boolean timestamps, ZoneId zone) {
        return new StreamLog(null, new FileOutputStream(FileDescriptor.err), timestamps, zone);
    }

    /** @param append whether what is in the file stays */
    static StreamLog file(Path file, boolean append, boolean timestamps, ZoneId zone) throws IOException {
        return new StreamLog(file, open(file, append), timestamps, zone);
    }

    /** Writes always go to the end, so that a file cut short by its rotation is not written with a hole. */
    private static FileOutputStream open(Path file, boolean append) throws IOException {
        if (!append) {
            new FileOutputStream(file.toFile()).close();
        }
        return new FileOutputStream(file.toFile(), true);
    }

    @Override
    public void write(int severity, Instant now, String line) throws IOException {
        StringBuilder text = new StringBuilder(line.length() + 32);
        if (timestamps) {
            appendTime(text, now);
        }
        out.write(OctetText.write(text.append(line).append('\n').toString()));
    }

    private void appendTime(StringBuilder text, Instant now) {
        if (now.getEpochSecond() != formattedSecond) {
            formattedSecond = now.getEpochSecond();
            formatted = SECONDS.format(now.atZone(zone));
        }
        text.append(formatted).append('.');
        String micros = Integer.toString(now.getNano() / 1000);
        text.append("000000", 0, 6 - micros.length()).append(micros).append(": ");
    }

    @Override
    public void reopen() throws IOException {
        if (file != null) {
            FileOutputStream fresh = open(file, true);
            close();
            out = fresh;
        }
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                out.close();
            } catch (IOException e) {
                // Every line was written through already: there is nothing left that closing could lose.
            }
        }
    }
}
