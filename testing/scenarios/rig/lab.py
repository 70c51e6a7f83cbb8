# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts made of namespaces, and the cables between them.

A host has its own network, mount, process and host name namespace. Every network segment is a bridge in one more network
namespace, the cabling: a capture there sees exactly what is on the wire, never what a gateway has just decrypted.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class LabError(Exception):
    """The rig itself failed, as opposed to what it tests."""


@dataclass(frozen=True)
class Port:
    """One network device of a host: its name, the segment it is plugged into, its addresses with prefix lengths."""

    host: str
    device: str
    segment: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Topology:
    """Who is connected to whom. `wire` is the segment that gets captured; `routes` are `ip route add` arguments; `gateways`
    are the hosts that run an IKE daemon, in the order of a pair's words."""

    ports: tuple[Port, ...]
    routes: dict[str, tuple[str, ...]]
    wire: str = "wan"
    upstream: dict[str, tuple[str, ...]] = field(default_factory=dict)
    masquerade: str | None = None
    gateways: tuple[str, ...] = ("west", "east")

    def hosts(self) -> list[str]:
        return list(dict.fromkeys(port.host for port in self.ports))

    def addresses(self, host: str, family: int) -> list[str]:
        """Addresses of a host without prefix length, the inmost network first."""
        found = [a.split("/")[0] for p in self.ports if p.host == host for a in p.addresses]
        return [a for a in found if (":" in a) == (family == 6)]

    def gateway(self, host: str) -> str:
        """Who encrypts for a host: itself, or the gateway that it is a client of."""
        return host if host in self.gateways else host.removesuffix("client")


_LANS = (
    Port("westclient", "eth0", "westlan", ("10.1.0.2/24", "2001:db8:1::2/64")),
    Port("eastclient", "eth0", "eastlan", ("10.2.0.2/24", "2001:db8:2::2/64")),
    Port("west", "lan", "westlan", ("10.1.0.1/24", "2001:db8:1::1/64")),
    Port("east", "lan", "eastlan", ("10.2.0.1/24", "2001:db8:2::1/64")),
)
_EAST = Port("east", "wan", "wan", ("192.0.2.2/24", "2001:db8::2/64"))
_LAN_ROUTES = {
    "westclient": ("default via 10.1.0.1", "default via 2001:db8:1::1"),
    "eastclient": ("default via 10.2.0.1", "default via 2001:db8:2::1"),
}
_UPSTREAM = ("default via 192.0.2.254", "default via 2001:db8::fe")

TOPOLOGIES = {
    # Two gateways on one segment, a client network behind each.
    "gateways": Topology(
        ports=(*_LANS, Port("west", "wan", "wan", ("192.0.2.1/24", "2001:db8::1/64")), _EAST),
        routes={**_LAN_ROUTES, "west": _UPSTREAM, "east": _UPSTREAM},
        upstream={"wan": ("192.0.2.254/24", "2001:db8::fe/64")},
    ),
    # The same with west behind a router that masquerades its addresses.
    "nat": Topology(
        ports=(
            *_LANS,
            Port("west", "wan", "inside", ("10.9.0.2/24",)),
            Port("nat", "inside", "inside", ("10.9.0.1/24",)),
            Port("nat", "outside", "wan", ("192.0.2.9/24",)),
            _EAST,
        ),
        routes={**_LAN_ROUTES, "west": ("default via 10.9.0.1",), "east": _UPSTREAM},
        upstream={"wan": ("192.0.2.254/24", "2001:db8::fe/64")},
        masquerade="nat",
    ),
    # Five hosts with IKE on one segment: gateways with clients in the west and the east, and three with a network of their
    # own on a cable that leads nowhere.
    "five": Topology(
        ports=(
            *_LANS,
            Port("west", "wan", "wan", ("192.0.2.1/24", "2001:db8::1/64")),
            _EAST,
            *(
                Port(name, *port)
                for number, name in ((3, "north"), (4, "south"), (5, "road"))
                for port in (
                    ("lan", f"{name}lan", (f"10.{number}.0.1/24", f"2001:db8:{number}::1/64")),
                    ("wan", "wan", (f"192.0.2.{number}/24", f"2001:db8::{number}/64")),
                )
            ),
        ),
        routes={**_LAN_ROUTES, **dict.fromkeys(("west", "east", "north", "south", "road"), _UPSTREAM)},
        upstream={"wan": ("192.0.2.254/24", "2001:db8::fe/64")},
        gateways=("west", "east", "north", "south", "road"),
    ),
}


