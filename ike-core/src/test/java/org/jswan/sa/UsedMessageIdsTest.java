// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UsedMessageIdsTest {
    private final UsedMessageIds used = new UsedMessageIds();

    @Test
    void whatWasUsedIsKnownAndNothingElse() {
        Random random = new Random(1);
        Set<Long> expected = new HashSet<>();
        for (int n = 0; n < 5000; n++) {
            long id = random.nextInt() & 0xffff_ffffL;
            used.add(id);
            used.add(id);
            expected.add(id);
        }
        assertThat(expected).allMatch(used::contains);
        for (int n = 0; n < 5000; n++) {
            long id = random.nextInt() & 0xffff_ffffL;
            assertThat(used.contains(id)).isEqualTo(expected.contains(id));
        }
    }

    @Test
    void phase1HasNone() {
        used.add(0);
        assertThat(used.contains(0)).isFalse();
    }

    @Test
    void thereIsABound() {
        for (long id = 1; id < UsedMessageIds.LIMIT; id++) {
            used.add(id);
        }
        assertThat(used.isFull()).isFalse();
        used.add(UsedMessageIds.LIMIT);
        assertThat(used.isFull()).isTrue();
        assertThat(used.contains(UsedMessageIds.LIMIT)).isTrue();
    }

    /** One SA's refusals say nothing of another's. */
    @Test
    void refusalsAreCountedForEachExchange() {
        V1Exchange one = new V1Exchange();
        V1Exchange other = new V1Exchange();
        Duration pause = Duration.ofSeconds(1);
        assertThat(one.mayRefuseUnproven(0, pause)).isTrue();
        assertThat(one.mayRefuseUnproven(pause.toNanos() - 1, pause)).isFalse();
        assertThat(other.mayRefuseUnproven(1, pause)).isTrue();
        assertThat(one.mayRefuseUnproven(pause.toNanos(), pause)).isTrue();
    }
}
