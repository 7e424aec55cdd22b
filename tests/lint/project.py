# SPDX-License-Identifier: Apache-2.0
"""The files of the project as the checks beside this see them: a walk, so that they also work where there is no git."""
import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".cache", ".pytest_cache", "__pycache__", "build", "sandbox", "node_modules"}
CXX = (".cpp", ".hpp")


def files(*folders: str, endings: tuple[str, ...] = ()) -> list[Path]:
    """All files in `folders` of the project (all of it when none is named) whose names end so, sorted."""
    found = []
    for top in folders or (".",):
        for folder, below, names in os.walk(ROOT / top):
            below[:] = [name for name in below if name not in NOT_OURS]
            found += [Path(folder) / name for name in names if name.endswith(endings or ("",))]
    return sorted(found)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def includes(path: Path) -> list[tuple[int, str, bool]]:
    """(line, what is included, whether in quotes) of a C++ file."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := re.match(r'\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)', line):
            found.append((number, match[1] or match[2], match[1] is not None))
    return found


def report(wrong: list[str]) -> None:
    assert not wrong, "\n" + "\n".join(wrong)
