// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.kernel.KernelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XfrmStartupTest {
    @TempDir
    private Path proc;

    private final ScriptedKernel script = new ScriptedKernel();
    private final XfrmKernel kernel = new XfrmKernel(script.channel(), name -> 0);
    private final List<String> log = new ArrayList<>();

    private Path file(String name, String content) throws IOException {
        Path file = proc.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    @Test
    void aKernelWithoutXfrmIsRefused() throws IOException, KernelException {
        XfrmStartup startup = new XfrmStartup(proc);
        assertThatThrownBy(startup::requireXfrm)
                .hasMessage("no XFRM kernel support detected, missing " + proc + "/sys/net/core/xfrm_acq_expires and "
                        + proc + "/net/xfrm_stat: No such file or directory (errno 2)");
        file("net/xfrm_stat", "");
        startup.requireXfrm();
    }

    @Test
    void neighbourDiscoveryPassesInAllDirections() throws IOException, KernelException {
        file("sys/net/ipv6/conf/all/disable_ipv6", "0\n");
        for (int request = 1; request <= 6; request++) {
            script.acknowledge(request, 0);
        }
        new XfrmStartup(proc).passNeighbourDiscovery(kernel, log::add);
        assertThat(log).isEmpty();
        int source = 16 + 36; // port be16 and mask of the selector
        int direction = 16 + 160;
        assertThat(script.requests().stream().map(r -> r.slice(source, 4).hex() + " " + r.get(direction)))
                .containsExactly("0088ffff 0", "0088ffff 2", "0088ffff 1", "0087ffff 0", "0087ffff 2", "0087ffff 1");
        Bytes first = script.requests().get(0);
        assertThat(first.slice(16 + 152, 4).hex()).as("priority").isEqualTo("01000000");
        assertThat(first.length()).as("no template").isEqualTo(16 + 168);
    }

    @Test
    void withoutIpv6NothingIsDone() throws IOException, KernelException {
        Path switched = proc.resolve("sys/net/ipv6/conf/all/disable_ipv6");
        new XfrmStartup(proc).passNeighbourDiscovery(kernel, log::add);
        file("sys/net/ipv6/conf/all/disable_ipv6", "1\n");
        new XfrmStartup(proc).passNeighbourDiscovery(kernel, log::add);
        assertThat(script.requests()).isEmpty();
        assertThat(log)
                .containsExactly(
                        "kernel: starting without ipv6 support! could not stat \"" + switched
                                + "\": No such file or directory (errno 2)",
                        "kernel: " + switched + "=1 ignore ipv6 holes");
    }

    @Test
    void aRefusedPolicyIsNamed() throws IOException {
        file("sys/net/ipv6/conf/all/disable_ipv6", "0\n");
        script.acknowledge(1, 1);
        assertThatThrownBy(() -> new XfrmStartup(proc).passNeighbourDiscovery(kernel, log::add))
                .hasMessage("kernel: could not insert ICMP_NEIGHBOUR_DISCOVERY bypass policy")
                .isInstanceOfSatisfying(
                        KernelException.class,
                        e -> assertThat(e.advice().orElseThrow()).contains("Operation not permitted (errno 1)"));
    }
}
