# SPDX-License-Identifier: Apache-2.0
"""The machine's clock is set while messages wait: by NTP after a start without a battery, or by a person."""

import os
from pathlib import Path

import pytest
from house.house import ALICE, SHOP, STRANGER, House
from house.process import wait_until

pytestmark = pytest.mark.skipif(Path(os.environ["MMSGATE_BUILD"]).name in ("asan", "tsan"),
                                reason="the sanitizers want to be loaded first")
LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class Clock:
    """The gateway's wall clock. What counts the time since the machine's start stays the true one, as it does for NTP."""

    def __init__(self, house: House):
        self._house = house
        self._file = house.folder / "clock"
        self.set("+0")
        house.gateway.stop()
        house.gateway.env = {"LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(self._file),
                             "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        house.gateway.start()

    def set(self, offset: str) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(f"{offset}\n")
        new.rename(self._file)

    def step(self, offset: str, said: str) -> None:
        self.set(offset)
        wait_until(lambda: said in self._house.gateway.process.log.read_text(), "the gateway notices")


def tries(house: House, message: str) -> int:
    return house.gateway.messages("show", message)["deliveries"][0]["tries"]


def test_a_clock_that_is_set_forward_gives_nothing_up(house: House):
    clock = Clock(house)
    house.carrier.incoming(STRANGER, SHOP.number, "patience")
    wait_until(lambda: "deferred" in str(house.gateway.messages("list")), "no phone is there")
    clock.step("+30d", "was set forward by 2592000 s")
    before = tries(house, "1")
    wait_until(lambda: tries(house, "1") > before, "it is tried again by its old waits")
    assert "dead" not in house.gateway.messages("list")[0]["states"]
    assert house.phone(SHOP).received()["text"] == "patience"


def test_a_clock_that_is_set_back_holds_nothing_up(house: House):
    clock = Clock(house)
    alice = house.phone(ALICE)
    house.carrier.fault("sendSMS", "http:500")
    sent = alice.send(STRANGER, text="soon")
    wait_until(lambda: "deferred" in str(house.gateway.messages("list")), "VoIP.ms is in trouble")
    clock.step("-2d", "was set back by 172800 s")
    alice.state(sent, "DeliveredToUser")
    assert [entry["message"] for entry in house.carrier.sent(1)] == ["soon"]


def test_a_phone_that_was_off_for_days_gets_all_in_order_at_once(house: House):
    clock = Clock(house)
    for n in range(20):
        house.carrier.incoming(STRANGER, SHOP.number, f"number {n}")
        if n == 10:
            house.gateway.stop()
            clock.set("+4d")  # the gateway was off too; when it is back, what waits is four days old
            house.gateway.start()
    shop = house.phone(SHOP)
    assert [shop.received()["text"] for _ in range(20)] == [f"number {n}" for n in range(20)]


def test_what_comes_after_the_clock_was_set_goes_as_ever(house: House):
    clock = Clock(house)
    alice = house.phone(ALICE)
    for offset, said in (("+400d", "forward"), ("+0", "back")):
        clock.set(offset)
        house.carrier.incoming(STRANGER, ALICE.number, f"the clock went {said}")
        assert alice.received()["text"] == f"the clock went {said}"
        alice.state(alice.send(STRANGER, text="and back"), "DeliveredToUser")
