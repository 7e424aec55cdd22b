# SPDX-License-Identifier: Apache-2.0
"""Markdown as the checks beside this read it."""
import re
from pathlib import Path

from project import shown

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")


def prose(path: Path) -> list[tuple[int, str]]:
    """The numbered lines of a document without its code blocks."""
    kept, inside = [], False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if re.match(r"\s*(?:[-*]\s|\d+\.\s)?\s*```", line):  # also as the first of a list's item
            inside = not inside
        elif not inside:
            kept.append((number, line))
    return kept


def linked_from(first: Path) -> set[str]:
    """That document and all files to which links lead from there, and from those in turn."""
    seen: set[Path] = set()
    todo = [first]
    while todo:
        path = todo.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        if path.suffix == ".md":
            todo += [(path.parent / link.partition("#")[0]).resolve() for _, line in prose(path) for link in LINK.findall(line)]
    return {shown(path) for path in seen}
