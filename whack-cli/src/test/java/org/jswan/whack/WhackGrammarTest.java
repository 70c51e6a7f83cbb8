// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.value.NetworkNames;
import org.jswan.connection.AddressPrefix;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.ProtocolPort;
import org.jswan.connection.SendCertificate;
import org.jswan.connection.Shunt;
import org.jswan.connection.SignatureHash;
import org.jswan.connection.Spelling;
import org.jswan.connection.YesNoAuto;
import org.jswan.control.DebugChange;
import org.jswan.control.DebugClass;
import org.jswan.control.ImpairmentChange;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.net.NameResolver;
import org.junit.jupiter.api.Test;

class WhackGrammarTest {
    private static final Supplier<NetworkNames> NO_SERVICES = NetworkNames::none;
    private static final Map<String, List<IpAddress>> NAMES = Map.of(
            "east.example", List.of(IpAddress.of("2001:db8::2"), IpAddress.of("192.0.2.2")),
            "six.example", List.of(IpAddress.of("2001:db8::6")));
    private static final NameResolver LOOKUP = name -> NAMES.getOrDefault(name, List.of());

    private static WhackParsed parse(String line) {
        return new WhackGrammar(LOOKUP, NO_SERVICES).parse("/usr/libexec/ipsec/whack", VectorFile.split(line));
    }

    private static WhackRequest request(String line) {
        WhackParsed parsed = parse(line);
        assertThat(parsed).isInstanceOf(WhackParsed.Request.class);
        return ((WhackParsed.Request) parsed).request();
    }

    private static ConnectionRequest connection(String line) {
        return request("--name c " + line)
                .find(WhackCommand.Add.class)
                .orElseThrow()
                .connection();
    }

    private static String error(String line) {
        WhackParsed.Done done = (WhackParsed.Done) parse(line);
        assertThat(done.status()).isEqualTo(33);
        assertThat(done.output()).isEmpty();
        return done.error();
    }

    @Test
    void aConnectionHasWhatItsOptionsSay() {
        ConnectionRequest c = connection("--id @west --host 192.0.2.1 --client 10.1.0.0/16 --clientprotoport tcp/%any"
                + " --srcip 10.1.0.1 --nexthop %direct --updown '' --sendcert no"
                + " --to --host east.example --client 10.2.0.0/16 --clientprotoport 6"
                + " --encrypt --pfs --psk --ikelifetime 1h --rekeyfuzz 50 --retransmit-interval 250"
                + " --ike aes256-sha2 --esp aes_gcm --pfsgroup modp2048 --encaps yes --no-nat_keepalive --failpass"
                + " --esn --no-esn --reqid 7 --ikefrag-allow");
        assertThat(c.name()).isEqualTo("c");
        assertThat(c.left().get(EndOption.ID)).contains("@west");
        assertThat(c.left().get(EndOption.HOST)).contains(HostSpec.of(IpAddress.of("192.0.2.1")));
        assertThat(c.left().get(EndOption.CLIENT)).contains(Subnet.of("10.1.0.0/16"));
        assertThat(c.left().get(EndOption.PROTOCOL_PORT)).contains(new ProtocolPort(6, 0, true));
        assertThat(c.left().get(EndOption.SOURCE_IP)).contains(IpAddress.of("10.1.0.1"));
        assertThat(c.left().get(EndOption.NEXTHOP)).contains(IpAddress.ANY_V4);
        assertThat(c.left().value(EndOption.UPDOWN)).isEmpty();
        assertThat(c.left().value(EndOption.SEND_CERT)).isEqualTo(SendCertificate.NEVER);
        assertThat(c.right().value(EndOption.UPDOWN)).isEqualTo("ipsec _updown");
        assertThat(c.right().get(EndOption.HOST))
                .contains(HostSpec.name("east.example").resolved(IpAddress.of("192.0.2.2")));
        assertThat(c.is(ConnectionOption.TUNNEL)).isTrue();
        assertThat(c.is(ConnectionOption.ENCRYPT)).isTrue();
        assertThat(c.is(ConnectionOption.AUTHENTICATE)).isFalse();
        assertThat(c.value(ConnectionOption.AUTHENTICATION)).containsExactly(AuthenticationMethod.PSK);
        assertThat(c.value(ConnectionOption.SIGNATURE_HASHES)).isEmpty();
        assertThat(c.value(ConnectionOption.IKE_LIFETIME)).isEqualTo(Duration.ofHours(1));
        assertThat(c.value(ConnectionOption.IPSEC_LIFETIME)).isEqualTo(Duration.ofHours(8));
        assertThat(c.value(ConnectionOption.REKEY_FUZZ)).isEqualTo(50);
        assertThat(c.value(ConnectionOption.RETRANSMIT_INTERVAL)).isEqualTo(Duration.ofMillis(250));
        assertThat(c.get(ConnectionOption.PFS_GROUP)).contains("modp2048");
        assertThat(c.value(ConnectionOption.ENCAPSULATION)).isEqualTo(YesNoAuto.YES);
        assertThat(c.is(ConnectionOption.NAT_KEEPALIVE)).isFalse();
        assertThat(c.get(ConnectionOption.FAILURE_SHUNT)).contains(Shunt.PASS);
        assertThat(c.get(ConnectionOption.PROSPECTIVE_SHUNT)).isEmpty();
        assertThat(c.get(ConnectionOption.HOST_FAMILY)).contains(AddressFamily.IPV4);
        assertThat(c.value(ConnectionOption.REQID)).isEqualTo(7);
    }

