# SPDX-License-Identifier: Apache-2.0
"""What VoIP.ms has logged and never told us arrives all the same, once."""

import subprocess
import time
from collections.abc import Callable

import pytest
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
from house.ports import own_address
from house.process import wait_until


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    return make_house({"mmsgate": {"reconcilewait": "0"}})


def restart_and_catch_up(house: House, messages: int) -> None:
    house.gateway.restart()
    wait_until(lambda: len(house.gateway.messages("list")) == messages, "the log has been read")


def test_what_came_while_the_gateway_was_off_is_fetched_at_its_start(house: House):
    phone = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "before")
    assert phone.received()["text"] == "before"
    house.gateway.stop()
    picture = png(1)
    house.carrier.incoming(STRANGER, SHOP.number, "while you were off", webhook=False)
    house.carrier.incoming(STRANGER, SHOP.number, "and again", [picture], webhook=False)
    restart_and_catch_up(house, 3)
    first, second = phone.received(), phone.received()
    assert (first["text"], second["text"]) == ("while you were off", "and again")
    assert [file["bytes"] for file in second["files"]] == [picture]
    assert "found in the provider's log" in str(house.gateway.messages("show", "2"))


def test_a_web_hook_that_comes_late_doubles_nothing(house: House):
    house.gateway.stop()
    late = house.carrier.incoming(STRANGER, ALICE.number, "late", webhook=False)
    restart_and_catch_up(house, 1)
    hook = house.carrier.incoming(STRANGER, ALICE.number, "late", id=late["id"])["webhook"]
    assert hook["status"] == 200
    assert len(house.gateway.messages("list")) == 1


def log_one_and_begin_anew(house: House) -> None:
    """The gateway's database is younger than what VoIP.ms has logged."""
    house.carrier.incoming(STRANGER, ALICE.number, "of old", webhook=False)
    logged = time.time()
    house.gateway.stop()
    for file in house.folder.glob("mmsgate.sqlite*"):
        file.unlink()
    wait_until(lambda: int(time.time()) > int(logged), "a second is over: the log is no finer")
    house.gateway.start()


def test_what_is_older_than_the_database_is_the_past(house: House):
    log_one_and_begin_anew(house)
    house.carrier.incoming(STRANGER, ALICE.number, "new", webhook=False)
    restart_and_catch_up(house, 1)
    assert house.gateway.messages("list")[0]["direction"] == "inbound"


def reconcile(house: House, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([house.gateway.program, "reconcile", *more, "--config-file", house.gateway.config],
                          capture_output=True, text=True, timeout=60)


def test_a_person_who_does_not_want_to_wait_has_it_looked_up(make_house: Callable[..., House]):
    house = make_house()
    phone = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "nobody told you", webhook=False)
    done = reconcile(house)
    assert (done.returncode, done.stdout) == (0, "1 messages were missing and are on their way to the phones.\n"), done
    assert phone.received()["text"] == "nobody told you"
    assert reconcile(house, "--look-back", "3").stdout == "Nothing was missing.\n"


def test_a_look_back_that_is_asked_for_goes_beyond_the_databases_age(house: House):
    log_one_and_begin_anew(house)
    assert reconcile(house).stdout == "Nothing was missing.\n"
    assert reconcile(house, "--look-back", "1").stdout.startswith("1 messages")


def test_without_a_gateway_or_a_carrier_it_says_so(house: House):
    house.carrier.fault("getMMS", "http:500", times=100)
    done = reconcile(house)
    assert done.returncode == 1 and "VoIP.ms" in done.stderr, done
    house.gateway.stop()
    done = reconcile(house)
    assert done.returncode == 1 and "no gateway runs with the database" in done.stderr, done


def test_a_second_gateway_on_the_same_database_is_refused(house: House):
    other = house.folder / "other.conf"
    other.write_text(house.gateway.config.read_text().replace(house.address, own_address()))
    done = subprocess.run([house.gateway.program, "serve", "--config-file", other], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "another gateway runs with the database" in done.stderr, done
    assert house.gateway.health() == 200
