# SPDX-License-Identifier: GPL-2.0-or-later
"""A stream of pings over a tunnel whose SAs are replaced all the time: which were lost, and what the kernels dropped."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from .lab import Host

# What the last packets may take.
_GRACE = 30
_COUNTER = re.compile(r"^(\w+)\s+(\d+)$", re.M)


@dataclass(frozen=True)
class Soaked:
    """What a stream saw: how many pings left, which were not answered, what each gateway's kernel dropped meanwhile."""

    sent: int
    seconds: float
    lost: list[int]
    dropped: dict[str, dict[str, int]]

    def __str__(self) -> str:
        lost = f"{len(self.lost)} lost" + (f" ({', '.join(map(str, self.lost[:30]))})" if self.lost else "")
        pace = f"one each {1000 * self.seconds / self.sent:.1f} ms"
        return f"{self.sent} pings, {pace}, {lost}; dropped by the kernels: {self.dropped or 'nothing'}"


def stream(source: Host, here: str, there: str, seconds: float, interval: float, gateways: list[Host]) -> Soaked:
    """Pings for so many seconds, one each `interval` seconds, and waits for the end."""
    before = {host.name: counters(host) for host in gateways}
    count = int(seconds / interval)
    source.must(
        f"ping -4 -n -i {interval} -c {count} -w {int(seconds) + _GRACE} -s 100 -I {here} {there} >/tmp/soak 2>&1 &"
    )
    end = time.monotonic() + seconds + 2 * _GRACE
    # Not to be in its way, the stream is looked at once it is over.
    time.sleep(seconds)
    while not (summary := re.search(r"^(\d+) packets transmitted.* time (\d+)ms$", source.must("tail -n 4 /tmp/soak"), re.M)):
        if time.monotonic() > end:
            raise TimeoutError("the ping did not end")
        time.sleep(1)
    sent = int(summary[1])
    dropped = {}
    for host in gateways:
        grown = {name: n - before[host.name].get(name, 0) for name, n in counters(host).items()}
        grown = {name: n for name, n in grown.items() if n}
        if grown:
            dropped[host.name] = grown
    return Soaked(sent, int(summary[2]) / 1000, _lost(source, sent), dropped)


def _lost(source: Host, sent: int) -> list[int]:
    """The pings without an answer, but for the last. ping counts to 65,535 and begins anew; answers come nearly in order."""
    answered = set()
    last = 0
    for text in re.findall(r"icmp_seq=(\d+) ttl=", source.must("cat /tmp/soak")):
        last += (int(text) - last + 32_768) % 65_536 - 32_768
        answered.add(last)
    return sorted(set(range(1, sent)) - answered)


def counters(host: Host) -> dict[str, int]:
    """Why a host's kernel dropped packets, and how many."""
    return {name: int(n) for name, n in _COUNTER.findall(host.must("cat /proc/net/xfrm_stat"))}
