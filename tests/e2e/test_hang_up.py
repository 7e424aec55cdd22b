# SPDX-License-Identifier: Apache-2.0
"""SIGHUP: the log is opened anew and says as much as the config wants now; everything goes on."""

import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

from house import http
from house.carrier import PASSWORD
from house.house import ALICE, BOB, SHOP, STRANGER, House
from house.picture import png
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


def set_and_hang_up(house: House, section: str, **options: str) -> None:
    """Changes the config; returns when the gateway has read it."""
    said = "the config is read again"
    before = house.gateway.process.log.read_text().count(said)
    house.gateway.options.setdefault(section, {}).update(options)
    house.gateway.write_config()
    hang_up(house)
    wait_until(lambda: house.gateway.process.log.read_text().count(said) > before, "the config is read again")


def test_what_is_live_takes_effect_at_once(make_house: Callable[..., House]):
    house = make_house({"mmsgate": {"logger": "INFO"}})
    alice, bob = house.phone(ALICE), house.phone(BOB)
    set_and_hang_up(house, "web", webfilter=f'{ALICE.number} "bob" in toid')
    house.carrier.incoming(STRANGER, ALICE.number, "not for Bob")
    assert alice.received()["text"] == "not for Bob"
    set_and_hang_up(house, "web", webfilter="")
    house.carrier.incoming(STRANGER, ALICE.number, "for both")
    assert [phone.received()["text"] for phone in (alice, bob)] == ["for both"] * 2
    set_and_hang_up(house, "mmsgate", outvia="sms")
    alice.send(STRANGER, file=png(1))
    assert house.carrier.sent(1)[0]["kind"] == "sms"


def test_a_new_api_password_and_a_new_sub_account_are_known_at_once(make_house: Callable[..., House]):
    house = make_house({"mmsgate": {"logger": "INFO"}})
    set_and_hang_up(house, "api", apipw="wrong")
    wait_until(lambda: "invalid_credentials" in house.gateway.process.log.read_text(), "VoIP.ms does not take it")
    house.carrier.set_accounts([{"account": "100000_new", "callerid_number": SHOP.number}])
    set_and_hang_up(house, "api", apipw=PASSWORD)
    wait_until(lambda: "the directory has 1 sub accounts" in house.gateway.process.log.read_text(), "it is read anew")
    assert house.carrier.incoming(STRANGER, SHOP.number, "who has it now?")["webhook"]["status"] == 200
    assert house.gateway.messages("show", "1")["deliveries"][0]["destination"] == "100000_new"


def test_what_waits_for_a_start_is_named(make_house: Callable[..., House]):
    house = make_house({"mmsgate": {"logger": "INFO"}})
    set_and_hang_up(house, "web", pathget="/elsewhere")
    log = house.gateway.process.log.read_text()
    assert "[web] pathget has changed; that takes effect at the next start" in log
    assert log.count("at the next start") == 1, log
    phone = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "", [png(2)])
    assert phone.received()["files"][0]["bytes"] == png(2), "links go where files are served"


def test_a_config_that_cannot_be_read_changes_nothing(make_house: Callable[..., House]):
    house = make_house({"mmsgate": {"logger": "INFO"}})
    house.gateway.config.write_text("[sip]\nsipprot = 1\n")
    hang_up(house)
    wait_until(lambda: 'did you mean "sipport"' in house.gateway.process.log.read_text(), "the log says what is wrong")
    assert house.gateway.health() == 200


def test_a_password_that_cannot_be_read_changes_nothing(make_house: Callable[..., House], tmp_path: Path):
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    house = make_house({"mmsgate": {"logger": "INFO"}, "api": {"apipw": "", "apipw_file": str(password)}})
    password.unlink()
    house.gateway.options["mmsgate"]["logger"] = "ERROR"
    house.gateway.write_config()
    hang_up(house)
    said = f"the config is not read again: {house.gateway.config}:"
    wait_until(lambda: said in house.gateway.process.log.read_text(), "the log says so")
    assert f"[api] apipw_file cannot be read or is empty: {password}" in house.gateway.process.log.read_text()
    phone = house.phone(SHOP)
    assert house.carrier.incoming(STRANGER, SHOP.number, "as ever")["webhook"]["status"] == 200
    assert phone.received()["text"] == "as ever"


def test_the_tokens_of_the_web_hook_are_read_again(make_house: Callable[..., House]):
    house = make_house({"mmsgate": {"logger": "INFO"}})
    with sqlite3.connect(house.folder / "mmsgate.sqlite") as database:
        database.execute("INSERT INTO hook_tokens (token, made_at) VALUES ('one-of-another-process', 0)")
    database.close()
    address = f"{house.gateway.bare_hook_url}/one-of-another-process"
    assert http.request("GET", address).status == 404
    hang_up(house)
    wait_until(lambda: http.request("GET", address).status != 404, "it is known")
