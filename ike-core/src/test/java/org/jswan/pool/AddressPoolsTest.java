// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressRange;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.junit.jupiter.api.Test;

class AddressPoolsTest {
    private final AddressPools pools = new AddressPools();
    private final AddressPool pool = pools.use(range("192.0.2.10", "192.0.2.13"));

    private static AddressRange range(String first, String last) {
        return new AddressRange(IpAddress.of(first), IpAddress.of(last));
    }

    private String lease(long holder, String name) {
        return pool.lease(new ConnectionSerial(holder), Optional.ofNullable(name))
                .map(IpAddress::toString)
                .orElse("none");
    }

    private void giveBack(long holder, String address) {
        pool.giveBack(new ConnectionSerial(holder), IpAddress.of(address));
    }

    /** As libreswan: leases double, and the last of the new ones is the first to be given out. */
    @Test
    void orderOfAddresses() {
        assertThat(List.of(lease(1, null), lease(2, null), lease(3, null), lease(4, null), lease(5, null)))
                .containsExactly("192.0.2.10", "192.0.2.11", "192.0.2.13", "192.0.2.12", "none");
        assertThat(pool.inUse()).isEqualTo(4);
    }

    @Test
    void whoComesAgainUnderItsNameHasTheSameAddress() {
        assertThat(lease(1, "@one")).isEqualTo("192.0.2.10");
        assertThat(lease(2, "@two")).isEqualTo("192.0.2.11");
        assertThat(lease(3, "@three")).isEqualTo("192.0.2.13");
        giveBack(1, "192.0.2.10");
        assertThat(lease(4, "@four")).isEqualTo("192.0.2.12");
        assertThat(lease(5, "@one")).isEqualTo("192.0.2.10");
        assertThat(pool.reusable()).isEqualTo(4);
    }

    @Test
    void addressesWithoutNameAreGivenOutAgainAtOnce() {
        lease(1, null);
        lease(2, null);
        giveBack(1, "192.0.2.10");
        assertThat(lease(3, null)).isEqualTo("192.0.2.10");
    }

    @Test
    void whatIsKeptForANameIsTakenWhenNothingElseIsLeft() {
        for (int i = 1; i <= 4; i++) {
            lease(i, "@" + i);
        }
        giveBack(2, "192.0.2.11");
        assertThat(lease(5, "@five")).isEqualTo("192.0.2.11");
        assertThat(lease(6, "@2")).isEqualTo("none");
    }

    /** The newer of two connections of a name has the lease; the end of the older one leaves it alone. */
    @Test
    void aNewerConnectionTakesTheLeaseOver() {
        IpAddress address = IpAddress.of("192.0.2.10");
        lease(1, "@one");
        assertThat(lease(2, "@one")).isEqualTo("192.0.2.10");
        assertThat(pool.isHeld(new ConnectionSerial(1), address)).isFalse();
        giveBack(1, "192.0.2.10");
        assertThat(pool.inUse()).isEqualTo(1);
        assertThat(pool.isHeld(new ConnectionSerial(2), address)).isTrue();
        assertThat(pool.entries())
                .containsExactly(new AddressPool.Entry(
                        address, false, Optional.of(new ConnectionSerial(2)), Optional.of("@one")));
    }

    @Test
    void theSameRangeIsOnePool() throws PoolException {
        assertThat(pools.use(range("192.0.2.10", "192.0.2.13"))).isSameAs(pool);
        pools.leave(pool);
        assertThat(pools.all()).containsExactly(pool);
        pools.leave(pool);
        assertThat(pools.all()).isEmpty();
        pools.check(range("192.0.2.13", "192.0.2.14"));
    }

    @Test
    void rangesThatOverlapAreRefused() {
        assertThatThrownBy(() -> pools.check(range("192.0.2.13", "192.0.2.14")))
                .hasMessage("new addresspool 192.0.2.13-192.0.2.14 INEXACTLY OVERLAPS with existing one"
                        + " 192.0.2.10-192.0.2.13.");
        assertThatThrownBy(() -> AddressPools.checkStart(range("0.0.0.0", "0.0.0.4")))
                .hasMessage("address pool 0.0.0.0-0.0.0.4 starts at address zero");
    }

    @Test
    void hugePoolsAreCut() {
        AddressPool huge = pools.use(Subnet.of("2001:db8::/64").range());
        assertThat(huge.size()).isEqualTo(0xffffffffL);
        assertThat(huge.lease(new ConnectionSerial(1), Optional.empty())).contains(IpAddress.of("2001:db8::"));
    }
}
