// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import org.jswan.connection.IkeVersion;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.State;
import org.jswan.time.Clock;

/** How many half-open responders there may be before initiators have to show that they are no forgery, or are refused. */
public final class HalfOpenLimit {
    /** Octets of half-open SAs' first messages: an eighth of the heap of a small machine, and the double of it. */
    private static final long COOKIES_FROM_OCTETS = 16L << 20;

    private static final long REFUSE_FROM_OCTETS = 2 * COOKIES_FROM_OCTETS;

    /** The same for IKEv1, which knows no cookies: whoever forges senders must not use up what IKEv2's peers need. */
    private static final long REFUSE_IKEV1_FROM_OCTETS = COOKIES_FROM_OCTETS;

    /** From there on only first messages of a length that honest ones have are taken, so that few forged ones are not enough. */
    private static final long REFUSE_LONG_FROM_OCTETS = REFUSE_IKEV1_FROM_OCTETS / 4;

    private static final int LONG = 4096;

    /**
     * More requests of strangers in a second are a flood, and honest ones among them are lost while we work for the forged
     * ones: no reason to wait until there are as many half-open SAs as the setting allows.
     */
    private static final int FLOOD = 1500;

    /**
     * Negotiations under way with hosts that nobody named: well below what makes peers bring cookies, so that a scan of many
     * hosts from here is no reason to be rude to them.
     */
    private static final int MOST_BEGUN = 4096;

    /** Which part of {@code refuseFrom} these may be, if that is less. */
    private static final int BEGUN_PART = 8;

    /** Half-open instances for one address: more than peers behind one NAT are likely to begin at a time. */
    private static final int CROWD = 100;

    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

    private final SaDatabase sas;
    private final Setting setting;
    private final Clock clock;
    private Mode mode;
    private long windowNanos;
    private int strangers;
    private int strangersBefore;

    /**
     * What the daemon is told at its start.
     *
     * @param cookiesFrom that many half-open SAs and every initiator has to bring a cookie
     * @param refuseFrom that many and no new exchange begins
     * @param refusesOpportunistic whether nobody may begin who says that it does opportunistic encryption
     */
    public record Setting(Mode mode, long cookiesFrom, long refuseFrom, boolean refusesOpportunistic) {
        public static final Setting DEFAULT = new Setting(Mode.AUTO, 25_000, 50_000);

        public Setting(Mode mode, long cookiesFrom, long refuseFrom) {
            this(mode, cookiesFrom, refuseFrom, false);
        }

        public Setting withMode(Mode other) {
            return new Setting(other, cookiesFrom, refuseFrom, refusesOpportunistic);
        }
    }

    /** What decides: the number of half-open SAs, or a command. */
    public enum Mode {
        AUTO("auto-detect"),
        BUSY("active"),
        UNLIMITED("unlimited");

        private final String text;

        Mode(String text) {
            this.text = text;
        }

        /** As the log names it. */
        public String text() {
            return text;
        }
    }

    /** Whether nobody may begin who says that it does opportunistic encryption. */
    public boolean refusesOpportunistic() {
        return setting.refusesOpportunistic();
    }

    public HalfOpenLimit(SaDatabase sas, Setting setting, Clock clock) {
        this.sas = sas;
        this.clock = clock;
        this.windowNanos = clock.nanos();
        this.setting = setting;
        this.mode = setting.mode();
    }

    public void setMode(Mode of) {
        mode = of;
    }

    public Mode mode() {
        return mode;
    }

    /** A request came that brings no cookie. */
    public void stranger() {
        turnWindow();
        strangers++;
    }

    private void turnWindow() {
        long passed = clock.nanos() - windowNanos;
        if (passed >= WINDOW_NANOS) {
            strangersBefore = passed < 2 * WINDOW_NANOS ? strangers : 0;
            strangers = 0;
            windowNanos = clock.nanos();
        }
    }

    private boolean isFlooded() {
        turnWindow();
        return strangers > FLOOD || strangersBefore > FLOOD;
    }

    /** Whether a new exchange of IKEv2 has to bring a cookie. */
    public boolean demandsCookies() {
        return mode == Mode.BUSY
                || mode == Mode.AUTO
                        && (isFlooded()
                                || sas.count(State.Category.HALF_OPEN) >= setting.cookiesFrom()
                                || sas.heldOctets(IkeVersion.IKEV2) >= COOKIES_FROM_OCTETS);
    }

    /** Whether one has to for whom so much is half-open already: one forged address is not to make us search long. */
    public boolean demandsCookies(long halfOpenOfSender) {
        return demandsCookies() || mode == Mode.AUTO && halfOpenOfSender >= CROWD;
    }

    /** Whether no new exchange of IKEv2 begins, whatever it brings. */
    public boolean refusesAll() {
        return isFull() || sas.heldOctets(IkeVersion.IKEV2) >= REFUSE_FROM_OCTETS;
    }

    /** Whether packets begin no more negotiations; what strangers ask of us does not count. */
    public boolean refusesToBegin() {
        return sas.countBegun() >= Math.max(1, Math.min(MOST_BEGUN, setting.refuseFrom() / BEGUN_PART));
    }

    /** Whether nothing more is kept for peers of IKEv1 that have not proven who they are. */
    public boolean refusesAllOfIkev1() {
        return isFull() || sas.heldOctets(IkeVersion.IKEV1) >= REFUSE_IKEV1_FROM_OCTETS;
    }

    /** Whether a first message of Main Mode is not taken. */
    public boolean refusesMainMode(int octets) {
        return refusesAllOfIkev1() || octets > LONG && sas.heldOctets(IkeVersion.IKEV1) >= REFUSE_LONG_FROM_OCTETS;
    }

    /**
     * Whether Aggressive Mode is not answered: one message of whoever it is has us compute keys and sign, so it is not taken while
     * IKEv2's peers have to bring cookies.
     */
    public boolean refusesAggressiveMode(int octets) {
        return refusesMainMode(octets) || mode != Mode.UNLIMITED && demandsCookies();
    }

    private boolean isFull() {
        return sas.count(State.Category.HALF_OPEN) >= setting.refuseFrom();
    }
}
