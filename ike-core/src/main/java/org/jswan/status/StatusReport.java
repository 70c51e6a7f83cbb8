// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jswan.base.ConnectionSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.kernel.KernelIpsec;
import org.jswan.net.IkeSocket;
import org.jswan.pool.AddressPool;
import org.jswan.revocation.RevocationSetting;

/** What {@code whack --status} and its like show: lines without codes, which are all those of comments. */
public final class StatusReport {
    private final ConnectionDatabase connections;
    private final KernelIpsec kernel;
    private final NewestSuites suites;
    private final Supplier<List<String>> bareShunts;

    /**
     * @param kernel whose interface is shown
     * @param bareShunts those that belong to no connection, a line each
     */
    public StatusReport(
            ConnectionDatabase connections,
            KernelIpsec kernel,
            NewestSuites suites,
            Supplier<List<String>> bareShunts) {
        this.bareShunts = bareShunts;
        this.connections = connections;
        this.kernel = kernel;
        this.suites = suites;
    }

    /**
     * {@code --status}.
     *
     * @param sockets in the order of their listing
     * @param counts what {@code --briefstatus} shows
     * @param states a line or more for each SA
     */
    public List<String> status(
            SetupFacts setup, Collection<? extends IkeSocket> sockets, List<String> counts, List<String> states) {
        Listing listing = new Listing();
        listing.line("using kernel interface: " + kernel.name());
        listing.separator();
        for (IkeSocket socket : sockets) {
            listing.line("interface " + socket.interfaceAddress().interfaceName() + " " + socket.transport() + " "
                    + socket.local());
        }
        security(listing, setup.selinux());
        setup(listing, setup);
        listing.separator();
        listing.line("nat-traversal=yes, keep-alive=" + setup.keepAlive() + ", nat-ikeport=" + setup.natIkePort());
        VirtualPrivate.show(listing, setup.virtualPrivate());
        AlgorithmLines.kernel(listing, kernel::has);
        AlgorithmLines.ike(listing);
        listing.separator();
        listing.line("stats db_ops: {curr_cnt, total_cnt, maxsz} :context={0,0,0} trans={0,0,0} attrs={0,0,0} ");
        connections(listing, setup.keepAlive());
        listing.separator();
        listing.lines(counts);
        listing.separator();
        listing.lines(states);
        shunts(listing);
        return listing.end();
    }

    private static void security(Listing listing, boolean selinux) {
        listing.separator();
        listing.line("fips mode=disabled;");
        listing.line("SElinux=" + (selinux ? "enabled" : "disabled"));
        listing.line("seccomp=unsupported");
    }

    private static void setup(Listing listing, SetupFacts setup) {
        SetupFacts.Paths paths = setup.paths();
        listing.heading("config setup options:");
        listing.line("configdir=" + paths.configDirectory() + ", configfile=" + paths.configFile() + ", secrets="
                + paths.secretsFile() + ", ipsecdir=" + paths.ipsecDirectory());
        listing.line("nssdir=" + paths.nssDirectory() + ", dumpdir=" + paths.dumpDirectory() + ", statsbin="
                + paths.statsBinary().orElse("unset"));
        listing.line("dnssec-rootkey-file=" + paths.dnssec().rootKeyFile().orElse("<unset>") + ", dnssec-trusted="
                + paths.dnssec().trusted().orElse("<unset>"));
        listing.line("sbindir=" + paths.sbinDirectory() + ", libexecdir=" + paths.libexecDirectory());
        listing.line("pluto_version=" + setup.version() + ", pluto_vendorid=" + setup.vendorId() + ", audit-log=yes");
        listing.line("nhelpers=" + setup.helpers() + ", uniqueids=" + yes(setup.uniqueIds())
                + ", dnssec-enable=" + yes(paths.dnssec().enabled()) + ", logappend=" + yes(setup.logAppend())
                + ", logip=" + yes(setup.logIp())
                + ", shuntlifetime=" + setup.lifetimes().shunt().toSeconds() + "s, xfrmlifetime="
                + setup.lifetimes().reservedSpi() + "s");
        listing.line("ddos-cookies-threshold=" + setup.ddos().cookiesFrom() + ", ddos-max-halfopen="
                + setup.ddos().refuseFrom() + ", ddos-mode="
                + setup.ddos().mode().name().toLowerCase(Locale.ROOT) + ", ikev1-policy="
                + setup.ikev1().text());
        listing.line("ikebuf=" + setup.sockets().bufferSize() + ", msg_errqueue="
                + yes(setup.sockets().errorQueue())
                + ", crl-strict=" + yes(setup.revocation().strict()) + ", crlcheckinterval="
                + setup.revocation().interval().toSeconds() + ", listen="
                + setup.listen().map(Object::toString).orElse("<any>") + ", nflog-all=" + setup.nflogAll());
        ocsp(listing, setup.revocation().ocsp());
        String destinations = setup.redirect().destinations();
        listing.line("global-redirect=" + setup.redirect().mode() + ", global-redirect-to="
                + (destinations.isEmpty() ? "<unset>" : destinations));
        listing.line("secctx-attr-type=" + setup.labelAttribute());
        listing.line("debug:"
                + (setup.debug().isEmpty() ? "" : " " + String.join("+", setup.debug()))
                + (setup.impairments().isEmpty() ? "" : " impair: " + String.join("+", setup.impairments())));
    }

