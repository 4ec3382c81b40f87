"""Tests that skipped, out of pytest's JUnit file (``-o junit_family=xunit1``).

``skipped.py files JUNIT``: the test files in which something skipped, one a line.
``skipped.py check JUNIT ALLOWED``: fails when a test skipped for a reason that ALLOWED, a file of
regular expressions, does not list.
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree


def skipped(path: str) -> list[tuple[str, str, str]]:
    """(file, test, reason) of each skipped test; known failures (xfail) are none."""
    out = []
    for case in ElementTree.parse(path).iter("testcase"):
        for skip in case.findall("skipped"):
            if skip.get("type") != "pytest.xfail":
                name = case.get("file") or case.get("classname", "").replace(".", "/") + ".py"
                out.append((name, case.get("name", ""), skip.get("message", "")))
    return out


def main() -> int:
    """Runs the command and returns its exit status."""
    command, path, *rest = sys.argv[1:]
    found = skipped(path)
    if command == "files":
        for name in sorted({name for name, _, _ in found}):
            print(name)
        return 0
    lines = Path(rest[0]).read_text(encoding="utf-8").splitlines()
    allowed = [line for line in lines if line and not line.startswith("#")]
    bad = [row for row in found if not any(re.search(one, row[2]) for one in allowed)]
    for name, test, reason in bad:
        print(f"skipped without leave: {name}::{test}: {reason}", file=sys.stderr)
    return 1 if bad else 0


sys.exit(main())
