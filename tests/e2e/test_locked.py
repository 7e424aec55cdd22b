# SPDX-License-Identifier: Apache-2.0
"""The database is locked or gone while a phone sends: it hears no, in words, and what it sends again afterwards arrives once.

What VoIP.ms hears then, and a full disk: test_disk.py.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from house import http
from house.house import ALICE, BOB, STRANGER, House
from house.picture import png
from house.process import wait_until

from test_bad_files import message
from test_bad_input import FILE, multipart


@contextmanager
def locked(house: House) -> Iterator[None]:
    """By another program that writes and does not end."""
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def gone(house: House) -> Iterator[None]:
    """By a person who tidies up, or a disk that was taken off."""
    there, away = house.folder / "mmsgate.sqlite", house.folder / "away.sqlite"
    there.rename(away)
    yield
    away.rename(there)


Trouble = Callable[[House], "contextmanager[None]"]
both = pytest.mark.parametrize("trouble", [locked, gone])


def upload(house: House) -> http.Answer:
    return house.gateway.post_file(*multipart((FILE.format("a.png"), png(1))))


def files(house: House) -> list[bytes]:
    return [path.read_bytes() for path in (house.folder / "media").rglob("*") if path.is_file()]


# The lock was waited for as long as the proxy waits for us: the phone heard no from the proxy, and the message was sent.
@both
def test_a_message_of_a_phone_is_refused_and_taken_when_it_is_sent_again(house: House, trouble: Trouble) -> None:
    alice = house.phone(ALICE)
    with trouble(house):
        assert message(house, "text/plain", b"in vain") == (503, "Cannot store it now")
        alice.state(alice.send(STRANGER, text="in vain, too"), "NotDelivered")
    wait_until(lambda: house.gateway.health() == 200, "it is well again by itself")
    alice.state(alice.send(STRANGER, text="at last"), "DeliveredToUser")
    assert [entry["message"] for entry in house.carrier.sent(1)] == ["at last"], "what was refused is not sent after all"


@both
def test_an_upload_is_refused_and_leaves_no_file_that_nobody_knows(house: House, trouble: Trouble) -> None:
    with trouble(house):
        answer = upload(house)
        assert answer.status in (503, 507)
        assert re.fullmatch(r"\S+ \S+.*\n", answer.text), "a line of words"
        assert files(house) == []
    wait_until(lambda: house.gateway.health() == 200, "it is well again by itself")
    assert upload(house).status == 200
    assert files(house) == [png(1)]


@both
def test_a_phones_picture_is_refused_and_travels_when_it_is_sent_again(house: House, trouble: Trouble) -> None:
    alice, bob = house.phone(ALICE), house.phone(BOB)
    with trouble(house):
        alice.state(alice.send(BOB.extension, file=png(2)), "NotDelivered")
    wait_until(lambda: house.gateway.health() == 200, "it is well again by itself")
    alice.send(BOB.extension, file=png(2))
    assert bob.received()["files"][0]["bytes"] == png(2)
    assert len(bob.messages()) == 1


def test_what_a_phone_received_meanwhile_is_known_in_the_end(house: House) -> None:
    bob = house.phone(BOB)
    house.carrier.incoming(STRANGER, BOB.number, "before")
    assert bob.received()["text"] == "before"
    with locked(house):
        bob.mark_read()  # its receipt is refused
        assert message(house, "text/plain", b"in vain")[0] == 503
    wait_until(lambda: house.gateway.health() == 200, "it is well again by itself")
    house.carrier.incoming(STRANGER, BOB.number, "after")
    assert bob.received()["text"] == "after"
    assert len(bob.messages()) == 2