    @Test
    void hostsMayBeWords() {
        assertThat(connection("--host %any --to --host %defaultroute").left().get(EndOption.HOST))
                .contains(HostSpec.any());
        assertThat(connection("--host 0.0.0.0 --to --host 192.0.2.1").left().get(EndOption.HOST))
                .contains(HostSpec.any());
        assertThat(connection("--host six.example --to --host ::").left().get(EndOption.HOST))
                .contains(HostSpec.of(IpAddress.of("2001:db8::6")));
        ConnectionRequest group = connection("--host 192.0.2.1 --client 192.0.2.1/32 --to --host %group --rsasig");
        assertThat(group.right().get(EndOption.HOST)).contains(HostSpec.special(HostSpec.Kind.GROUP));
        assertThat(group.right().get(EndOption.CLIENT)).contains(Subnet.all(AddressFamily.IPV4));
    }

    @Test
    void signaturesComeWithTheirHashes() {
        ConnectionRequest two = connection("--host ::1 --to --host ::2 --rsa-sha2_256 --ecdsa-sha2_512");
        assertThat(two.value(ConnectionOption.AUTHENTICATION))
                .containsExactlyInAnyOrder(AuthenticationMethod.RSASIG, AuthenticationMethod.ECDSA);
        assertThat(two.value(ConnectionOption.SIGNATURE_HASHES))
                .containsExactlyInAnyOrder(SignatureHash.SHA2_256, SignatureHash.SHA2_512);
        ConnectionRequest v1 = connection("--host ::1 --to --host ::2 --rsasig --ikev1");
        assertThat(v1.value(ConnectionOption.IKE_VERSION)).isEqualTo(IkeVersion.IKEV1);
        assertThat(v1.value(ConnectionOption.SIGNATURE_HASHES)).isEmpty();
        assertThat(connection("--host ::1 --to --host ::2").value(ConnectionOption.SIGNATURE_HASHES))
                .hasSize(3);
    }

    @Test
    void severalCommandsGoInTheOrderOfPluto() {
        WhackRequest request = request("--status --initiate --name c --listen --delete --xauthpass p --asynchronous");
        assertThat(request.commands())
                .containsExactly(
                        new WhackCommand.Delete("c", false),
                        new WhackCommand.Listen(),
                        new WhackCommand.Initiate("c", Optional.empty()),
                        new WhackCommand.Status());
        assertThat(request.asynchronous()).isTrue();
        assertThat(request.ignoreErrors()).isTrue();
        assertThat(request.password()).contains("p");
        assertThat(request.basic()).isFalse();
    }

    @Test
    void replacingIsDeletingAndAdding() {
        assertThat(request("--name c --delete --host ::1 --to --host ::2").commands())
                .element(0)
                .isEqualTo(new WhackCommand.Delete("c", true));
    }

    @Test
    void onlyStatusAndShutdownAreBasic() {
        assertThat(request("--status").basic()).isTrue();
        assertThat(request("--shutdown").basic()).isTrue();
        assertThat(request("--shutdown --leave-state").basic()).isFalse();
        assertThat(request("--status --rundir /x").basic()).isFalse();
        assertThat(request("--status --debug base").basic()).isFalse();
        assertThat(request("--shutdown --leave-state").commands()).containsExactly(new WhackCommand.Shutdown(true));
    }

