# SPDX-License-Identifier: Apache-2.0
"""Scripts and cameras send pictures to phones, with a key and not without."""

import json
import shlex
import subprocess

import pytest
from house import http
from house.house import ALICE, BOB, SHOP, House
from house.picture import png
from house.process import wait_until

REFUSAL = "a script's file for a phone was refused"


def run(house: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([house.gateway.program, "keys", *arguments, "--config-file", house.gateway.config],
                          capture_output=True, text=True, timeout=30)


@pytest.fixture(scope="module")
def shop(shared_house: House):
    return shared_house.phone(SHOP)


@pytest.fixture(scope="module")
def key(shared_house: House) -> str:
    """Good for all phones."""
    return shared_house.gateway.new_key("any", "--all-accounts")


def test_the_lines_that_are_printed_send_a_picture_to_the_phone(shared_house: House, shop, tmp_path):
    said = shared_house.gateway.keys("add", "front-door", "--account", SHOP.account)
    (tmp_path / "picture.jpg").write_bytes(png(1))
    lines = [line for line in said.splitlines() if line.startswith("  curl")]
    assert len(lines) == 2, "one with a header, one with a query"
    for line, caption in zip(lines, ("Hello", "")):
        assert shared_house.gateway.upload_url in line, "at the address that is public"
        done = subprocess.run([*shlex.split(line), "--silent", "--show-error", "--fail"], cwd=tmp_path, capture_output=True,
                              text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        assert "urn:gsma:params:xml:ns:rcs:rcs:fthttp" in done.stdout
        event = shop.received()
        assert (event["from"], event["text"]) == ("1099", caption)
        assert [file["bytes"] for file in event["files"]] == [png(1)]
    assert "mmsgate keys revoke front-door" in said


@pytest.mark.parametrize(("given", "shown"), [("5145550177", "5145550177"), ("+15145550178", "5145550178"),
                                               ("garden.cam_1", "garden.cam_1")])
def test_a_script_says_from_whom(shared_house: House, shop, key, given, shown):
    answer = shared_house.gateway.upload(png(2), {"Authorization": f"Bearer {key}"}, to=SHOP.extension, text="è & 😀", **{"from": given})
    assert answer.status == 200
    event = shop.received()
    assert (event["from"], event["text"]) == (shown, "è & 😀")
    assert event["files"][0]["bytes"] == png(2)


def test_a_file_of_any_type_arrives(shared_house: House, shop, key):
    assert shared_house.gateway.upload(b"a report", to=SHOP.account, key=key, name="report.csv", kind="text/csv").status == 200
    file = shop.received()["files"][0]
    assert (file["name"], file["type"], file["bytes"]) == ("report.csv", "text/csv", b"a report")


def test_a_phone_that_comes_later_gets_what_was_sent_to_it(shared_house: House, key):
    for number in range(2):
        assert shared_house.gateway.upload(png(number), to=BOB.account, text=str(number), key=key).status == 200
    bob = shared_house.phone(BOB)
    assert [bob.received()["text"] for _ in range(2)] == ["0", "1"]


def test_a_receipt_of_the_phone_makes_it_delivered(shared_house: House, shop, key):
    assert shared_house.gateway.upload(png(3), to=SHOP.account, text="see", key=key).status == 200
    shop.received()
    newest = shared_house.gateway.messages("list")[0]
    assert (newest["direction"], newest["own"], newest["peer"], newest["account"]) == ("extension", SHOP.extension, "1099", "")
    wait_until(lambda: "1 delivered" in shared_house.gateway.messages("list")[0]["states"], "the phone's IMDN came")
    assert shared_house.gateway.messages("show", str(newest["id"]))["provider"] == "upload"


@pytest.mark.parametrize(("query", "status", "said"), [
    ({"to": "100000_nobody"}, 404, "no sub account"), ({"to": "10999"}, 404, "no sub account"),
    ({"to": SHOP.account, "from": "<sip:x@y>"}, 400, "`from` must be"), ({"to": SHOP.account, "from": "x" * 65}, 400, "`from` must be")])
def test_what_cannot_be_done_is_said_in_words(shared_house: House, key, query, status, said):
    before = len(shared_house.gateway.messages("list"))
    answer = shared_house.gateway.upload(png(1), {"X-Upload-Key": key}, **query)
    assert (answer.status, said in answer.text) == (status, True)
    assert len(shared_house.gateway.messages("list")) == before


def test_a_key_and_no_file_is_said(shared_house: House, key):
    answer = http.request("POST", f"{shared_house.gateway.upload_url}?to={SHOP.account}&key={key}")
    assert (answer.status, "no file" in answer.text) == (400, True)


def test_a_key_holds_from_when_it_is_made_until_it_is_revoked(shared_house: House, shop):
    gateway = shared_house.gateway
    child = gateway.process.child.pid

    def status(key: str, to: str = SHOP.account) -> int:
        return gateway.upload(png(5), to=to, key=key, text="porch").status

    key = gateway.new_key("porch", "--account", SHOP.account, "--account", BOB.account)
    assert status(key) == 200 and status(key, ALICE.account) == 403
    assert shop.received()["text"] == "porch"
    assert gateway.keys("revoke", "porch") == 'The key "porch" is revoked; nothing more is taken by it.\n'
    assert status(key) == 403
    again = gateway.new_key("porch", "--account", SHOP.account)
    assert again != key and status(key) == 403 and status(again) == 200
    assert shop.received()["text"] == "porch"
    assert gateway.process.running and gateway.process.child.pid == child, "all while it ran"


def test_the_list_tells_all_but_the_key(shared_house: House, shop):
    key = shared_house.gateway.new_key("attic", "--account", BOB.account, "--account", SHOP.account, "--account", BOB.account)
    listed = {each["name"]: each for each in json.loads(shared_house.gateway.keys("list", "--json"))}
    made = listed["attic"].pop("made")
    assert made.startswith("20") and made.endswith("Z")
    assert listed["attic"] == {"name": "attic", "all_accounts": False, "accounts": [BOB.account, SHOP.account],
                               "last_used": None, "uses": 0}
    assert shared_house.gateway.upload(png(1), to=SHOP.account, key=key).status == 200
    shop.received()
    table = shared_house.gateway.keys("list")
    line = next(line for line in table.splitlines() if line.startswith("attic"))
    assert line.split() == ["attic", made, line.split()[2], "1", BOB.account, SHOP.account]
    assert line.split()[2] >= made
    assert key not in table and key not in shared_house.gateway.keys("list", "--json")


@pytest.mark.parametrize(("arguments", "said"), [
    (("add", "x", "--account", "100000_nobody"), f"there is no sub account 100000_nobody; there are: {ALICE.account} {BOB.account}"),
    (("add", "x"), "--account ACCOUNT, once or more often, or --all-accounts"),
    (("add", "x", "--all-accounts", "--account", BOB.account), "--account ACCOUNT, once or more often, or --all-accounts"),
    (("add", "Front Door", "--all-accounts"), "small letters, digits and _ . -"),
    (("add", "any", "--all-accounts"), 'there is a key "any" already'),
    (("revoke", "nobodys"), 'there is no key "nobodys"; there are: ')])
def test_what_the_command_cannot_do_is_said_in_words(shared_house: House, key, arguments, said):
    before = shared_house.gateway.keys("list")
    done = run(shared_house, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr
    assert shared_house.gateway.keys("list") == before


def test_before_the_gateway_has_ever_run_it_is_said_what_to_do(house: House):
    house.gateway.stop()
    database = house.folder / "mmsgate.sqlite"
    for name in house.folder.glob("mmsgate.sqlite*"):
        name.unlink()
    done = run(house, "add", "x", "--all-accounts")
    assert done.returncode == 1 and str(database) in done.stderr
    assert not database.exists(), "and no file is made that may not be the gateway's own"


def test_the_key_stands_nowhere_and_a_refusal_in_the_log_once(house: House):
    shop = house.phone(SHOP)
    key = house.gateway.new_key("camera", "--account", SHOP.account)
    wrong = "w" * 36
    for headers, query in (({}, {"key": key}), ({"X-Upload-Key": key}, {}), ({"Authorization": f"Bearer {key}"}, {})):
        assert house.gateway.upload(png(1), headers, to=SHOP.account, **query).status == 200
        shop.received()
    for number in range(30):
        assert house.gateway.upload(png(1), to=SHOP.account, **({"key": wrong} if number % 2 else {})).status == 403
    assert house.gateway.upload(png(1), to=ALICE.account, key=key).status == 403
    house.gateway.keys("list")
    log = house.gateway.process.log.read_text()
    assert log.count(REFUSAL) == 1
    line = next(line for line in log.splitlines() if REFUSAL in line)
    assert " warning " in line and "mmsgate keys add NAME --account ACCOUNT" in line
    files = [path for path in house.folder.rglob("*") if path.is_file()]
    assert house.folder / "mmsgate.sqlite-wal" in files and house.gateway.process.log in files
    for path in files:
        content = path.read_bytes()
        assert key.encode() not in content and wrong.encode() not in content, path
