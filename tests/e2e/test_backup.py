# SPDX-License-Identifier: Apache-2.0
"""A backup is made while messages flow, and what is brought back from it goes on where it was: nothing twice, nothing lost."""

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from house import http
from house.house import ALICE, BOB, SHOP, STRANGER, House
from house.picture import png
from house.ports import own_address
from house.process import wait_until

from test_bad_input import FILE, multipart
from test_disk import small_disk  # noqa: F401

PATIENCE = 60.0


def run(house: House, *words: str | Path, **more) -> subprocess.CompletedProcess:
    command = [house.gateway.program, *words, *([] if "--config-file" in words else ["--config-file", house.gateway.config])]
    return subprocess.run(command, capture_output=True, timeout=PATIENCE, **more)


def backup(house: House, *more: str) -> Path:
    to = house.folder / "backup.tar"
    done = run(house, "backup", to, *more)
    assert done.returncode == 0, done.stderr.decode()
    return to


def restore(house: House, archive: Path, *more: str) -> str:
    done = run(house, "restore", archive, *more)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def refused(house: House, *words: str | Path) -> str:
    done = run(house, *words)
    assert done.returncode == 1, done
    return done.stderr.decode()


def lose_everything(house: House) -> None:
    """The disk has died; the config was written down somewhere."""
    house.gateway.process.kill()
    for file in house.folder.glob("mmsgate.sqlite*"):
        file.unlink()
    shutil.rmtree(house.folder / "media")


def database_in(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as tar:
        tar.extract("mmsgate-backup/database.sqlite", folder)
    return folder / "mmsgate-backup" / "database.sqlite"


def rows(database: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(database)) as db:
        return db.execute(sql).fetchall()


def states(house: House) -> str:
    return " ".join(message["states"] for message in house.gateway.messages("list"))


def texts(phone) -> list[str]:
    return sorted(event["text"] for event in phone.messages())


def test_what_is_brought_back_serves_as_before(make_house: Callable[..., House], tmp_path: Path) -> None:
    house = make_house({"sip": {"siplogfile": str(tmp_path / "sip.log"), "siploglevel": "4"}})  # shows the phone's link
    shop = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "look", [png(1)])
    assert shop.received()["files"][0]["bytes"] == png(1)
    body, headers = multipart((FILE.format("a.png"), png(2)))
    links = [re.search(r'url="([^"]+)"', text)[1]
             for text in (house.gateway.post_file(body, headers).text, (house.folder / "sip.log").read_text())]
    before = house.gateway.messages("list"), sorted(http.request("GET", link).body for link in links)
    archive = backup(house)
    lose_everything(house)
    assert "2 files" in restore(house, archive)
    house.gateway.start()
    assert (house.gateway.messages("list"), sorted(http.request("GET", link).body for link in links)) == before
    house.carrier.incoming(STRANGER, SHOP.number, "and on it goes", [png(3)])
    assert shop.received()["files"][0]["bytes"] == png(3)
    assert not list(house.folder.rglob("*restoring*"))


def test_a_link_that_sets_up_a_phone_is_not_brought_back(house: House) -> None:
    """It may have been used or revoked since."""
    made = json.loads(house.gateway.run("provision", ALICE.account, "--json"))["phones"][0]
    archive = backup(house)
    assert http.request("GET", made["url"]).status == 200
    lose_everything(house)
    restore(house, archive)
    house.gateway.start()
    assert http.request("GET", made["url"]).status == 404


def test_any_tar_opens_it_and_sha256sum_checks_it(house: House, tmp_path: Path) -> None:
    house.carrier.incoming(STRANGER, SHOP.number, "look", [png(1)])
    wait_until(lambda: rows(house.folder / "mmsgate.sqlite", "SELECT count(*) FROM blobs") == [(1,)], "the picture is there")
    subprocess.run(["tar", "--extract", "--file", backup(house), "--directory", tmp_path], check=True)
    done = subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=tmp_path / "mmsgate-backup",
                          capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.count(": OK") == 3, done
    assert (tmp_path / "mmsgate-backup" / "mmsgate.conf").read_text() == house.gateway.config.read_text()


