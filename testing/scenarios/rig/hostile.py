# SPDX-License-Identifier: GPL-2.0-or-later
"""Broken packets, made from recorded ones: prefixes, flipped octets, wrong lengths, noise."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .lab import Lab, LabError
from .wire import Capture, kind

_SENDER = Path(__file__).with_name("sender.py")
_NON_ESP_MARKER = bytes(4)
_LENGTH_AT = 24  # in the IKE header
_LONGEST = 1472  # datagram that goes over the wire in one piece


def recorded(file: Path, target: str) -> list[tuple[int, bytes]]:
    """The IKE messages that a capture shows going to an address: port and message, each once."""
    found: dict[bytes, int] = {}
    for frame in Capture(file).frames():
        packet = frame[14:]
        if kind(frame) != "ike" or packet[0] >> 4 != 4:
            continue
        if ".".join(map(str, packet[16:20])) != target:
            continue
        datagram = packet[(packet[0] & 15) * 4 :]
        port = int.from_bytes(datagram[2:4], "big")
        found.setdefault(datagram[8:], port)
    return [(port, data) for data, port in found.items()]


def broken(port: int, message: bytes) -> Iterator[tuple[int, bytes]]:
    """Every prefix, every octet flipped in three ways, lengths that do not fit."""
    for end in range(len(message)):
        yield port, message[:end]
    for at in range(len(message)):
        for mask in (0x01, 0x80, 0xFF):
            yield port, message[:at] + bytes([message[at] ^ mask]) + message[at + 1 :]
    start = _LENGTH_AT + (len(_NON_ESP_MARKER) if message.startswith(_NON_ESP_MARKER) else 0)
    for length in (0, 1, 27, 28, 29, len(message) - 1, len(message) + 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF):
        yield port, message[:start] + length.to_bytes(4, "big") + message[start + 4 :]
    yield port, message + bytes(1)
    if 2 * len(message) <= _LONGEST:
        yield port, message * 2


def noise(seed: int) -> Iterator[tuple[int, bytes]]:
    """Random packets without end, some with a header that is right so far."""
    source = random.Random(seed)
    while True:
        body = source.randbytes(source.choice((0, 1, 3, 4, 27, 28, 29, 100, 600, 1400)))
        if source.random() < 0.5:
            exchange = source.choice((34, 35, 36, 37, 2, 4, 5, 0, 255))
            header = source.randbytes(8) + source.choice((bytes(8), source.randbytes(8)))
            header += bytes([source.randrange(256), source.choice((0x20, 0x10, 0x21, 0x30)), exchange])
            header += bytes([source.choice((0x08, 0x20, 0x28, 0, 0xFF))]) + source.choice((bytes(4), source.randbytes(4)))
            body = header + (len(body) + 28).to_bytes(4, "big") + body
        port = source.choice((500, 4500))
        yield port, (_NON_ESP_MARKER if port == 4500 and source.random() < 0.5 else b"") + body


def attack(lab: Lab, messages: list[tuple[int, bytes]], target: str, process: int, count: int) -> int:
    """Sends so many packets, made from the recorded `messages` first, to `target`; half of them with the real peer's address as their source.

    `process` is the daemon's: nothing more is sent while its sockets have something to read, so that every packet is
    seen by it and none by a full buffer.
    """
    if len(messages) < 3:
        raise LabError(f"only {len(messages)} IKE messages to {target} were recorded")
    made = itertools.chain.from_iterable(broken(*message) for message in messages)
    packets = itertools.islice(itertools.chain(made, noise(seed=1)), count)
    peer = "192.0.2.1" if target != "192.0.2.1" else "192.0.2.2"
    with tempfile.NamedTemporaryFile("w", suffix=".packets") as file:
        for port, data in packets:
            file.write(json.dumps([port, data.hex()]) + "\n")
        file.flush()
        command = f"exec {sys.executable} {_SENDER} {file.name} {peer} {target} /proc/{process}/net/udp"
        done = subprocess.run(lab.cabling(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise LabError(f"the sender failed: {done.stdout}")
    return int(done.stdout)
