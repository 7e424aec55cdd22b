# SPDX-License-Identifier: Apache-2.0
"""Who may send files: real Linphone phones with the right and a wrong password, curl, and a start without VoIP.ms."""

import re
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from house import http
from house.house import ALICE, BOB, DOMAIN, SHOP, STRANGER, House
from house.phone import Phone
from house.picture import png
from house.process import wait_until

from provisioning import url_for
from test_bad_input import FILE, multipart

RIGHT = "secret"  # what VoIP.ms says of every account here; the proxy lets phones with another register, too


def login(house: House, name: str, password: str, **headers: str) -> int:
    return http.request("POST", house.gateway.upload_url, headers=headers, login=(name, password)).status


def phone(house: House, password: str, home: str = "") -> Phone:
    made = Phone(house.build / "sim" / "mmsgate-phone", house.folder, ALICE.account, DOMAIN, house.proxy.uri,
                 house.gateway.upload_url, password=password, home=home)
    house.phones.append(made)
    return made


def files(house: House) -> list[Path]:
    return [file for file in (house.folder / "media").rglob("*") if file.is_file()]


def test_with_the_right_password_a_phones_picture_travels(house: House):
    alice = phone(house, RIGHT)
    alice.state(alice.send(STRANGER, file=png(1)), "DeliveredToUser")
    assert house.carrier.sent_bytes(house.carrier.sent(1)[0]) == png(1)
    uploader = sqlite3.connect(house.folder / "mmsgate.sqlite").execute("SELECT uploader FROM blobs").fetchone()
    assert uploader == (ALICE.account,)


def test_with_a_wrong_password_it_fails_and_nothing_is_stored(house: House):
    alice = phone(house, "another")
    sent = alice.send(STRANGER, file=png(1))
    alice.state(sent, "FileTransferError")
    assert files(house) == []
    assert house.carrier.look("sent") in ([], {"sent": []})
    again = phone(house, RIGHT, home="another-device")
    again.state(again.send(STRANGER, file=png(2)), "DeliveredToUser")


def test_a_phone_that_was_set_up_by_a_hash_sends_its_picture(house: House):
    alice = house.provisioned_phone(url_for(house, ALICE.account), ALICE.account)
    alice.state(alice.send(STRANGER, file=png(3)), "DeliveredToUser")
    assert house.carrier.sent_bytes(house.carrier.sent(1)[0]) == png(3)


def curl(house: House, *more: str) -> str:
    """What it says of the last answer: its status."""
    picture = house.folder / "picture.png"
    picture.write_bytes(png(4))
    command = ["curl", "-sS", "--digest", "-o", "/dev/null", "-w", "%{http_code}", *more, "-F", f"File=@{picture}",
               house.gateway.upload_url]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout


def test_curl_logs_in_as_phones_do(house: House):
    assert curl(house, "-u", f"{ALICE.account}:{RIGHT}") == "200"
    assert curl(house, "-u", f"{ALICE.account}:{RIGHT}", "-H", f"From: sip:{ALICE.account}@elsewhere.example") == "200"
    assert curl(house, "-u", f"{ALICE.account}:wrong") == "401"
    assert curl(house, "-u", f"100000_nobody:{RIGHT}") == "401"
    assert curl(house) == "401"
    assert curl(house, "-u", f"{ALICE.account}:{RIGHT}", "-H", f"From: sip:{BOB.account}@{DOMAIN}") == "403"
    assert len(files(house)) == 2


def test_a_password_that_was_changed_at_voipms_is_found_out(house: House):
    house.carrier.set_accounts([{"account": ALICE.account, "callerid_number": ALICE.number, "internal_extension": "1",
                                 "password": "changed"}])
    assert login(house, ALICE.account, "changed") == 401, "as far as anybody here knows"
    wait_until(lambda: "the directory has 1 sub accounts" in house.gateway.process.log.read_text(), "it looks at VoIP.ms")
    assert login(house, ALICE.account, "changed") == 204
    assert login(house, ALICE.account, RIGHT) == 401


def test_a_start_without_voipms_knows_who_may_log_in(make_house: Callable[..., House]):
    house = make_house(passwords={r.account: password for r, password in ((ALICE, "sesame"), (BOB, "mustard"))})

    def is_sealed() -> bool:
        database = sqlite3.connect(house.folder / "mmsgate.sqlite")
        return database.execute("SELECT count(*) FROM sealed").fetchone() == (1,)

    wait_until(is_sealed, "the logins are on the disk")
    house.carrier.stop()
    house.gateway.restart()
    assert login(house, ALICE.account, "sesame") == 204
    assert login(house, ALICE.account, "mustard") == 401
    assert login(house, ALICE.account, "sesame", From=f"sip:{ALICE.account}@elsewhere.example") == 503, "nobody logged in there"
    text = house.gateway.process.log.read_text() + (house.folder / "mmsgate.sqlite").read_bytes().decode("latin-1")
    assert "sesame" not in text and "mustard" not in text


def test_without_a_login_everybody_may_send_and_the_log_says_so(make_house: Callable[..., House]):
    house = make_house({"web": {"uploadlogin": "off"}})
    body, headers = multipart((FILE.format("a.png"), png(1)))
    assert http.request("POST", house.gateway.upload_url).status == 204
    assert http.request("POST", house.gateway.upload_url, body, headers).status == 200
    assert "uploadlogin = off" in house.gateway.process.log.read_text()
    alice = house.phone(ALICE)
    alice.state(alice.send(STRANGER, file=png(2)), "DeliveredToUser")


def test_what_an_account_may_send_in_a_day_has_an_end(make_house: Callable[..., House]):
    house = make_house({"web": {"uploadquota": "1", "uploadquotaall": "2"}})

    def send(account: str, size: int) -> http.Answer:
        body, headers = multipart((FILE.format("a.png"), png(1) + b"x" * size))
        return http.request("POST", house.gateway.upload_url, body, headers, login=(account, RIGHT))

    assert send(ALICE.account, 700_000).status == 200
    too_much = send(ALICE.account, 700_000)
    assert too_much.status == 413 and "1 MB within 24 hours" in too_much.text
    assert send(BOB.account, 700_000).status == 200
    house.gateway.restart()
    assert send(ALICE.account, 700_000).status == 413, "a start does not forget"
    all_together = send(SHOP.account, 700_000)
    assert all_together.status == 507 and "2 MB within 24 hours" in all_together.text
    assert len(files(house)) == 2


@pytest.mark.parametrize(("name", "kind", "content"), [
    ("a.html", "text/html", b"<html><script>alert(1)</script></html>"),
    ("a.png", "image/png", b"<!DOCTYPE html><script>alert(1)</script>"),
    ("a.svg", "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    ("a.jpg", "image/jpeg", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script/></html>'),
    ("a.xml", "text/xml", b"<x/>"),
    ("a.js", "application/javascript", b"alert(1)"),
    ("a.png", "image/x-made-up", b"who knows")])
def test_what_could_be_a_page_is_never_served_as_one(shared_house: House, name: str, kind: str, content: bytes):
    body, headers = multipart((FILE.replace("image/png", kind).format(name), content))
    answer = shared_house.gateway.post_file(body, headers)
    assert answer.status == 200
    served = http.request("GET", re.search(r'url="([^"]+)"', answer.text)[1])
    assert served.body == content
    assert served.headers["content-type"] in ("application/octet-stream", "image/x-made-up")
    assert served.headers["content-disposition"].startswith("attachment")
    assert served.headers["x-content-type-options"] == "nosniff"
    assert served.headers["content-security-policy"] == "default-src 'none'; sandbox"
