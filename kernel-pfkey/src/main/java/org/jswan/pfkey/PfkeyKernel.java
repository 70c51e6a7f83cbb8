// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jswan.base.IpAddress;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelAbilities;
import org.jswan.kernel.KernelAbility;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelMigration;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelProbe;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.KernelSa.Encapsulation.Carrier;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.pfkey.PfkeyChannel.RequestException;

/** The IPsec of a kernel that is asked by PF_KEY. */
public final class PfkeyKernel implements KernelIpsec, AutoCloseable {
    private static final String NAME = "PF_KEY v2";
    private static final int MIN_SPI = 0x1000;
    private static final int MAX_SPI = 0xffffffff;
    /** RFC 3173 §3.3: the range that is negotiated. */
    private static final int MIN_CPI = 256;

    private static final int MAX_CPI = 61439;

    private final PfkeyChannel channel;
    private final Dialect dialect;
    private final Supported supported;
    private final Consumer<String> debug;
    private final KernelProbe probe = new KernelProbe(this::errnoOf);

    PfkeyKernel(PfkeyChannel channel, Supported supported, Consumer<String> debug) {
        this.channel = channel;
        this.supported = supported;
        this.debug = debug;
        dialect = channel.writer().dialect();
    }

    /**
     * Over a PF_KEY socket of its own, of this machine's Linux.
     *
     * @param asker we
     * @param supported what the kernel told when we registered, see {@link PfkeyEvents#supported}
     * @param debug takes lines that say what is asked of the kernel
     * @throws KernelException if the kernel has no PF_KEY
     */
    public static PfkeyKernel open(Asker asker, Supported supported, Consumer<String> debug) throws KernelException {
        return new PfkeyKernel(
                new PfkeyChannel(PfkeySocket.open(), new PfkeyWriter(Dialect.LINUX), asker, datagram -> {
                    // What others do to the kernel is the events' matter.
                }),
                supported,
                debug);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String stackName() {
        return "bsd";
    }

    @Override
    public KernelAbilities abilities() {
        return dialect.abilities();
    }

    @Override
    public boolean has(Algorithm algorithm) {
        if (algorithm instanceof Encr encr) {
            OptionalInt number = dialect.algorithms().number(encr);
            return number.isPresent() && supported.hasEncryption(number.getAsInt());
        }
        if (algorithm instanceof Integ integ && integ != Integ.NONE) {
            OptionalInt number = dialect.algorithms().number(integ);
            return number.isPresent() && supported.hasIntegrity(number.getAsInt());
        }
        return true;
    }

    /** What this kernel has and lacks. */
    KernelProbe probe() {
        return probe;
    }

    /** A line for each thing that connections may want and cannot have; the interface lacks some on any kernel. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>(probe.missingProtocols());
        addLacking(
                missing,
                "encryption",
                Encr.ALL.stream()
                        .filter(encr -> encr.xfrmName().isPresent() && !has(encr))
                        .map(Encr::fqn));
        addLacking(
                missing,
                "integrity",
                Integ.ALL.stream().filter(integ -> !has(integ)).map(Integ::fqn));
        return missing;
    }

    private void addLacking(List<String> missing, String kind, Stream<String> names) {
        String all = names.collect(Collectors.joining(", "));
        if (!all.isEmpty()) {
            missing.add(NAME + " on " + dialect.system() + " has no " + kind + " algorithms " + all);
        }
    }

    @Override
    public int allocateSpi(IpAddress source, IpAddress destination, IpsecProtocol protocol, int requestId)
            throws KernelException {
        boolean compression = protocol == IpsecProtocol.IPCOMP;
        SaCodec.writeSpiRequest(
                channel.writer(),
                new SaId(source, destination, protocol, 0),
                requestId,
                compression ? MIN_CPI : MIN_SPI,
                compression ? MAX_CPI : MAX_SPI);
        try {
            return channel.answered(SaCodec::readSpi);
        } catch (RequestException e) {
            throw refused(e, "Get SPI", compression ? "CPI" : "SPI", Optional.empty());
        }
    }

    @Override
    public void addSa(KernelSa sa) throws KernelException {
        Optional<String> unable = unable(sa);
        if (unable.isPresent()) {
            throw unsupported("Add SA " + sa.id(), unable.get());
        }
        debug.accept("kernel: setting IPsec SA replay-window to " + sa.replayWindow());
        try {
            install(sa);
        } catch (RequestException e) {
            if (!e.isAnswer()) {
                forget(sa.id());
            }
            throw refused(e, "Add SA", sa.id().toString(), adviceOnSa(e, sa));
        }
    }

    /** It may be there, with its keys, though nobody heard of it. */
    private void forget(SaId id) {
        try {
            remove(id);
        } catch (RequestException e) {
            debug.accept("kernel: removing " + id + ", of which nothing was heard: " + e.getMessage());
        }
    }

    private void install(KernelSa sa) throws RequestException {
        SaCodec.write(channel.writer(), sa);
        channel.granted();
    }

    private void remove(SaId id) throws RequestException {
        SaCodec.writeQuery(channel.writer(), Pfkey.SADB_DELETE, id);
        channel.granted();
    }

    private String errnoOf(KernelSa sa) {
        if (unable(sa).isPresent()) {
            return "EOPNOTSUPP";
        }
        try {
            install(sa);
            remove(sa.id());
            return "";
        } catch (RequestException e) {
            return e.errno();
        }
    }

    /** Why it cannot even be asked for. */
    private Optional<String> unable(KernelSa sa) {
        if (sa.id().protocol() == IpsecProtocol.ESP
                && dialect.algorithms().number(sa.encr().orElseThrow()).isEmpty()) {
            return Optional.of("encryption algorithm " + sa.encr().orElseThrow().fqn());
        }
        if (sa.integ() != Integ.NONE && dialect.algorithms().number(sa.integ()).isEmpty()) {
            return Optional.of("integrity algorithm " + sa.integ().fqn());
        }
        if (sa.extendedSequenceNumbers() && !abilities().can(KernelAbility.EXTENDED_SEQUENCE_NUMBERS)) {
            return Optional.of("extended sequence numbers");
        }
        return unableToEncapsulate(sa).or(() -> unableFeature(sa.features()));
    }

    private Optional<String> unableToEncapsulate(KernelSa sa) {
        return sa.encapsulation()
                .filter(how -> how.carrier() == Carrier.TCP || !dialect.sas().encapsulates())
                .map(how -> "ESP in " + how.carrier());
    }

    private Optional<String> unableFeature(KernelSa.Features features) {
        if (features.interfaceId().isPresent() || features.mark().isPresent()) {
            return Optional.of("interfaces for IPsec or marks");
        }
        if (features.offload().isPresent()) {
            return Optional.of("offload to network interfaces");
        }
        if (features.label().isPresent()) {
            return Optional.of("security labels");
        }
        if (features.tfcPadding() != 0) {
            return Optional.of("padding against traffic analysis");
        }
        return (features.decapsulateDscp() || features.noPathMtuDiscovery())
                        && !dialect.sas().features()
                ? Optional.of("say over DSCP or path MTU discovery")
                : Optional.empty();
    }

    private Optional<String> adviceOnSa(RequestException e, KernelSa sa) {
        if (e.errno().equals("ESRCH") && sa.inbound()) {
            return Optional.of("the kernel gave up the reserved SPI before the negotiation ended");
        }
        return probe.lacking(e.errno(), sa);
    }

    @Override
    public void migrate(KernelMigration migration) throws KernelException {
        throw unsupported("mobike " + migration.oldDestination() + " to " + migration.newDestination(), "migration");
    }

    @Override
    public void deleteSa(SaId id) throws KernelException {
        try {
            remove(id);
        } catch (RequestException e) {
            throw refused(e, "Del SA", id.toString(), Optional.empty());
        }
    }

    @Override
    public void putPolicy(KernelPolicy policy) throws KernelException {
        if (isTold(policy)) {
            PolicyCodec.write(channel.writer(), policy);
            policyRequest(policy);
        }
    }

    @Override
    public void deletePolicy(KernelPolicy policy) throws KernelException {
        if (isTold(policy)) {
            PolicyCodec.writeDelete(channel.writer(), policy);
            policyRequest(policy);
        }
    }

    /** Whether the kernel has such policies; without those for forwarded packets, those for inbound ones hold for them. */
    private boolean isTold(KernelPolicy policy) throws KernelException {
        if (policy.mark().isPresent() || policy.interfaceId().isPresent()) {
            throw unsupported("policy for flow (" + word(policy.direction()) + ")", "marks or interface numbers");
        }
        if (policy.label().isPresent()) {
            throw unsupported("policy for flow (" + word(policy.direction()) + ")", "security labels");
        }
        return policy.direction() != Direction.FORWARD || dialect.policies().forward();
    }

    private void policyRequest(KernelPolicy policy) throws KernelException {
        String request = Pfkey.messageName(channel.writer().type());
        try {
            channel.granted();
        } catch (RequestException e) {
            String text = "kernel: " + NAME + " " + request + " " + PolicyCodec.name(policy) + " response for flow ("
                    + word(policy.direction()) + "): " + e.getMessage();
            throw exception(e, text, Optional.empty());
        }
    }

    private static String word(Direction direction) {
        return direction == Direction.FORWARD ? "fwd" : direction.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Optional<SaCounters> counters(SaId id) throws KernelException {
        SaCodec.writeQuery(channel.writer(), Pfkey.SADB_GET, id);
        try {
            return Optional.of(channel.answered(SaCodec::readCounters));
        } catch (RequestException e) {
            if (e.errno().equals("ESRCH")) {
                return Optional.empty();
            }
            throw refused(e, "Get SA", id.toString(), Optional.empty());
        }
    }

    @Override
    public void flush() throws KernelException {
        try {
            channel.writer().message(Pfkey.SADB_FLUSH, Pfkey.SADB_SATYPE_UNSPEC);
            channel.granted();
            channel.writer().message(Pfkey.SADB_X_SPDFLUSH, Pfkey.SADB_SATYPE_UNSPEC);
            channel.granted();
        } catch (RequestException e) {
            throw refused(e, "flush", "all", Optional.empty());
        }
    }

    private KernelException unsupported(String what, String lacking) {
        return new KernelException("EOPNOTSUPP", what + ": " + NAME + " on " + dialect.system() + " has no " + lacking);
    }

    private static KernelException refused(RequestException e, String what, String about, Optional<String> advice) {
        return exception(e, NAME + " response for " + what + " " + about + ": " + e.getMessage(), advice);
    }

    private static KernelException exception(RequestException e, String text, Optional<String> advice) {
        return new KernelException(e.errno(), text, advice).because(e);
    }

    @Override
    public void close() {
        channel.close();
    }
}
