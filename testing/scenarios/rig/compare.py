# SPDX-License-Identifier: GPL-2.0-or-later
"""Comparing what two implementations say and do, with all that differs from run to run masked."""

from __future__ import annotations

import difflib
import re

# Order matters: what is longer and more particular comes first.
_MASKS = [
    (re.compile(r"(=>0x|<0x)[0-9a-f]{8}\b"), r"\1SPI"),
    # Written without leading zeros.
    (re.compile(r"\b(esp|ah|comp)([.:])[1-9a-f][0-9a-f]{0,7}(?=@)"), r"\1\2SPI"),
    (re.compile(r"^(SPI_IN|SPI_OUT)=0x[1-9a-f][0-9a-f]{0,7}$"), r"\1=0xSPI"),
    (re.compile(r"^PLUTO_ADDTIME=[1-9][0-9]*$"), "PLUTO_ADDTIME=N"),
    # How old an SA is and how long until its next event; what is configured is not masked.
    (re.compile(r"(\baged |\b[A-Z][A-Z0-9_]+ in )[0-9]+(\.[0-9]+)?s\b"), r"\1Ns"),
    (re.compile(r"add_time=[0-9]+"), "add_time=N"),
    (re.compile(r"\bmsgid:[0-9a-f]{8}\b"), "msgid:N"),
    (re.compile(r"\b(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9:.+]+"), "DATE"),
    (re.compile(r"\bv?4\.1[01](-[^,;) ]*)?( \(Jswan [0-9.]+\))?"), "VERSION"),
    (re.compile(r"\bpid=[0-9]+|\bpid [0-9]+"), "pid N"),
]
# Lines that say how quick a machine is and nothing else.
_PACE = re.compile(r"retransmission; will wait|discarding packet received during asynchronous work|spent .* milliseconds|^\s*$")


def masked(text: str, prefix: str) -> list[str]:
    """The lines of an output, comparable from run to run; `prefix` is where ours is installed."""
    lines = []
    for line in text.splitlines():
        if _PACE.search(line):
            continue
        line = line.replace(prefix, "/usr").rstrip()
        for pattern, replacement in _MASKS:
            line = pattern.sub(replacement, line)
        lines.append(line)
    return lines


_KEYS = re.compile(r"^\s*(auth-trunc|auth|enc|aead|comp) (\S+) 0x[0-9a-f]* ?", re.M)


def xfrm_states(text: str) -> list[str]:
    """`ip xfrm state` as a sorted list of entries without SPIs and keys; what an acquire leaves is left out."""
    entries = []
    for entry in _entries(text):
        if " spi 0x00000000 " in entry:
            continue
        entries.append(_state_masked(entry))
    return sorted(entries)


def _state_masked(entry: str) -> str:
    """An SA without SPI, keys and counters."""
    entry = re.sub(r"spi 0x[0-9a-f]+", "spi SPI", entry)
    entry = re.sub(r"lastused [-0-9: ]+", "lastused DATE", entry)
    entry = re.sub(r"(oseq|seq|bitmap) 0x[0-9a-f]+", r"\1 N", entry)
    entry = re.sub(r"seq-hi 0x[0-9a-f]+, ", "", entry)
    entry = re.sub(r"^\t +[0-9a-f]{8}( [0-9a-f]{8})*$", "\t BITMAP", entry, flags=re.M)
    return _KEYS.sub(r"\t\1 \2 KEY ", entry)


def xfrm_policies(text: str) -> list[str]:
    """`ip xfrm policy` as a sorted list of entries without SPIs; those of single sockets are left out."""
    entries = [re.sub(r"spi 0x[0-9a-f]+", "spi SPI", e) for e in _entries(text)]
    return sorted(e for e in entries if "socket " not in e)


# A policy of documentation's addresses that no scenario has: the rig puts it in to see that all before it was told.
EVENT_MARK = "src 203.0.113.1/32 dst 203.0.113.2/32"


def xfrm_events(text: str) -> list[str]:
    """What `ip xfrm monitor` told, event by event in its order, without SPIs and keys.

    Left out is what depends on how many packets come and when, and not on a daemon: replay counters, acquires and the
    kernel's own entries for these. And an SPI that was reserved for an SA that did not come about: ours gives it back, libreswan leaves
    it until the kernel forgets it.
    """
    events = []
    for event in _entries(text):
        first = event.splitlines()[0]
        if EVENT_MARK in first or first.startswith(("Async event", "acquire ")) or " spi 0x00000000 " in event:
            continue
        if "proto " in event and "replay" in event and not _KEYS.search(event):
            continue
        events.append(_state_masked(event))
    return events


def _entries(text: str) -> list[str]:
    """An entry starts at a line that is not indented."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if line and not line[0].isspace():
            found.append([])
        if line.strip():
            found[-1].append(line.rstrip())
    return ["\n".join(lines) for lines in found]


def difference(expected: list[str], actual: list[str], names: tuple[str, str]) -> str:
    """A unified diff, empty when the two are equal."""
    return "\n".join(difflib.unified_diff(expected, actual, names[0], names[1], lineterm="", n=2))
