// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;

/**
 * What lies between the phases of IKEv1, on an ISAKMP SA: XAUTH, by which a user proves who they are, and Mode Config, by
 * which they get an address (draft-ietf-ipsec-isakmp-xauth-06, draft-ietf-ipsec-isakmp-mode-cfg-05).
 */
public final class Phase15 {
    private Optional<String> userName = Optional.empty();
    private boolean admittedSoftly;
    private boolean authenticated;
    private boolean configured;
    private boolean configurationAsked;
    private int attempts;
    private final List<String> servers = new ArrayList<>(0);
    private final List<String> domains = new ArrayList<>(0);
    private String banner = "";
    private Runnable abandon = () -> {};

    Phase15() {}

    /** The user: the one that we let in, or the one that we are. */
    public Optional<String> userName() {
        return userName;
    }

    public void setUserName(String name) {
        userName = Optional.of(name).filter(n -> !n.isEmpty());
    }

    /** Whether the user was let in although name or password are wrong. */
    public boolean isAdmittedSoftly() {
        return admittedSoftly;
    }

    public void setAdmittedSoftly() {
        admittedSoftly = true;
    }

    /** Whether the server let us in, or need not be asked again. */
    public boolean isAuthenticated() {
        return authenticated;
    }

    public void setAuthenticated() {
        authenticated = true;
    }

    /** Whether an address was given and taken, or need not be asked for again. */
    public boolean isConfigured() {
        return configured;
    }

    public void setConfigured() {
        configured = true;
    }

    /** Whether we have asked for an address. */
    public boolean isConfigurationAsked() {
        return configurationAsked;
    }

    public void setConfigurationAsked() {
        configurationAsked = true;
    }

    /** @return how often the client was asked in vain before */
    public int countAttempt() {
        return attempts++;
    }

    public int attempts() {
        return attempts;
    }

    /** A name server that the peer told. */
    public void addServer(IpAddress server) {
        servers.add(server.toString());
    }

    public void addDomain(String domain) {
        domains.add(domain);
    }

    /** The name servers and domains that the peer told. */
    public ChildSa.NameService nameService() {
        return new ChildSa.NameService(String.join(" ", servers), String.join(" ", domains));
    }

    /** What the peer wants users to read; "" if nothing. */
    public String banner() {
        return banner;
    }

    public void setBanner(String text) {
        banner = text;
    }

    /** What is to be done if the SA ends before somebody has answered; nothing from the answer on. */
    public void setAbandon(Runnable action) {
        abandon = action;
    }

    void end() {
        Runnable action = abandon;
        abandon = () -> {};
        action.run();
    }
}
