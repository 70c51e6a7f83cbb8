# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benchmarks of daemons have in common: starting one on a host, and what its process takes of the machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenarios"))

from rig.lab import Host, LabError  # noqa: E402
from rig.peers import PREFIX, Implementation  # noqa: E402

TICK_MILLIS = 1000 / os.sysconf("SC_CLK_TCK")


def libexec(name: str) -> str:
    return str(PREFIX / "libexec/ipsec") if name == "jswan" else "/usr/libexec/ipsec"


def cpu(pid: int) -> float:
    """Milliseconds of processor time that a process has used, its ended children included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, fields[11:15])) * TICK_MILLIS


def rss(pid: int) -> float:
    """Resident megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LabError(f"no memory of process {pid}")


def listens(host: Host) -> bool:
    return ":01F4 " in Path(f"/proc/{host.pid}/net/udp").read_text()


def await_listening(host: Host) -> None:
    end = time.monotonic() + 120
    while not listens(host):
        if time.monotonic() > end:
            raise LabError("no daemon listens after 120 s")
        time.sleep(0.002)


def started(host: Host, name: str) -> tuple[float, subprocess.Popen[bytes]]:
    """Starts a daemon; the milliseconds until it listens."""
    began = time.monotonic()
    daemon = subprocess.Popen(
        host.command(f"exec {libexec(name)}/pluto --config /etc/ipsec.conf --nofork"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    await_listening(host)
    return (time.monotonic() - began) * 1000, daemon


def process(end: Implementation) -> int:
    pid = end.process()
    if pid is None:
        raise LabError("no daemon runs")
    return pid