    private static void ocsp(Listing listing, RevocationSetting.Ocsp ocsp) {
        listing.line("ocsp-enable=" + yes(ocsp.enabled()) + ", ocsp-strict=" + yes(ocsp.strict()) + ", ocsp-timeout="
                + ocsp.timeout().toSeconds() + ", ocsp-uri="
                + ocsp.responder().orElse("<unset>"));
        listing.line("ocsp-trust-name=" + ocsp.trusted().orElse("<unset>"));
        listing.line("ocsp-cache-size=" + ocsp.cache().size() + ", ocsp-cache-min-age="
                + ocsp.cache().least().toSeconds() + ", ocsp-cache-max-age="
                + ocsp.cache().greatest().toSeconds() + ", ocsp-method=" + (ocsp.post() ? "post" : "get"));
    }

    private void connections(Listing listing, int keepAlive) {
        listing.heading("Connection list:");
        long active = 0;
        for (Connection connection : connections.sorted()) {
            listing.lines(new ConnectionLines(connection, suites, keepAlive).all());
            active += ConnectionLines.isActive(connection) ? 1 : 0;
        }
        if (connections.size() > 0) {
            listing.separator();
        }
        listing.line("Total IPsec connections: loaded " + connections.size() + ", active " + active);
    }

    private void shunts(Listing listing) {
        listing.heading("Bare Shunt list:");
        listing.lines(bareShunts.get());
    }

    /** {@code --addresspoolstatus}. */
    public List<String> addressPools() {
        Listing listing = new Listing();
        listing.separator();
        for (AddressPool pool : connections.pools().all()) {
            listing.line("address pool " + pool.range() + ": " + pool.size() + " addresses, "
                    + pool.entries().size() + " leases, " + pool.inUse() + " in-use, " + pool.free() + " free ("
                    + pool.reusable() + " reusable)");
            pool.entries().forEach(entry -> lease(listing, entry));
        }
        return listing.end();
    }

    private void lease(Listing listing, AddressPool.Entry entry) {
        String holder = "$" + entry.holder().map(ConnectionSerial::value).orElse(0L);
        listing.line("    " + entry.address() + " " + (entry.isFree() ? "free" : "assigned to") + " " + holder + " "
                + entry.name().map(name -> " " + name).orElse(""));
        String indent = "    " + " ".repeat(entry.address().toString().length()) + " ";
        listing.line(indent
                + entry.holder()
                        .flatMap(connections::find)
                        .map(Connection::toString)
                        .orElse("connection " + holder + " does not exist"));
    }

    /** {@code --shuntstatus}. */
    public List<String> shuntStatus() {
        Listing listing = new Listing();
        shunts(listing);
        return listing.end();
    }

    /** {@code --fipsstatus}. */
    public List<String> fipsStatus() {
        return List.of("FIPS mode disabled");
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }
}
