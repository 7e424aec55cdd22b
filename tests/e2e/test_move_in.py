# SPDX-License-Identifier: Apache-2.0
"""Who comes from the first MMSGate keeps its config, its database and its files, and what waited there arrives."""

import sqlite3
import subprocess
import time
from contextlib import closing

import pytest
from house import http
from house.carrier import PASSWORD, USER
from house.house import ALICE, BOB, SHOP, STRANGER, House
from house.picture import png
from house.process import wait_until

from old_home import OldHome


def leave(house: House) -> OldHome:
    """The gateway has never been here; the first MMSGate has."""
    house.gateway.stop()
    for file in house.folder.glob("mmsgate.sqlite*"):
        file.unlink()
    house.carrier.set_webhook(house.gateway.bare_hook_url)  # as it stands at VoIP.ms since then
    options = house.gateway.options["web"]
    return OldHome(house.folder / "mmsgate.sqlite", house.folder / "media", f"http://{options['webdns']}:{options['webport']}/mmsmedia")


def taken(house: House) -> bool:
    return "taken over from the first MMSGate:" in house.gateway.process.log.read_text()


def move_in(house: House) -> None:
    house.gateway.start()
    wait_until(lambda: taken(house), "everything has been taken over")


@pytest.fixture
def home(house: House) -> OldHome:
    return leave(house)


def test_what_waited_arrives_and_what_had_arrived_does_not_again(house: House, home: OldHome):
    alice, shop = house.phone(ALICE), house.phone(SHOP)
    arrived = {"fromid": STRANGER, "did": ALICE.number, "sent_ts": int(time.time()) - 50, "trycnt": 1}
    home.add(toid=ALICE.account, message="seen", msgstatus="200", msgid="11", **arrived)
    home.add(toid=ALICE.account, message="waited", msgstatus="Missing AOR", msgid="12", **arrived)
    home.add(toid=ALICE.account, message=home.xml(png(1), "salt & pepper.png"), msgtype="MMS", msgid="12", **arrived | {"trycnt": 0})
    home.add(fromid=SHOP.extension, toid=ALICE.account, message="from the shop", msgstatus="TRYING", trycnt=3)
    home.add(fromid=SHOP.account, toid=STRANGER, direction="OUT", message="an answer", msgstatus="API ERR", trycnt=2)
    home.add(fromid=SHOP.account, toid=STRANGER, direction="OUT", message=home.xml(png(2)), msgtype="MMS")
    before = home.table()

    move_in(house)
    texts = {alice.received()["text"] for _ in range(3)}
    assert texts == {"waited", "", "from the shop"}
    pictures = [file["bytes"] for event in alice.messages() for file in event["files"]]
    assert pictures == [png(1)]
    answer, picture = house.carrier.sent(2)
    assert (answer["message"], answer["did"]) == ("an answer", SHOP.number)
    assert house.carrier.sent_bytes(picture) == png(2)
    assert shop.messages() == []
    assert len(house.gateway.messages("list")) == 5, "the caption and the picture of one message are one"
    assert home.table() == before, "one can go back"


def test_links_that_phones_have_kept_go_on_working(house: House, home: OldHome):
    link = home.add_file(png(3))
    lonely = home.add_file(b"GIF89a and more", ".gif")
    (home.media / "conf").mkdir()
    (home.media / "notes.txt").write_text("none of ours")
    home.add(fromid=STRANGER, toid=ALICE.account, did=ALICE.number, message="x", msgstatus="200", msgid="1")
    move_in(house)
    answer = http.request("GET", link)
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, png(3), "image/png")
    assert http.request("GET", lonely).body == b"GIF89a and more"
    assert http.request("GET", f"{home.media_url}/notes.txt").status == 404
    assert sorted(path.name for path in home.media.iterdir() if path.is_file()) == sorted([link.rsplit("/", 1)[1], lonely.rsplit("/", 1)[1], "notes.txt"])


def test_a_file_that_cannot_be_taken_keeps_no_message_away(house: House, home: OldHome):
    phone = house.phone(ALICE)
    link = home.add_file(png(4))
    taken_place = house.folder / "media" / link.rsplit("/", 1)[1][:2]
    taken_place.write_text("a file where a folder must be")
    home.add(fromid=STRANGER, toid=ALICE.account, did=ALICE.number, message="waited", msgid="9")
    move_in(house)
    assert phone.received()["text"] == "waited"
    assert "1 of its files could not be taken over" in house.gateway.process.log.read_text()
    taken_place.unlink()
    house.gateway.restart()
    wait_until(lambda: http.request("GET", link).status == 200, "the next start has taken it")
    assert len(phone.messages()) == 1


