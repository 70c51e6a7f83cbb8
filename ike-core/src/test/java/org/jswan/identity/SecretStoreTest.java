// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.net.NameResolver;
import org.junit.jupiter.api.Test;

class SecretStoreTest {
    private static final IkeId WEST = IkeId.fqdn("west");
    private static final IkeId EAST = IkeId.fqdn("east");

    private static IkeId id(String text) {
        try {
            return text.equals("%any") ? IkeId.of(IpAddress.ANY_V4) : IkeId.parse(text, NameResolver.NONE);
        } catch (IdentityException e) {
            throw new AssertionError(text, e);
        }
    }

    /** Each line is {@code ids : key}. */
    private static SecretStore store(SecretKind kind, String... lines) {
        List<SecretEntry> entries = new ArrayList<>();
        for (String line : lines) {
            String[] halves = line.split(": ?", -1);
            List<IkeId> ids = Arrays.stream(halves[0].trim().split(" +"))
                    .filter(t -> !t.isEmpty())
                    .map(SecretStoreTest::id)
                    .toList();
            Secret key = Secret.take(halves[1].getBytes(StandardCharsets.US_ASCII));
            entries.add(new SecretEntry(kind, ids, key, Bytes.EMPTY, entries.size() + 1));
        }
        return new SecretStore(entries);
    }

    private static String psk(String... lines) {
        return store(SecretKind.PSK, lines)
                .psk(WEST, EAST)
                .map(s -> new String(s.expose(), StandardCharsets.US_ASCII))
                .orElse(null);
    }

    @Test
    void whoMayBeAnybodyIsNamedByAnyOnly() {
        SecretStore secrets = store(SecretKind.PSK, "@west @east: named", "@west %any: anybody's");
        assertThat(secrets.psk(WEST, id("%any"))).contains(Secret.copyOf(Bytes.ofUtf8("anybody's")));
        assertThat(store(SecretKind.PSK, "@west @east: named").psk(WEST, id("%any")))
                .isEmpty();
    }

    @Test
    void moreSpecificWins() {
        assertThat(psk(": none", "%any: any", "@west: ours", "@west %any: oursany", "@west @east: both"))
                .isEqualTo("both");
        assertThat(psk("@west %any: oursany", "@west: ours", "%any: any", ": none"))
                .isEqualTo("oursany");
        assertThat(psk("@west: ours", "%any: any", ": none")).isEqualTo("ours");
        assertThat(psk("@east %any: theirs", "%any: any")).isEqualTo("theirs");
    }

    @Test
    void orderOfIndicesDoesNotMatter() {
        assertThat(psk("@east @west: k")).isEqualTo("k");
        assertThat(psk("@north @east @south @west: k")).isEqualTo("k");
    }

    @Test
    void firstOfEqualsWins() {
        assertThat(psk("@west @east: one", "@east @west: two")).isEqualTo("one");
        assertThat(psk("%any: one", ": two")).isEqualTo("one");
        assertThat(psk("%any %any: one", "%any: two", ": three")).isEqualTo("one");
    }

    @Test
    void oneEndAmongOthersIsNotEnough() {
        assertThat(psk("@west @north: k")).isNull();
        assertThat(psk("@east: k")).isNull();
        assertThat(psk("@north @south: k")).isNull();
        assertThat(psk("@west @east %any: k")).isNull();
    }

    @Test
    void asymmetricTakesOurEndAmongOthers() {
        SecretStore store = store(SecretKind.RSA, "@west @north: k");
        assertThat(store.find(SecretKind.RSA, WEST, Optional.of(EAST), true)).isPresent();
        assertThat(store.find(SecretKind.RSA, WEST, Optional.of(EAST), false)).isEmpty();
        assertThat(store.find(SecretKind.PSK, WEST, Optional.of(EAST), true)).isEmpty();
    }

    @Test
    void findsXauthUsers() {
        SecretStore store = store(SecretKind.XAUTH, "@use1: one", "@use2: two");
        assertThat(store.xauth("use2")).isEqualTo(Optional.of(Secret.take(new byte[] {'t', 'w', 'o'})));
        assertThat(store.xauth("use3")).isEmpty();
    }

    @Test
    void destroysItsSecrets() {
        SecretStore store = store(SecretKind.PSK, ": k");
        Secret key = store.psk(WEST, EAST).orElseThrow();
        store.destroy();
        assertThat(key.isDestroyed()).isTrue();
    }
}
