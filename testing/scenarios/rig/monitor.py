# SPDX-License-Identifier: GPL-2.0-or-later
"""What a host's kernel tells of its SAs and policies as they change."""

from __future__ import annotations

import itertools
import time

from .compare import EVENT_MARK
from .lab import Host, LabError

_FILE = "/tmp/xfrm-monitor"


class Monitor:
    """`ip xfrm monitor` on a host, read in parts."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._read = 0
        self._marks = itertools.count(1)
        host.must(f"ip xfrm monitor >{_FILE} 2>&1 &")
        # What comes before it listens is not told.
        self._until_mark()

    def told(self) -> str:
        """What came since the last call, or since the start."""
        return self._until_mark()

    def _until_mark(self) -> str:
        """Puts marks in and out again until one of them is told: so was all that happened before."""
        text = ""
        for number in itertools.islice(self._marks, 20):
            policy = f"{EVENT_MARK} dir out"
            self._host.must(f"ip xfrm policy add {policy} priority {number} && ip xfrm policy delete {policy}")
            end = time.monotonic() + 1
            while time.monotonic() < end:
                text = self._host.must(f"tail -c +{self._read + 1} {_FILE}")
                before, found, _ = text.partition(f"Deleted {EVENT_MARK} \n\tdir out priority {number} ptype main \n")
                if found:
                    self._read += len((before + found).encode())
                    return before
                time.sleep(0.05)
        raise LabError(f"{self._host.name}: ip xfrm monitor tells nothing:\n{text}")
