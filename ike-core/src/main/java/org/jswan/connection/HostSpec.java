// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;

/**
 * Where an end lives: what {@code --host} or {@code left=} says.
 *
 * @param text as the user wrote it; for {@link Kind#NAME} the name to look up, for {@link Kind#INTERFACE} the name of
 *     the interface after its {@code %}
 * @param address for {@link Kind#ADDRESS} the address; for the others what the name, interface or default route led
 *     to, if that was looked up already
 */
public record HostSpec(Kind kind, String text, Optional<IpAddress> address) {
    /** The forms a host can have. */
    public enum Kind {
        ADDRESS,
        /** A DNS name; looked up when the connection is added and again later. */
        NAME,
        ANY,
        DEFAULT_ROUTE,
        INTERFACE,
        OPPORTUNISTIC,
        GROUP,
        OPPORTUNISTIC_GROUP
    }

    public HostSpec {
        if (kind == Kind.ADDRESS && address.isEmpty()) {
            throw new IllegalArgumentException("address missing");
        }
    }

    public static HostSpec of(IpAddress address) {
        return address.isAny() ? any() : new HostSpec(Kind.ADDRESS, address.toString(), Optional.of(address));
    }

    /** A name that has not been looked up. */
    public static HostSpec name(String name) {
        return new HostSpec(Kind.NAME, name, Optional.empty());
    }

    public static HostSpec any() {
        return special(Kind.ANY);
    }

    /** One of the forms that are a keyword. */
    public static HostSpec special(Kind kind) {
        String keyword =
                switch (kind) {
                    case ANY -> "%any";
                    case DEFAULT_ROUTE -> "%defaultroute";
                    case OPPORTUNISTIC -> "%opportunistic";
                    case GROUP -> "%group";
                    case OPPORTUNISTIC_GROUP -> "%opportunisticgroup";
                    case ADDRESS, NAME, INTERFACE -> throw new IllegalArgumentException(kind + " is no keyword");
                };
        return new HostSpec(kind, keyword, Optional.empty());
    }

    /** {@code left=%eth0}: the address of an interface. */
    public static HostSpec ofInterface(String name) {
        return new HostSpec(Kind.INTERFACE, name, Optional.empty());
    }

    /** This with what it led to. */
    public HostSpec resolved(IpAddress found) {
        return new HostSpec(kind, text, Optional.of(found));
    }

    /** The family of the address, if there is an address. */
    public Optional<AddressFamily> family() {
        return address.map(IpAddress::family);
    }

    public boolean isOpportunistic() {
        return kind == Kind.OPPORTUNISTIC || kind == Kind.OPPORTUNISTIC_GROUP;
    }

    public boolean isGroup() {
        return kind == Kind.GROUP || kind == Kind.OPPORTUNISTIC_GROUP;
    }

    @Override
    public String toString() {
        return kind == Kind.INTERFACE ? "%" + text : text;
    }
}
