# SPDX-License-Identifier: Apache-2.0
"""A power cut at every step of a backup and of a restore: the gateway and its database are unharmed, what is half done is
never taken for whole, and the next try finds nothing in its way."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from house.house import SHOP, STRANGER, House
from house.picture import png
from house.process import wait_until

BUILD = Path(os.environ["MMSGATE_BUILD"])
KILLED = -9
PICTURES = 3


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(BUILD, folder=tmp_path) as house:
        house.phone(SHOP)
        for number in range(PICTURES):
            house.carrier.incoming(STRANGER, SHOP.number, "look", [png(number)])
        wait_until(lambda: len(kept(tmp_path / "media")) == PICTURES and not house.gateway.messages("list", "--open"),
                   "the pictures are there and delivered")
        yield house


def kept(media: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in media.rglob("*") if path.is_file() and "incoming" not in path.parts}


def run(house: House, crash_at: int, *words: str | Path, config: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "MMSGATE_CRASH_AT": str(crash_at)} if crash_at else None
    return subprocess.run([house.gateway.program, *words, "--config-file", config or house.gateway.config], env=env,
                          capture_output=True, text=True, timeout=60)


def is_whole(house: House, archive: Path) -> bool:
    return run(house, 0, "restore", archive, "--check").returncode == 0


def other_home(house: House, tmp_path: Path) -> tuple[Path, Path]:
    """A config that differs in where things are: the config, and where."""
    home = tmp_path / "home"
    config = tmp_path / "home.conf"
    config.write_text(house.gateway.config.read_text().replace(str(tmp_path / "m"), str(home / "m")))
    return config, home


def step_before_decided(house: House, archive: Path, config: Path, home: Path) -> int:
    """The last step at which nothing is in place: most is there to be taken away."""
    for step in range(1, 1000):
        shutil.rmtree(home, ignore_errors=True)
        if "before it is decided" in run(house, step, "restore", archive, config=config).stderr:
            return step
    raise AssertionError("there is no such step")


def test_a_crash_at_any_step_of_a_backup_leaves_nothing_and_harms_nobody(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    archive = folder / "backup.tar"
    step, code = 0, KILLED
    while code == KILLED:
        step += 1
        archive.unlink(missing_ok=True)
        code = run(house, step, "backup", archive).returncode
        assert house.gateway.health() == 200
        assert not archive.exists() or is_whole(house, archive), "what has its name is whole"
        done = run(house, 0, "backup", folder / "next.tar", "--force")
        assert done.returncode == 0, done.stderr
        assert {path.name for path in folder.iterdir()} <= {"backup.tar", "next.tar"}, "what was left is gone"
        done = run(house, 0, "prune")
        assert done.returncode == 0, f"nothing is held: {done.stderr}"
    assert code == 0
    assert step > 8, "the steps are not where they were"
    assert is_whole(house, archive)
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_crash_at_any_step_of_a_restore_leaves_all_or_nothing_and_the_next_try_works(house: House, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    assert run(house, 0, "backup", archive).returncode == 0
    expected = kept(tmp_path / "media")
    house.gateway.stop()
    config, home = other_home(house, tmp_path)
    database = home / "mmsgate.sqlite"
    step, code = 0, KILLED
    while code == KILLED:
        step += 1
        shutil.rmtree(home, ignore_errors=True)
        code = run(house, step, "restore", archive, config=config).returncode
        if not database.exists():
            if database.with_name("mmsgate.sqlite.restoring").exists():
                started = run(house, 0, "serve", config=config)
                assert started.returncode == 1 and "was cut off" in started.stdout + started.stderr, started
            else:
                assert kept(home / "media") == {}
            done = run(house, 0, "restore", archive, config=config)
            assert done.returncode == 0, f"killed at {step}, and then: {done.stderr}"
        assert kept(home / "media") == expected, f"killed at {step}"
        with closing(sqlite3.connect(database)) as restored:
            assert restored.execute("SELECT count(*) FROM messages").fetchall() == [(PICTURES,)]
    assert code == 0
    assert step > 8, "the steps are not where they were"


def test_a_crash_while_the_leftovers_go_is_no_trouble_either(house: House, tmp_path: Path) -> None:
    """The second try is killed, too, at each of its steps."""
    archive = tmp_path / "backup.tar"
    assert run(house, 0, "backup", archive).returncode == 0
    expected = kept(tmp_path / "media")
    house.gateway.stop()
    config, home = other_home(house, tmp_path)
    last = step_before_decided(house, archive, config, home)
    step, code = 0, KILLED
    while code == KILLED:
        step += 1
        shutil.rmtree(home, ignore_errors=True)
        assert run(house, last, "restore", archive, config=config).returncode == KILLED
        code = run(house, step, "restore", archive, config=config).returncode
        if not (home / "mmsgate.sqlite").exists():
            done = run(house, 0, "restore", archive, config=config)
            assert done.returncode == 0, f"killed at {step}, and then: {done.stderr}"
        assert kept(home / "media") == expected, f"killed at {step}"
    assert code == 0
