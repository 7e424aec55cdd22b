# SPDX-License-Identifier: Apache-2.0
"""What every file must be: marked with its licence, short, clean."""
import re

from project import CXX, ROOT, files, report, shown

MUCH = 400
NEVER = 600
# Longer than MUCH for a reason that is said here.
LONG = {
    "tests/e2e/test_sim_voipms.py": "one program, and the customer's server that it talks to",
}

# What make is told to do begins with a tab.
MAKEFILES = {"debian/rules"}

CODE = (*CXX, ".py", ".ts", ".tsx")
TEXT = (*CODE, ".md", ".txt", ".cmake", ".json", ".in", ".cfg", ".service", ".conf", ".yml")
LEFT_UNDONE = re.compile(r"\b(" + "|".join(("TO" "DO", "FIX" "ME", "X" "XX")) + r")\b")


def scripts() -> list:
    """Files that are run and have no ending that says what they are."""
    return [path for path in files() if path.suffix == "" and path.open("rb").read(2) == b"#!"]


def code() -> list:
    return files(endings=CODE) + scripts()


def text() -> list:
    return [path for path in files(endings=TEXT) + scripts() if not shown(path).startswith("fuzz/corpus/")]


def lines_of(path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")


def test_the_first_line_names_the_licence():
    wrong = []
    for path in code():
        lines = [line for line in lines_of(path) if not line.startswith("#!")]
        mark = "//" if path.suffix in (*CXX, ".ts", ".tsx") else "#"
        # An empty __init__.py holds nothing that could have a licence.
        if lines != [""] and lines[0] != f"{mark} SPDX-License-Identifier: Apache-2.0":
            wrong.append(f"{shown(path)}:1: must be {mark} SPDX-License-Identifier: Apache-2.0")
    report(wrong)


def test_the_licence_is_the_one_that_the_files_name():
    words = " ".join((ROOT / "LICENSE").read_text(encoding="utf-8").split())
    assert words.startswith("Apache License Version 2.0, January 2004")
    assert "END OF TERMS AND CONDITIONS" in words


def test_no_file_is_too_long():
    wrong = []
    for path in code():
        count = len(lines_of(path)) - 1
        if count > (NEVER if shown(path) in LONG else MUCH):
            wrong.append(f"{shown(path)}: {count} lines; {MUCH} is much, {NEVER} never: which two ideas are in it?")
    wrong += [f"{name} is no longer so long: take it from the list" for name in LONG
              if not (ROOT / name).is_file() or len(lines_of(ROOT / name)) - 1 <= MUCH]
    report(wrong)


def test_no_tabs_and_no_blanks_at_the_end_of_a_line():
    wrong = []
    for path in text():
        for number, line in enumerate(lines_of(path), 1):
            if "\t" in line and shown(path) not in MAKEFILES:
                wrong.append(f"{shown(path)}:{number}: a tab")
            if line != line.rstrip():
                wrong.append(f"{shown(path)}:{number}: blanks (or a carriage return) at the end")
    report(wrong)


def test_files_end_with_one_line_feed():
    wrong = []
    for path in text():
        last = path.read_bytes()[-2:]
        if last and (not last.endswith(b"\n") or last == b"\n\n"):
            wrong.append(shown(path))
    report(wrong)


def test_headers_are_read_once():
    report([shown(path) for path in files(endings=(".hpp",)) if lines_of(path).count("#pragma once") != 1])


def test_nothing_is_marked_as_left_undone():
    wrong = []
    for path in text():
        for number, line in enumerate(lines_of(path), 1):
            if LEFT_UNDONE.search(line):
                wrong.append(f"{shown(path)}:{number}: {line.strip()}: do it, or write an issue")
    report(wrong)
