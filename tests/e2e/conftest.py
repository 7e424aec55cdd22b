# SPDX-License-Identifier: Apache-2.0
"""Households for the tests: real programs, on a loopback address of their own."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sim"))

from house.house import House  # noqa: E402

BUILD = Path(os.environ["MMSGATE_BUILD"])


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """make_house(options) starts a household; it ends with the test."""
    with ExitStack() as stack:
        yield lambda options=None, **more: stack.enter_context(House(BUILD, options, folder=tmp_path, **more))


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house()


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One household for the tests of a file that leave it as they found it."""
    with House(BUILD, folder=tmp_path_factory.mktemp("house")) as shared:
        yield shared
