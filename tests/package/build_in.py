# SPDX-License-Identifier: Apache-2.0
"""build_in.py SUITE FOLDER VERSION...: builds the package in a small Debian of that suite, once for each version, and puts what comes
out into FOLDER. A package is made for the Debian that it is built on. Called by scripts/test-package --suite."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from chroot import Chroot

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = ("build", ".git", "sandbox", "__pycache__", ".pytest_cache", ".cache")


def build(root: Chroot, versions: list[str], folder: Path) -> None:
    shutil.copytree(ROOT, root.path("/src"), symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
    root.run("/src/scripts/install-dependencies", "build", "package")
    arch = root.run("dpkg", "--print-architecture").strip()
    for version in versions:
        print(root.run("/src/scripts/package", "--version", version), flush=True)
        for package in root.path(f"/src/build/package/{arch}").glob("mmsgate_*.deb"):
            shutil.copy(package, folder)


def main() -> None:
    suite, folder, *versions = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="mmsgate-build-") as place:
        root = Chroot(Path(place) / suite, suite)
        try:
            build(root, versions, Path(folder))
        finally:
            root.close()


if __name__ == "__main__":
    main()
