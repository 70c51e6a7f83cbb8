// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import org.jswan.base.Bytes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of revoked certificates out of a directory. */
class LdapSearchTest {
    private static final byte[] LIST = {0x30, (byte) 0x80, 0, (byte) 0xff, 1};
    private static InMemoryDirectoryServer directory;

    @BeforeAll
    static void serve() throws LDAPException {
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig("o=Test");
        config.setSchema(null);
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("loopback", InetAddress.getLoopbackAddress(), 0, null));
        directory = new InMemoryDirectoryServer(config);
        directory.add(new Entry("o=Test", new Attribute("objectClass", "organization"), new Attribute("o", "Test")));
        directory.add(new Entry(
                "cn=root,o=Test",
                new Attribute("objectClass", "cRLDistributionPoint"),
                new Attribute("cn", "root"),
                new Attribute("certificateRevocationList;binary", LIST)));
        directory.startListening();
    }

    @AfterAll
    static void stop() {
        directory.shutDown(true);
    }

    private static Bytes search(String rest) throws IOException {
        return LdapSearch.run("ldap://127.0.0.1:" + directory.getListenPort() + "/" + rest, Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cn=root,o=Test?certificateRevocationList;binary",
                "cn=root,o=Test?certificateRevocationList;binary?base?objectclass=cRLDistributionPoint",
                "o=Test?certificateRevocationList;binary?sub?(cn=root)",
                "cn=root,%20o=Test?certificateRevocationList;binary"
            })
    void listIsFound(String url) throws IOException {
        assertThat(search(url)).isEqualTo(Bytes.wrap(LIST));
    }

    @Test
    void nobodyHasSuchAnAttribute() {
        assertThatThrownBy(() -> search("o=Test?certificateRevocationList;binary"))
                .isInstanceOf(IOException.class)
                .hasMessage("no values in attribute");
    }

    @Test
    void nobodyHasThatName() {
        assertThatThrownBy(() -> search("cn=other,o=Test?certificateRevocationList;binary"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("error code 32");
    }
}
