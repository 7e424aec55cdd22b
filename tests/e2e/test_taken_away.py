# SPDX-License-Identifier: Apache-2.0
"""Database or media folder are replaced, removed or made read-only under the running gateway: nobody hears yes for what is
lost by it, the health page and the log say what is wrong, and there is a way back."""

import ctypes
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from house import http
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
from house.process import wait_until

from test_bad_input import FILE, multipart
from test_disk import is_healthy, small_disk  # noqa: F401

_libc = ctypes.CDLL(None, use_errno=True)
READ_ONLY, REMOUNT = 1, 32  # mount(2)


def hook(house: House, text: str, **more) -> int:
    return house.carrier.incoming(STRANGER, SHOP.number, text, **more)["webhook"]["status"]


def upload(house: House) -> int:
    return house.gateway.post_file(*multipart((FILE.format("a.png"), png(1)))).status


def count(house: House) -> int:
    return len(house.gateway.messages("list", "--limit", "1000"))


def health_page(house: House) -> str:
    return http.request("GET", f"{house.gateway.url}/healthz").text


def expect_refusal(house: House, said: str) -> None:
    """By everybody who asks; and told where a person looks."""
    assert hook(house, "in vain") == 503
    assert upload(house) == 507
    alice = house.phone(ALICE)
    alice.state(alice.send(STRANGER, text="in vain, too"), "NotDelivered")
    assert not is_healthy(house) and said in health_page(house)
    assert said in house.gateway.process.log.read_text()


@pytest.fixture
def older(house: House) -> Path:
    """A copy of the database as it was, and one message since then."""
    assert hook(house, "first") == 200
    copy = house.folder / "older.sqlite"
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite")) as now, closing(sqlite3.connect(copy)) as then:
        now.backup(then)
        then.execute("PRAGMA journal_mode = DELETE")
    for number in range(50):
        assert hook(house, f"later {number} " + "x" * 1000) == 200
    return copy


def sound(house: House) -> bool:
    with closing(sqlite3.connect(f"file:{house.folder / 'mmsgate.sqlite'}?mode=ro", uri=True)) as database:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
def test_another_database_that_is_moved_into_its_place_is_told_and_served_after_a_restart(house: House, older: Path, kill: bool) -> None:
    older.rename(house.folder / "mmsgate.sqlite")
    expect_refusal(house, "is gone or another one is in its place")
    house.gateway.restart(kill)
    assert count(house) == 1 and sound(house)
    assert hook(house, "again") == 200


def test_a_database_that_comes_back_after_another_was_in_its_place_has_everything(house: House, older: Path) -> None:
    messages = count(house)
    there, away = house.folder / "mmsgate.sqlite", house.folder / "away.sqlite"
    there.rename(away)
    older.rename(there)
    wait_until(lambda: not is_healthy(house), "it is noticed")
    away.rename(there)
    wait_until(lambda: is_healthy(house), "it is well again by itself")
    assert hook(house, "again") == 200
    house.gateway.restart(kill=True)
    assert count(house) == messages + 1 and sound(house)


@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
def test_an_older_database_that_is_copied_over_it_is_told_and_served_after_a_restart(house: House, older: Path, kill: bool) -> None:
    shutil.copyfile(older, house.folder / "mmsgate.sqlite")  # into the same file, as cp does
    expect_refusal(house, "somebody has written into the database file")
    house.gateway.restart(kill)
    assert sound(house), "nothing of the former one was mixed into it"
    assert count(house) == 1
    assert hook(house, "again") == 200
    assert (house.folder / "mmsgate.sqlite-wal.of-the-former").exists()


def test_an_idle_gateway_notices_it_when_its_health_is_asked(house: House, older: Path) -> None:
    shutil.copyfile(older, house.folder / "mmsgate.sqlite")
    wait_until(lambda: not is_healthy(house), "without any message")


def test_a_database_that_is_only_touched_is_whole_after_a_restart(house: House, older: Path) -> None:
    messages = count(house)
    os.utime(house.folder / "mmsgate.sqlite")
    wait_until(lambda: not is_healthy(house), "it cannot be told from a change")
    house.gateway.restart(kill=True)
    assert count(house) == messages and sound(house)


def test_what_another_program_writes_by_sqlite_is_no_trouble(house: House, older: Path) -> None:
    for _ in range(3):
        with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", timeout=10)) as other:
            with other:
                other.execute("UPDATE messages SET text = text || ?", ("y" * 5000,))
            other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        assert is_healthy(house)
        assert hook(house, "and on it goes") == 200
    assert is_healthy(house)


