# SPDX-License-Identifier: Apache-2.0
"""What VoIP.ms has logged and never told us arrives all the same, once."""

import base64
import subprocess
import time
import urllib.parse
from collections.abc import Callable

import pytest
from house import http
from house.carrier import PASSWORD, USER
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


def send_from_the_portal(house: House, text: str, to: str = STRANGER, **more: str) -> None:
    form = {"api_username": USER, "api_password": PASSWORD, "method": "sendMMS" if more else "sendSMS",
            "did": ALICE.number, "dst": to, "message": text, **more}
    answer = http.request("POST", house.carrier.api_url, urllib.parse.urlencode(form).encode(),
                          {"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.json()["status"] == "success", answer.text


def test_what_was_sent_by_other_means_is_on_record_with_its_files(make_house: Callable[..., House]):
    house = make_house()
    picture = png(3)
    send_from_the_portal(house, "by hand")
    send_from_the_portal(house, "with a picture", media1=base64.b64encode(picture).decode())
    house.phone(ALICE).send(STRANGER, text="by hand")
    house.carrier.sent(3)
    wait_until(lambda: "accepted" in house.gateway.messages("list")[0]["states"], "the phone's is sent")
    assert reconcile(house).stdout == "2 were sent by other means and are now on record.\n"
    wait_until(lambda: house.gateway.messages("show", "3")["files"][0]["state"] == "stored", "its picture is fetched")
    record = house.gateway.messages("show", "3")
    assert (record["direction"], record["peer"], record["states"]) == ("outbound", STRANGER, "1 accepted")
    assert record["files"][0]["size"] == len(picture)
    assert reconcile(house).stdout == "Nothing was missing.\n"
    assert len(house.carrier.sent(3)) == 3, "nothing is sent twice"


def test_what_was_given_up_and_had_been_sent_is_said_to_its_sender(make_house: Callable[..., House]):
    house = make_house({"mmsgate": {"giveuphours": "0"}})
    alice = house.phone(ALICE)
    house.carrier.fault("sendSMS", "close-after-accept")
    sent = alice.send(STRANGER, text="did it go?")
    alice.state(sent, "NotDelivered")
    assert "Not delivered" in alice.received()["text"]
    assert reconcile(house).stdout == "1 that were given up had been sent; their senders are told.\n"
    word = alice.received()
    assert word["from"] == STRANGER and "went to 5145550199 after all" in word["text"], word
    assert reconcile(house).stdout == "Nothing was missing.\n"
    assert len(house.carrier.sent(1)) == 1


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
