# SPDX-License-Identifier: Apache-2.0
"""The disk is full, the database is locked or gone: whoever asks hears no, and what was refused comes when it is well again."""

import ctypes
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from house import http
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
from house.process import wait_until

from test_bad_input import FILE, multipart

_libc = ctypes.CDLL(None, use_errno=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Four megabytes of a file system of its own; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if _libc.mount(b"none", bytes(folder), b"tmpfs", 0, b"size=4m") != 0:
        pytest.skip(f"cannot mount a small disk: {os.strerror(ctypes.get_errno())}")
    yield folder
    _libc.umount2(bytes(folder), 2)  # MNT_DETACH: the gateway may not have let go of it yet


def fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return filler


def is_healthy(house: House) -> bool:
    return http.request("GET", f"{house.gateway.url}/healthz").status == 200


def test_a_full_disk_loses_nothing(make_house, small_disk):
    house = make_house({"mmsgate": {"dbfile": str(small_disk / "mmsgate.sqlite")}, "web": {"localmedia": str(small_disk / "media")}})
    shop, alice = house.phone(SHOP), house.phone(ALICE)
    house.carrier.set_webhook(house.gateway.hook_url, retry_seconds=1)
    filler = fill(small_disk)

    # Into the room that the database has taken already, some may still fit.
    texts: list[str] = []
    status = 200
    while status == 200:
        texts.append(f"{len(texts)} " + "x" * 4000)
        status = house.carrier.incoming(STRANGER, SHOP.number, texts[-1])["webhook"]["status"]
    assert status == 503 and len(texts) < 100
    assert not is_healthy(house)
    body, headers = multipart((FILE.format("a.png"), png(1)))
    assert house.gateway.post_file(body, headers).status in (503, 507)
    assert alice.state(alice.send(STRANGER, text="y" * 4000), "NotDelivered")

    filler.unlink()
    assert [shop.received(patience=40)["text"] for _ in texts] == texts, "VoIP.ms came again"
    wait_until(lambda: is_healthy(house), "it is well again by itself")
    alice.state(alice.send(STRANGER, text="now"), "DeliveredToUser")
    house.carrier.incoming(STRANGER, SHOP.number, "picture", [png(2)])
    assert shop.received()["files"][0]["bytes"] == png(2)


def test_a_database_that_another_program_locks_is_waited_for(house):
    shop = house.phone(SHOP)
    house.carrier.set_webhook(house.gateway.hook_url, retry_seconds=1)
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert house.carrier.incoming(STRANGER, SHOP.number, "later")["webhook"]["status"] == 503
        assert not is_healthy(house)
        other.execute("ROLLBACK")
    assert shop.received(patience=40)["text"] == "later"
    wait_until(lambda: is_healthy(house), "it is well again by itself")


def test_a_database_that_was_moved_away_is_missed(house):
    shop = house.phone(SHOP)
    house.carrier.set_webhook(house.gateway.hook_url, retry_seconds=1)
    there, away = house.folder / "mmsgate.sqlite", house.folder / "away.sqlite"
    there.rename(away)
    assert house.carrier.incoming(STRANGER, SHOP.number, "later")["webhook"]["status"] == 503
    assert not is_healthy(house)
    away.rename(there)
    assert shop.received(patience=40)["text"] == "later"