class Load:
    """Messages that come one after the other, each as soon as the last was answered; how long each was waited for."""

    def __init__(self, house: House):
        self.house = house
        self.waits: list[float] = []
        self.refused: list[int] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(n,)) for n in range(4)]

    def _send(self, lane: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            body = (f'{{"data":{{"event_type":"message.received","payload":{{"id":{lane + 1}{number:06},"from":{{"phone_number":"{STRANGER}"}},'
                    f'"to":[{{"phone_number":"{SHOP.number}"}}],"text":"load {lane} {number}"}}}}}}').encode()
            begun = time.monotonic()
            status = http.request("POST", self.house.gateway.hook_url, body, {"Content-Type": "application/json"}).status
            self.waits.append(time.monotonic() - begun)
            if status != 200:
                self.refused.append(status)

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def accepted(self) -> int:
        return len(self.waits) - len(self.refused)


def test_messages_flow_while_it_is_made_and_it_is_of_one_moment(make_house, tmp_path: Path) -> None:
    house = make_house({"mmsgate": {"logger": "WARNING"}})
    for number in range(20):
        body, headers = multipart((FILE.format("a.png"), png(number) + os.urandom(200_000)))
        assert house.gateway.post_file(body, headers).status == 200
    with Load(house) as load:
        wait_until(lambda: load.accepted > 300, "messages flow", patience=PATIENCE)
        for number in range(3):
            at_least = load.accepted
            archive = backup(house, "--force")
            at_most = load.accepted + 4
            copy = database_in(archive, tmp_path / str(number))
            assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
            count, = rows(copy, "SELECT count(*) FROM messages")[0]
            assert at_least <= count <= at_most, "all that was answered before is in it"
            assert rows(copy, "SELECT count(*) FROM messages WHERE id NOT IN (SELECT message FROM deliveries)") == [(0,)]
    assert load.refused == []
    waits = sorted(load.waits)
    assert waits[int(len(waits) * 0.99)] < 1.0, "the writer is not held up"
    assert "is whole" in run(house, "restore", archive, "--check").stdout.decode()


def test_after_a_restore_nothing_is_doubled_and_what_is_missing_comes_back(make_house) -> None:
    house = make_house({"mmsgate": {"reconcilewait": "0"}})
    shop, alice = house.phone(SHOP), house.phone(ALICE)
    house.carrier.incoming(STRANGER, SHOP.number, "before", [png(1)])
    shop.received()
    # Open when the backup is made: one to the carrier, and one to a phone that is off.
    house.carrier.fault("sendSMS", "http:500", times=0)
    alice.state(alice.send(STRANGER, text="on its way"), "Delivered")
    house.carrier.incoming(STRANGER, BOB.number, "when you are back")
    wait_until(lambda: "deferred" in states(house) and house.carrier.calls("sendSMS"), "both wait")
    archive = backup(house)
    assert rows(database_in(archive, house.folder / "look"), "SELECT target FROM deliveries WHERE state NOT IN (2, 3) "
                "AND destination <> '100000_alice' ORDER BY target") == [(0,), (1,)], "both are open in it"
    # Since then: both arrive, and more comes.
    house.carrier.clear_faults()
    bob = house.phone(BOB)
    assert bob.received(patience=PATIENCE)["text"] == "when you are back"
    house.carrier.sent(1, patience=PATIENCE)
    house.carrier.incoming(STRANGER, SHOP.number, "after", [png(2)])
    house.carrier.incoming(STRANGER, SHOP.number, "after, without a picture")
    shop.received(), shop.received()
    alice.state(alice.send(STRANGER, text="sent after"), "Delivered")
    house.carrier.sent(2, patience=PATIENCE)
    lose_everything(house)
    house.carrier.incoming(STRANGER, SHOP.number, "while the disk was dead", webhook=False)
    said = restore(house, archive)
    assert "1 deliveries were open towards VoIP.ms" in said, said
    house.gateway.start()

    assert shop.received(patience=PATIENCE)["text"] == "while the disk was dead"
    own = lambda: [message for message in house.gateway.messages("list") if message["kind"] == "message"]  # noqa: E731
    wait_until(lambda: len(own()) == 7 and not run(house, "messages", "list", "--open", "--json").stdout.strip(b"[]\n \0"),
               "all seven are known again and nothing is open", patience=PATIENCE)
    assert sorted(entry["message"] for entry in house.carrier.sent(2)) == ["on its way", "sent after"], "none twice"
    assert texts(shop) == ["after", "after, without a picture", "before", "while the disk was dead"], "none twice"
    assert texts(bob) == ["when you are back"]
    assert [text for text in texts(alice) if "Not delivered" in text] == []


def test_a_file_whose_time_is_over_stays_until_the_backup_is_done(house: House) -> None:
    body, headers = multipart((FILE.format("a.png"), png(1) + os.urandom(2_000_000)))
    assert house.gateway.post_file(body, headers).status == 200
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", timeout=10)) as db, db:
        db.execute("UPDATE blobs SET until = 1")
    slow = subprocess.Popen([house.gateway.program, "backup", "-", "--config-file", house.gateway.config],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert slow.stdout and slow.stderr
    try:
        head = slow.stdout.read(1)  # it writes: from here on it holds the files, and waits for us
        assert "a backup is being made" in refused(house, "prune")
        assert b"would be removed" in run(house, "prune", "--dry-run").stdout
        whole = head + slow.stdout.read()
        assert slow.wait(PATIENCE) == 0, slow.stderr.read()
    finally:
        slow.kill()
        slow.wait()
        slow.stdout.close()
        slow.stderr.close()
    assert run(house, "prune").stdout.startswith(b"1 files"), "and now it goes"
    done = run(house, "restore", "-", "--check", input=whole)
    assert b"and 1 files" in done.stdout, done


def test_who_reads_a_pipe_and_goes_away_leaves_nothing_behind(house: House, tmp_path: Path) -> None:
    body, headers = multipart((FILE.format("a.png"), png(1) + os.urandom(2_000_000)))
    assert house.gateway.post_file(body, headers).status == 200
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([house.gateway.program, "backup", "-", "--config-file", house.gateway.config], stdout=writer,
                          stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(temporary)}, timeout=PATIENCE)
    os.close(writer)
    assert done.returncode == 1 and b"cannot write the backup" in done.stderr, done
    assert list(temporary.iterdir()) == []
    assert run(house, "prune").returncode == 0, "nothing is held any more"


def test_it_is_made_without_a_gateway_too(house: House) -> None:
    house.carrier.incoming(STRANGER, SHOP.number, "look", [png(1)])
    wait_until(lambda: rows(house.folder / "mmsgate.sqlite", "SELECT count(*) FROM blobs") == [(1,)], "the picture is there")
    house.gateway.process.kill()  # its log is not folded into the database
    archive = backup(house)
    assert rows(database_in(archive, house.folder / "look"), "SELECT count(*) FROM messages") == [(1,)]
    house.gateway.start()


def test_a_restore_beside_a_gateway_or_over_anything_is_refused(house: House) -> None:
    archive = backup(house)
    assert "another gateway runs with the database" in refused(house, "restore", archive)
    assert house.gateway.health() == 200
    house.gateway.stop()
    assert "mmsgate.sqlite is there, and nothing is written over" in refused(house, "restore", archive)
    house.gateway.start()


def test_a_new_machine_needs_the_archive_alone(house: House, tmp_path: Path) -> None:
    archive = backup(house)
    lose_everything(house)
    known = house.gateway.config.read_text()
    house.gateway.config.unlink()
    assert "--into-config FILE takes the config that is in the backup" in refused(house, "restore", archive)
    done = run(house, "restore", archive, "--into-config", house.gateway.config, "--config-file", tmp_path / "none")
    assert done.returncode == 0, done
    assert house.gateway.config.read_text() == known
    assert house.gateway.config.stat().st_mode & 0o777 == 0o600
    house.gateway.start()


def test_over_a_pipe_to_another_machine(house: House, tmp_path: Path) -> None:
    """As `mmsgate backup - | ssh HOST mmsgate restore -` does it."""
    other = tmp_path / "other.conf"
    other.write_text(house.gateway.config.read_text().replace(str(house.folder), str(tmp_path / "other"))
                     .replace(house.address, own_address()))
    made = run(house, "backup", "-")
    assert made.returncode == 0 and b"files are in the backup" in made.stderr, made.stderr
    assert b"--keep wants a folder" in run(house, "backup", "-", "--keep", "3").stderr
    done = run(house, "restore", "-", "--config-file", other, input=made.stdout)
    assert done.returncode == 0, done
    assert (tmp_path / "other" / "mmsgate.sqlite").exists()


def test_every_night_into_a_folder_that_keeps_the_newest(house: House) -> None:
    folder = house.folder / "nightly"
    folder.mkdir()
    for night in range(3):
        (folder / f"mmsgate-2026010{night + 1}T000000Z.tar").write_bytes(b"an older one")
    done = run(house, "backup", folder, "--keep", "2")
    assert done.returncode == 0 and done.stdout.count(b"older one was removed") == 2, done
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 2 and kept[0] == "mmsgate-20260103T000000Z.tar"
    with tarfile.open(folder / kept[1]) as tar:
        assert "mmsgate-backup/SHA256SUMS" in tar.getnames()


def test_a_damaged_one_is_told_from_a_good_one(house: House) -> None:
    archive = backup(house)
    whole = archive.read_bytes()
    assert b"It is whole" in run(house, "restore", archive, "--check").stdout
    archive.write_bytes(whole[: len(whole) // 2])
    assert "cut off" in refused(house, "restore", archive, "--check")
    with tarfile.open(archive, "w") as tar:
        entry = tarfile.TarInfo("mmsgate-backup/../../../../tmp/owned")
        entry.size = 5
        tar.addfile(entry, io.BytesIO(b"owned"))
    assert "not among the files" in refused(house, "restore", archive, "--check")


def test_a_disk_without_room_is_told_before_and_nothing_is_left_on_it(house: House, small_disk: Path) -> None:  # noqa: F811
    for number in range(3):
        body, headers = multipart((FILE.format("a.png"), png(number) + os.urandom(2_000_000)))
        assert house.gateway.post_file(body, headers).status == 200
    said = refused(house, "backup", small_disk / "backup.tar")
    assert "MB left" in said and "are needed" in said, said
    assert list(small_disk.iterdir()) == []
    # Compressed, nobody knows before how much it will be.
    assert "No space left" in refused(house, "backup", small_disk / "backup.tar.gz")
    assert list(small_disk.iterdir()) == []

    archive = backup(house)
    config = house.folder / "small.conf"
    config.write_text(house.gateway.config.read_text().replace(str(house.folder / "m"), str(small_disk / "m")))
    assert "MB left" in refused(house, "restore", archive, "--config-file", config)
    assert not list(small_disk.glob("mmsgate.sqlite*re*")) and not [p for p in small_disk.rglob("media/*/*") if p.is_file()]
    assert house.gateway.health() == 200


@pytest.mark.parametrize("words", [("backup",), ("restore",)])
def test_without_a_file_it_says_what_is_missing(house: House, words: tuple[str, ...]) -> None:
    done = run(house, *words)
    assert done.returncode != 0 and b"FILE is required" in done.stderr, done
