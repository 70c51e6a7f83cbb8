# SPDX-License-Identifier: GPL-2.0-or-later
"""A signed zone with the hosts' RSA keys, for scenarios that look public keys up in the DNS: see make-zone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from . import keys

# Every host sees it there.
FOLDER = Path("/var/tmp/scenario-zone")
_MAKE = Path(__file__).resolve().parent.parent / "make-zone"
# Behind each gateway, out of the other's reach.
_SERVERS = {"west": "10.1.0.2", "east": "10.2.0.2"}


def mentioned(conf: str) -> bool:
    """Whether a configuration has keys looked up."""
    return "=%dnsondemand" in conf


def make(cache: Path) -> None:
    """Makes the zone when it is first asked for, so all implementations share it."""
    if FOLDER.exists():
        return
    unpacked = cache / "unbound/usr/sbin/unbound"
    server = str(unpacked) if unpacked.exists() else shutil.which("unbound") or "unbound"
    records = [f"{host}={keys.fill(f'%{host.upper()}_RSA%').removeprefix('0s')}" for host in _SERVERS]
    subprocess.run([_MAKE, FOLDER, server, *records], check=True, stdin=subprocess.DEVNULL)


def resolver(host: str) -> str:
    """A host's /etc/resolv.conf."""
    return f"nameserver {_SERVERS[host]}\n"
