// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.revocation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jswan.base.Bytes;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.certificate.PemBlock;
import org.jswan.certificate.RevocationList;
import org.jswan.identity.DistinguishedName;
import org.jswan.key.KeyDatabaseException;
import org.jswan.log.Logger;
import org.jswan.net.Fetcher;
import org.jswan.world.World;

/**
 * Fetches lists of revoked certificates, one after the other, and has the database keep them. What could not be fetched waits
 * until the next time that anything is asked for.
 */
public final class ListFetcher {
    /** Time to settle after the start. */
    private static final Duration FIRST = Duration.ofSeconds(5);

    private final World world;
    private final HeldCertificates held;
    private final Supplier<Collection<DistinguishedName>> keyIssuers;
    private final RevocationSetting setting;
    private final List<Waiting> queue = new ArrayList<>();
    private boolean busy;
    private boolean ended;

    /** Whose list is waited for. */
    private static final class Waiting {
        /** The subject of the certificate that says where the list is. */
        private final DistinguishedName certificate;

        private final Instant since;
        private final Set<String> urls;
        private int trials;

        Waiting(DistinguishedName certificate, Instant since, Set<String> urls) {
            this.certificate = certificate;
            this.since = since;
            this.urls = urls;
        }
    }

    /** What waits, for listings. */
    public record Request(Instant since, int trials, DistinguishedName issuer, List<String> urls) {}

    /** @param keyIssuers who issued the certificates of the public keys that are known */
    public ListFetcher(
            World world,
            HeldCertificates held,
            Supplier<Collection<DistinguishedName>> keyIssuers,
            RevocationSetting setting) {
        this.world = world;
        this.held = held;
        this.keyIssuers = keyIssuers;
        this.setting = setting;
    }

    /** From now on lists are looked after, if that is wanted. */
    public void start() {
        if (setting.isFetching()) {
            world.timers().after(FIRST, "EVENT_CHECK_CRLS", this::check);
        }
    }

    /** Nothing is fetched any more. */
    public void end(Logger logger) {
        if (setting.isFetching()) {
            logger.logOnly("shutting down the CRL fetch helper thread");
        }
        ended = true;
    }

    private void check() {
        if (ended) {
            return;
        }
        world.timers().after(setting.interval(), "EVENT_CHECK_CRLS", this::check);
        held.load(world.logger(), known -> {
            requestAll(known, setting.interval().multipliedBy(2));
            work();
        });
    }

    /** Fetches all lists that are known of, whether due or not. */
    public void fetchAll(Logger logger, Runnable done) {
        held.load(logger, known -> {
            requestAll(known, Duration.ofSeconds(Long.MAX_VALUE / 2));
            work();
            done.run();
        });
    }

    /** Fetches the list of an authority, if it is wanted that lists are fetched. */
    public void fetch(DistinguishedName issuer) {
        if (setting.isFetching()) {
            held.get(world.logger(), known -> {
                request(known, issuer, Optional.empty());
                work();
            });
        }
    }

    /**
     * Keeps the lists of a folder's files.
     *
     * @param logger told which
     */
    public void readFiles(String folder, Logger logger, Runnable done) {
        world.fetcher().files(folder, files -> keepFiles(new TreeMap<>(files), logger, done));
    }

    private void keepFiles(NavigableMap<String, Bytes> files, Logger logger, Runnable done) {
        Map.Entry<String, Bytes> first = files.pollFirstEntry();
        if (first == null) {
            held.load(logger, known -> done.run());
            return;
        }
        Optional<RevocationList> list = read(first.getValue(), first.getKey());
        if (list.isEmpty()) {
            logger.log("ignoring " + first.getKey() + ": not a CRL");
            keepFiles(files, logger, done);
        } else {
            keep(list.get(), list.get().issuer(), first.getKey(), logger, kept -> keepFiles(files, logger, done));
        }
    }

    /** What waits, the longest waiting first. */
    public List<Request> requests() {
        return queue.stream()
                .map(waiting ->
                        new Request(waiting.since, waiting.trials, waiting.certificate, List.copyOf(waiting.urls)))
                .toList();
    }

