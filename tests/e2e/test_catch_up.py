# SPDX-License-Identifier: Apache-2.0
"""What VoIP.ms has logged and never told us arrives all the same, once."""

import time
from collections.abc import Callable

import pytest
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
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


def test_what_is_older_than_the_database_is_the_past(house: House):
    house.carrier.incoming(STRANGER, ALICE.number, "of old", webhook=False)
    logged = time.time()
    house.gateway.stop()
    for file in house.folder.glob("mmsgate.sqlite*"):
        file.unlink()
    wait_until(lambda: int(time.time()) > int(logged), "a second is over: the log is no finer")
    house.gateway.start()
    house.carrier.incoming(STRANGER, ALICE.number, "new", webhook=False)
    restart_and_catch_up(house, 1)
    assert house.gateway.messages("list")[0]["direction"] == "inbound"
