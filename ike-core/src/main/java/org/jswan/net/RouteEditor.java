// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.util.Optional;
import java.util.OptionalLong;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;

/** Port: what {@code ip(8)} asks and changes of routes, addresses, proxied neighbours and rules, for the stock updown. */
public interface RouteEditor {
    /** The system would not, or could not. */
    final class Refusal extends Exception {
        private final int status;

        /**
         * @param line as {@code ip(8)} says it
         * @param status what {@code ip(8)} exits with, 1 or 2
         */
        public Refusal(String line, int status) {
            super(line);
            this.status = status;
        }

        /** What {@code ip(8)} says. */
        public String line() {
            return getMessage();
        }

        public int status() {
            return status;
        }
    }

    /** @param isLocal whether the destination is an address of this host */
    record Way(String device, boolean hasGateway, boolean isLocal) {}

    record Device(boolean isPointToPoint, boolean hasHardwareAddress) {}

    /** A route in the table of that number. */
    record ClientRoute(
            Subnet to,
            Optional<IpAddress> gateway,
            OptionalLong mtu,
            OptionalLong metric,
            String device,
            Optional<IpAddress> source,
            int table) {}

    /** Packets to {@code to} that bear the mark look into {@code table}. */
    record MarkRule(int priority, Subnet to, int mark, int mask, int table) {}

    /** The way of a packet to {@code to}, from that address of ours. */
    Way way(IpAddress to, Optional<IpAddress> from) throws Refusal;

    /** Empty if there is none of that name. */
    Optional<Device> device(String name) throws Refusal;

    /** The device of the main table's first route to exactly {@code to}. */
    Optional<String> deviceOf(Subnet to) throws Refusal;

    /** Whether a route of the main table has that source address. */
    boolean isSource(IpAddress address) throws Refusal;

    /** Whether the device has that address alone, without a network, in that scope of the kernel's, 0 to 255. */
    boolean hasAddress(IpAddress address, String device, int scope) throws Refusal;

    void replaceRoute(ClientRoute route) throws Refusal;

    void deleteRoute(ClientRoute route) throws Refusal;

    void addAddress(IpAddress address, String device, int scope) throws Refusal;

    void deleteAddress(IpAddress address, String device) throws Refusal;

    /** Answers for that neighbour. */
    void addProxy(IpAddress neighbour, String device) throws Refusal;

    void deleteProxy(IpAddress neighbour, String device) throws Refusal;

    void addRule(MarkRule rule) throws Refusal;

    void deleteRule(MarkRule rule) throws Refusal;
}
