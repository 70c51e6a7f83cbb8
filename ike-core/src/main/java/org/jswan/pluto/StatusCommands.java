// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jswan.base.SaSerial;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.control.Version;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackCommand.AddressPoolStatus;
import org.jswan.control.WhackCommand.BriefStatus;
import org.jswan.control.WhackCommand.FipsStatus;
import org.jswan.control.WhackCommand.ShowStates;
import org.jswan.control.WhackCommand.ShuntStatus;
import org.jswan.control.WhackCommand.Status;
import org.jswan.control.WhackCommand.TrafficStatus;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.IkeSuite;
import org.jswan.exchange.ChildKernel;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.kernel.SecurityModule;
import org.jswan.log.RcCode;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.redirect.GlobalRedirect;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;
import org.jswan.status.EventLines;
import org.jswan.status.GlobalStatus;
import org.jswan.status.NewestSuites;
import org.jswan.status.SetupFacts;
import org.jswan.status.StateLines;
import org.jswan.status.StatusReport;
import org.jswan.world.World;

/** The commands that ask how things are. */
final class StatusCommands {
    private final PlutoOptions options;
    private final World world;
    private final SaDatabase sas;
    private final Interfaces interfaces;
    private final HalfOpenLimit limit;
    private final GlobalRedirect globalRedirect;
    private final Adjustments adjustments;
    private final StateLines stateLines;
    private final EventLines events;
    private final StatusReport report;

    StatusCommands(
            PlutoOptions options,
            World world,
            SaDatabase sas,
            ConnectionDatabase connections,
            ChildKernel kernel,
            Interfaces interfaces,
            HalfOpenLimit limit,
            GlobalRedirect globalRedirect,
            Adjustments adjustments,
            Supplier<List<String>> bareShunts) {
        this.options = options;
        this.world = world;
        this.sas = sas;
        this.interfaces = interfaces;
        this.limit = limit;
        this.globalRedirect = globalRedirect;
        this.adjustments = adjustments;
        this.stateLines = new StateLines(sas, kernel, world.clock());
        this.events = new EventLines(
                world.clock(),
                world.timers(),
                options.shunts().interval(),
                world.kernel().name().equals("xfrm"));
        this.report = new StatusReport(connections, world.kernel(), newestSuites(), bareShunts);
    }

    /** @param saCommands have those wait that tell what the kernel does with packets */
    void register(CommandTable table, SaCommands saCommands) {
        // As with libreswan: what is not listed any more has left the kernel, too.
        table.slow(TrafficStatus.class, saCommands.inTurn((command, request) -> stateLines
                .traffic()
                .forEach(line -> request.logger().whackOnly(RcCode.INFORMATIONAL_TRAFFIC, line))));
        table.on(BriefStatus.class, (command, request) -> show(request, counts()));
        table.on(Status.class, (command, request) -> show(request, status()));
        table.slow(ShuntStatus.class, saCommands.inTurn((command, request) -> show(request, report.shuntStatus())));
        table.on(FipsStatus.class, (command, request) -> show(request, report.fipsStatus()));
        table.on(AddressPoolStatus.class, (command, request) -> show(request, report.addressPools()));
        GlobalStatus global = new GlobalStatus(sas);
        table.on(WhackCommand.GlobalStatus.class, (command, request) -> global.lines(
                        options.halfOpen().cookiesFrom(), options.halfOpen().refuseFrom())
                .forEach(line -> request.session().raw(line + "\n")));
        table.on(WhackCommand.ClearStats.class, (command, request) -> sas.statistics()
                .clear());
        table.on(WhackCommand.ListEvents.class, (command, request) -> show(request, events.lines()));
        table.slow(ShowStates.class, saCommands.inTurn((command, request) -> show(request, stateLines.states())));
    }

    private static void show(Request request, List<String> lines) {
        lines.forEach(line -> request.logger().whackOnly(RcCode.COMMENT, line));
    }

    private List<String> counts() {
        return stateLines.counts(limit.demandsCookies(), limit.refusesAll());
    }

    private List<String> status() {
        PlutoOptions.SetupStatus status = options.status();
        SetupFacts setup = new SetupFacts(
                status.paths(),
                Version.LIBRESWAN,
                Pluto.VENDOR_ID,
                status.helpers(),
                options.uniqueIds(),
                options.revocation(),
                status.logAppend(),
                status.logIp(),
                Math.toIntExact(options.keepalive().interval().toSeconds()),
                options.natIkePort(),
                options.listen(),
                options.virtualPrivate(),
                new SetupFacts.Ddos(
                        SetupFacts.DdosMode.valueOf(limit.mode().name()),
                        options.halfOpen().cookiesFrom(),
                        options.halfOpen().refuseFrom()),
                new SetupFacts.Redirect(
                        globalRedirect.mode().toString(),
                        globalRedirect.destinations().toString()),
                options.ikev1(),
                status.lifetimes(),
                interfaces.socketOptions(),
                status.nflogAll(),
                world.security().mode() == SecurityModule.Mode.ENFORCING,
                options.labelAttribute(),
                adjustments.debugging(),
                world.impair().listing());
        return report.status(setup, interfaces.all(), counts(), stateLines.states());
    }

    private NewestSuites newestSuites() {
        return new NewestSuites() {
            @Override
            public Optional<String> ike(SaSerial serial) {
                return sas.find(serial)
                        .map(IkeSa.class::cast)
                        .flatMap(IkeSa::suite)
                        .map(IkeSuite::statusName);
            }

            @Override
            public Optional<String> child(SaSerial serial) {
                return sas.find(serial)
                        .map(ChildSa.class::cast)
                        .flatMap(ChildSa::suite)
                        .map(ChildSuite::statusName);
            }
        };
    }
}
