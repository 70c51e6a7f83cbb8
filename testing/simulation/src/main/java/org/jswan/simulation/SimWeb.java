// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jswan.base.Bytes;
import org.jswan.net.Fetcher;
import org.jswan.time.TimerQueue;

/** What a host can fetch: documents by their URL, and files. */
public final class SimWeb implements Fetcher {
    private static final Duration PACE = Duration.ofMillis(20);

    private final TimerQueue timers;
    private final Map<String, Function<Query, Optional<Bytes>>> sites = new HashMap<>();
    private final TreeMap<String, Bytes> files = new TreeMap<>();
    private final List<Query> asked = new ArrayList<>();

    SimWeb(TimerQueue timers) {
        this.timers = timers;
    }

    /** From now on a site answers to all URLs that begin so. */
    public void site(String prefix, Function<Query, Optional<Bytes>> answers) {
        sites.put(prefix, answers);
    }

    /** From now on there is that file. */
    public void file(String path, Bytes content) {
        files.put(path, content);
    }

    /** What was asked for, the first question first. */
    public List<Query> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void fetch(Query query, Consumer<Answer> done) {
        asked.add(query);
        timers.after(PACE, "fetch", () -> {
            Optional<Bytes> document = sites.entrySet().stream()
                    .filter(site -> query.url().startsWith(site.getKey()))
                    .findFirst()
                    .flatMap(site -> site.getValue().apply(query));
            done.accept(new Answer(document, document.isPresent() ? "" : "no such document"));
        });
    }

    @Override
    public void files(String folder, Consumer<Map<String, Bytes>> done) {
        timers.after(PACE, "files", () -> done.accept(files.subMap(folder + "/", folder + "0")));
    }
}
