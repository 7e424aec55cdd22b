# SPDX-License-Identifier: Apache-2.0
"""SIGHUP: the log is opened anew and says as much as the config wants now; everything goes on."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from house.house import SHOP, STRANGER, House
from house.process import wait_until


def hang_up(house: House) -> None:
    os.kill(house.gateway.process.child.pid, signal.SIGHUP)


def test_the_log_is_opened_anew_at_the_level_of_the_config(make_house: Callable[..., House], tmp_path: Path):
    log = tmp_path / "mmsgate.log"
    house = make_house({"mmsgate": {"logger": "INFO", "loggerfile": str(log)}})
    phone = house.phone(SHOP)
    wait_until(lambda: "serves" in log.read_text(), "the log has begun")
    log.rename(tmp_path / "mmsgate.log.1")
    house.gateway.options["mmsgate"]["logger"] = "DEBUG"
    house.gateway.write_config()
    hang_up(house)
    wait_until(lambda: log.exists() and "opened anew" in log.read_text(), "it has been opened anew")
    house.carrier.incoming(STRANGER, SHOP.number, "still there?")
    assert phone.received()["text"] == "still there?"
    wait_until(lambda: " debug message 1" in log.read_text(), "and it tells each step now")


def test_a_config_that_cannot_be_read_changes_nothing(make_house: Callable[..., House]):
    house = make_house({"mmsgate": {"logger": "INFO"}})
    house.gateway.config.write_text("[sip]\nsipprot = 1\n")
    hang_up(house)
    wait_until(lambda: 'did you mean "sipport"' in house.gateway.process.log.read_text(), "the log says what is wrong")
    assert house.gateway.health() == 200
