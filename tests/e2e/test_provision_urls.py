# SPDX-License-Identifier: Apache-2.0
"""What the URLs of `mmsgate provision` give, to whom, and how often."""

import json
import re
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing

import pytest
from house import http
from house.house import ALICE, BOB, SHOP, House
from provisioning import provision, url_for


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    return shared_house


@pytest.fixture(autouse=True)
def nothing_left(house: House):
    yield
    provision(house, "--revoke", "*")


def gone(url: str) -> http.Answer:
    """Whoever asks for what is not there learns nothing but that."""
    answer = http.request("GET", url)
    assert answer.status == 404 and answer.headers["cache-control"] == "no-store"
    assert "does not work any more" in answer.text
    return answer


def test_it_works_once_and_is_kept_by_nobody_on_the_way(house: House):
    url = url_for(house, ALICE.account)
    answer = http.request("GET", url)
    assert answer.status == 200 and answer.headers["content-type"] == "application/xml; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store" and ALICE.account in answer.text
    gone(url)


def test_it_works_as_often_as_was_said(house: House):
    url = url_for(house, ALICE.account, "--uses", "3")
    assert [http.request("GET", url).status for _ in range(4)] == [200, 200, 200, 404]


def test_who_only_looks_uses_nothing_up(house: House):
    url = url_for(house, ALICE.account)
    for _ in range(3):
        answer = http.request("HEAD", url)
        assert answer.status == 200 and answer.body == b""
    assert http.request("GET", url).status == 200
    assert http.request("HEAD", url).status == 404


# Linphone fetches them at each start, and empties its list when it finds nothing there.
def test_contacts_stay_with_the_phone(house: House):
    url = url_for(house, ALICE.account)
    first = http.request("GET", f"{url}.vcf")
    assert first.status == 200 and first.headers["content-type"] == "text/vcard; charset=utf-8"
    assert first.text.count("BEGIN:VCARD") == 2 and "IMPP:sip:102@sim.example" in first.text
    assert http.request("GET", url).status == 200
    gone(url)
    assert all(http.request("GET", f"{url}.vcf").body == first.body for _ in range(3))
    provision(house, "--revoke", ALICE.account)
    gone(f"{url}.vcf")


def test_other_methods_are_refused(house: House):
    url = url_for(house, ALICE.account)
    assert http.request("POST", url, b"x").status == 405 and http.request("DELETE", url).status == 405
    assert http.request("GET", url).status == 200


def test_of_many_at_once_one_gets_it(house: House):
    for _ in range(5):
        url = url_for(house, ALICE.account)
        start = threading.Barrier(8)
        statuses: list[int] = []

        def fetch(url: str = url, start: threading.Barrier = start, statuses: list[int] = statuses) -> None:
            start.wait()
            statuses.append(http.request("GET", url).status)

        threads = [threading.Thread(target=fetch) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200] + [404] * 7


def test_what_is_used_up_over_revoked_or_was_never_there_looks_the_same(house: House):
    used, over, revoked = (url_for(house, name) for name in (ALICE.account, BOB.account, SHOP.account))
    assert http.request("GET", used).status == 200
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", timeout=10)) as db, db:
        db.execute("UPDATE handouts SET until = 1 WHERE accounts = ?", [BOB.account])
    assert provision(house, "--revoke", SHOP.account).stdout.startswith("1 URLs were revoked")
    base = used.rpartition("/")[0]
    never = [f"{base}/{name}" for name in ("a" * 32, "", "..%2f..%2fetc%2fpasswd", "%00", "x" * 5000, "'%20OR%201=1--")]

    def seen(url: str) -> tuple:
        answer = gone(url)
        return answer.body, {name: value for name, value in answer.headers.items() if name != "date"}

    assert all(seen(url) == seen(used) for url in (over, revoked, *never))


def by_pruning(house: House) -> None:
    subprocess.run([house.gateway.program, "prune", "--config-file", house.gateway.config], check=True, timeout=60)


def by_making_another(house: House) -> None:
    url_for(house, SHOP.account)


@pytest.mark.parametrize("tidied", [by_pruning, by_making_another])
def test_what_is_over_is_removed(house: House, tidied: Callable[[House], None]):
    url_for(house, BOB.account)
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", timeout=10)) as db, db:
        db.execute("UPDATE handouts SET until = 1")
    assert BOB.account not in provision(house, "--list").stdout
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", timeout=10)) as db:
        tidied(house)
        assert db.execute("SELECT accounts FROM handouts WHERE accounts = ?", [BOB.account]).fetchall() == []


def test_the_list_tells_who_and_how_long_and_not_where(house: House):
    url = url_for(house, ALICE.account, BOB.account, "--together", "--uses", "2", "--hours", "1")
    listed = provision(house, "--list")
    assert f"{ALICE.account} {BOB.account}" in listed.stdout
    (one,) = json.loads(provision(house, "--list", "--json").stdout)
    assert one["uses_left"] == 2 and one["made"] < one["until"]
    assert url.rpartition("/")[2] not in listed.stdout
    assert provision(house, "--revoke", BOB.account).stdout.startswith("1 URLs")
    gone(url)
    assert provision(house, "--revoke", code=1).stderr.startswith("mmsgate: whose?")


def test_a_name_is_not_taken_for_another_like_it(house: House):
    url = url_for(house, ALICE.account)
    assert provision(house, "--revoke", "100000Xalice", "100000_alic", "0000_alice").stdout.startswith("0 URLs")
    assert http.request("GET", url).status == 200


def test_neither_the_database_nor_the_log_gives_it_away(house: House):
    url = url_for(house, ALICE.account, "--password", "plain", "--uses", "2")
    document = http.request("GET", url).text
    token = url.rpartition("/")[2]
    assert "<entry name=\"passwd\" overwrite=\"true\">secret</entry>" in document
    database = [path for path in house.folder.glob("mmsgate.sqlite*") if path.is_file()]
    for path in (*database, house.gateway.process.log):
        content = path.read_bytes()
        # The schema has a column of that name.
        assert not re.search(rb"passwd|\bsecret\b(?! +TEXT)|" + token.encode(), content), path
    said = house.gateway.process.log.read_text()
    assert re.search(rf"the phone configuration of {ALICE.account} was fetched by 127\.[0-9.]+; 1 uses are left", said)


def test_it_survives_a_restart(house: House):
    url = url_for(house, ALICE.account)
    house.gateway.restart(kill=True)
    assert http.request("GET", url).status == 200
    house.gateway.restart(kill=True)
    gone(url)
