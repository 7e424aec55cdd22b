# SPDX-License-Identifier: Apache-2.0
"""A household whose gateway is killed in the middle of its work, and what must be true afterwards."""

import os
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from threading import Thread

from house.house import ALICE, BOB, SHOP, STRANGER, House
from house.phone import Phone
from house.picture import png
from house.process import wait_until

BUILD = Path(os.environ["MMSGATE_BUILD"])
PATIENCE = 60.0  # for what a kill has held up: the web hook is posted again, the phone's MESSAGE repeated, a fetch tried later
ENDED = {2, 3}  # accepted, delivered


class Wreck:
    def __init__(self, house: House):
        self.house = house
        self.shop, self.alice, self.bob = (house.phone(each) for each in (SHOP, ALICE, BOB))
        house.carrier.set_webhook(house.gateway.hook_url, retry_seconds=1)
        house.carrier.control("limits", {"daily": 0})
        self.key = house.gateway.new_key("camera", "--account", SHOP.account)
        self.came: list[str] = []  # words that strangers sent, and scripts that heard yes
        self.sent: dict[str, str] = {}  # words that a phone sent, with its name for them
        self.pictures: dict[int, str] = {}
        self.scripts: list[Thread] = []  # that wait for their answer
        self.cut_off = False  # one has heard none, in this life of the gateway
        self.refused: list[str] = []  # what scripts heard that was no yes
        self.within: dict[str, str] = {}  # the same, from Bob to Alice

    # One message each. Nothing is waited for.
    def receive(self, number: int) -> None:
        words = f"in {number}"
        self.came.append(words)
        self.house.carrier.incoming(STRANGER, SHOP.number, words, [png(number)], wait=False)

    def send(self, number: int) -> None:
        words = f"out {number}"
        self.sent[words] = self.alice.send(STRANGER, text=words)

    def send_picture(self, number: int) -> None:
        self.pictures[number] = self.alice.send(STRANGER, file=png(number))

    def call_within(self, number: int) -> None:
        words = f"within {number}"
        self.within[words] = self.bob.send(ALICE.extension, text=words)

    def post(self, number: int) -> None:
        """A script's picture for the shop."""

        def as_a_script() -> None:
            words = f"camera {number}"
            try:
                answer = self.house.gateway.upload(png(number), to=SHOP.account, text=words, key=self.key)
            except (OSError, HTTPException):
                self.cut_off = True  # it has heard nothing: it may have come or not
                return
            if answer.status == 200:
                self.came.append(words)
            else:
                self.refused.append(answer.text)

        self.scripts.append(Thread(target=as_a_script, daemon=True))
        self.scripts[-1].start()

    def sweep(self, act: Callable[[int], None]) -> int:
        """Has the gateway killed at its first step, its second, ... of a life in which `act` is done; until a whole life is
        too short for it. Answers how many steps there were."""
        step = 0
        killed = True
        while killed:
            step += 1
            self.restart(crash_at=step)
            act(step)
            wait_until(lambda: not self.is_alive or self.is_answered(), f"killed at step {step}, or done", patience=PATIENCE)
            # By its own word: a phone may hear that the line is cut before the kernel says that the process is gone.
            killed = f"killed at {step}: " in self.house.gateway.process.log.read_text()
            self.restart()
            self.settle()
            self.check_words()
        self.check()
        print(f"{step - 1} steps")
        return step - 1

    def is_answered(self) -> bool:
        """Every message of a phone or a script has got its yes or no, and everything else has arrived."""
        if self.cut_off or any(script.is_alive() for script in self.scripts):
            return False
        ends = ("Delivered", "DeliveredToUser", "NotDelivered", "Displayed")
        asked = [(self.alice, name) for name in (*self.sent.values(), *self.pictures.values())]
        asked += [(self.bob, name) for name in self.within.values()]
        return all(any(has_state(phone, name, end) for end in ends) for phone, name in asked) and self.is_settled()

    @property
    def is_alive(self) -> bool:
        return self.house.gateway.process.running

    def restart(self, crash_at: int = 0) -> None:
        """Killed already or not; `crash_at`: at which step the next life ends by itself."""
        gateway = self.house.gateway
        gateway.process.kill()
        while self.scripts:
            self.scripts.pop().join(PATIENCE)
        self.cut_off = False
        gateway.env = {"MMSGATE_CRASH_AT": str(crash_at)} if crash_at else None
        try:
            gateway.start()
        except RuntimeError:
            if not crash_at:
                raise  # else it was killed while it started

    def is_settled(self) -> bool:
        """All that strangers sent is on the screen, what Alice was to get too, and nothing is open."""
        seen = {event["text"] for event in shown(self.shop)}
        return set(self.came) <= seen and not self.open_deliveries() and self.taken_within() <= self.heard_within()

    def taken_within(self) -> set[str]:
        """For which Bob's phone heard yes."""
        return {words for words, name in self.within.items() if has_state(self.bob, name, "Delivered")}

    def heard_within(self) -> set[str]:
        return {event["text"] for event in shown(self.alice)}

    def settle(self) -> None:
        wait_until(self.is_settled, "everything has arrived", patience=PATIENCE)

    def rows(self, sql: str) -> list[tuple]:
        path = self.house.folder / "mmsgate.sqlite"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as database:
            return database.execute(sql).fetchall()

    def open_deliveries(self) -> int:
        return self.rows("SELECT count(*) FROM deliveries WHERE state IN (0, 1, 4, 7)")[0][0]

    def check_words(self) -> None:
        """Nothing is on a screen twice, or at the carrier; and what was accepted is there."""
        # A MESSAGE that a crash left unanswered is repeated when its sender likes: what heard yes by now, and no more, must
        # be there when all is at rest again.
        took = {words for words, name in self.sent.items() if has_state(self.alice, name, "Delivered")}
        pictures = [name for name in self.pictures.values() if has_state(self.alice, name, "Delivered")]
        within = self.taken_within()
        self.settle()
        assert twice(event["call_id"] for event in shown(self.shop) + shown(self.alice)) == {}, "shown twice"
        assert twice(event["text"] for event in shown(self.shop)) == {}
        assert self.refused == []
        assert twice(event["text"] for event in shown(self.alice) if event["text"].startswith("within")) == {}
        at_carrier = Counter(entry["message"] or entry["media"][0]["sha256"] for entry in self.house.carrier.look("sent"))
        assert took <= set(at_carrier), "the phone heard yes, and the carrier has nothing"
        assert {words: count for words, count in at_carrier.items() if count > 1} == {}, "sent twice"
        pictures_there = set(at_carrier) - set(self.sent)
        assert len(pictures) <= len(pictures_there), "a picture that the phone heard yes for is not at the carrier"
        assert within <= self.heard_within(), "Bob heard yes, and Alice nothing"

    def check(self) -> None:
        """Accepted is delivered, once, and the disk has what the database names and nothing else."""
        self.check_words()
        bad = self.rows("SELECT m.provider_id, d.state FROM deliveries d JOIN messages m ON m.id = d.message "
                        f"WHERE d.state NOT IN ({', '.join(map(str, sorted(ENDED)))}) AND m.kind = 0")
        assert bad == [], "accepted, and neither delivered nor on its way"
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        self.check_files()

    def check_files(self) -> None:
        self.restart()  # a start notes what a crash has left
        done = subprocess.run([self.house.gateway.program, "prune", "--config-file", self.house.gateway.config],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        files = {path.name for path in (self.house.folder / "media").rglob("*") if path.is_file()}
        assert files == {row[0] for row in self.rows("SELECT id FROM blobs")}, "files and rows are the same"


def shown(phone: Phone) -> list[dict]:
    """Bubbles on its screen: one whose picture could not be had just then has a button instead."""
    return [event for event in phone.process.seen if event["event"] in ("received", "download_failed")]


def twice(words: Iterator[str]) -> dict[str, int]:
    return {word: count for word, count in Counter(words).items() if count > 1}


def has_state(phone: Phone, message: str, state: str) -> bool:
    return any(event.get("id") == message and event.get("state") == state for event in list(phone.process.seen))


@contextmanager
def wrecked(folder: Path) -> Iterator[Wreck]:
    with House(BUILD, {"mmsgate": {"logger": "INFO"}}, folder=folder) as house:
        wreck = Wreck(house)
        yield wreck