    /**
     * As libreswan, asks for what is said by the authorities whose lists there are, by the issuers of known keys, and by all
     * certificates that there are, the last first.
     *
     * @param ahead lists are not due whose next update is farther away
     */
    private void requestAll(CertificateSet known, Duration ahead) {
        List<DistinguishedName> subjects = new ArrayList<>(keyIssuers.get());
        known.certificates().forEach(certificate -> subjects.add(certificate.subject()));
        Collections.reverse(subjects);
        subjects.forEach(subject -> requestIfDue(known, subject, ahead));
        for (RevocationList list : known.revocations()) {
            if (isDue(list, ahead)) {
                request(known, list.issuer(), list.url());
            }
        }
    }

    private boolean isDue(RevocationList list, Duration ahead) {
        Instant now = world.clock().wall();
        return list.nextUpdate()
                .map(next -> Duration.between(now, next).compareTo(ahead) <= 0)
                .orElse(true);
    }

    /** The lists that a certificate tells of are its issuer's. */
    private void requestIfDue(CertificateSet known, DistinguishedName subject, Duration ahead) {
        Optional<DistinguishedName> issuer = known.of(subject).map(Certificate::issuer);
        boolean due = issuer.isPresent()
                && known.revocations().stream()
                        .filter(list -> list.issuer().der().equals(issuer.get().der()))
                        .allMatch(list -> isDue(list, ahead));
        if (due) {
            request(known, subject, Optional.empty());
        }
    }

    private void request(CertificateSet known, DistinguishedName subject, Optional<String> url) {
        Set<String> urls = new LinkedHashSet<>();
        known.of(subject).ifPresent(certificate -> urls.addAll(certificate.revocationListUrls()));
        if (urls.isEmpty()) {
            url.filter(text -> text.contains("://")).ifPresent(urls::add);
        }
        if (urls.isEmpty()) {
            return;
        }
        Optional<Waiting> same = queue.stream()
                .filter(waiting -> waiting.certificate.der().equals(subject.der()))
                .findFirst();
        if (same.isPresent()) {
            same.get().urls.addAll(urls);
        } else {
            queue.add(new Waiting(subject, world.clock().wall(), urls));
        }
    }

    private void work() {
        if (!busy && !queue.isEmpty()) {
            busy = true;
            next(List.copyOf(queue).iterator());
        }
    }

    private void next(Iterator<Waiting> round) {
        if (ended || !round.hasNext()) {
            busy = false;
            return;
        }
        Waiting waiting = round.next();
        next(waiting, List.copyOf(waiting.urls).iterator(), round);
    }

    private void next(Waiting waiting, Iterator<String> urls, Iterator<Waiting> round) {
        if (ended || !urls.hasNext()) {
            waiting.trials++;
            next(round);
            return;
        }
        String url = urls.next();
        world.fetcher().fetch(new Fetcher.Query(url, Optional.empty(), setting.patience()), answer -> {
            Logger logger = world.logger();
            Optional<RevocationList> list = answer.document().flatMap(document -> read(document, url));
            if (answer.document().isEmpty()) {
                logger.log("fetching uri (" + url + ") with libcurl failed: " + answer.why());
            } else if (list.isEmpty()) {
                logger.debug("CRL: fetch failed:  " + url + " has no list");
            }
            if (list.isEmpty()) {
                next(waiting, urls, round);
                return;
            }
            keep(list.get(), waiting.certificate, url, logger, kept -> {
                if (kept) {
                    queue.remove(waiting);
                    next(round);
                } else {
                    next(waiting, urls, round);
                }
            });
        });
    }

    private static Optional<RevocationList> read(Bytes document, String from) {
        return RevocationList.read(PemBlock.contentOrSelf(document), from);
    }

    private void keep(
            RevocationList list, DistinguishedName asked, String from, Logger logger, Consumer<Boolean> done) {
        world.helpers()
                .submit(
                        () -> {
                            world.keys().importRevocationList(list.der(), from);
                            return true;
                        },
                        outcome -> {
                            if (outcome.failure() == null) {
                                logger.log("imported CRL for '" + asked + "' from: " + from);
                                held.forget();
                            } else if (outcome.failure() instanceof KeyDatabaseException refused) {
                                logger.log("CRL import error: " + refused.getMessage());
                            } else {
                                throw new IllegalStateException("a list could not be kept", outcome.failure());
                            }
                            done.accept(outcome.failure() == null);
                        });
    }
}
