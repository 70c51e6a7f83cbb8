# SPDX-License-Identifier: GPL-2.0-or-later
"""The step language of scenarios, and running one scenario on one pair of implementations."""

from __future__ import annotations

import os
import re
import shlex
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from . import compare, flaws, hostile, soak
from .lab import TOPOLOGIES, Lab, LabError, Output
from .monitor import Monitor
from .peers import IMPLEMENTATIONS, PREFIX, Implementation
from .scenario import Scenario
from .wire import MARK, Capture, Seen

PINGS = 3
# Megabytes by which a daemon may grow between `measure` and `steady`.
BREATH = 48
_COMMAND = re.compile(r"(\w+)\$(\d+|\?)?(~)? (.+)")


class Failure(Exception):
    """Something that had to be seen was not."""


@dataclass(frozen=True)
class Record:
    """What a step showed on one host, comparable between implementations."""

    host: str
    step: str
    lines: list[str]


def _is_transient(task: Path) -> bool:
    """Threads that a Java machine starts and ends as it sees fit."""
    name = (task / "comm").read_text()
    return "CompilerThre" in name or name.startswith(("process reaper", "Attach Listener"))


class Run:
    """One scenario with one pair. Raises Failure at the first step that does not show what it must.

    `tell` gets every step and what came of it, as it happens.
    """

    def __init__(
        self, scenario: Scenario, pair: tuple[str, ...], folder: Path, tell: Callable[[str], None] = lambda text: None
    ) -> None:
        self._tell_also = tell
        self._began = time.monotonic()
        self._scenario = scenario
        self._folder = folder
        self._topology = TOPOLOGIES[scenario.topology]
        self._plays = scenario.ends(pair)
        self._last = Output("", 0)
        self._measured: dict[str, dict[str, int]] = {}
        self._monitors: dict[str, Monitor] = {}
        self._messages: dict[str, list[tuple[int, bytes]]] = {}
        self._first_policies: dict[str, list[str]] = {}
        self.records: list[Record] = []
        self.transcript: list[str] = []
        self._verbs: dict[str, Callable[..., None]] = {
            "start": self._start,
            "stop": self._stop,
            "kill": self._kill,
            "bury": self._bury,
            "up": self._up,
            "down": self._down,
            "both": self._both,
            "await": self._await,
            "expect": self._expect,
            "never": self._never,
            "traffic": self._traffic,
            "clear": self._clear,
            "blocked": self._blocked,
            "stream": self._stream,
            "unbroken": self._unbroken,
            "soak": self._soak,
            "clean": self._clean,
            "pristine": self._pristine,
            "xfrm": self._xfrm,
            "monitor": self._monitor,
            "measure": self._measure,
            "steady": self._steady,
            "hostile": self._hostile,
            "flaw": self._flaw,
            "pause": self._pause,
            "revived": self._revived,
        }

    def execute(self) -> None:
        self._lab = Lab(self._topology, self._folder)
        try:
            self._capture = Capture(self._lab.capture_file)
            self._ends: dict[str, Implementation] = {}
            for name, implementation in self._plays.items():
                end = IMPLEMENTATIONS[implementation](self._lab.hosts[name])
                end.configure(self._scenario.conf(name), self._scenario.secrets(name))
                self._ends[name] = end
            for step in self._scenario.steps:
                self._step(step)
            self._quiet()
        finally:
            self._lab.close()

    def _step(self, step: str) -> None:
        self._tell(f"--- [{time.monotonic() - self._began:.1f} s] {step}")
        try:
            command = _COMMAND.fullmatch(step)
            if command:
                self._command(step, *command.groups())
                return
            verb, *arguments = shlex.split(step)
            if verb not in self._verbs:
                raise LabError(f"unknown step: {step}")
            self._verbs[verb](*arguments)
        except Failure as failure:
            raise Failure(f"step `{step}`: {failure}") from None

    def _tell(self, text: str) -> None:
        self.transcript.append(text)
        self._tell_also(text)

    def _record(self, host: str, step: str, lines: list[str]) -> None:
        self.records.append(Record(host, step, lines))

    def _note(self, host: str, output: Output) -> Output:
        self._last = output
        self._tell(f"[{host}] exit {output.status}\n{output.text.rstrip()}")
        return output

    # --- commands ---

    def _command(self, step: str, host: str, wanted: str | None, alone: str | None, text: str) -> None:
        """HOST$ COMMAND exits 0, HOST$N exits N, HOST$? as the reference does.

        With ~ behind the $ it is not compared: preparation, or what is known to differ. strongSwan runs only those: it has
        no other commands.
        """
        end = self._ends.get(host)
        if end is not None and not end.speaks_pluto and not alone:
            self._tell("(not on strongSwan)")
            return
        output = self._note(host, self._lab.hosts[host].run(text, timeout=180))
        if wanted != "?":
            self._must_exit(output, int(wanted or 0))
        if end is not None and not alone:
            self._record(host, step, [f"exit {output.status}", *compare.masked(output.text, str(PREFIX))])

    def _must_exit(self, output: Output, status: int) -> None:
        if output.status != status:
            raise Failure(f"exit status {output.status}, not {status}:\n{output.text.rstrip()}")

    def _both(self, *command: str) -> None:
        """The shell command on all ends at the same moment; exits 0 on each; not compared."""
        text = " ".join(command)
        with ThreadPoolExecutor() as hosts:
            outputs = list(hosts.map(lambda host: self._lab.hosts[host].run(text, timeout=180), self._ends))
        for host, output in zip(self._ends, outputs, strict=True):
            self._must_exit(self._note(host, output), 0)

    def _expect(self, text: str) -> None:
        """The output before this shows the text."""
        if text not in self._last.text:
            raise Failure(f"not in:\n{self._last.text.rstrip()}")

    def _never(self, text: str) -> None:
        if text in self._last.text:
            raise Failure(f"found in:\n{self._last.text.rstrip()}")

    def _await(self, host: str, seconds: str, *command: str) -> None:
        """The shell command succeeds within so many seconds."""
        text = " ".join(command)
        end = time.monotonic() + float(seconds)
        while True:
            output = self._lab.hosts[host].run(text)
            if output.status == 0:
                self._note(host, output)
                return
            if time.monotonic() > end:
                self._note(host, output)
                raise Failure(f"not within {seconds} s: exit status {output.status}:\n{output.text.rstrip()}")
            time.sleep(0.2)

    def _pause(self, seconds: str) -> None:
        time.sleep(float(seconds))

    # --- daemons ---

    def _start(self, *hosts: str) -> None:
        for host in hosts:
            output = self._note(host, self._ends[host].start())
            self._must_exit(output, 0)
            self._first_policies.setdefault(host, self._kernel(host)[1])

    def _stop(self, *hosts: str) -> None:
        for host in hosts:
            self._must_exit(self._note(host, self._ends[host].stop()), 0)

    def _kill(self, host: str) -> None:
        """SIGKILL, as if the daemon had crashed."""
        process = self._ends[host].process()
        if process is None:
            raise Failure("no daemon runs")
        os.kill(process, signal.SIGKILL)
        while self._ends[host].process() is not None:
            time.sleep(0.05)

    def _bury(self, host: str) -> None:
        self._ends[host].bury()

    def _up(self, host: str, connection: str) -> None:
        output = self._note(host, self._ends[host].up(connection))
        self._must_exit(output, 0)
        if self._ends[host].speaks_pluto:
            self._record(host, f"up {connection}", ["exit 0", *compare.masked(output.text, str(PREFIX))])

    def _down(self, host: str, connection: str) -> None:
        output = self._note(host, self._ends[host].down(connection))
        self._must_exit(output, 0)
        if self._ends[host].speaks_pluto:
            self._record(host, f"down {connection}", ["exit 0", *compare.masked(output.text, str(PREFIX))])

    def _revived(self, host: str, seconds: str) -> None:
        """A connection that was wanted up comes up again after the peer took it down. strongSwan leaves it."""
        if self._ends[host].speaks_pluto:
            self._await(host, seconds, "ipsec whack --trafficstatus | grep -q ESP")

    # --- packets ---

    def _ping(self, source: str, target: str, options: tuple[str, ...], patience: int = 2) -> Output:
        """`ipv6` pings by IPv6, `outer` between the addresses on the outmost networks, `routed` from the address that the
        kernel chooses, `from=ADDRESS` from that, `to=ADDRESS` to that; answers may take `patience` seconds."""
        family = 6 if "ipv6" in options else 4
        which = -1 if "outer" in options else 0
        here = self._topology.addresses(source, family)[which]
        there = self._topology.addresses(target, family)[which]
        given = dict(option.split("=", 1) for option in options if "=" in option)
        origin = "" if "routed" in options else f"-I {given.get('from', here)} "
        return self._lab.hosts[source].run(
            f"ping -{family} -n -c {PINGS} -i 0.2 -W {patience} -s 100 -p {MARK.hex()} {origin}{given.get('to', there)}", timeout=30
        )

    def _traffic(self, source: str, target: str, *options: str) -> None:
        """Pings pass; the wire shows them as ESP only; the kernels' counters at both ends and --trafficstatus saw them."""
        ends = [self._topology.gateway(host) for host in (source, target)]
        before = {name: self._counters(name) for name in ends}
        seen = self._pass(source, target, options)
        if reason := seen.not_esp(2 * PINGS, "udp" in options):
            raise Failure(reason)
        for name in ends:
            after = self._counters(name)
            grown = sum(after.values()) - sum(before[name].values())
            if grown < 2 * PINGS * 100:
                raise Failure(f"{name}: the kernel's SAs counted {grown} octets only")
            self._agrees(name, after)
        self._tell(f"on the wire between the gateways: {seen}; the ping in clear: {seen.clear} packets")

    def _clear(self, source: str, target: str, *options: str) -> None:
        """Pings pass, and the wire shows them in clear and no ESP."""
        if reason := self._pass(source, target, options).not_clear(2 * PINGS):
            raise Failure(reason)

    def _pass(self, source: str, target: str, options: tuple[str, ...]) -> Seen:
        """Pings pass: what the wire showed meanwhile."""
        for _ in self._capture.frames():
            pass
        output = self._note(source, self._ping(source, target, options))
        if output.status != 0 or f" {PINGS} received" not in output.text:
            raise Failure(f"the ping did not pass:\n{output.text.rstrip()}")
        time.sleep(0.1)
        return Seen.of(self._capture.frames())

    def _counters(self, host: str) -> dict[str, int]:
        """Octets by `SOURCE>TARGET SPI` of all SAs in a host's kernel."""
        text = self._lab.hosts[host].must("ip -s xfrm state")
        entry = re.compile(
            r"^src (\S+) dst (\S+)\n\tproto esp spi (0x[0-9a-f]+).*?lifetime current:\n\t  (\d+)\(bytes\)", re.M | re.S
        )
        # An acquire leaves an entry with SPI 0 behind for a while.
        return {f"{m[1]}>{m[2]} {m[3]}": int(m[4]) for m in entry.finditer(text) if int(m[3], 16) != 0}

    def _agrees(self, host: str, counters: dict[str, int]) -> None:
        """What --trafficstatus says is what the kernel counted."""
        if not self._ends[host].speaks_pluto:
            return
        text = self._lab.hosts[host].run("ipsec whack --trafficstatus").text
        # The outbound half of a second Child SA is not in the kernel before the peer surely has its own.
        said = sorted(int(n) for n in re.findall(r"(?:in|out)Bytes=(\d+)", text) if int(n))
        counted = sorted(n for n in counters.values() if n)
        if said != counted:
            raise Failure(f"{host}: --trafficstatus says {said}, the kernel {counted}:\n{text.rstrip()}")

    def _blocked(self, source: str, target: str, *options: str) -> None:
        """Pings do not pass."""
        output = self._note(source, self._ping(source, target, options, patience=1))
        if output.status == 0:
            raise Failure(f"the ping passed:\n{output.text.rstrip()}")

    def _stream(self, source: str, target: str) -> None:
        """From now on a ping leaves every 20 ms, until `unbroken`."""
        here, there = (self._topology.addresses(host, 4)[0] for host in (source, target))
        self._lab.hosts[source].must(
            f"ping -4 -n -i 0.02 -s 100 -p {MARK.hex()} -I {here} {there} >/tmp/stream 2>&1 & echo $! >/tmp/stream.pid"
        )
        time.sleep(0.5)

    def _unbroken(self, source: str, responder: str) -> None:
        """Ends the stream: every ping was answered. The sequence numbers that were not are shown.

        `responder` answered the rekeying meanwhile. libreswan sends by the new SA before its peer can have it, and so loses
        a packet now and then: with it there, losses are only shown. When others replace an SA of IKEv1 they have none to
        send by for a moment: what is lost has to have been dropped by their kernels for that reason.
        """
        time.sleep(0.5)
        self._lab.hosts[source].must("kill -INT $(cat /tmp/stream.pid)")
        end = time.monotonic() + 5
        while not (sent := re.search(r"^(\d+) packets transmitted", text := self._read_stream(source), re.M)):
            if time.monotonic() > end:
                raise Failure(f"the ping did not end:\n{text.rstrip()}")
            time.sleep(0.1)
        answered = {int(n) for n in re.findall(r"icmp_seq=(\d+) ttl=", text)}
        # What left just before the end may not have been waited for.
        lost = sorted(set(range(1, int(sent[1]) - 1)) - answered)
        told = f"{sent[1]} pings, lost: {', '.join(map(str, lost)) or 'none'}"
        self._tell(told)
        if self._plays[responder] == "libreswan" or len(lost) <= self._without_sa():
            lost = []
        if len(answered) < 20 or lost:
            dropped = {end.host.name: {w: n for w, n in soak.counters(end.host).items() if n} for end in self._ends.values()}
            raise Failure(f"{told}; dropped by the kernels so far: {dropped}")

    def _without_sa(self) -> int:
        """How many packets the kernels of the others dropped so far for want of an SA."""
        others = [end for name, end in self._ends.items() if self._plays[name] != "jswan"]
        dropped = [soak.counters(end.host) for end in others]
        return sum(counted.get("XfrmAcquireError", 0) for counted in dropped)

    def _soak(self, source: str, target: str, seconds: str, milliseconds: str) -> None:
        """Pings for so long, one each so many milliseconds; every one is answered, and no gateway's kernel drops any.

        With libreswan on one end losses are only shown: it sends by a new SA before its peer can have it.
        """
        here, there = (self._topology.addresses(host, 4)[0] for host in (source, target))
        gateways = [self._lab.hosts[name] for name in self._ends]
        soaked = soak.stream(
            self._lab.hosts[source], here, there, float(seconds), float(milliseconds) / 1000, gateways
        )
        self._tell(str(soaked))
        if "libreswan" not in self._plays.values() and (soaked.lost or soaked.dropped):
            raise Failure(str(soaked))

    def _read_stream(self, source: str) -> str:
        return self._lab.hosts[source].must("cat /tmp/stream")

    # --- state ---

    def _kernel(self, host: str) -> tuple[list[str], list[str]]:
        """A host's SAs and policies, comparable."""
        run = self._lab.hosts[host].must
        return compare.xfrm_states(run("ip xfrm state")), compare.xfrm_policies(run("ip xfrm policy"))

    def _clean(self, *hosts: str) -> None:
        """Within five seconds no SA is left. (A trap policy may be: --down leaves it where --up made one.)"""
        self._await_kernel(hosts, lambda host, states, policies: states)

    def _pristine(self, *hosts: str) -> None:
        """Within five seconds no SA is left, and no policy but those that were there after `start`."""
        self._await_kernel(
            hosts, lambda host, states, policies: states + [p for p in policies if p not in self._first_policies[host]]
        )

    def _await_kernel(
        self, hosts: tuple[str, ...], leftovers: Callable[[str, list[str], list[str]], list[str]]
    ) -> None:
        for host in hosts:
            end = time.monotonic() + 5
            while True:
                left = leftovers(host, *self._kernel(host))
                if not left:
                    break
                if time.monotonic() > end:
                    raise Failure(f"{host}: left behind:\n" + "\n".join(left))
                time.sleep(0.2)

    def _xfrm(self, *hosts: str) -> None:
        """The kernel's SAs and policies, compared with the reference's."""
        for host in hosts:
            states, policies = self._kernel(host)
            lines = "\n".join(states + policies).splitlines()
            self._tell(f"[{host}]\n" + "\n".join(lines))
            self._record(host, "xfrm", lines)

    def _monitor(self, *hosts: str) -> None:
        """The first time starts `ip xfrm monitor`; later shows what the kernel told since, compared with the reference's."""
        for host in hosts:
            if host not in self._monitors:
                self._monitors[host] = Monitor(self._lab.hosts[host])
                continue
            lines = "\n".join(compare.xfrm_events(self._monitors[host].told())).splitlines()
            self._tell(f"[{host}]\n" + "\n".join(lines))
            self._record(host, "monitor", lines)

    def _resources(self, host: str) -> dict[str, int]:
        process = self._ends[host].process()
        if process is None:
            raise Failure(f"{host}: the daemon has ended")
        here = Path(f"/proc/{process}")
        resident = re.search(r"^VmRSS:\s+(\d+) kB", (here / "status").read_text(), re.M)
        assert resident is not None
        return {
            "descriptors": len(list((here / "fd").iterdir())),
            "threads": sum(not _is_transient(task) for task in (here / "task").iterdir()),
            "resident MB": int(resident[1]) // 1024,
        }

    def _threads(self, host: str) -> list[str]:
        return sorted((task / "comm").read_text().strip() for task in Path(f"/proc/{self._ends[host].process()}/task").iterdir())

    def _measure(self, *hosts: str) -> None:
        """Remembers what the daemon uses, for `steady`."""
        for host in hosts:
            self._measured[host] = self._resources(host)

    def _steady(self, *hosts: str) -> None:
        """Within ten seconds the living daemon has no more descriptors and threads than when measured, and not much
        more memory: a heap may breathe, but not by what a hundred thousand forgotten packets would take."""
        for host in hosts:
            before = self._measured[host]
            allowed = {**before, "resident MB": before["resident MB"] + BREATH}
            end = time.monotonic() + 10
            while True:
                now = self._resources(host)
                if all(now[what] <= allowed[what] for what in now):
                    break
                if time.monotonic() > end:
                    names = ", ".join(self._threads(host))
                    raise Failure(f"{host}: measured {before}, now {now}; threads: {names}")
                time.sleep(0.2)

    def _hostile(self, host: str, count: str) -> None:
        """Throws so many broken packets at a host, made from the IKE messages that were on the wire so far."""
        process = self._ends[host].process()
        if process is None:
            raise Failure(f"{host}: the daemon has ended")
        target = self._topology.addresses(host, 4)[-1]
        if host not in self._messages:
            # Once: later the capture shows the hostile packets as well.
            for name in self._ends:
                address = self._topology.addresses(name, 4)[-1]
                self._messages[name] = hostile.recorded(self._lab.capture_file, address)
        sent = hostile.attack(self._lab, self._messages[host], target, process, int(count))
        self._tell(f"{sent} packets")

    def _flaw(self, host: str, name: str, seconds: str = "0.5") -> None:
        """Sends a host the message that was another daemon's undoing, and looks for so many seconds.

        The daemon lives, answers no more than once and not at length, and its established SAs are as they were. What it
        answers is compared.
        """
        before = self._established(host)
        forged = flaws.forge(self._lab, name, self._topology.addresses(host, 4)[-1], float(seconds))
        self._tell(str(forged))
        if len(forged.answers) > 1 or sum(forged.lengths) > 2 * forged.sent:
            raise Failure(f"amplified: {forged}")
        after = self._established(host)
        if after != before:
            raise Failure(f"was {before}, is {after}")
        self._record(host, f"flaw {name}", forged.answers)

    def _established(self, host: str) -> list[str]:
        """The daemon's process and its established SAs."""
        states = self._lab.hosts[host].must("ipsec whack --showstates")
        found = re.findall(r'^000 (#\d+: "[^"]*"\S* STATE_\w+) \((?:IKE|IPsec) SA established\)', states, re.M)
        return [f"process {self._ends[host].process()}", *found]

    def _quiet(self) -> None:
        """No end of ours has written a stack trace."""
        for name, end in self._ends.items():
            log = end.log().read_text(errors="replace") if end.log().exists() else ""
            trace = re.search(r"^.*(?:\n\s+at [\w.$]+\(|Exception|java\.lang\.).*$", log, re.M)
            if trace:
                raise Failure(f"{name} logged a stack trace: {trace[0].strip()}")
