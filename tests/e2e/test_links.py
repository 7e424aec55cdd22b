# SPDX-License-Identifier: Apache-2.0
"""Links to files: one for each recipient, signed, ending, revocable, and silent about what is not there."""

import base64
import json
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from house import http
from house.house import ALICE, BOB, SHOP, STRANGER, House, Resident
from house.picture import png
from house.process import wait_until

from old_home import OldHome
from test_clock import Clock
from test_clock import pytestmark as needs_a_clock
from test_move_in import leave, move_in

NAME = re.compile(r"/mmsmedia/([A-Za-z0-9_-]{56})\.png")
MULTIPART = {"Content-Type": "multipart/form-data; boundary=xyz"}


@pytest.fixture
def house(make_house: Callable[..., House], tmp_path: Path) -> House:
    """Its trace shows what phones are sent."""
    return make_house({"sip": {"siplogfile": str(tmp_path / "sip.log"), "siploglevel": "4"}})


def links(house: House, *more: str) -> str:
    return house.gateway.run("links", *more)


def listed(house: House) -> dict[str, dict]:
    return {each["recipient"]: each for each in json.loads(links(house, "list", "--json"))}


def refused(house: House, *arguments: str) -> str:
    done = subprocess.run([house.gateway.program, "links", *arguments, "--config-file", house.gateway.config],
                          capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def status(link: str) -> int:
    return http.request("GET", link).status


def upload(house: House, content: bytes, sender: Resident = ALICE) -> str:
    """As a phone does; answers the link that it would send on."""
    body = (b'--xyz\r\nContent-Disposition: form-data; name="File"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
            + content + b"\r\n--xyz--\r\n")
    answer = http.request("POST", house.gateway.upload_url, body, MULTIPART | {"From": f"sip:{sender.account}@sim.example"},
                          login=(sender.account, "secret"))
    assert answer.status == 200
    return re.search(r'url="([^"]+)"', answer.text)[1]


def tries(house: House, account: str) -> list[str]:
    """The links in what was sent to this phone, or was to be, in their order."""
    blocks = re.split(r"\n\n(?=\d{4}-)", (house.folder / "sip.log").read_text())
    return [link for block in blocks if re.search(rf"-> .*\n  MESSAGE sip:{account}@", block)
            for link in re.findall(r'url="([^"]+)"', block)]


def sent_to(house: House, account: str) -> list[str]:
    """Each once, however often it was sent."""
    return list(dict.fromkeys(tries(house, account)))


def raw(house: House, path: str, method: str = "GET") -> bytes:
    """Every byte of the answer, but for those of the date."""
    parts = urlsplit(house.gateway.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as line:
        line.sendall(f"{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    return re.sub(rb"\r\nDate: [^\r]*", b"", answer)


def blob_ids(house: House) -> list[str]:
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite")) as db:
        return [row[0] for row in db.execute("SELECT id FROM blobs ORDER BY created_at")]


def tampered(link: str) -> str:
    """The last bit but one of its seal is another."""
    name = NAME.search(link)[1]
    seal = bytearray(base64.urlsafe_b64decode(name))
    seal[-1] ^= 2
    return link.replace(name, base64.urlsafe_b64encode(seal).decode())


def test_each_phone_and_the_carrier_are_given_links_of_their_own(house: House):
    alice, bob = house.phone(ALICE), house.phone(BOB)
    house.carrier.incoming(STRANGER, ALICE.number, "look", [png(1)])
    assert [phone.received()["files"][0]["bytes"] for phone in (alice, bob)] == [png(1)] * 2
    alice.send(STRANGER, file=png(2))
    entry = house.carrier.sent(1)[0]
    assert house.carrier.sent_bytes(entry) == png(2)
    of_alice, of_bob = sent_to(house, ALICE.account)[:1], sent_to(house, BOB.account)[:1]
    given = [*of_alice, *of_bob, entry["media"][0]["url"]]
    assert len(set(given)) == 3 and all(NAME.search(link) for link in given)
    assert [http.request("GET", link).body for link in given] == [png(1), png(1), png(2)]
    assert {who: each["files"] for who, each in listed(house).items()} == {ALICE.account: 2, BOB.account: 1, STRANGER: 1}


def test_a_file_has_no_other_name_than_its_links(house: House):
    link = upload(house, png(1))
    [blob] = blob_ids(house)
    uuid = "-".join((blob[:8], blob[8:12], blob[12:16], blob[16:20], blob[20:]))
    assert status(link) == 200
    for name in (blob, f"{blob}.png", uuid, f"{uuid}.png"):
        assert status(f"{house.gateway.url}/mmsmedia/{name}") == 404, name


def test_a_link_brings_all_of_http_as_before(house: House):
    link = upload(house, png(1))
    head = http.request("HEAD", link)
    whole = http.request("GET", link)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(whole.body)))
    part = http.request("GET", link, headers={"Range": "bytes=2-5"})
    assert (part.status, part.body) == (206, png(1)[2:6])
    assert http.request("GET", link, headers={"If-None-Match": whole.headers["etag"]}).status == 304
    assert whole.headers["cache-control"].startswith("private")
    assert "a.png" in whole.headers["content-disposition"] and "a.png" not in link


def test_revoking_ends_the_links_of_one_at_once_and_of_nobody_else(house: House):
    alice, bob = house.phone(ALICE), house.phone(BOB)
    process = house.gateway.process.child.pid
    house.carrier.incoming(STRANGER, ALICE.number, "look", [png(1)])
    for phone in (alice, bob):
        phone.received()
    [of_alice], [of_bob] = sent_to(house, ALICE.account), sent_to(house, BOB.account)
    said = links(house, "revoke", ALICE.account)
    assert said == f"The links that {ALICE.account} was given for any file work no more; those that are given from now on do.\n"
    assert (status(of_alice), status(of_bob)) == (404, 200)
    assert listed(house)[ALICE.account]["revoked"] == 1 and listed(house)[BOB.account]["revoked"] == 0
    house.carrier.incoming(STRANGER, ALICE.number, "and this", [png(2)])
    assert alice.received()["files"][0]["bytes"] == png(2), "what is given from now on works"
    bob.received()
    house.gateway.restart()
    assert (status(of_alice), status(of_bob), status(sent_to(house, ALICE.account)[1])) == (404, 200, 200)
    assert process != house.gateway.process.child.pid


def test_revoking_knows_one_file_a_number_in_any_form_and_everybody(house: House):
    alice = house.phone(ALICE)
    for n in (1, 2):
        alice.send(STRANGER, file=png(n))
        house.carrier.sent(n)
    first, second = (entry["media"][0]["url"] for entry in house.carrier.sent(2))
    links(house, "revoke", f"+1{STRANGER}", "--file", first)
    assert (status(first), status(second)) == (404, 200)
    links(house, "revoke", f"({STRANGER[:3]}) {STRANGER[3:6]}-{STRANGER[6:]}")
    assert status(second) == 404
    other = upload(house, png(3))
    assert status(other) == 200
    links(house, "revoke", "*")
    assert status(other) == 404 and status(upload(house, png(4))) == 200
    assert listed(house)["*"]["revoked"] == 1


@pytest.mark.parametrize("command", [("revoke", "*"), ("rotate", "--end-now")])
def test_what_a_gateway_could_not_be_told_it_reads_at_sighup(house: House, command: tuple[str, ...]):
    link = upload(house, png(1))
    control = house.folder / "mmsgate.sqlite.control"
    control.rename(control.with_suffix(".away"))
    said = links(house, *command)
    control.with_suffix(".away").rename(control)
    assert "It takes effect at the gateway's next start" in said and status(link) == 200, "it has not heard of it"
    house.gateway.process.child.send_signal(signal.SIGHUP)
    wait_until(lambda: status(link) == 404, "the old link opens no more")
    assert status(upload(house, png(2))) == 200


def test_the_next_try_brings_the_same_link(house: House):
    house.carrier.incoming(STRANGER, SHOP.number, "look", [png(1)])
    wait_until(lambda: "deferred" in str(house.gateway.messages("list")), "the first try met no phone")
    assert house.phone(SHOP).received()["files"][0]["bytes"] == png(1)
    assert len(tries(house, SHOP.account)) >= 2
    assert len(sent_to(house, SHOP.account)) == 1


def test_what_waits_while_links_are_revoked_arrives_with_a_new_one(house: House):
    house.carrier.incoming(STRANGER, SHOP.number, "look", [png(1)])
    wait_until(lambda: "deferred" in str(house.gateway.messages("list")), "the first try met no phone")
    links(house, "revoke", SHOP.account)
    assert house.phone(SHOP).received()["files"][0]["bytes"] == png(1)
    [first, second] = [sent_to(house, SHOP.account)[n] for n in (0, -1)]
    assert (status(first), status(second)) == (404, 200)


def test_who_got_links_in_messages_that_are_gone_can_be_revoked_by_force(house: House):
    alice = house.phone(ALICE)
    alice.state(alice.send(STRANGER, file=png(1)), "DeliveredToUser")
    link = house.carrier.sent(1)[0]["media"][0]["url"]
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", timeout=10)) as db, db:
        for table in ("events", "deliveries", "parts", "messages"):
            db.execute(f"DELETE FROM {table}")
    assert "say --force" in refused(house, "revoke", STRANGER) and status(link) == 200
    links(house, "revoke", f"+1{STRANGER}", "--force")
    assert status(link) == 404


def test_a_phone_that_uploads_has_links_of_its_account(house: House):
    of_alice, of_bob = upload(house, png(1), ALICE), upload(house, png(2), BOB)
    links(house, "revoke", ALICE.account)
    assert (status(of_alice), status(of_bob)) == (404, 200)
    links(house, "revoke", BOB.account)
    assert status(of_bob) == 404


def test_a_new_secret_ends_nothing_unless_it_is_meant(house: House):
    before = upload(house, png(1))
    assert links(house, "rotate") == "Links are signed with a new secret. Those that were given before go on.\n"
    after = upload(house, png(2))
    assert (status(before), status(after)) == (200, 200)
    links(house, "rotate")
    house.gateway.restart()
    assert (status(before), status(after)) == (200, 200), "however often"
    assert "work no more" in links(house, "rotate", "--end-now")
    assert (status(before), status(after), status(upload(house, png(3)))) == (404, 404, 200)


@needs_a_clock
def test_whatever_is_wrong_is_answered_with_the_same_bytes(house: House):
    clock = Clock(house)
    paths = {"never was": "/mmsmedia/" + "A" * 56 + ".png", "no name": "/mmsmedia/x", "nothing": "/mmsmedia/",
             "an id that never was": "/mmsmedia/" + "0" * 32 + ".png", "a path": "/mmsmedia/..%2f..%2fetc%2fpasswd"}
    revoked, expired = upload(house, png(1), BOB), upload(house, png(2))
    removed, good = upload(house, png(3)), upload(house, png(4))
    paths |= {"tampered": urlsplit(tampered(good)).path, "the bare id": f"/mmsmedia/{blob_ids(house)[3]}.png",
              "revoked": urlsplit(revoked).path, "its bare id": f"/mmsmedia/{blob_ids(house)[0]}"}
    links(house, "revoke", BOB.account)
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite")) as db, db:
        db.execute("DELETE FROM blobs WHERE id = ?", (blob_ids(house)[2],))
    paths["removed"] = urlsplit(removed).path
    assert status(good) == 200
    for method in ("GET", "HEAD"):
        answers = {what: raw(house, path, method) for what, path in paths.items()}
        [answer] = set(answers.values())
        assert answer.startswith(b"HTTP/1.1 404 ")
    clock.set("+366d")
    assert raw(house, urlsplit(expired).path) == raw(house, paths["never was"])
    assert blob_ids(house), "though the file is still there"


@needs_a_clock
def test_a_link_ends_when_its_files_time_is_over(make_house: Callable[..., House]):
    house = make_house({"mmsgate": {"keepdays": "10"}})
    clock = Clock(house)
    link = upload(house, png(1))
    clock.set("+9d")
    assert status(link) == 200
    clock.set("+11d")
    assert status(link) == 404
    assert status(upload(house, png(2))) == 200


def test_files_of_before_links_were_signed_keep_their_names(house: House):
    """A database of the schema before."""
    upload(house, png(1))
    [old] = blob_ids(house)
    house.gateway.stop()
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite")) as db, db:
        db.executescript("DROP TABLE link_secrets; DROP TABLE link_revocations; ALTER TABLE blobs DROP COLUMN plain_link;"
                         "PRAGMA user_version = 10")
    house.gateway.start()
    old_link = f"{house.gateway.url}/mmsmedia/{old}.png"
    assert http.request("GET", old_link).body == png(1)
    signed = upload(house, png(2))
    [new] = [blob for blob in blob_ids(house) if blob != old]
    assert status(signed) == 200 and status(f"{house.gateway.url}/mmsmedia/{new}.png") == 404
    assert "`mmsgate links end-old` ends such names" in refused(house, "revoke", "*", "--file", old_link)
    of_old = "But 1 older file of before links were signed still opens by the old name. `mmsgate links end-old` ends that.\n"
    assert of_old in links(house, "revoke", "*") and of_old in links(house, "rotate", "--end-now")
    assert "older" not in links(house, "rotate")
    assert status(old_link) == 200


def test_old_names_end_for_all_when_it_is_said(house: House):
    """A database of the schema before, with its gateway running."""
    alice = house.phone(ALICE)
    alice.send(STRANGER, file=png(1))
    house.carrier.sent(1)
    [sent] = blob_ids(house)
    upload(house, png(2), BOB)
    [of_bob] = [blob for blob in blob_ids(house) if blob != sent]
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite", timeout=10)) as db, db:
        db.execute("UPDATE blobs SET plain_link = 1")
    by_number, by_account = (f"{house.gateway.url}/mmsmedia/{blob}.png" for blob in (sent, of_bob))
    assert f"that {STRANGER} was given" in links(house, "revoke", STRANGER)
    assert "2 older files open by the name of before" in links(house, "end-old", "--dry-run")
    assert "2 older files open" in refused(house, "end-old") and "say --yes" in refused(house, "end-old", "*")
    assert (status(by_number), status(by_account)) == (200, 200), "so far it was only asked"
    assert f"1 older file that {STRANGER} was given no longer opens" in links(house, "end-old", f"+1{STRANGER}", "--yes")
    assert (status(by_number), status(by_account)) == (404, 200)
    assert raw(house, urlsplit(by_number).path) == raw(house, "/mmsmedia/" + "0" * 32 + ".png")
    signed = upload(house, png(3), BOB)
    assert "1 older file that" in links(house, "end-old", BOB.account, "--dry-run")
    assert links(house, "end-old", "--yes").startswith("1 older file no longer opens by the old name")
    assert (status(by_account), status(signed)) == (404, 200)
    house.gateway.stop()
    assert links(house, "end-old", "--yes").startswith("0 older files"), "once is enough, and it need not run"
    assert links(house, "end-old") == "0 older files open by the name of before links were signed, for whoever has it.\n"
    house.gateway.start()
    assert (status(by_number), status(by_account), status(signed)) == (404, 404, 200)
    links(house, "revoke", "*", "--file", of_bob)
    assert status(signed) == 200, "another file"


def test_files_of_the_first_mmsgate_keep_theirs_and_new_ones_have_no_such(house: House):
    home: OldHome = leave(house)
    old = home.add_file(png(3))
    home.add(fromid=STRANGER, toid=ALICE.account, did=ALICE.number, message=home.xml(png(1)), msgtype="MMS", msgid="1",
             rcvd_ts=int(time.time()) - 60)
    move_in(house)
    assert http.request("GET", old).body == png(3)
    alice = house.phone(ALICE)
    assert alice.received()["files"][0]["bytes"] == png(1)
    [signed] = sent_to(house, ALICE.account)
    assert NAME.search(signed), "what goes out from now on is signed"
    assert "1 older file that" in links(house, "end-old", ALICE.account, "--dry-run")
    assert "2 older files" in links(house, "end-old", "--yes")
    assert (status(old), status(signed)) == (404, 200)
    house.gateway.restart()
    assert status(old) == 404, "nor does the next start bring it back"


def test_a_backup_brings_the_secret_too(house: House, tmp_path: Path):
    link = upload(house, png(1))
    links(house, "revoke", BOB.account)
    house.gateway.run("backup", str(tmp_path / "kept.tar.gz"))
    house.gateway.stop()
    for path in house.folder.glob("mmsgate.sqlite*"):
        path.unlink()
    (house.folder / "media").rename(tmp_path / "media-of-before")
    house.gateway.run("restore", str(tmp_path / "kept.tar.gz"))
    house.gateway.start()
    assert http.request("GET", link).body == png(1)
    assert listed(house)[BOB.account]["revoked"] == 1


def test_the_secret_stands_in_the_database_alone(house: House):
    alice = house.phone(ALICE)
    alice.send(STRANGER, file=png(1))
    house.carrier.sent(1)
    printed = links(house, "list") + links(house, "list", "--json") + links(house, "rotate")
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite")) as db:
        secrets = [row[0] for row in db.execute("SELECT secret FROM link_secrets")]
    assert len(secrets) == 2
    wait_until(lambda: house.gateway.health() == 200, "it goes on")
    log = house.gateway.process.log.read_text()
    for secret in secrets:
        assert len(secret) == 36 and secret not in log and secret not in printed
    assert "/mmsmedia/" not in log, "nor any link in the log"


@pytest.mark.parametrize(("arguments", "said"), [
    (("revoke", "100000_nobody"), 'no message with a file of "100000_nobody" is in the database'),
    (("end-old", "100000_nobody", "--yes"), 'no message with a file of "100000_nobody" is in the database'),
    (("revoke", "5145550177"), "say --force"), (("revoke", "", "--force"), "no message with a file of"), (("revoke", ALICE.account, "--file", "x"), "--file must be a link to the file"),
    (("revoke", ALICE.account, "--file", "0" * 32), "there is no such file")])
def test_what_the_command_cannot_do_is_said_in_words(shared_house: House, arguments, said):
    assert said in refused(shared_house, *arguments)
    assert listed(shared_house) == {}