# What a gateway's kernel is told before its devices come up.
_FORWARD = (
    "sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0 "
    "net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0;"
)


@dataclass(frozen=True)
class Output:
    """What a command said (standard output and error together) and its exit status; 124 when it had to be killed."""

    text: str
    status: int


class Namespaces:
    """A process that keeps namespaces alive; its end takes everything in them along."""

    # bash as first process reaps the daemons that were orphaned to it.
    _KEEPER = "sleep infinity & while :; do wait; done"

    def __init__(self, name: str, own_files: bool) -> None:
        self.name = name
        self._flags = ["--net", "--pid", "--mount", "--uts"] if own_files else ["--net"]
        command = ["unshare", *self._flags]
        if own_files:
            command += ["--fork", "--kill-child", "--mount-proc", "--propagation", "private"]
        self._keeper = subprocess.Popen(
            [*command, "bash", "-c", self._KEEPER], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        self.pid = self._first_process() if own_files else self._keeper.pid
        self._await_separation()

    def _first_process(self) -> int:
        children = Path(f"/proc/{self._keeper.pid}/task/{self._keeper.pid}/children")
        for _ in range(500):
            found = children.read_text().split()
            if found:
                return int(found[0])
            time.sleep(0.01)
        raise LabError(f"the namespaces of {self.name} did not come up")

    def _await_separation(self) -> None:
        mine = os.readlink("/proc/self/ns/net")
        for _ in range(500):
            # The command name tells that unshare is through: until then a mount may still be missing.
            if os.readlink(f"/proc/{self.pid}/ns/net") != mine and self._is_bash():
                return
            time.sleep(0.01)
        raise LabError(f"the namespaces of {self.name} did not come up")

    def _is_bash(self) -> bool:
        return Path(f"/proc/{self.pid}/comm").read_text().strip() == "bash"

    def command(self, shell_text: str) -> list[str]:
        """The argument vector that runs a shell command in here."""
        return ["nsenter", "--target", str(self.pid), *self._flags, "/bin/sh", "-c", shell_text]

    def close(self) -> None:
        self._keeper.send_signal(signal.SIGKILL)
        self._keeper.wait()


class Host:
    """A machine of the lab: runs commands, knows where its files are."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        folder.mkdir(parents=True)
        self.path = PATH
        self._namespaces = Namespaces(name, own_files=True)
        self.must(f"hostname {name}; mount -t tmpfs -o mode=755 run /run; mount -t tmpfs tmp /tmp; mount -t sysfs sys /sys")

    @property
    def pid(self) -> int:
        return self._namespaces.pid

    def command(self, shell_text: str) -> list[str]:
        """The argument vector that runs a shell command on this host."""
        return self._namespaces.command(shell_text)

    def run(self, shell_text: str, timeout: float = 60) -> Output:
        """Runs a command; its output goes through a file, so that a daemon left behind keeps nobody waiting."""
        with tempfile.TemporaryFile() as sink:
            process = subprocess.Popen(
                self.command(shell_text),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": self.path, "HOME": "/root", "LC_ALL": "C.UTF-8", "TERM": "dumb"},
            )
            try:
                status = process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                status = 124
            sink.seek(0)
            return Output(sink.read().decode("utf-8", "replace"), status)

    def must(self, shell_text: str) -> str:
        """Runs a command of the rig's own that has to succeed."""
        output = self.run(shell_text)
        if output.status != 0:
            raise LabError(f"{self.name}: {shell_text!r} exited {output.status}: {output.text.strip()}")
        return output.text

    def bind(self, shown: dict[str, Path]) -> None:
        """Shows files and folders at other paths, on this host only."""
        commands = []
        for target, source in shown.items():
            make = f"mkdir -p {target}" if source.is_dir() else f"mkdir -p {os.path.dirname(target)}; touch {target}"
            commands.append(f"[ -e {target} ] || {{ {make}; }}; mount --bind {shlex.quote(str(source))} {target}")
        self.must("set -e; " + "; ".join(commands))

    def close(self) -> None:
        self._namespaces.close()


class Lab:
    """All hosts of one scenario, cabled up, and the capture of what is on the wire."""

    def __init__(self, topology: Topology, folder: Path) -> None:
        self.topology = topology
        self.capture_file = folder / "wire.pcap"
        self._cabling = Namespaces("cabling", own_files=False)
        self.hosts: dict[str, Host] = {}
        self._tcpdump: subprocess.Popen[bytes] | None = None
        try:
            for name in topology.hosts():
                self.hosts[name] = Host(name, folder / name)
            self._cable()
            self._start_capture()
        except BaseException:
            self.close()
            raise

    def _cable(self) -> None:
        bridges = list(dict.fromkeys(port.segment for port in self.topology.ports))
        cabling = [f"link add {b} type bridge forward_delay 0 mcast_snooping 0" for b in bridges]
        cabling += [f"link set {b} up" for b in bridges]
        for segment, addresses in self.topology.upstream.items():
            cabling += [f"addr add {a} dev {segment}{' nodad' if ':' in a else ''}" for a in addresses]
        inside: dict[str, list[str]] = {name: ["link set lo up"] for name in self.hosts}
        for number, port in enumerate(self.topology.ports):
            host = self.hosts[port.host]
            cabling.append(f"link add cable{number} type veth peer name {port.device} netns {host.pid}")
            cabling.append(f"link set cable{number} master {port.segment} up")
            inside[port.host] += [
                f"addr add {a} dev {port.device}{' nodad' if ':' in a else ''}" for a in port.addresses
            ]
            inside[port.host].append(f"link set {port.device} up")
        for name, routes in self.topology.routes.items():
            inside[name] += [f"route add {r}" for r in routes]
        self._batch(self._cabling.command("echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad; ip -batch -"), cabling)
        for name, host in self.hosts.items():
            switch = "" if name.endswith("client") else _FORWARD
            self._batch(host.command(f"{switch} ip -batch -"), inside[name])
        if self.topology.masquerade:
            # Not by nft: User Mode Linux's kernel as Debian builds it has no nftables for IPv4.
            self.hosts[self.topology.masquerade].must(
                "iptables-legacy -t nat -A POSTROUTING -o outside -j MASQUERADE"
            )

    @staticmethod
    def _batch(command: list[str], lines: list[str]) -> None:
        done = subprocess.run(
            command, input="\n".join(lines) + "\n", text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode != 0:
            raise LabError(f"cabling failed: {done.stdout}")

    def _start_capture(self) -> None:
        command = f"exec tcpdump -i {self.topology.wire} --immediate-mode -U -s 0 -Z root -w {self.capture_file}"
        self._tcpdump = subprocess.Popen(
            self._cabling.command(command), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        assert self._tcpdump.stderr is not None
        first = self._tcpdump.stderr.readline().decode()
        while "listening on" not in first:
            if not first:
                raise LabError("tcpdump did not start")
            first = self._tcpdump.stderr.readline().decode()

    def cabling(self, shell_text: str) -> list[str]:
        """The argument vector that runs a shell command among the cables, at the upstream addresses."""
        return self._cabling.command(shell_text)

    def close(self) -> None:
        if self._tcpdump is not None:
            self._tcpdump.kill()
            self._tcpdump.wait()
        for host in self.hosts.values():
            host.close()
        self._cabling.close()
