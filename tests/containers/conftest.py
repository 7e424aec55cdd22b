# SPDX-License-Identifier: Apache-2.0
"""What the tests of the containers stand on: images that a registry would give, VoIP.ms, and a folder with our sources."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "sim"), str(ROOT / "scripts"), str(ROOT / "tests/e2e")]

from house.carrier import Carrier  # noqa: E402
from house.docker import docker, well  # noqa: E402
from owner import PROJECT, Owner  # noqa: E402
from small_debian import NATIVE, Chroot, copy_sources  # noqa: E402

BASE = "debian:bookworm-slim"
IMAGES = Path(__file__).parent / "images"


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Debian's image, from its registry or as debootstrap makes it."""
    if docker("image", "inspect", BASE).returncode == 0 or docker("pull", BASE).returncode == 0:
        yield
        return
    root = Chroot(tmp_path_factory.mktemp("base") / "bookworm", "bookworm", NATIVE)
    try:
        root.becomes_image(BASE)
    finally:
        root.close()
    yield
    well("image", "rm", BASE)


@pytest.fixture(scope="session")
def images(base: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The settings by which compose.yaml takes ours."""
    folder = tmp_path_factory.mktemp("images")
    shutil.copytree(IMAGES, folder, dirs_exist_ok=True)
    shutil.copy(ROOT / "tests/e2e/stand_in_flexisip.py", folder / "flexisip")
    made = {"flexisip": f"{PROJECT}-flexisip:local", "mariadb": f"mariadb:{PROJECT}"}
    ours = f"{PROJECT}:local"  # the first who says `docker compose` builds it
    try:
        for name, image in made.items():
            well("build", "--tag", image, folder / name)
        yield {"FLEXISIP_IMAGE": made["flexisip"], "MARIADB_VERSION": PROJECT, "MMSGATE_IMAGE": ours}
    finally:
        docker("image", "rm", ours, *made.values())
        docker("image", "prune", "--force", "--filter", f"label=com.docker.compose.project={PROJECT}")  # which a newer one took the name of


@pytest.fixture(scope="session")
def carrier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carrier]:
    made = Carrier.for_one(Path(os.environ["MMSGATE_BUILD"]) / "sim" / "mmsgate-sim", tmp_path_factory.mktemp("carrier"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def owner(images: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    home = tmp_path_factory.mktemp("owner")
    copy_sources(ROOT, home / "mmsgate")
    made = Owner(home / "mmsgate", images)
    try:
        yield made
    finally:
        made.leaves()
