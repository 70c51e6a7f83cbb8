// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import org.jswan.sa.SaDatabase;
import org.jswan.sa.V2State;

/** How many half-open responders there may be before initiators have to show that they are no forgery, or are refused. */
public final class HalfOpenLimit {
    private final SaDatabase sas;
    private final int cookiesFrom;
    private final int refuseFrom;
    private Mode mode = Mode.AUTO;

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

    /**
     * @param cookiesFrom that many half-open SAs and every initiator has to bring a cookie
     * @param refuseFrom that many and no new exchange begins
     */
    public HalfOpenLimit(SaDatabase sas, int cookiesFrom, int refuseFrom) {
        this.sas = sas;
        this.cookiesFrom = cookiesFrom;
        this.refuseFrom = refuseFrom;
    }

    public void setMode(Mode of) {
        mode = of;
    }

    public Mode mode() {
        return mode;
    }

    public boolean demandsCookies() {
        return mode == Mode.BUSY || mode == Mode.AUTO && sas.count(V2State.Category.HALF_OPEN) >= cookiesFrom;
    }

    public boolean refusesAll() {
        return sas.count(V2State.Category.HALF_OPEN) >= refuseFrom;
    }
}
