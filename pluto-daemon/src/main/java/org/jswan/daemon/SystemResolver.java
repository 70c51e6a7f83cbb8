// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.net.NameResolver;

/** The machine's resolver, as its name service switch is set up. */
final class SystemResolver implements NameResolver {
    /** Java would remember what it found, and what it did not find. */
    private static final class Forgetful {
        static {
            Security.setProperty("networkaddress.cache.ttl", "0");
            Security.setProperty("networkaddress.cache.negative.ttl", "0");
        }

        private Forgetful() {}

        static InetAddress[] ask(String name) throws UnknownHostException {
            return InetAddress.getAllByName(name);
        }
    }

    @Override
    public List<IpAddress> lookup(String name) {
        List<IpAddress> addresses = new ArrayList<>();
        if (name.isEmpty()) {
            // Java takes it for this machine.
            return addresses;
        }
        try {
            for (InetAddress address : Forgetful.ask(name)) {
                addresses.add(IpAddress.of(Bytes.copyOf(address.getAddress())));
            }
        } catch (UnknownHostException e) {
            // Unknown and not to be asked just now are the same to whoever needs an address.
            return List.of();
        }
        return addresses;
    }
}
