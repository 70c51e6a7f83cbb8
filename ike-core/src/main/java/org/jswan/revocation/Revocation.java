// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.revocation;

import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.certificate.PeerCertificates;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.revocation.OcspMessage.Answer;
import org.jswan.world.World;

/** Whether certificates were revoked. */
public final class Revocation {
    private final World world;
    private final HeldCertificates held;
    private final RevocationSetting setting;
    private final ListFetcher lists;
    private final OcspClient ocsp;

    public Revocation(World world, HeldCertificates held, RevocationSetting setting, ListFetcher lists) {
        this.world = world;
        this.held = held;
        this.setting = setting;
        this.lists = lists;
        this.ocsp = new OcspClient(world, setting.ocsp());
    }

    public RevocationSetting setting() {
        return setting;
    }

    /** Lists of revoked certificates. */
    public ListFetcher lists() {
        return lists;
    }

    /** Begins to look after lists, and tells whether responders will be asked. */
    public void start() {
        lists.start();
        if (!setting.ocsp().enabled()) {
            return;
        }
        Logger logger = world.logger();
        Optional<String> trusted =
                setting.ocsp().responder().flatMap(url -> setting.ocsp().trusted());
        if (trusted.isPresent()) {
            held.load(logger, known -> {
                if (known.named(trusted.get()).isEmpty()) {
                    logger.log("OCSP responder cert \"" + trusted.get() + "\" not found in NSS");
                }
                logger.log("NSS OCSP started");
            });
        } else {
            logger.log("NSS OCSP started");
        }
    }

    /** Forgets what responders said. */
    public void purgeOcsp() {
        ocsp.purge();
    }

    /**
     * Asks about the certificate of a peer, if that is wanted. As libreswan, of the last certificate only.
     *
     * @param found what is otherwise believed of it
     * @param then told what is believed now; on the loop, maybe at once
     */
    public void confirm(PeerCertificates found, CertificateSet known, Logger logger, Consumer<PeerCertificates> then) {
        if (!setting.ocsp().enabled()
                || found.end().isEmpty()
                || found.authority().isEmpty()) {
            then.accept(found);
            return;
        }
        ocsp.ask(found.end().get(), found.authority().get(), known, logger, answer -> {
            boolean refused = answer.state()
                    .map(state -> state == Answer.State.REVOKED)
                    .orElse(setting.ocsp().strict());
            then.accept(refused ? found.revoked() : found);
        });
    }

    /** Warns if there is no current list of the authority above a peer, where lists are fetched. */
    public void warnWithoutList(PeerCertificates found, CertificateSet known, Logger logger) {
        if (!setting.isFetching() || found.end().isEmpty()) {
            return;
        }
        boolean missing = known.revocations().stream()
                .filter(list ->
                        list.issuer().der().equals(found.end().get().issuer().der()))
                .noneMatch(list -> list.isCurrentAt(world.clock().wall()));
        if (missing) {
            logger.log(
                    RcCode.LOG_SERIOUS,
                    "warning: no valid CRL of '" + found.end().get().issuer() + "' found");
        }
    }
}