def test_a_database_that_is_removed_is_told_and_begun_anew_after_a_restart(house: House, older: Path) -> None:
    (house.folder / "mmsgate.sqlite").unlink()
    expect_refusal(house, "is gone or another one is in its place")
    house.gateway.restart()
    house.carrier.set_webhook(house.gateway.hook_url)  # its token was in there: a new one has been made
    assert hook(house, "a new beginning") == 200


@pytest.mark.parametrize("ending", ["-wal", "-shm"])
def test_a_log_that_is_removed_takes_nothing_with_it(house: House, older: Path, ending: str) -> None:
    messages = count(house)
    (house.folder / f"mmsgate.sqlite{ending}").unlink()
    expect_refusal(house, f"mmsgate.sqlite{ending} is gone")
    house.gateway.restart(kill=True)  # the worst way: nobody folds anything in
    assert count(house) == messages, "all that was answered yes is there"
    assert sound(house)
    assert hook(house, "again") == 200


def remount(folder: Path, flags: int) -> None:
    assert _libc.mount(b"none", bytes(folder), b"tmpfs", REMOUNT | flags, b"size=4m") == 0, os.strerror(ctypes.get_errno())


# The kernel lets no disk become read-only by a command while files on it are open for writing; when one fails under them, the
# writes fail, which tests/component/store/trouble_test.cpp has.
def test_a_disk_that_is_read_only_is_told_at_the_start(make_house: Callable[..., House], small_disk: Path) -> None:  # noqa: F811
    house = make_house({"mmsgate": {"dbfile": str(small_disk / "mmsgate.sqlite")}})
    assert hook(house, "before") == 200
    house.gateway.stop()
    remount(small_disk, READ_ONLY)
    done = subprocess.run([house.gateway.program, "serve", "--config-file", house.gateway.config], capture_output=True, text=True,
                          timeout=60)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "cannot start" in said and str(small_disk) in said and "ead-only" in said, done
    remount(small_disk, 0)
    house.gateway.start()
    assert count(house) == 1


# ---- The media folder


def media(house: House) -> Path:
    return house.folder / "media"


def expect_no_files_but_messages(house: House, said: str) -> None:
    """An upload is refused; what strangers send is taken, and its picture fetched when there is a place for it."""
    assert upload(house) == 507
    assert hook(house, "with a picture", pictures=[png(7)]) == 200
    assert hook(house, "without one") == 200
    assert not is_healthy(house) and said in health_page(house)


def expect_the_picture(house: House) -> None:
    wait_until(lambda: is_healthy(house), "it is well again by itself")
    assert upload(house) == 200
    shop = house.phone(SHOP)
    came = {event["text"]: event["files"] for event in (shop.received(patience=60), shop.received(patience=60))}
    assert [file["bytes"] for file in came["with a picture"]] == [png(7)]
    assert came["without one"] == []


def test_a_media_folder_that_is_moved_away_is_missed_until_it_is_back(house: House) -> None:
    media(house).rename(house.folder / "away")
    expect_no_files_but_messages(house, "is its disk mounted?")
    assert not media(house).exists(), "nothing is begun in its place: a disk may come back there"
    (house.folder / "away").rename(media(house))
    expect_the_picture(house)


def test_an_empty_folder_in_its_place_is_not_taken_for_it(house: House) -> None:
    assert upload(house) == 200
    media(house).rename(house.folder / "away")
    media(house).mkdir()  # as a disk leaves its place when it is not mounted
    expect_no_files_but_messages(house, "is its disk mounted?")
    media(house).rmdir()
    (house.folder / "away").rename(media(house))
    expect_the_picture(house)


def test_an_empty_folder_in_its_place_is_taken_after_a_restart(house: House) -> None:
    shutil.rmtree(media(house))
    media(house).mkdir()
    expect_no_files_but_messages(house, "A new start of mmsgate makes what is missing")
    house.gateway.restart()
    expect_the_picture(house)


def test_a_media_disk_that_is_read_only_takes_no_files_until_it_can_be_written(
        make_house: Callable[..., House], small_disk: Path) -> None:  # noqa: F811
    house = make_house({"web": {"localmedia": str(small_disk / "media")}})
    remount(small_disk, READ_ONLY)
    expect_no_files_but_messages(house, "read-only")
    remount(small_disk, 0)
    expect_the_picture(house)
