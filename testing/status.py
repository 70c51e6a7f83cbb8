#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks docs/status.md: every test or scenario that a row names exists and ran.

    status.py STATUS.MD [RESULTS.JSON]

In the last column of the page's tables, `names` in backquotes are scenarios (files of testing/scenarios/cases), test
classes (…Test) or scripts below testing/. With RESULTS.JSON, which `testing/scenarios/run` leaves, scenarios must have run
and passed. Test classes must be in the tree and have a report of Maven's below target/surefire-reports by which none of
their tests failed and not all were skipped, unless they run on a kernel of their own (testing/kernel/guest).
"""

import json
import re
import sys
import xml.etree.ElementTree
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]


def rows(page: str) -> list[tuple[str, list[str]]]:
    """First cell and backquoted names of the last cell, of every row of every table whose last column is `Shown by`."""
    found = []
    inside = False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[-1].lower() == "shown by":
            inside = True
        elif inside and not set(cells[0]) <= set("-: "):
            found.append((cells[0], re.findall(r"`([^`]+)`", cells[-1])))
    return found


def test_trouble(name: str, reports: list[Path]) -> str | None:
    """What is wrong with a test class and those nested in it, None if nothing is."""
    if not reports or not any(TREE.glob(f"**/src/test/**/{name}.java")):
        return "no such test ran"
    suites = [xml.etree.ElementTree.parse(report).getroot() for report in reports]
    ran, skipped, failed = (
        sum(int(suite.get(key, 0)) for key in keys for suite in suites)
        for keys in (["tests"], ["skipped"], ["failures", "errors"])
    )
    if failed:
        return "the test failed"
    elsewhere = f".{name}" in (TREE / "testing/kernel/guest").read_text()
    return None if ran > skipped or elsewhere else "all of the test was skipped"


def trouble(name: str, reports: dict[str, list[Path]], results: dict[str, str] | None) -> str | None:
    """What is wrong with a name, None if nothing is."""
    if name.endswith("Test"):
        return test_trouble(name, reports.get(name, []))
    if (TREE / "testing" / name).is_file():
        return None
    if not (TREE / f"testing/scenarios/cases/{name}.toml").is_file():
        return "no such scenario, test or script"
    if results is None:
        return None
    verdicts = [verdict for word, verdict in results.items() if word.partition(":")[0] == name]
    if not verdicts:
        return "the scenario did not run"
    return None if set(verdicts) == {"passed"} else "the scenario failed"


def main() -> int:
    page = Path(sys.argv[1]).read_text()
    results = json.loads(Path(sys.argv[2]).read_text()) if len(sys.argv) > 2 else None
    reports: dict[str, list[Path]] = {}
    for file in TREE.glob("**/target/surefire-reports/TEST-*.xml"):
        name = file.stem.rpartition(".")[2].partition("$")[0]
        reports.setdefault(name, []).append(file)
    found = rows(page)
    failures = 0
    for row, names in found:
        for name in names:
            reason = trouble(name, reports, results)
            if reason:
                print(f"{sys.argv[1]}: row {row}: {name}: {reason}")
                failures += 1
    if not found:
        print(f"{sys.argv[1]}: no table with a column `Shown by`")
        return 1
    print(f"{len(found)} rows, {sum(len(names) for _, names in found)} names, {failures} of them wrong")
    return 1 if failures else 0


sys.exit(main())
