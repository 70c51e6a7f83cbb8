// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import org.jswan.random.RandomSource;

/** A {@link RandomSource} as JCA wants its randomness. */
final class SourcedRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    SourcedRandom(RandomSource source) {
        super(new Spi(source), null);
    }

    private static final class Spi extends SecureRandomSpi {
        private static final long serialVersionUID = 1L;

        private final transient RandomSource source;

        Spi(RandomSource source) {
            this.source = source;
        }

        @Override
        protected void engineSetSeed(byte[] seed) {
            throw new UnsupportedOperationException("the source seeds itself");
        }

        @Override
        protected void engineNextBytes(byte[] octets) {
            source.fill(octets);
        }

        @Override
        protected byte[] engineGenerateSeed(int count) {
            byte[] seed = new byte[count];
            source.fill(seed);
            return seed;
        }
    }
}
