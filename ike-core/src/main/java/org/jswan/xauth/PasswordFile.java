// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xauth;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.config.value.Addresses;
import org.jswan.config.value.ValueException;

/**
 * Looks a user up in a file of lines {@code user:hash[:connection[:addresses]]}. Without a connection an entry holds for
 * all. Blanks count; empty lines and those that begin with {@code #} do not.
 */
final class PasswordFile {
    /** as libreswan: what is longer counts as several lines. */
    private static final int LONGEST_LINE = 1023;

    private final String name;
    private final BiFunction<Secret, Bytes, Optional<Bytes>> crypt;
    private final List<String> remarks = new ArrayList<>();

    /**
     * @param allowed whether an entry has this user and password
     * @param addresses what the entry says that the user may be given
     * @param remarks for the log
     */
    record Verdict(boolean allowed, Optional<AddressRange> addresses, List<String> remarks) {
        Verdict {
            remarks = List.copyOf(remarks);
        }
    }

    /**
     * @param name as remarks have it
     * @param crypt crypt(3)
     */
    PasswordFile(String name, BiFunction<Secret, Bytes, Optional<Bytes>> crypt) {
        this.name = name;
        this.crypt = crypt;
    }

    /** @param connection the name of the connection by which the user comes */
    Verdict check(Bytes content, Bytes user, Secret password, String connection) {
        remarks.add("XAUTH: password file (" + name + ") open.");
        int number = 0;
        for (Bytes line : lines(content)) {
            number++;
            if (line.isEmpty() || line.get(0) == '#') {
                continue;
            }
            List<Bytes> fields = fields(line);
            if (fields.size() == 1) {
                remarks.add("XAUTH: " + name + ":" + number + " missing password hash field");
                continue;
            }
            if (concerns(fields, user, connection) && fits(fields, password)) {
                Optional<Verdict> admitted = admit(fields, connection);
                if (admitted.isPresent()) {
                    return admitted.get();
                }
            }
        }
        return new Verdict(false, Optional.empty(), remarks);
    }

    private static List<Bytes> lines(Bytes content) {
        List<Bytes> lines = new ArrayList<>();
        int start = 0;
        while (start < content.length()) {
            int end = start;
            while (end < content.length() && content.get(end) != '\n' && end - start < LONGEST_LINE) {
                end++;
            }
            lines.add(untilNul(content.slice(start, end - start)));
            start = end < content.length() && content.get(end) == '\n' && end - start < LONGEST_LINE ? end + 1 : end;
        }
        return lines;
    }

    /** as libreswan, whose strings end there. */
    static Bytes untilNul(Bytes text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.get(i) == 0) {
                return text.first(i);
            }
        }
        return text;
    }

    /** Up to four: what follows a third colon is one. */
    private static List<Bytes> fields(Bytes line) {
        List<Bytes> fields = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < line.length() && fields.size() < 3; i++) {
            if (line.get(i) == ':') {
                fields.add(line.slice(start, i - start));
                start = i + 1;
            }
        }
        fields.add(line.from(start));
        return fields;
    }

    private static Optional<Bytes> field(List<Bytes> fields, int index) {
        return fields.size() > index ? Optional.of(fields.get(index)).filter(f -> !f.isEmpty()) : Optional.empty();
    }

    private static boolean concerns(List<Bytes> fields, Bytes user, String connection) {
        return fields.get(0).equals(user)
                && field(fields, 2).map(Bytes.ofUtf8(connection)::equals).orElse(true);
    }

    private boolean fits(List<Bytes> fields, Secret password) {
        Bytes hash = fields.get(1);
        boolean fits = crypt.apply(password, hash).filter(hash::equals).isPresent();
        remarks.add("XAUTH: " + (fits ? "success" : "failure") + " user("
                + fields.get(0).visible() + ":"
                // as libreswan
                + field(fields, 2).map(Bytes::utf8).orElse("(null)") + ") ");
        return fits;
    }

    /** Empty if the entry names addresses that are none. */
    private Optional<Verdict> admit(List<Bytes> fields, String connection) {
        Optional<Bytes> field = field(fields, 3);
        if (field.isEmpty()) {
            return Optional.of(new Verdict(true, Optional.empty(), remarks));
        }
        String where = "XAUTH IP addresspool " + field.get().utf8() + " for the conn " + connection + " user";
        String user = fields.get(0).visible();
        try {
            AddressRange range = Addresses.range(field.get().utf8(), Optional.of(AddressFamily.IPV4));
            if (!range.first().isAny()) {
                return Optional.of(new Verdict(true, Optional.of(range), remarks));
            }
            remarks.add(where + "=" + user + " cannot start at address zero");
        } catch (ValueException malformed) {
            remarks.add(where + " " + user + " is not valid: " + malformed.getMessage());
        }
        return Optional.empty();
    }
}
