// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.eap.EapTls;
import org.jswan.exchange.Verdict;
import org.jswan.helper.Helpers;
import org.junit.jupiter.api.Test;

/** Keys of a conversation go with it, but not while a helper computes with them. */
class EapConversationTest {
    private final Helper helper = new Helper();
    private final Tls tls = new Tls();
    private final EapConversation conversation = new EapConversation(tls, helper);

    /** Holds one job until it is told to do it. */
    private static final class Helper implements Helpers {
        private Runnable job = () -> {};

        @Override
        public <T> Runnable submit(Callable<T> work, Consumer<Outcome<T>> done) {
            job = () -> {
                try {
                    done.accept(new Outcome<>(work.call(), null));
                } catch (Exception failure) {
                    throw new AssertionError(failure);
                }
            };
            return () -> job = () -> {};
        }
    }

    private static final class Tls implements EapTls {
        private final Secret key = Secret.take(new byte[64]);

        @Override
        public Answer take(Bytes message) {
            // A destroyed key would refuse.
            return new Answer(Course.GOES_ON, Bytes.of(key.length()), List.of());
        }

        @Override
        public Secret key() {
            return key;
        }

        @Override
        public void destroy() {
            key.destroy();
        }
    }

    private void compute() {
        Verdict verdict = conversation.take(Bytes.EMPTY, null, answer -> Verdict.advance());
        ((Verdict.Suspend) verdict).work().start(step -> {});
    }

    @Test
    void keyGoesAtOnceWhenNobodyComputes() {
        compute();
        helper.job.run();
        assertThat(tls.key.isDestroyed()).isFalse();
        conversation.end();
        assertThat(tls.key.isDestroyed()).isTrue();
    }

    @Test
    void keyGoesWhenTheHelperHasDone() {
        compute();
        conversation.end();
        assertThat(tls.key.isDestroyed()).isFalse();
        helper.job.run();
        assertThat(tls.key.isDestroyed()).isTrue();
    }
}
