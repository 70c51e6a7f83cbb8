# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture between the gateways shows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What the rig's pings are filled with: whoever sees it on the wire sees a ping in clear, in whatever wrapping.
MARK = b"jswan-in-clear"

_ETHERNET, _VLAN_FREE_TYPES = 14, {0x0800: 4, 0x86DD: 6}
_UDP, _ESP = 17, 50
_IKE_PORTS = (500, 4500)


@dataclass(frozen=True)
class Seen:
    """Numbers of packets by kind; `clear` are those that show the mark."""

    esp: int
    esp_in_udp: int
    ike: int
    clear: int

    @staticmethod
    def of(frames: Iterator[bytes]) -> Seen:
        counts = {"esp": 0, "esp_in_udp": 0, "ike": 0, "clear": 0, "other": 0}
        for frame in frames:
            counts["clear" if MARK in frame else kind(frame)] += 1
        del counts["other"]
        return Seen(**counts)

    def not_esp(self, least: int, in_udp: bool) -> str:
        """What speaks against so many packets in ESP (in UDP, or bare) and none in clear; empty if nothing does."""
        if self.clear:
            return f"{self.clear} packets in clear on the wire"
        wanted, other = (self.esp_in_udp, self.esp) if in_udp else (self.esp, self.esp_in_udp)
        return f"on the wire: {self}" if wanted < least or other else ""

    def not_clear(self, least: int) -> str:
        """What speaks against so many packets in clear and none in ESP; empty if nothing does."""
        return f"on the wire: {self}" if self.clear < least or self.esp or self.esp_in_udp else ""


def kind(frame: bytes) -> str:
    """`esp`, `esp_in_udp`, `ike` or `other`, by the headers of an Ethernet frame."""
    version = _VLAN_FREE_TYPES.get(int.from_bytes(frame[12:14], "big"))
    packet = frame[_ETHERNET:]
    if version == 4 and len(packet) >= 20:
        protocol, payload = packet[9], packet[(packet[0] & 15) * 4 :]
    elif version == 6 and len(packet) >= 40:
        protocol, payload = packet[6], packet[40:]
    else:
        return "other"
    if protocol == _ESP:
        return "esp"
    if protocol != _UDP or len(payload) < 8:
        return "other"
    ports = struct.unpack("!HH", payload[:4])
    if not any(port in _IKE_PORTS for port in ports):
        return "other"
    data = payload[8:]
    if 500 in ports or data[:4] == bytes(4):
        return "ike"
    return "esp_in_udp" if len(data) > 8 else "other"


class Capture:
    """Reads a pcap file that is still being written, from where it was left last."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = 24  # the file header

    def frames(self) -> Iterator[bytes]:
        """Frames that came since the last call."""
        with self._file.open("rb") as stream:
            stream.seek(self._offset)
            while True:
                header = stream.read(16)
                if len(header) < 16:
                    return
                length = struct.unpack("<I", header[8:12])[0]
                frame = stream.read(length)
                if len(frame) < length:
                    return
                self._offset = stream.tell()
                yield frame
