# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenario files: see docs/testing.md for what may stand in them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from .lab import TOPOLOGIES
from .peers import IMPLEMENTATIONS

_KEYS = {"about", "topology", "pairs", "compared", "setup", "conf", "secrets", "steps"}
_END_KEYS = {"setup", "conf", "secrets"}
_LOG = "    logfile=/var/log/pluto.log\n"


class ScenarioError(Exception):
    """A scenario file that cannot be understood."""


@dataclass(frozen=True)
class Scenario:
    """A file of testing/scenarios/cases. A pair names the implementations of west and east, and of further gateways of the
    topology; libreswan plays those that it does not name."""

    name: str
    about: str
    topology: str
    pairs: tuple[tuple[str, ...], ...]
    compared: bool
    steps: tuple[str, ...]
    _given: dict[str, object]

    @staticmethod
    def load(file: Path) -> Scenario:
        try:
            given = tomllib.loads(file.read_text())
        except tomllib.TOMLDecodeError as error:
            raise ScenarioError(f"{file}: {error}") from error
        topology = given.get("topology", "gateways")
        if topology not in TOPOLOGIES:
            raise ScenarioError(f"{file}: unknown topology {topology}")
        gateways = TOPOLOGIES[topology].gateways
        unknown = given.keys() - _KEYS - set(gateways)
        for end in gateways:
            unknown |= given.get(end, {}).keys() - _END_KEYS
        if unknown:
            raise ScenarioError(f"{file}: unknown keys: {', '.join(sorted(unknown))}")
        pairs = tuple(tuple(pair.split()) for pair in given["pairs"])
        for pair in pairs:
            if not 2 <= len(pair) <= len(gateways) or any(name not in IMPLEMENTATIONS for name in pair):
                raise ScenarioError(f"{file}: {' '.join(pair)} is not a pair of {', '.join(IMPLEMENTATIONS)}")
        steps = [line.strip() for line in given["steps"].splitlines()]
        return Scenario(
            name=file.stem,
            about=given["about"],
            topology=topology,
            pairs=pairs,
            compared=given.get("compared", True),
            steps=tuple(step for step in steps if step and not step.startswith("#")),
            _given=given,
        )

    def ends(self, pair: tuple[str, ...]) -> dict[str, str]:
        """Which implementation plays which gateway."""
        gateways = TOPOLOGIES[self.topology].gateways
        return dict(zip(gateways, pair + ("libreswan",) * (len(gateways) - len(pair)), strict=True))

    def conf(self, end: str) -> str:
        """ipsec.conf of one end: its own text where it has one, else what all share."""
        return "config setup\n" + _LOG + self._text(end, "setup") + "\n" + self._text(end, "conf")

    def secrets(self, end: str) -> str:
        return self._text(end, "secrets")

    def _text(self, end: str, key: str) -> str:
        own = self._given.get(end, {})
        assert isinstance(own, dict)
        return str(own.get(key, self._given.get(key, "")))


def reference(pair: tuple[str, ...]) -> tuple[str, ...]:
    """The pair that ours is compared with: libreswan in our place."""
    return tuple("libreswan" if name == "jswan" else name for name in pair)
