// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.revocation;

import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateSet;
import org.jswan.log.Logger;
import org.jswan.net.Fetcher;
import org.jswan.revocation.OcspMessage.Answer;
import org.jswan.world.World;

/** Asks responders whether certificates were revoked (RFC 6960, over HTTP as its appendix A has it). */
final class OcspClient {
    /** RFC 6960 §A.1: longer questions are not asked by GET. */
    private static final int LONGEST_GET = 255;

    private static final String REQUEST_TYPE = "application/ocsp-request";

    private final World world;
    private final RevocationSetting.Ocsp setting;
    private final OcspCache cache;

    OcspClient(World world, RevocationSetting.Ocsp setting) {
        this.world = world;
        this.setting = setting;
        this.cache = new OcspCache(setting.cache());
    }

    /** Forgets all answers. */
    void purge() {
        cache.clear();
    }

    /**
     * Finds out whether a certificate was revoked.
     *
     * @param authority who signed it
     * @param known may have the certificate of the responder that is asked for all
     * @param then told what is known; on the loop, maybe at once
     */
    void ask(
            Certificate certificate,
            Certificate authority,
            CertificateSet known,
            Logger logger,
            Consumer<Answer> then) {
        OcspMessage message = new OcspMessage(certificate, authority);
        Optional<Answer> kept = cache.find(message.key(), world.clock().wall());
        if (kept.isPresent()) {
            then.accept(kept.get());
            return;
        }
        Optional<Certificate> trusted =
                setting.responder().isPresent() ? setting.trusted().flatMap(known::named) : Optional.empty();
        List<String> urls = trusted.isPresent() ? List.of(setting.responder().orElseThrow()) : certificate.ocspUrls();
        new Question(message, trusted, logger, answer -> {
                    cache.keep(message.key(), answer, world.clock().wall());
                    then.accept(answer);
                })
                .ask(urls.iterator(), Answer.none("the certificate names no responder"));
    }

    /** A question on its way from responder to responder. */
    private final class Question {
        private final OcspMessage message;
        private final Optional<Certificate> trusted;
        private final Logger logger;
        private final Consumer<Answer> then;

        Question(OcspMessage message, Optional<Certificate> trusted, Logger logger, Consumer<Answer> then) {
            this.message = message;
            this.trusted = trusted;
            this.logger = logger;
            this.then = then;
        }

        void ask(Iterator<String> urls, Answer before) {
            if (!urls.hasNext()) {
                then.accept(before);
                return;
            }
            String url = urls.next();
            String get = getUrl(url);
            boolean post = setting.post() || get.length() > LONGEST_GET;
            fetch(post ? url : get, post, answer -> {
                if (answer.state().isPresent()) {
                    then.accept(answer);
                } else if (post) {
                    ask(urls, answer);
                } else {
                    fetch(url, true, second -> {
                        if (second.state().isPresent()) {
                            then.accept(second);
                        } else {
                            ask(urls, second);
                        }
                    });
                }
            });
        }

        private String getUrl(String url) {
            String question =
                    Base64.getEncoder().encodeToString(message.request().toArray());
            return url
                    + (url.endsWith("/") ? "" : "/")
                    + question.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
        }

        private void fetch(String url, boolean post, Consumer<Answer> done) {
            Optional<Fetcher.Post> body =
                    post ? Optional.of(new Fetcher.Post(REQUEST_TYPE, message.request())) : Optional.empty();
            world.fetcher().fetch(new Fetcher.Query(url, body, setting.timeout()), fetched -> {
                if (fetched.document().isEmpty()) {
                    tell(url, fetched.why());
                    done.accept(Answer.none(fetched.why()));
                    return;
                }
                Bytes document = fetched.document().get();
                world.helpers()
                        .submit(
                                () -> message.read(
                                        document, trusted, world.clock().wall()),
                                outcome -> {
                                    if (outcome.failure() != null) {
                                        throw new IllegalStateException(
                                                "an OCSP answer could not be read", outcome.failure());
                                    }
                                    if (outcome.value().state().isEmpty()) {
                                        tell(url, outcome.value().why());
                                    }
                                    done.accept(outcome.value());
                                });
            });
        }

        private void tell(String url, String why) {
            logger.debug("OCSP: asking " + url + " about '" + message + "': " + why);
        }
    }
}
