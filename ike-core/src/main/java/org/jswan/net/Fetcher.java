// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;

/** Port: documents that others publish. Called on the loop, answers on the loop, never from within the call. */
public interface Fetcher {
    /** Finds nothing. */
    Fetcher NONE = new Fetcher() {
        @Override
        public void fetch(Query query, Consumer<Answer> done) {
            done.accept(new Answer(Optional.empty(), "nothing can be fetched"));
        }

        @Override
        public void files(String folder, Consumer<Map<String, Bytes>> done) {
            done.accept(Map.of());
        }
    };

    /**
     * What is asked for.
     *
     * @param url {@code http}, {@code https} or {@code ldap}
     * @param post what is sent by HTTP's POST; without it the document is asked for by GET
     * @param patience how long to try to connect; all of it may take twice as long
     */
    record Query(String url, Optional<Post> post, Duration patience) {}

    /** What is sent, and what it is. */
    record Post(String contentType, Bytes body) {}

    /**
     * What came of it.
     *
     * @param why what failed if there is no document
     */
    record Answer(Optional<Bytes> document, String why) {}

    /** Fetches a document. */
    void fetch(Query query, Consumer<Answer> done);

    /**
     * Reads the files of a folder on this machine.
     *
     * @param done told their contents by their paths in alphabetical order; nothing if there is no such folder
     */
    void files(String folder, Consumer<Map<String, Bytes>> done);
}