    @Test
    void eachFormHasItsCommand() {
        assertThat(request("--keyid @x --addkey --pubkeyrsa 0sAQID").commands())
                .containsExactly(new WhackCommand.Key(
                        "@x",
                        true,
                        Optional.of(
                                new WhackCommand.Key.PublicKey(WhackCommand.Key.Algorithm.RSA, Bytes.of(1, 2, 3)))));
        assertThat(request("--pubkeyecdsa 0x04 --keyid @x").commands())
                .containsExactly(new WhackCommand.Key(
                        "@x",
                        false,
                        Optional.of(new WhackCommand.Key.PublicKey(WhackCommand.Key.Algorithm.ECDSA, Bytes.of(4)))));
        assertThat(request("--crash 192.0.2.1 --deletestate 7").commands())
                .containsExactly(new WhackCommand.DeleteState(7), new WhackCommand.Crash(IpAddress.of("192.0.2.1")));
        assertThat(request("--initiate --name t --remote-host 192.0.2.9").commands())
                .containsExactly(new WhackCommand.Initiate("t", Optional.of("192.0.2.9")));
        assertThat(request("--ike-socket-bufsize 2000 --ike-socket-errqueue-toggle")
                        .commands())
                .containsExactly(
                        new WhackCommand.SocketBuffer(2000),
                        new WhackCommand.ToggleErrorQueue(),
                        new WhackCommand.Listen());
        assertThat(request("--redirect-to 192.0.2.8 --name c").commands())
                .containsExactly(new WhackCommand.ActiveRedirect(Optional.of("c"), "192.0.2.8"));
        assertThat(request("--global-redirect auto --global-redirect-to '' --ddos-busy")
                        .commands())
                .containsExactly(
                        new WhackCommand.GlobalRedirectTo(""),
                        new WhackCommand.GlobalRedirect(WhackCommand.GlobalRedirect.Mode.AUTO),
                        new WhackCommand.Ddos(WhackCommand.Ddos.Mode.BUSY));
        assertThat(request("--oppohere 192.0.2.1 --oppothere 192.0.2.2 --oppoproto 17 --opposport 5")
                        .commands())
                .containsExactly(new WhackCommand.OpportunisticInitiate(
                        IpAddress.of("192.0.2.1"), 5, IpAddress.of("192.0.2.2"), 0, 17));
        assertThat(request("--trafficstatus --name c").commands())
                .containsExactly(new WhackCommand.TrafficStatus(Optional.of("c")));
        assertThat(request("--listevents --listall --utc").commands())
                .containsExactly(
                        new WhackCommand.ListPublicKeys(true),
                        new WhackCommand.ListPsks(),
                        new WhackCommand.ListCerts(true),
                        new WhackCommand.ListCaCerts(true),
                        new WhackCommand.ListCrls(true));
        assertThat(request("--rereadall").commands())
                .containsExactly(
                        new WhackCommand.RereadSecrets(),
                        new WhackCommand.RereadCrls(),
                        new WhackCommand.FetchCrls(),
                        new WhackCommand.RereadCerts());
    }

    @Test
    void everyFormIsTheCommandThatItsOptionAsksFor() {
        for (WhackOption option : WhackOptions.all()) {
            if (!option.takesArgument() && option.slot().group() == WhackOption.Group.COMMAND) {
                WhackParsed parsed = parse("--name c --keyid k --status --" + option.name());
                assertThat(parsed).as(option.name()).isInstanceOfAny(WhackParsed.Request.class, WhackParsed.Done.class);
                if (!option.name().equals("status")) {
                    assertThat(parsed).as(option.name()).isInstanceOf(WhackParsed.Request.class);
                }
            }
        }
    }

    @Test
    void debuggingAndImpairmentsAreCollected() {
        assertThat(request("--debug base --no-debug crypt --impair bust-mi2 --impair ke-payload:EMPTY"
                                + " --impair drop-incoming:3 --no-impair revival --impair none --impair list")
                        .commands())
                .containsExactly(new WhackCommand.Adjust(
                        Optional.empty(),
                        new DebugChange(Set.of(DebugClass.BASE), Set.of(DebugClass.CRYPT)),
                        List.of(
                                new ImpairmentChange.On("bust-mi2", "yes", OptionalLong.empty()),
                                new ImpairmentChange.On("ke-payload", "empty", OptionalLong.empty()),
                                new ImpairmentChange.On("drop-incoming", "3", OptionalLong.of(3)),
                                new ImpairmentChange.Off("revival"),
                                new ImpairmentChange.Clear(),
                                new ImpairmentChange.List())));
    }

    @Test
    void namesThatOnlyTheManualHasAreKnownInFull() {
        assertThat(request("--globalstats").commands()).containsExactly(new WhackCommand.GlobalStatus());
        assertThat(error("--globalstats --globalstatus")).contains("duplicated flag \"globalstatus\"");
        assertThat(request("--globalstat").commands()).containsExactly(new WhackCommand.GlobalStatus());
        ConnectionRequest c = connection(
                "--host ::1 --certtype 4 --cat --to --host ::2 --timeout 5s --dpddelay 1" + " --no-keep-alive --ikev1");
        assertThat(c.value(ConnectionOption.DPD_TIMEOUT)).isEqualTo(Duration.ofSeconds(5));
        assertThat(c.left().is(EndOption.CAT)).isTrue();
        assertThat(error("--timeou 5")).contains("unrecognized option '--timeou'");
    }

