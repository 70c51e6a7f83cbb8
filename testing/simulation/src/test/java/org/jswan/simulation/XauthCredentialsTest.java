// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.config.value.NetworkNames;
import org.jswan.connection.Connection;
import org.jswan.connection.Ikev1Policy;
import org.jswan.identity.IkeId;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.identity.SecretStore;
import org.jswan.log.Logger;
import org.jswan.net.NameResolver;
import org.jswan.pluto.PlutoOptions;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.whack.WhackGrammar;
import org.jswan.whack.WhackParsed;
import org.jswan.xauth.XauthCredentials;
import org.junit.jupiter.api.Test;

/** From where an XAUTH client has its name and password. */
class XauthCredentialsTest {
    private final SimWorld world = new SimWorld(1);
    private final SimHost host = new SimHost(
            "west",
            world,
            List.of(IpAddress.of("192.0.2.1")),
            SecretStore.empty(),
            PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT));
    private final Logger logger = new Logger(host.ports().log(), "\"c\" #1: ");
    private final List<Optional<Bytes>> names = new ArrayList<>();
    private final List<Optional<Secret>> passwords = new ArrayList<>();

    private XauthCredentials credentials(String options) {
        String arguments = "--name c --ikev1 --psk --encrypt --tunnel --host 192.0.2.1 --xauthclient " + options
                + " --to --host 192.0.2.2 --xauthserver";
        WhackParsed parsed =
                new WhackGrammar(NameResolver.NONE, NetworkNames::none).parse("whack", List.of(arguments.split(" +")));
        host.whack(((WhackParsed.Request) parsed).request());
        world.run(Duration.ofSeconds(1));
        host.log().clear();
        Connection connection = host.pluto().connections().all().iterator().next();
        return new XauthCredentials(connection, logger);
    }

    private SimSession attach(Map<Integer, String> answers) {
        SimSession session = new SimSession(answers);
        logger.attach(session);
        return session;
    }

    private static SecretStore passwordOf(String user, String password) {
        return new SecretStore(List.of(new SecretEntry(
                SecretKind.XAUTH, List.of(IkeId.fqdn(user)), Secret.copyOf(Bytes.ofUtf8(password)), Bytes.EMPTY, 1)));
    }

    @Test
    void theConnectionKnowsItsUserAndTheSecretsThePassword() {
        XauthCredentials credentials = credentials("--username jan");
        credentials.name(Optional.empty(), names::add);
        credentials.password(Bytes.ofUtf8("jan"), passwordOf("jan", "secret"), passwords::add);
        assertThat(names).containsExactly(Optional.of(Bytes.ofUtf8("jan")));
        assertThat(passwords).containsExactly(Optional.of(Secret.copyOf(Bytes.ofUtf8("secret"))));
    }

    @Test
    void theUserIsAskedForWhatIsNotKnown() {
        SimSession session = attach(Map.of(41, "paul", 40, "se cret"));
        XauthCredentials credentials = credentials("");
        credentials.name(Optional.empty(), names::add);
        credentials.password(Bytes.ofUtf8("paul"), passwordOf("jan", "secret"), passwords::add);
        assertThat(names).containsExactly(Optional.of(Bytes.ofUtf8("paul")));
        assertThat(passwords).containsExactly(Optional.of(Secret.copyOf(Bytes.ofUtf8("se cret"))));
        assertThat(session.lines())
                .containsExactly("041 \"c\" #1: c prompt for Username:", "040 \"c\" #1: c prompt for Password:");
    }

    @Test
    void whatWasAnsweredBeforeIsNotAskedAgain() {
        credentials("").name(Optional.of(Bytes.ofUtf8("paul")), names::add);
        assertThat(names).containsExactly(Optional.of(Bytes.ofUtf8("paul")));
    }

    @Test
    void aUserWhoIsGoneAnswersNothing() {
        attach(Map.of());
        XauthCredentials credentials = credentials("");
        credentials.name(Optional.empty(), names::add);
        credentials.password(Bytes.ofUtf8("paul"), SecretStore.empty(), passwords::add);
        assertThat(names).containsExactly(Optional.empty());
        assertThat(passwords).containsExactly(Optional.empty());
        assertThat(host.log())
                .containsExactly(
                        "\"c\" #1: no Username entered, aborted",
                        "\"c\" #1: XAUTH username prompt failed.",
                        "\"c\" #1: no Password entered, aborted",
                        "\"c\" #1: XAUTH password prompt failed.");
    }

    @Test
    void withoutAUserNobodyIsAsked() {
        attach(Map.of(41, "paul")).finish();
        XauthCredentials credentials = credentials("");
        credentials.name(Optional.empty(), names::add);
        credentials.password(Bytes.ofUtf8("paul"), SecretStore.empty(), passwords::add);
        assertThat(names).containsExactly(Optional.empty());
        assertThat(passwords).containsExactly(Optional.empty());
        assertThat(host.log())
                .containsExactly(
                        "\"c\" #1: XAUTH username requested, but no file descriptor available for prompt",
                        "\"c\" #1: XAUTH password requested, but no file descriptor available for prompt");
    }
}
