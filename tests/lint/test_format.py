# SPDX-License-Identifier: Apache-2.0
"""Layout is decided by clang-format and .clang-format, and argued about nowhere. Mend with: clang-format -i FILE"""
import subprocess

from project import CXX, ROOT, files


def test_layout_is_what_clang_format_makes():
    sources = [str(path) for path in files("src", "sim", "tests", "bench", "fuzz", endings=CXX)]
    assert sources
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *sources], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, "\n" + done.stderr[:8000]
