// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.ArrayList;
import java.util.List;

/** The errors of a configuration so far. */
final class ConfErrors {
    /** As the oracle: what is longer is cut. */
    private static final int MAX_LENGTH = 510;

    private final List<String> errors = new ArrayList<>();
    private final ConfLog log;

    ConfErrors(ConfLog log) {
        this.log = log;
    }

    void add(String error) {
        errors.add(cut(error));
    }

    /** An error that the user hears of at once, too. */
    void addAndLog(String error) {
        log.log(cut(error));
        errors.add(cut(error));
    }

    private static String cut(String error) {
        return error.length() > MAX_LENGTH ? error.substring(0, MAX_LENGTH) : error;
    }

    String all() {
        return String.join("\n", errors);
    }
}
