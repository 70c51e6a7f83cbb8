// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Secret;
import org.jswan.config.value.NetworkNames;
import org.jswan.connection.Connection;
import org.jswan.connection.Ikev1Policy;
import org.jswan.identity.SecretStore;
import org.jswan.log.Logger;
import org.jswan.login.Logins.PamRefusal;
import org.jswan.net.NameResolver;
import org.jswan.pluto.PlutoOptions;
import org.jswan.pool.AddressPool;
import org.jswan.sa.Statistics;
import org.jswan.whack.WhackGrammar;
import org.jswan.whack.WhackParsed;
import org.jswan.xauth.XauthAnswer;
import org.jswan.xauth.XauthAuthenticator;
import org.jswan.xauth.XauthQuestion;
import org.junit.jupiter.api.Test;

/** Users of an XAUTH server, by each way in which it looks them up. */
class XauthAuthenticatorTest {
    private final SimWorld world = new SimWorld(1);
    private final SimHost host = new SimHost(
            "east",
            world,
            List.of(IpAddress.of("192.0.2.2")),
            SecretStore.empty(),
            PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT));
    private final Statistics statistics = new Statistics();
    private final XauthAuthenticator authenticator =
            new XauthAuthenticator(host.ports(), host.pluto().connections(), statistics);
    private final List<XauthAnswer> answers = new ArrayList<>();

    private Connection connection(String options) {
        String arguments = "--name road --ikev1 --psk --encrypt --tunnel " + options
                + " --host 192.0.2.2 --xauthserver --to --host %any --xauthclient --addresspool 10.9.0.1-10.9.0.9";
        WhackParsed parsed =
                new WhackGrammar(NameResolver.NONE, NetworkNames::none).parse("whack", List.of(arguments.split(" ")));
        host.whack(((WhackParsed.Request) parsed).request());
        world.run(Duration.ofSeconds(1));
        host.log().clear();
        return host.pluto().connections().all().iterator().next();
    }

    private XauthAuthenticator.Pending ask(Connection connection, String user, String password) {
        Logger logger = new Logger(host.ports().log(), "#1: ");
        return authenticator.authenticate(
                new XauthQuestion(
                        Bytes.ofUtf8(user),
                        Secret.copyOf(Bytes.ofUtf8(password)),
                        connection,
                        new SaSerial(1),
                        IpAddress.of("192.0.2.9"),
                        logger),
                () -> connection,
                answers::add);
    }

    private void settle() {
        assertThat(answers).as("not from within the call").isEmpty();
        world.run(Duration.ofSeconds(2));
    }

    @Test
    void anyoneComesInWhereAllIsOk() {
        ask(connection("--xauthby alwaysok"), "use1", "any");
        settle();
        assertThat(answers).containsExactly(XauthAnswer.ADMITTED);
        assertThat(host.log())
                .containsExactly(
                        "#1: XAUTH: authentication method 'always ok' requested to authenticate user 'use1'",
                        "#1: XAUTH: User use1: Authentication Successful");
    }

    @Test
    void theFileSaysWhoComesInAndWithWhichAddress() {
        host.logins().setFile("use1:*secret:road:192.0.2.77\n");
        Connection connection = connection("--xauthby file");
        ask(connection, "use1\0garbage", "secret");
        settle();
        assertThat(answers).containsExactly(XauthAnswer.ADMITTED);
        assertThat(host.log())
                .containsExactly(
                        "#1: XAUTH: password file authentication method requested to authenticate user 'use1'",
                        "#1: XAUTH: password file (/etc/ipsec.d/passwd) open.",
                        "#1: XAUTH: success user(use1:road) ",
                        "#1: XAUTH: User use1: Authentication Successful");
        IpAddress only = IpAddress.of("192.0.2.77");
        assertThat(connection.pool()).map(AddressPool::range).contains(new AddressRange(only, only));
        assertThat(host.pluto().connections().pools().all()).hasSize(1);
    }

    @Test
    void anAddressInTheMiddleOfAPoolIsRefused() {
        host.logins().setFile("use1:*secret:road:10.8.0.0-10.9.0.3\n");
        Connection other = connection("--xauthby file");
        host.pluto().connections().pools().use(new AddressRange(IpAddress.of("10.9.0.1"), IpAddress.of("10.9.0.9")));
        ask(other, "use1", "secret");
        settle();
        assertThat(answers).containsExactly(XauthAnswer.REFUSED);
        assertThat(host.log())
                .contains("#1: XAUTH: invalid addresspool for the conn road user use1: new addresspool"
                        + " 10.8.0.0-10.9.0.3 INEXACTLY OVERLAPS with existing one 10.9.0.1-10.9.0.9.");
        assertThat(other.pool()).isEmpty();
    }

    @Test
    void aWrongPasswordIsRefusedUnlessTheConnectionIsSoft() {
        host.logins().setFile("use1:*secret\n");
        ask(connection("--xauthby file"), "use1", "Secret");
        settle();
        assertThat(answers).containsExactly(XauthAnswer.REFUSED);
        assertThat(host.log()).endsWith("#1: XAUTH: User use1: Authentication Failed: Incorrect Username or Password");
    }

    @Test
    void whoIsNobodyMayComeInSoftly() {
        ask(connection("--xauthby file --xauthfail soft"), "use1", "secret");
        settle();
        assertThat(answers).containsExactly(XauthAnswer.ADMITTED_SOFTLY);
        assertThat(host.log())
                .endsWith(
                        "#1: XAUTH: unable to open password file (/etc/ipsec.d/passwd) for verification",
                        "#1: XAUTH: authentication for use1 failed, but policy is set to soft fail",
                        "#1: XAUTH: User use1: Authentication Successful");
    }

    @Test
    void pamIsToldWhoComesFromWhere() {
        host.logins().setPam(Duration.ofMillis(40), question -> Optional.empty());
        ask(connection("--xauthby pam"), "use1", "secret");
        settle();
        assertThat(answers).containsExactly(XauthAnswer.ADMITTED);
        assertThat(host.logins().asked().get(0).user()).isEqualTo(Bytes.ofUtf8("use1"));
        assertThat(host.logins().asked().get(0).peer()).isEqualTo(IpAddress.of("192.0.2.9"));
        assertThat(host.log())
                .containsExactly(
                        "#1: XAUTH: PAM authentication method requested to authenticate user 'use1'",
                        "#1: PAM: authentication of user 'use1' SUCCEEDED after 0.04 seconds",
                        "#1: XAUTH: User use1: Authentication Successful");
        assertThat(statistics.total("pamauth.stopped")).isEqualTo(1);
    }

    @Test
    void aRefusalByPamIsLogged() {
        host.logins()
                .setPam(
                        Duration.ofMillis(40),
                        question -> Optional.of(new PamRefusal("pam_authenticate", "Authentication failure")));
        ask(connection("--xauthby pam"), "use1", "secret");
        settle();
        assertThat(answers).containsExactly(XauthAnswer.REFUSED);
        assertThat(host.log())
                .contains(
                        "#1: XAUTH FAILED during pam_authenticate with 'Authentication failure' for state #1, road[0] user=use1.",
                        "#1: PAM: authentication of user 'use1' FAILED after 0.04 seconds");
    }

    @Test
    void pamThatDoesNotAnswerIsGivenUp() {
        host.logins().setPam(Duration.ofHours(1), question -> Optional.empty());
        ask(connection("--xauthby pam"), "use1", "secret");
        world.run(Duration.ofHours(2));
        assertThat(answers).containsExactly(XauthAnswer.REFUSED);
        assertThat(host.log()).contains("#1: PAM: authentication of user 'use1' ABORTED (timeout) after 60 seconds");
        assertThat(statistics.total("pamauth.aborted")).isEqualTo(1);
    }

    @Test
    void whoeverTakesTheQuestionBackHearsNothing() {
        host.logins().setPam(Duration.ofMillis(40), question -> Optional.empty());
        ask(connection("--xauthby pam"), "use1", "secret").abort("deleting state");
        world.run(Duration.ofHours(1));
        assertThat(answers).isEmpty();
        assertThat(host.log())
                .endsWith("#1: PAM: authentication of user 'use1' ABORTED (deleting state) after 0 seconds");
    }

    @Test
    void theFileMayBeAskedInVain() {
        host.logins().setFile("use1:*secret\n");
        ask(connection("--xauthby file"), "use1", "secret").abort("deleting state");
        world.run(Duration.ofSeconds(2));
        assertThat(answers).isEmpty();
    }
}
