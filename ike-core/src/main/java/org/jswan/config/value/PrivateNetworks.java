// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.AddressFamily;
import org.jswan.base.Subnet;
import org.jswan.config.value.Addresses.HostBits;

/**
 * What {@code virtual-private=} allows clients of road warriors to be, and excludes: {@code %priv} of {@code vhost:} and
 * {@code vnet:}, which IKEv1 knows.
 */
public record PrivateNetworks(List<Subnet> allowed, List<Subnet> excluded) {
    private static final int FAMILY_WIDTH = "%v4:".length();

    public static final PrivateNetworks NONE = new PrivateNetworks(List.of(), List.of());

    public PrivateNetworks {
        allowed = List.copyOf(allowed);
        excluded = List.copyOf(excluded);
    }

    /**
     * @param text {@code %v4:10.0.0.0/8,%v4:!10.1.0.0/16,%v6:fd00::/8}, the families before the colons may be left out; empty:
     *     none
     * @param faults told what is wrong, line by line; then there are none
     */
    public static PrivateNetworks parse(String text, Consumer<String> faults) {
        if (text.isEmpty()) {
            return NONE;
        }
        List<Subnet> allowed = new ArrayList<>();
        List<Subnet> excluded = new ArrayList<>();
        int bad = 0;
        for (String entry : text.split(",", -1)) {
            Optional<AddressFamily> family = family(entry);
            String bare = entry.substring(family.isPresent() ? FAMILY_WIDTH : 0);
            boolean without = bare.startsWith("!");
            try {
                (without ? excluded : allowed)
                        .add(Addresses.subnet(without ? bare.substring(1) : bare, family, HostBits.REFUSE, faults));
            } catch (ValueException wrong) {
                faults.accept("virtual-private entry is not a proper subnet: " + wrong.getMessage());
                bad++;
            }
        }
        if (bad > 0) {
            faults.accept(bad + " bad entries in virtual-private - none loaded");
            return NONE;
        }
        return new PrivateNetworks(allowed, excluded);
    }

    private static Optional<AddressFamily> family(String entry) {
        return entry.startsWith("%v4:")
                ? Optional.of(AddressFamily.IPV4)
                : Optional.of(AddressFamily.IPV6).filter(six -> entry.startsWith("%v6:"));
    }

    /**
     * One network, as in an entry that excludes none.
     *
     * @throws ValueException if it is none
     */
    public static Subnet network(String entry) throws ValueException {
        Optional<AddressFamily> family = family(entry);
        return Addresses.subnet(
                entry.substring(family.isPresent() ? FAMILY_WIDTH : 0), family, HostBits.REFUSE, warning -> {});
    }

    /** Whether {@code client} is among those allowed. */
    public boolean allows(Subnet client) {
        return allowed.stream().anyMatch(network -> network.contains(client));
    }

    /** Whether {@code client} is among those excluded. */
    public boolean excludes(Subnet client) {
        return excluded.stream().anyMatch(network -> network.contains(client));
    }
}