    @Test
    void errorsAndWarningsAreThoseOfLibreswan() {
        assertThat(error("--label lbl --name nm --status zz"))
                .isEqualTo("whack error: lbl \"nm\" unexpected argument \"zz\"\n");
        assertThat(error("--i"))
                .startsWith("/usr/libexec/ipsec/whack: option '--i' is ambiguous; possibilities: '--initiate'");
        WhackParsed.Request warned = (WhackParsed.Request)
                parse("--name c --host ::1 --client 10.0.0.1/8 --to --host ::2 --client 0.0.0.0/0");
        assertThat(warned.warnings())
                .isEqualTo("whack: WARNING:improper subnet mask, host-part bits on input 10.0.0.0/8 "
                        + " extracted subnet 10.0.0.0/8\n");
        assertThat(error("--name c --host ::1 --xauthfail x --to zz"))
                .isEqualTo(
                        """
                        whack: unknown xauthfail method 'x' ignored
                        whack error: "c" unexpected argument "zz"
                        """);
    }

    @Test
    void helpNamesEveryOptionOfLibreswan() {
        WhackParsed.Done help = (WhackParsed.Done) parse("--help");
        assertThat(help.status()).isZero();
        assertThat(help.output()).isEmpty();
        Set<String> missing = Stream.of(WhackOptions.all())
                .flatMap(List::stream)
                .filter(option -> !option.exactOnly())
                .filter(option -> primary(option))
                .map(WhackOption::name)
                .filter(name -> !help.error().contains("--" + name))
                .collect(Collectors.toSet());
        assertThat(missing)
                .containsExactlyInAnyOrder(
                        "rereadcrls", "debug-none", "debug-all", "ctlbase", "ondemand", "forceencaps");
    }

    private static boolean primary(WhackOption option) {
        return Stream.concat(ConnectionOption.all().stream(), EndOption.all().stream())
                .flatMap(each -> each.spellings().stream().skip(1))
                .filter(spelling ->
                        spelling.fixed().isEmpty() || spelling.fixed().equals(Optional.of(true)))
                .map(Spelling::name)
                .noneMatch(option.name()::equals);
    }

    @Test
    void debugHelpIsAListing() {
        WhackParsed.Done done = (WhackParsed.Done) parse("--debug help");
        assertThat(done.status()).isEqualTo(1);
        assertThat(done.error())
                .startsWith("aliases:\n  all: base+cpu-usage+refcnt\n  tmi: base+cpu-usage+refcnt+tmi\nbits:\n");
        WhackParsed.Done impair = (WhackParsed.Done) parse("--impair ke-payload:help");
        assertThat(impair.status()).isZero();
        assertThat(impair.output()).isEqualTo("ke-payload\n    OMIT\n    EMPTY\n    DUPLICATE\n  <unsigned>\n");
    }

    @Test
    void everySpellingOfTheTablesIsAnOption() {
        Set<String> known = WhackOptions.all().stream().map(WhackOption::name).collect(Collectors.toSet());
        Stream.concat(ConnectionOption.all().stream(), EndOption.all().stream())
                .flatMap(option -> option.spellings().stream())
                .forEach(spelling -> assertThat(known).contains(spelling.name()));
    }

    @Test
    void valuesOfTheRestAreRead() {
        ConnectionRequest c = connection("--host ::1 --addresspool 192.0.2.8-192.0.2.9 --vtiip 10.0.0.7/24"
                + " --interface-ip 10.0.0.8/24 --ikeport 4500 --ckaid aa_bb --to --host-interface eth0"
                + " --authby-never --replay-window 0x40 --ipsec-max-bytes 18446744073709551615");
        assertThat(c.left().get(EndOption.ADDRESS_POOL))
                .contains(new AddressRange(IpAddress.of("192.0.2.8"), IpAddress.of("192.0.2.9")));
        assertThat(c.left().get(EndOption.VTI_IP)).contains(new AddressPrefix(IpAddress.of("10.0.0.7"), 24));
        assertThat(c.left().get(EndOption.INTERFACE_IP)).contains(new AddressPrefix(IpAddress.of("10.0.0.8"), 24));
        assertThat(c.left().get(EndOption.IKE_PORT)).contains(4500L);
        assertThat(c.right().get(EndOption.HOST)).contains(HostSpec.ofInterface("eth0"));
        assertThat(c.value(ConnectionOption.REPLAY_WINDOW)).isEqualTo(64);
        assertThat(c.value(ConnectionOption.IPSEC_MAX_BYTES)).isEqualTo(-1L);
    }
}
