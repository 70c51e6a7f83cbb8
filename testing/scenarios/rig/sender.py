# SPDX-License-Identifier: GPL-2.0-or-later
"""sender.py PACKETS PEER TARGET UDP-TABLE: sends the packets of a file, at the pace at which the target reads them.

Runs in the cabling's network namespace. Every other packet claims to come from the peer.
"""

import json
import socket
import struct
import sys
import time

BATCH = 40


def datagram(source: str, target: str, port: int, data: bytes) -> bytes:
    """An IPv4 packet with a UDP datagram in it; the kernel fills in the header's checksum, UDP goes without."""
    udp = struct.pack("!HHHH", port, port, 8 + len(data), 0) + data
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, socket.inet_aton(source), socket.inet_aton(target)
    )
    return header + udp


def waiting(table: str) -> int:
    """Octets in the receive queues of ports 500 and 4500."""
    total = 0
    with open(table) as lines:
        for line in lines:
            words = line.split()
            if words[1].endswith((":01F4", ":1194")):
                total += int(words[4].split(":")[1], 16)
    return total


def main() -> None:
    packets, peer, target, table = sys.argv[1:]
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sent = 0
    with open(packets) as lines:
        for line in lines:
            port, data = json.loads(line)
            source = peer if sent % 2 else "192.0.2.254"
            raw.sendto(datagram(source, target, port, bytes.fromhex(data)), (target, 0))
            sent += 1
            if sent % BATCH == 0:
                end = time.monotonic() + 60
                while waiting(table):
                    if time.monotonic() > end:
                        sys.exit("the daemon has not read its packets for a minute")
                    time.sleep(0.001)
    print(sent)


if __name__ == "__main__":
    main()
