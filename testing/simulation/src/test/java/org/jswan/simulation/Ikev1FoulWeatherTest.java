// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

/** IKEv1 in foul weather. */
class Ikev1FoulWeatherTest extends FoulWeather {
    @Override
    Pair listening(long seed) {
        return Ikev1Pair.listening(seed);
    }
}
