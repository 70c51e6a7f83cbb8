// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

/** IKEv2 in foul weather. */
class FoulWeatherTest extends FoulWeather {
    @Override
    Pair listening(long seed) {
        return Pair.listening(seed);
    }
}
