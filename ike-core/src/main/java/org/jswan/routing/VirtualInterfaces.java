// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelInterfaces;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/**
 * The interfaces of {@code ipsec-interface=}. One is made when the first Child SA needs it, and goes with the last
 * connection that names its number.
 */
public final class VirtualInterfaces implements ConnectionDatabase.Watcher {
    private static final int FIRST = 1;
    private static final String LOOPBACK = "lo";

    private final KernelInterfaces kernel;
    private final Map<Integer, Use> uses = new HashMap<>(2);
    private Optional<Support> support = Optional.empty();
    private boolean staleChecked;

    private enum Support {
        PRESENT,
        MISSING
    }

    private static final class Use {
        private int connections;
        private boolean made;
    }

    public VirtualInterfaces(KernelInterfaces kernel) {
        this.kernel = kernel;
    }

    /** The name of the interface of that number; libreswan's {@code ipsec0} has one of its own. */
    public static String name(int id) {
        return "ipsec" + (id == ConnectionConfig.Kernel.INTERFACE_ZERO ? 0 : Integer.toUnsignedString(id));
    }

    /** Why the kernel cannot have such interfaces; empty if it can. An interface is made and deleted to find out. */
    public Optional<String> missing(Logger logger) {
        Optional<String> why = support.isPresent() ? Optional.empty() : test(logger);
        return support.equals(Optional.of(Support.MISSING)) && why.isEmpty()
                ? Optional.of("may be missing CONFIG_XFRM_INTERFACE support in kernel")
                : why;
    }

    private Optional<String> test(Logger logger) {
        String name = name(FIRST);
        try {
            if (!kernel.exists(LOOPBACK)) {
                support = Optional.of(Support.MISSING);
                return Optional.of("Could not create find real device needed to test xfrmi support");
            }
            if (kernel.exists(name)) {
                logger.log(
                        RcCode.LOG_SERIOUS,
                        "conflict " + name
                                + " already exist cannot support xfrm-interface. May be leftover from previous pluto?");
                support = Optional.of(Support.MISSING);
                return Optional.of("device name conflict in xfrm_iface_supported()");
            }
            if (!kernel.any()) {
                kernel.add(name, LOOPBACK, FIRST);
                kernel.delete(name);
                support = Optional.of(Support.PRESENT);
            }
            return Optional.empty();
        } catch (KernelException refused) {
            complain(logger, refused.getMessage());
            support = Optional.of(Support.MISSING);
            return Optional.of("xfrmi is not supported");
        }
    }

    private static void complain(Logger logger, String text) {
        logger.error(text);
    }

    /** At the first listening: tells of an interface that is there before any of ours. */
    public void checkStale(Logger logger) {
        if (staleChecked) {
            return;
        }
        staleChecked = true;
        String name = name(FIRST);
        try {
            if (kernel.exists(name)) {
                logger.log(
                        RcCode.LOG_SERIOUS,
                        "found an unexpected interface " + name + " if_id=" + FIRST + " From previous pluto run?");
            }
        } catch (KernelException refused) {
            complain(logger, refused.getMessage());
        }
    }

    @Override
    public void added(Connection connection) {
        connection.config().kernel().interfaceId().ifPresent(id -> uses.computeIfAbsent(id, n -> new Use())
                .connections++);
    }

    @Override
    public void removed(Connection connection) {
        connection.config().kernel().interfaceId().ifPresent(id -> {
            Use use = uses.get(id);
            use.connections--;
            if (use.connections == 0) {
                uses.remove(id);
                free(id, use.made, connection.logger());
            }
        });
    }

    private void free(int id, boolean made, Logger logger) {
        String what = "ipsec-interface=" + name(id) + " if_id=" + Integer.toUnsignedString(id);
        if (!made) {
            logger.log("cannot delete " + what + ", not created by pluto");
            return;
        }
        try {
            kernel.delete(name(id));
        } catch (KernelException refused) {
            complain(logger, refused.getMessage());
        }
        logger.log("delete " + what + " added by pluto");
    }

    /**
     * A Child SA of the connection is to be installed: its interface is made, if there is none, and up.
     *
     * @return whether all is well; if not, the log has the reason
     */
    boolean ready(Connection connection, Logger logger) {
        Optional<Integer> id = connection.config().kernel().interfaceId();
        if (id.isEmpty()) {
            return true;
        }
        String name = name(id.get());
        try {
            if (!kernel.exists(name)) {
                kernel.add(
                        name,
                        connection.socket().orElseThrow().interfaceAddress().interfaceName(),
                        id.get());
                uses.get(id.get()).made = true;
            } else if (!kernel.exists(name, id.get())) {
                complain(
                        logger,
                        "device " + name + " exist and do not match expected type xfrm or xfrm_if_id "
                                + Integer.toUnsignedString(id.get()) + ". check 'ip -d link show dev " + name + "'");
                return false;
            }
            kernel.setUp(name);
            return true;
        } catch (KernelException refused) {
            complain(logger, refused.getMessage());
            return false;
        }
    }
}
