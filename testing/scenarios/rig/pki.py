# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates of the hosts, for scenarios that authenticate by them: see make-pki for which there are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

# Every host sees it there.
FOLDER = Path("/var/tmp/scenario-pki")
_MAKE = Path(__file__).resolve().parent.parent / "make-pki"
_OWN = {
    "west": ("west", "west-ec", "listed", "revoked", "usage", "expired", "early", "stranger"),
    "east": ("east", "east-ec"),
}
_MENTION = re.compile(r"^\s*(?:left|right)cert=", re.M)


def mentioned(conf: str) -> bool:
    """Whether a configuration names a certificate."""
    return _MENTION.search(conf) is not None


def folder() -> Path:
    """The folder with all keys and certificates; made when it is first asked for, so all implementations share it."""
    if not FOLDER.exists():
        _run(_MAKE, FOLDER)
    return FOLDER


def database(host: str, empty: Path, target: Path) -> None:
    """Makes an NSS database that trusts the root and has the host's keys and certificates."""
    made = folder() / f"nss-{host}"
    if not made.exists():
        shutil.copytree(empty, made)
        _run("certutil", "-A", "-n", "root", "-t", "CT,,", "-i", folder() / "root.pem", "-d", f"sql:{made}")
        for name in _OWN[host]:
            _run("pk12util", "-i", folder() / f"{name}.p12", "-d", f"sql:{made}", "-W", "")
        _run("certutil", "-A", "-n", "responder", "-t", ",,", "-i", folder() / "responder.pem", "-d", f"sql:{made}")
    shutil.copytree(made, target)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
