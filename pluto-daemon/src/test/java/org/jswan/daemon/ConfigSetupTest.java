// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.DebugClass;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.exchange.NatKeepalive;
import org.jswan.net.SocketOptions;
import org.jswan.revocation.RevocationSetting;
import org.jswan.status.SetupFacts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigSetupTest {
    @TempDir
    Path folder;

    private final List<String> err = new ArrayList<>();

    private OptionReader.Outcome read(String keys, String... optionsBefore) throws Exception {
        Path file = Files.writeString(folder.resolve("conf"), "config setup\n" + keys.indent(4));
        List<String> words = new ArrayList<>(List.of(optionsBefore));
        words.addAll(List.of("--config", file.toString()));
        return new OptionReader("pluto", Defaults.PACKAGED, ConfigSetup.ofThisProcess(), err::add, err::add)
                .read(words);
    }

    private DaemonOptions started(String keys, String... optionsBefore) throws Exception {
        OptionReader.Outcome outcome = read(keys, optionsBefore);
        assertThat(outcome).as(String.join("\n", err)).isInstanceOf(OptionReader.Start.class);
        return ((OptionReader.Start) outcome).options();
    }

    @Test
    void everyKeyOfNowChangesWhatItSays() throws Exception {
        DaemonOptions options = started(
                """
                logfile=/tmp/log
                logtime=no
                logappend=no
                logip=no
                listen=192.0.2.1
                dumpdir=/d
                secretsfile=/s
                ipsecdir=/i
                nssdir=/n
                nhelpers=3
                virtual-private=%v4:10.0.0.0/8,%v4:!10.1.0.0/16
                plutodebug=base
                keep-alive=7
                ddos-mode=busy
                ddos-ike-threshold=10
                max-halfopen-ike=20
                ike-socket-bufsize=3000
                ike-socket-errqueue=no
                ikev1-policy=reject
                shuntlifetime=5m
                xfrmlifetime=20
                secctx-attr-type=10
                nflog-all=3
                """);
        assertThat(options.keepalive()).isEqualTo(new NatKeepalive.Setting(Duration.ofSeconds(7), false));
        assertThat(options.halfOpen()).isEqualTo(new HalfOpenLimit.Setting(HalfOpenLimit.Mode.BUSY, 10, 20));
        assertThat(options.sockets().options()).isEqualTo(new SocketOptions(3000, false));
        assertThat(options.ikev1()).isEqualTo(Ikev1Policy.REJECT);
        assertThat(options.labelAttribute()).isEqualTo(10);
        assertThat(options.nflogAll()).isEqualTo(3);
        assertThat(options.lifetimes()).isEqualTo(new SetupFacts.Lifetimes(Duration.ofMinutes(5), 20));
        assertThat(options.log()).isEqualTo(new DaemonOptions.Log(false, Optional.of("/tmp/log"), false, false, false));
        assertThat(options.sockets().listen()).isEqualTo(IpAddress.parse("192.0.2.1"));
        assertThat(options.paths())
                .isEqualTo(new DaemonOptions.Paths(
                        folder.resolve("conf").toString(), "/run/pluto", "/s", "/i", "/n", "/d"));
        assertThat(options.helpers()).isEqualTo(3);
        assertThat(options.virtualPrivate()).isEqualTo("%v4:10.0.0.0/8,%v4:!10.1.0.0/16");
        assertThat(err).containsExactly("pluto:  adjusting ipsec.d to /i", "pluto:  adjusting nssdir to /n");
        assertThat(options.debugging()).containsExactly(DebugClass.BASE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 6, 14, 32_000, 0x8000, 0x10000 + 10, 0x17d01})
    void whatCannotBeALabelsAttributeIsNone(long number) throws Exception {
        DaemonOptions options = started("secctx-attr-type=" + number);
        assertThat(options.labelAttribute()).isEqualTo(32001);
        assertThat(err)
                .containsExactly(
                        "pluto: warning: secctx-attr-type=" + number + " ignored, using secctx-attr-type=32001");
        assertThat(options.warnings()).hasSize(1);
    }

    @Test
    void anAttributeForPrivateUseMayBeALabel() throws Exception {
        assertThat(started("secctx-attr-type=32767").labelAttribute()).isEqualTo(32767);
        assertThat(err).isEmpty();
    }

    @Test
    void whatTheFileDoesNotSayIsAsPackagedWhateverWasAskedBefore() throws Exception {
        DaemonOptions options = started(
                "", "--nhelpers", "3", "--ikev1-reject", "--log-no-time", "--secretsfile", "/s", "--nssdir", "/n");
        assertThat(options.helpers()).isEqualTo(-1);
        assertThat(options.log().timestamps()).isTrue();
        assertThat(options.paths().secretsFile()).isEqualTo("/etc/ipsec.secrets");
        assertThat(options.paths().nssdir()).isEqualTo("/var/lib/ipsec/nss");
        assertThat(options.uniqueIds()).isTrue();
        assertThat(options.ikev1()).isEqualTo(Ikev1Policy.DROP);
        assertThat(options.labelAttribute()).isEqualTo(32001);
        assertThat(options.keepalive()).isEqualTo(NatKeepalive.Setting.DEFAULT);
        assertThat(options.halfOpen()).isEqualTo(HalfOpenLimit.Setting.DEFAULT);
        assertThat(options.sockets().options()).isEqualTo(SocketOptions.DEFAULT);
    }

    @Test
    void identitiesMayBeSeveralPeers() throws Exception {
        assertThat(started("uniqueids=no").uniqueIds()).isFalse();
        assertThat(err).isEmpty();
    }

    @Test
    void howRevocationIsFoundOut() throws Exception {
        DaemonOptions options = started(
                """
                crl-strict=yes
                crlcheckinterval=10m
                curl-iface=eth1
                curl-timeout=7s
                ocsp-enable=yes
                ocsp-strict=yes
                ocsp-method=post
                ocsp-timeout=3
                ocsp-uri=http://ocsp.example/
                ocsp-trustname=responder
                ocsp-cache-size=10
                ocsp-cache-min-age=1m
                ocsp-cache-max-age=2h
                """);
        assertThat(options.revocation())
                .isEqualTo(new RevocationSetting(
                        true,
                        Duration.ofMinutes(10),
                        Duration.ofSeconds(7),
                        new RevocationSetting.Ocsp(
                                true,
                                true,
                                true,
                                Duration.ofSeconds(3),
                                Optional.of("http://ocsp.example/"),
                                Optional.of("responder"),
                                new RevocationSetting.Cache(10, Duration.ofMinutes(1), Duration.ofHours(2)))));
        assertThat(options.fetchSource()).contains("eth1");
        assertThat(err).isEmpty();
        assertThat(started("").revocation()).isEqualTo(RevocationSetting.DEFAULT);
    }

    @Test
    void theKernelsInterfaceIsChosenByOneOfItsNames() throws Exception {
        assertThat(started("protostack=netkey").protostack()).isEqualTo(Protostack.XFRM);
        assertThat(started("protostack=PFKEY").protostack()).isEqualTo(Protostack.PFKEYV2);
        assertThat(started("protostack=pfkeyv2").protostack()).isEqualTo(Protostack.PFKEYV2);
        assertThat(started("protostack=bsdkame").protostack()).isEqualTo(Protostack.PFKEYV2);
        assertThat(started("").protostack()).isEqualTo(Protostack.XFRM);
        assertThat(err).isEmpty();
        assertThat(started("protostack=mast").protostack()).isEqualTo(Protostack.XFRM);
        assertThat(err).containsExactly("pluto: protostack=mast ignored, using protostack=xfrm");
    }

    @Test
    void aKeyWithoutEffectIsToldWithItsPlace() throws Exception {
        DaemonOptions options = started("audit-log=yes");
        String warning = "warning: " + folder.resolve("conf") + ":2: not supported yet: audit-log=";
        assertThat(err).containsExactly("pluto: " + warning);
        assertThat(options.warnings()).containsExactly(warning);
    }

    @Test
    void whatMakesNoSenseEndsTheStart() throws Exception {
        Path conf = folder.resolve("conf");
        assertThat(read("foo=bar")).isEqualTo(new OptionReader.End(ExitStatus.FAIL));
        assertThat(err)
                .containsExactly("pluto: option --config \"" + conf + "\" invalid: " + conf + ":2: syntax error [foo]");
        err.clear();
        assertThat(read("plutodebug=foo")).isEqualTo(new OptionReader.End(ExitStatus.FAIL));
        assertThat(err).containsExactly("ERROR: " + conf + ": 2: keyword plutodebug, invalid value: foo");
    }

    @Test
    void aFileThatIsNotThereEndsTheStart() {
        OptionReader.Outcome outcome = new OptionReader(
                        "pluto", Defaults.PACKAGED, ConfigSetup.ofThisProcess(), err::add, err::add)
                .read(List.of("--config", "/nonexistent"));
        assertThat(outcome).isEqualTo(new OptionReader.End(ExitStatus.FAIL));
        assertThat(err)
                .containsExactly("pluto: option --config \"/nonexistent\" invalid: can't load file '/nonexistent'");
    }
}
