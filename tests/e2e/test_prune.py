# SPDX-License-Identifier: Apache-2.0
"""Files and messages go when their time is over, and not before."""

import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing

import pytest
from house import http
from house.house import SHOP, STRANGER, House
from house.picture import png


def prune(house: House, *more: str) -> str:
    done = subprocess.run([house.gateway.program, "prune", *more, "--config-file", house.gateway.config], capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sql(house: House, statement: str) -> list[tuple]:
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", timeout=10)) as db, db:
        return db.execute(statement).fetchall()


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    house = make_house({"mmsgate": {"keepmessages": "30"}})
    shop = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "look", [png(1)])
    shop.received()
    return house


def kept_files(house: House) -> list:
    return [path for path in (house.folder / "media").rglob("*") if path.is_file()]


def test_what_is_in_its_time_stays(house: House):
    assert prune(house) == "0 files (0.0 MB) and 0 messages were removed.\n"
    assert len(kept_files(house)) == 1


def test_a_file_goes_when_its_time_is_over(house: House):
    link = f"{house.gateway.url}/mmsmedia/{sql(house, 'SELECT id FROM blobs')[0][0]}.png"
    assert http.request("GET", link).status == 200
    sql(house, "UPDATE blobs SET until = 1")
    assert prune(house, "--dry-run").startswith("1 files") and len(kept_files(house)) == 1
    assert prune(house) == "1 files (0.0 MB) and 0 messages were removed.\n"
    assert kept_files(house) == [] and http.request("GET", link).status == 404
    assert "its time was over" in str(house.gateway.messages("show", "1"))


def test_a_message_goes_when_it_is_old_and_its_file_stays_for_the_phone(house: House):
    sql(house, "UPDATE messages SET received_at = 1")
    assert prune(house, "--dry-run") == "0 files (0.0 MB) and 1 messages would be removed.\n"
    assert prune(house) == "0 files (0.0 MB) and 1 messages were removed.\n"
    assert house.gateway.messages("list") == [] and len(kept_files(house)) == 1
    assert house.gateway.health() == 200


def test_files_may_stay_while_there_is_room(make_house: Callable[..., House]):
    house = make_house({"mmsgate": {"mediamegabytes": "1"}})
    shop = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "look", [png(1)])
    shop.received()
    sql(house, "UPDATE blobs SET until = 1")
    assert prune(house).startswith("0 files")
    sql(house, "UPDATE blobs SET size = 1000001")  # what is counted is what is written down
    assert prune(house).startswith("1 files")