def test_doing_it_again_changes_nothing(house: House, home: OldHome):
    phone = house.phone(BOB)
    for n in range(3):  # as alike as they can be
        home.add(rcvd_ts=1_700_000_000, fromid=BOB.account, toid=STRANGER, direction="OUT", message="yes", msgstatus="200")
    home.add(fromid=STRANGER, toid=BOB.account, did=BOB.number, message="once", msgid="5")
    move_in(house)
    assert phone.received()["text"] == "once"
    listed = house.gateway.messages("list")
    assert len(listed) == 4
    again = subprocess.run([house.gateway.program, "import", "--config-file", house.gateway.config], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert again.stdout == ("0 messages with 0 deliveries and 0 files were taken over; 0 deliveries still have to arrive.\n"
                            "4 rows were here already.\n")
    assert [line["id"] for line in house.gateway.messages("list")] == [line["id"] for line in listed]
    house.gateway.restart()
    house.carrier.incoming(STRANGER, BOB.number, "next")
    assert phone.received()["text"] == "next"
    assert len(phone.messages()) == 2
    assert not taken(house) or house.gateway.process.log.read_text().count("taken over from the first MMSGate:") == 1


def test_a_web_hook_that_comes_again_after_the_move_doubles_nothing(house: House, home: OldHome):
    phone = house.phone(ALICE)
    old = house.carrier.incoming(STRANGER, ALICE.number, "of yesterday", webhook=False)
    home.add(fromid=STRANGER, toid=ALICE.account, did=ALICE.number, message="of yesterday", msgstatus="200", msgid=str(old["id"]))
    move_in(house)
    assert house.carrier.incoming(STRANGER, ALICE.number, "of yesterday", id=old["id"])["webhook"]["status"] == 200
    house.carrier.incoming(STRANGER, ALICE.number, "of today")
    assert phone.received()["text"] == "of today"
    assert len(phone.messages()) == 1


# The first MMSGate was stopped between sending and writing down that it had sent.
def test_what_the_carrier_has_already_is_not_sent_again(house: House, home: OldHome):
    sent = http.request("POST", house.carrier.api_url, body=f"api_username={USER}&api_password={PASSWORD}&method=sendSMS"
                        f"&did={SHOP.number}&dst={STRANGER}&message=hello".encode(),
                        headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert '"success"' in sent.text, sent.text
    home.add(fromid=SHOP.account, toid=STRANGER, direction="OUT", message="hello", msgstatus="TRYING", trycnt=1, sent_ts=int(time.time()))
    move_in(house)
    wait_until(lambda: house.gateway.messages("list")[0]["states"] == "1 accepted", "it is known to have been sent")
    assert len(house.carrier.sent(1)) == 1


def test_what_nobody_can_send_any_more_has_failed_with_its_reason(house: House, home: OldHome):
    home.add(fromid="100000_gone", toid=STRANGER, direction="OUT", message="too late")
    home.add(fromid=SHOP.account, toid=STRANGER, direction="OUT", msgtype="MMS", message="<file><broken", msgstatus="No URL", trycnt=9999)
    move_in(house)
    reasons = [house.gateway.messages("show", str(n))["events"][-1]["reason"] for n in (1, 2)]
    assert reasons == ["there is no sub account 100000_gone any more", "the XML of its files cannot be read"]


def test_a_hundred_thousand_rows_are_taken_over_from_another_place(house: House, tmp_path_factory: pytest.TempPathFactory):
    place = tmp_path_factory.mktemp("old")
    home = OldHome(place / "old.sqlite", place / "media")
    filled = home.fill(100_000, seed=7)
    command = [house.gateway.program, "import", "--from", home.database, "--media", home.media, "--config-file", house.gateway.config]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    print(f"{filled['rows']} rows in {time.monotonic() - began:.1f} s")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{filled['messages']} messages with {filled['rows']} deliveries and 0 files"), done.stdout
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM deliveries WHERE state = 2").fetchone() == (filled["rows"],)
        times = db.execute("SELECT min(received_at), max(received_at) FROM messages").fetchone()
    assert list(times) == [1000 * t for t in home.sql("SELECT min(rcvd_ts), max(rcvd_ts) FROM send_msgs")[0]]
    phone = house.phone(ALICE)
    house.carrier.incoming(STRANGER, ALICE.number, "and life goes on")
    assert phone.received()["text"] == "and life goes on"


@pytest.mark.parametrize(("arguments", "said"), [
    (["--from", "/nowhere/m.sqlite"], "/nowhere/m.sqlite"),
    (["--from", "{config}"], "mmsgate.conf"),
    ([], "it has no table send_msgs"),
])
def test_what_is_no_old_database_is_said(shared_house: House, arguments: list[str], said: str):
    gateway = shared_house.gateway
    arguments = [argument.format(config=gateway.config) for argument in arguments]
    done = subprocess.run([gateway.program, "import", *arguments, "--config-file", gateway.config], capture_output=True, text=True)
    assert done.returncode == 1 and said in done.stderr, done
