# SPDX-License-Identifier: Apache-2.0
"""Docker's command line, for tests that have containers."""

import subprocess
from pathlib import Path

Done = subprocess.CompletedProcess[str]


def docker(*words: str | Path, stdin: str | None = None) -> Done:
    """What it says, errors among it, is in stdout."""
    return subprocess.run(["docker", *map(str, words)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1800)


def well(*words: str | Path, stdin: str | None = None) -> str:
    """As docker(), and it must end well."""
    done = docker(*words, stdin=stdin)
    assert done.returncode == 0, f"docker {words} ended with {done.returncode}:\n{done.stdout[-3000:]}"
    return done.stdout
