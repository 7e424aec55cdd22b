# SPDX-License-Identifier: Apache-2.0
"""What systemd hears of the gateway (sd_notify(3)): that it is ready, how it is, and a beat only while all of it turns."""

import ctypes
import os
import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from house.house import ALICE, STRANGER, House
from house.http import request
from house.process import PATIENCE, Process, wait_until

UNIT = Path(__file__).resolve().parents[2] / "packaging" / "mmsgate.service"
WATCHDOG = 0.8  # seconds; it is asked for a beat in a quarter of it
_SEIZE, _INTERRUPT, _DETACH, _WALL = 0x4206, 0x4207, 17, 0x40000000


class Systemd:
    """The socket that a unit with Type=notify is given."""

    def __init__(self, name: str):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + name[1:] if name.startswith("@") else name)
        self.heard: list[dict[str, str]] = []

    def next(self, patience: float = PATIENCE) -> dict[str, str]:
        self.socket.settimeout(patience)
        lines = self.socket.recv(4096).decode().splitlines()
        self.heard.append(dict(line.split("=", 1) for line in lines))
        return self.heard[-1]

    def until(self, **wanted: str) -> list[dict[str, str]]:
        """What it hears up to a word that has these."""
        first = len(self.heard)
        wait_until(lambda: wanted.items() <= self.next().items(), f"systemd hears {wanted}")
        return self.heard[first:]

    def beats(self, count: int) -> None:
        for _ in range(count):
            self.until(WATCHDOG="1")

    def forget(self) -> None:
        """What was said and not heard yet."""
        self.socket.setblocking(False)
        try:
            while True:
                self.socket.recv(4096)
        except BlockingIOError:
            pass


@contextmanager
def served(house: House, name: str, env: dict[str, str] | None = None) -> Iterator[tuple[Process, Systemd]]:
    """The gateway of the house, started as a unit with Type=notify would be."""
    house.gateway.stop()
    systemd = Systemd(name)
    # A debugger may attach: the tests below halt single threads.
    command = [house.gateway.program, "serve", "--core-files", "--config-file", house.gateway.config]
    told = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": str(int(WATCHDOG * 1e6)), **(env or {})}
    process = Process("supervised", command, house.folder, told)
    try:
        yield process, systemd
    finally:
        if process.running:
            process.child.send_signal(signal.SIGCONT)
            process.stop()
        systemd.socket.close()


def abstract(house: House) -> str:
    return f"@mmsgate-{os.getpid()}-{house.address}"


def test_it_is_ready_when_it_can_be_spoken_to_and_not_before(house: House):
    with served(house, str(house.folder / "n")) as (_, systemd):
        first = systemd.next()
        assert first == {"READY": "1", "STATUS": "serves"}
        assert request("GET", f"{house.gateway.url}/healthz").status in (200, 503), "the web server answers at once"
        with socket.create_connection((house.address, int(house.gateway.options["sip"]["sipport"])), timeout=PATIENCE):
            pass
        assert house.gateway.messages("list") == [], "and the database is there"


def test_while_a_large_database_is_brought_up_to_date_it_asks_for_more_time(house: House):
    """Regression: a start that took longer than TimeoutStartSec was ended in the middle, and began anew for ever."""
    house.gateway.stop()
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite")) as db, db:
        # As the schema was before uploads had an owner: an index over all files is to be made.
        db.executescript(
            "DROP TABLE link_secrets; DROP TABLE link_revocations; ALTER TABLE blobs DROP COLUMN plain_link; DROP TABLE sealed; "
            "DROP INDEX blobs_uploaded; ALTER TABLE blobs DROP COLUMN uploader; PRAGMA user_version = 9;"
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) INSERT INTO blobs "
            "SELECT printf('%032x', i), 'image/png', 'a.png', 1, '', 1, 4000000000000 FROM n")
    with served(house, abstract(house)) as (process, systemd):
        first = systemd.next()
        assert first["STATUS"] == "brings the database up to date" and "READY" not in first
        assert int(first["EXTEND_TIMEOUT_USEC"]) == 5 * 60 * 10**6
        systemd.until(READY="1", STATUS="serves")
        assert "WATCHDOG" in systemd.next(patience=5), "the first beat does not wait for the next word of that"
        assert process.running


def test_what_cannot_start_says_why_and_is_never_ready(house: House):
    house.gateway.options["sip"]["sipboundaddress"] = "192.0.2.1"  # no address of this machine
    house.gateway.write_config()
    with served(house, abstract(house)) as (process, systemd):
        assert process.wait() == 1
        told = systemd.next()
        assert told["STATUS"].startswith("cannot start: ") and "192.0.2.1" in told["STATUS"] and "READY" not in told


