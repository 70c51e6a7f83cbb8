// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The interfaces to the kernel's IPsec that {@code protostack=} and {@code --use-} choose from, the usual one first. */
enum Protostack {
    XFRM("xfrm", "xfrm", "netkey"),
    PFKEYV2("PF_KEY v2", "pfkeyv2", "pfkey", "bsdkame");

    private final String kernelName;
    private final List<String> names;

    Protostack(String kernelName, String... names) {
        this.kernelName = kernelName;
        this.names = List.of(names);
    }

    /** By one of its names in {@code config setup}, in whatever case; empty if it is none of ours. */
    static Optional<Protostack> of(String name) {
        return Arrays.stream(values())
                .filter(stack -> stack.names.stream().anyMatch(name::equalsIgnoreCase))
                .findFirst();
    }

    /** What the log and the status call it. */
    String kernelName() {
        return kernelName;
    }
}
