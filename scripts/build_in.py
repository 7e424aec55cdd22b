# SPDX-License-Identifier: Apache-2.0
"""build_in.py SUITE ARCH FOLDER [VERSION...]: builds the package for ARCH in a small Debian of that suite, once for each version (as
debian/changelog has it, when none is named), and puts what comes out into FOLDER. A package is made for the Debian that it is built
on. Called by scripts/package --suite and scripts/test-package."""

import shutil
import signal
import sys
import tempfile
from pathlib import Path

from small_debian import NATIVE, ROOM, Chroot, copy_sources

ROOT = Path(__file__).resolve().parents[1]


def prepare(root: Chroot, arch: str) -> None:
    copy_sources(ROOT, root.path("/src"))
    if arch == NATIVE:
        root.run("/src/scripts/install-dependencies", "build", "package")
        return
    root.run("dpkg", "--add-architecture", arch)
    root.run("apt-get", "update")
    root.get(f"crossbuild-essential-{arch}", "qemu-user", "ccache")
    root.get("--host-architecture", arch, "/src", command="build-dep")


def build(root: Chroot, arch: str, versions: list[str], folder: Path) -> None:
    prepare(root, arch)
    made = root.path(f"/src/build/package/{arch}")
    for options in [("--version", version) for version in versions] or [()]:
        root.run("/src/scripts/package", "--arch", arch, *options)
        for package in made.iterdir():
            shutil.copy(package, folder)


def main() -> None:
    suite, arch, folder, *versions = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was begun is removed then too
    with tempfile.TemporaryDirectory(prefix="mmsgate-build-", dir=ROOM) as place:
        root = Chroot(Path(place) / suite, suite, NATIVE)
        try:
            build(root, arch, versions, Path(folder))
        except AssertionError as error:
            sys.exit(f"build_in.py: {error}")
        finally:
            root.close()


if __name__ == "__main__":
    main()