def test_a_reload_and_an_end_are_told(house: House):
    with served(house, abstract(house)) as (process, systemd):
        systemd.until(READY="1")
        process.child.send_signal(signal.SIGHUP)
        begun, *_ = [each for each in systemd.until(READY="1") if "RELOADING" in each]
        assert begun["RELOADING"] == "1" and int(begun["MONOTONIC_USEC"]) > 0
        process.child.terminate()
        told = systemd.until(STOPPING="1")[-1]
        assert told["STATUS"] == "ends, by signal 15"
        assert process.wait() == 0


def test_it_beats_in_time_and_says_how_it_is(house: House):
    with served(house, abstract(house)) as (process, systemd):
        systemd.until(READY="1")
        systemd.until(WATCHDOG="1", STATUS="serves")
        for _ in range(8):
            systemd.next(patience=WATCHDOG)  # each in time
        house.carrier.incoming(STRANGER, ALICE.number, "hello", [])
        systemd.beats(2)
        os.rename(house.folder / "mmsgate.sqlite", house.folder / "away.sqlite")
        wait_until(lambda: "mmsgate.sqlite" in systemd.next().get("STATUS", ""), "the status names the database that is gone")
        os.rename(house.folder / "away.sqlite", house.folder / "mmsgate.sqlite")
        systemd.until(WATCHDOG="1", STATUS="serves")
        assert process.running


def test_without_a_watchdog_it_says_how_it_is_and_beats_for_nobody(house: House):
    for other in ({"WATCHDOG_USEC": ""}, {"WATCHDOG_PID": "1"}):
        with served(house, abstract(house), other) as (process, systemd):
            systemd.until(READY="1")
            process.child.terminate()
            told = systemd.until(STOPPING="1")
            assert not [each for each in told if "WATCHDOG" in each]


def thread_of(process: Process, name: str) -> int:
    for task in Path(f"/proc/{process.child.pid}/task").iterdir():
        if (task / "comm").read_text().strip() == name:
            return int(task.name)
    raise AssertionError(f"there is no thread {name}")


@contextmanager
def halted(tid: int) -> Iterator[None]:
    """This one thread stands still; the others go on."""
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    ptrace.restype = ctypes.c_long
    if ptrace(_SEIZE, tid, None, None) != 0:
        pytest.skip(f"a debugger may not attach here: {os.strerror(ctypes.get_errno())}")
    assert ptrace(_INTERRUPT, tid, None, None) == 0
    os.waitpid(tid, _WALL)
    try:
        yield
    finally:
        assert ptrace(_DETACH, tid, None, None) == 0


@pytest.mark.parametrize("name", ["gateway", "store", "sip", "net", "web"])
def test_when_a_thread_hangs_there_is_no_beat_and_it_is_named(house: House, name: str):
    with served(house, abstract(house)) as (process, systemd):
        systemd.beats(3)
        with halted(thread_of(process, name)):
            systemd.until(STATUS=f"waits for what does not turn: {name}")
            after = [systemd.next() for _ in range(6)]  # longer than the watchdog would have waited
            assert not [each for each in after if "WATCHDOG" in each]
        systemd.beats(2)
    log = process.log.read_text()
    assert log.count(f"threads do not turn: {name};") == 1 and log.count("all threads turn again") == 1


def test_halted_as_a_whole_it_says_nothing(house: House):
    with served(house, abstract(house)) as (process, systemd):
        systemd.beats(2)
        process.child.send_signal(signal.SIGSTOP)
        wait_until(lambda: Path(f"/proc/{process.child.pid}/stat").read_text().rsplit(") ", 1)[1][0] == "T", "it is halted")
        systemd.forget()
        with pytest.raises(TimeoutError):
            systemd.next(patience=WATCHDOG)
        process.child.send_signal(signal.SIGCONT)
        systemd.beats(2)


def test_the_unit_says_the_same():
    unit = dict(re.findall(r"^(\w+)=(.+)$", UNIT.read_text(), re.M))
    assert unit["Type"] == "notify" and unit["NotifyAccess"] == "main"
    assert re.fullmatch(r"\d+min", unit["WatchdogSec"]) and re.fullmatch(r"\d+min", unit["TimeoutStartSec"])
    assert "--config-file" not in unit["ExecStart"], "it is found where it is: docs/config.md"
    assert unit["RestartPreventExitStatus"] == "2", "a config that is wrong does not become right by itself"
