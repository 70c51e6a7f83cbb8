// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jswan.kernel.KernelPolicy.Mark;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/**
 * {@code mark=}, {@code mark-in=} and {@code mark-out=}: a value and, behind a slash, a mask. What is malformed is told,
 * and then counts as all ones.
 */
final class MarkOption {
    /** As much as C reads of a number in any base. */
    private static final Pattern NUMBER = Pattern.compile("^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)");

    private final Logger logger;
    private Optional<Mark> in = Optional.empty();
    private Optional<Mark> out = Optional.empty();
    private boolean unique;

    MarkOption(Logger logger) {
        this.logger = logger;
    }

    void read(Optional<String> both, Optional<String> inbound, Optional<String> outbound) {
        if (both.isPresent()) {
            in = Optional.of(parse(both.get()));
            out = Optional.of(parse(both.get()));
            if (inbound.isPresent() || outbound.isPresent()) {
                logger.log(RcCode.LOG_SERIOUS, "conflicting mark specifications");
            }
        }
        in = inbound.map(this::parse).or(() -> in);
        unique = inbound.or(() -> both).filter(MarkOption::isUnique).isPresent();
        out = outbound.map(this::parse).or(() -> out);
    }

    Optional<Mark> in() {
        return in;
    }

    Optional<Mark> out() {
        return out;
    }

    /** Whether each instance gets a mark of its own; as libreswan, which asks only for the inbound one, for both directions. */
    boolean isUnique() {
        return unique;
    }

    private static boolean isUnique(String text) {
        return text.equals("-1") || text.startsWith("-1/");
    }

    private Mark parse(String text) {
        int slash = text.indexOf('/');
        String valueText = slash < 0 ? text : text.substring(0, slash);
        int value = -1;
        Optional<Integer> number = isUnique(text) ? Optional.of(-1) : number(valueText);
        if (number.isPresent()) {
            value = number.get();
        } else {
            logger.log(RcCode.LOG_SERIOUS, "bad mark value \"" + text + "\"");
        }
        int mask = -1;
        if (slash >= 0 && number.isPresent()) {
            Optional<Integer> given = number(text.substring(slash + 1));
            if (given.isPresent()) {
                mask = given.get();
            } else {
                // as libreswan: only what cannot be read is shown.
                String rest = NUMBER.matcher(text.substring(slash + 1)).replaceFirst("");
                logger.log(RcCode.LOG_SERIOUS, "bad mark mask \"" + rest + "\"");
            }
        }
        if ((value & ~mask) != 0) {
            logger.log(
                    RcCode.LOG_SERIOUS, String.format("mark value 0x%06x has bits outside mask 0x%06x", value, mask));
        }
        return new Mark(value, mask);
    }

    /** C's habits: 0x for hexadecimal, 0 for octal. */
    private static Optional<Integer> number(String text) {
        if (text.isEmpty() || !Character.isDigit(text.charAt(0))) {
            return Optional.empty();
        }
        try {
            long value = Long.decode(text);
            return value <= 0xffffffffL ? Optional.of((int) value) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
