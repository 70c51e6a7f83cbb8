// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConnectionRequestTest {
    private static ConnectionRequest.Builder named() {
        return ConnectionRequest.builder("west-east");
    }

    @Test
    void aValueNotGivenIsEmptyAndFallsBackToWhacksDefault() {
        ConnectionRequest request = named().build();
        assertThat(request.get(ConnectionOption.IKE_LIFETIME)).isEmpty();
        assertThat(request.value(ConnectionOption.IKE_LIFETIME)).isEqualTo(Duration.ofHours(8));
        assertThat(request.is(ConnectionOption.NAT_KEEPALIVE)).isTrue();
        assertThatThrownBy(() -> request.value(ConnectionOption.PROSPECTIVE_SHUNT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLastValueWinsAndABuilderDoesNotReachIntoWhatItBuilt() {
        ConnectionRequest.Builder builder = named().set(ConnectionOption.MTU, 1400L);
        ConnectionRequest first = builder.build();
        builder.set(ConnectionOption.MTU, 1300L);
        assertThat(first.value(ConnectionOption.MTU)).isEqualTo(1400);
        assertThat(builder.build().value(ConnectionOption.MTU)).isEqualTo(1300);
    }

    @Test
    void aFalseFlagIsAFlagNotGivenUnlessFalseSaysSomething() {
        assertThat(named().set(ConnectionOption.PFS, false).build()).isEqualTo(named().build());
        assertThat(named().set(ConnectionOption.PFS)
                        .set(ConnectionOption.PFS, false)
                        .build())
                .isEqualTo(named().build());
        assertThat(named().set(ConnectionOption.NAT_KEEPALIVE, false).build().is(ConnectionOption.NAT_KEEPALIVE))
                .isFalse();
    }

    @Test
    void aSetIsCopied() {
        EnumSet<AuthenticationMethod> mine = EnumSet.of(AuthenticationMethod.PSK);
        ConnectionRequest request =
                named().set(ConnectionOption.AUTHENTICATION, mine).build();
        mine.add(AuthenticationMethod.NULL);
        assertThat(request.value(ConnectionOption.AUTHENTICATION)).containsExactly(AuthenticationMethod.PSK);
    }

    @Test
    void toBuilderKeepsEverything() {
        EndRequest left = EndRequest.builder().set(EndOption.ID, "@west").build();
        ConnectionRequest request =
                named().left(left).set(ConnectionOption.TUNNEL).build();
        assertThat(request.toBuilder().build()).isEqualTo(request);
        assertThat(request.toBuilder().left(EndRequest.EMPTY).build()).isNotEqualTo(request);
    }

    @Test
    void onlyWhatHasNoEffectYetIsLater() {
        assertThat(ConnectionOption.AUTHENTICATION.isLater(Set.of(AuthenticationMethod.RSASIG)))
                .isFalse();
        assertThat(EndOption.GROUPS.isLater("staff")).isTrue();
        assertThat(ConnectionOption.SECURITY_LABEL.isLater("ipsec_t")).isFalse();
        assertThat(ConnectionOption.NFLOG_GROUP.isLater(1L)).isFalse();
        assertThat(ConnectionOption.DPD_DELAY.isLater(Duration.ofSeconds(5))).isFalse();
        assertThat(ConnectionOption.NAT_KEEPALIVE.isLater(true)).isFalse();
        assertThat(ConnectionOption.IKE_VERSION.label()).isEqualTo("ikev2");
        assertThat(ConnectionOption.PFS_GROUP.label()).isEqualTo("--pfsgroup");
    }

    @Test
    void noSpellingStandsForTwoThingsSaveThoseThatTheOracleShares() {
        List<String> names = Stream.concat(ConnectionOption.all().stream(), EndOption.all().stream())
                .flatMap(option -> option.spellings().stream())
                .map(Spelling::name)
                .toList();
        Set<String> seen = new HashSet<>();
        assertThat(names.stream().filter(name -> !seen.add(name))).containsExactly("client");
    }
}
