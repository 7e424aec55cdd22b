# SPDX-License-Identifier: Apache-2.0
"""docs/parity.md: every capability of the first MMSGate has a row, and every row a test that is there."""
import re

from project import ROOT, files, report

TABLE = ROOT / "docs/parity.md"
FEWEST = 25


def rows() -> list[tuple[int, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [(number, line) for number, line in enumerate(lines, 1)
            if line.startswith("| ") and not line.startswith(("| in the manual", "|---"))]


def known_tests() -> set[str]:
    """Python's by their name, those of GoogleTest as Suite.Name."""
    found: set[str] = set()
    for path in files("tests", endings=(".py",)):
        found |= set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M))
    for path in files("tests", endings=(".cpp",)):
        found |= {f"{suite}.{name}" for suite, name in
                  re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text(encoding="utf-8"), re.M)}
    return found


def test_every_row_names_a_test_that_is_there():
    known = known_tests()
    assert len(known) > 500, "the tests are not where they were"
    wrong = []
    for number, line in rows():
        named = re.findall(r"`test:([\w.]+)`", line)
        if not named:
            wrong.append(f"docs/parity.md:{number}: no test:NAME")
        wrong += [f"docs/parity.md:{number}: there is no test {name}" for name in named if name not in known]
    report(wrong)


def test_there_are_rows_enough():
    assert len(rows()) >= FEWEST
