// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.world;

import org.jswan.helper.Helpers;
import org.jswan.impair.Impairments;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.SecurityModule;
import org.jswan.key.KeyDatabase;
import org.jswan.log.LogSink;
import org.jswan.log.Logger;
import org.jswan.login.Logins;
import org.jswan.net.Fetcher;
import org.jswan.net.NameResolver;
import org.jswan.net.Network;
import org.jswan.net.SecureDns;
import org.jswan.random.RandomSource;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;
import org.jswan.updown.ScriptRunner;

/**
 * The world, as the daemon needs it. The loop runs {@code timers}; everything is called on the loop's thread.
 *
 * @param impair how the daemon is to misbehave
 */
public record World(
        Clock clock,
        TimerQueue timers,
        RandomSource random,
        Network network,
        KernelIpsec kernel,
        SecurityModule security,
        Helpers helpers,
        ScriptRunner scripts,
        NameResolver resolver,
        SecureDns dns,
        KeyDatabase keys,
        Fetcher fetcher,
        Logins logins,
        LogSink log,
        Impairments impair) {

    /** A logger of the daemon itself: its lines have no prefix. */
    public Logger logger() {
        return new Logger(log, "");
    }
}
