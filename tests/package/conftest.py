# SPDX-License-Identifier: Apache-2.0
"""What the tests of the package stand on: a small Debian, and VoIP.ms."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "sim"), str(ROOT / "scripts")]
sys.path.append(str(ROOT / "tests/e2e"))  # after this folder, which has a conftest too

from house.carrier import Carrier  # noqa: E402
from service import version_of  # noqa: E402
from small_debian import Chroot  # noqa: E402

SUITE, ARCH = os.environ["MMSGATE_SUITE"], os.environ["MMSGATE_ARCH"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroot]:
    made = Chroot(tmp_path_factory.mktemp("debian") / SUITE, SUITE, ARCH)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def carrier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carrier]:
    made = Carrier.for_one(Path(os.environ["MMSGATE_BUILD"]) / "sim" / "mmsgate-sim", tmp_path_factory.mktemp("carrier"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def packages() -> tuple[Path, Path]:
    first, following = sorted(Path(os.environ["MMSGATE_PACKAGES"]).glob("mmsgate_*.deb"), key=lambda each: len(each.name))
    subprocess.run(["dpkg", "--compare-versions", version_of(first), "lt", version_of(following)], check=True)
    return first, following
