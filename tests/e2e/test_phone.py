# SPDX-License-Identifier: Apache-2.0
"""Real Linphone phones and Kamailio, without the gateway: stand-ins take its place on both sides."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import unescape

import pytest
from conftest import BUILD
from house import proxy as proxies
from house.phone import Phone
from house.picture import png
from house.ports import own_address
from house.proxy import Proxy
from stand_in_files import RCS_TYPE, StandInFiles, rcs_file
from stand_in_gateway import StandInGateway

DOMAIN, PASSWORD = "sim.example", "secret"
ALICE, BOB = "100000_alice", "100000_bob"
STRANGER = "5145550199"


class Street:
    """A proxy, a stand-in for the gateway, phones."""

    def __init__(self, folder: Path, files: StandInFiles, rule: str = proxies.EVERYTHING):
        self.folder, self.files = folder, files
        self.gateway = StandInGateway(own_address())
        self.proxy = Proxy(folder, own_address(), self.gateway.address, DOMAIN, rule)
        self.phones: list[Phone] = []

    def phone(self, name: str, home: str = "", registers: bool = True) -> Phone:
        phone = Phone(BUILD / "sim" / "mmsgate-phone", self.folder, name, DOMAIN, self.proxy.uri, self.files.url, registers,
                      home=home)
        self.phones.append(phone)
        return phone

    def send(self, name: str, kind: str, body: str | bytes, sender: str = STRANGER, **more: str) -> tuple[int, str]:
        return self.gateway.send(self.proxy.listens_at, f"sip:{name}@{DOMAIN}", f"sip:{sender}@{DOMAIN}", kind, body, **more)

    def close(self) -> None:
        for each in (*self.phones, self.proxy):
            each.stop()
        self.gateway.close()


@pytest.fixture
def files() -> Iterator[StandInFiles]:
    with StandInFiles(DOMAIN, PASSWORD) as served:
        yield served


@pytest.fixture
def street(tmp_path: Path, files: StandInFiles) -> Iterator[Street]:
    one = Street(tmp_path, files)
    yield one
    one.close()


def aor(name: str) -> str:
    return f"sip:{name}@{DOMAIN}"


def imdn(message_id: str, status: str) -> str:
    kind = "display" if status == "displayed" else "delivery"
    return (f'<?xml version="1.0" encoding="UTF-8"?><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>{message_id}'
            f"</message-id><datetime>2026-01-02T03:04:05Z</datetime><{kind}-notification><status><{status}/></status>"
            f"</{kind}-notification></imdn>")


def test_the_gateway_learns_of_a_registration_at_once(street: Street) -> None:
    alice = street.phone(ALICE)
    street.gateway.next("OPTIONS", x_registered=aor(ALICE))
    street.phone(BOB)
    street.gateway.next("OPTIONS", x_registered=aor(BOB))
    alice.unregister()
    alice.register()
    street.gateway.next("OPTIONS", x_registered=aor(ALICE))


def test_a_phone_that_leaves_is_not_announced(street: Street) -> None:
    alice = street.phone(ALICE)
    street.gateway.next("OPTIONS", x_registered=aor(ALICE))
    alice.unregister()
    street.phone(BOB)
    assert street.gateway.next("OPTIONS").headers["x-registered"] == aor(BOB)


def test_a_text_reaches_the_phone_and_its_receipts_come_back(street: Street) -> None:
    alice = street.phone(ALICE)
    status, call_id = street.send(ALICE, "text/plain; charset=utf-8", "hello, é & 😀", X_SMS_To="5145550100")
    assert status == 200
    event = alice.received()
    assert (event["from"], event["text"], event["files"]) == (STRANGER, "hello, é & 😀", [])
    assert (event["call_id"], event["sms_to"]) == (call_id, "5145550100")
    receipt = street.gateway.next("MESSAGE", content_type="message/imdn+xml")
    assert f"<message-id>{call_id}</message-id>" in receipt.text and "<delivered/>" in receipt.text
    alice.mark_read()
    receipt = street.gateway.next("MESSAGE", content_type="message/imdn+xml")
    assert f"<message-id>{call_id}</message-id>" in receipt.text and "<displayed/>" in receipt.text


def test_nobody_is_there(street: Street) -> None:
    assert street.send(ALICE, "text/plain", "anybody?")[0] == 404
    street.phone(ALICE).unregister()
    assert street.send(ALICE, "text/plain", "still anybody?")[0] == 404


def test_all_devices_of_an_account_get_it(street: Street) -> None:
    devices = [street.phone(ALICE, home=home) for home in ("mobile", "desk")]
    assert street.send(ALICE, "text/plain", "to both")[0] == 200
    assert [device.received()["text"] for device in devices] == ["to both"] * 2


def test_a_call_id_is_shown_once_even_after_a_restart(street: Street) -> None:
    alice = street.phone(ALICE)
    _, call_id = street.send(ALICE, "text/plain", "once")
    assert alice.received()["text"] == "once"
    assert street.send(ALICE, "text/plain", "once", call_id=call_id)[0] == 200
    alice.stop()
    alice.start()
    assert street.send(ALICE, "text/plain", "once", call_id=call_id)[0] == 200
    street.send(ALICE, "text/plain", "after")
    assert alice.received()["text"] == "after"


def test_caption_and_files_are_one_bubble(street: Street, files: StandInFiles) -> None:
    alice = street.phone(ALICE)
    pictures = [png(1), png(2, side=200)]
    parts = [f"Content-Type: {RCS_TYPE}\r\n\r\n" + rcs_file(f"a & b {n}.png", "image/png", len(data), files.put("image/png", data))
             for n, data in enumerate(pictures)]
    parts.insert(0, "Content-Type: text/plain; charset=utf-8\r\n\r\nlook at <these> &c")
    body = "".join(f"--cut\r\n{part}\r\n" for part in parts) + "--cut--\r\n"
    street.send(ALICE, "multipart/mixed; boundary=cut", body)
    event = alice.received()
    assert event["text"] == "look at <these> &c"
    assert [file["bytes"] for file in event["files"]] == pictures
    assert [file["sha256"] for file in event["files"]] == [hashlib.sha256(data).hexdigest() for data in pictures]
    assert [(file["name"], file["type"]) for file in event["files"]] == [(f"a & b {n}.png", "image/png") for n in (0, 1)]
    assert [file["size"] for file in event["files"]] == [len(data) for data in pictures]


def test_a_file_that_cannot_be_had_is_said_and_what_comes_next_is_shown(street: Street, files: StandInFiles) -> None:
    alice = street.phone(ALICE)
    _, call_id = street.send(ALICE, RCS_TYPE, rcs_file("gone.png", "image/png", 100, files.url + "/gone"))
    assert alice.expect("download_failed", call_id=call_id)["from"] == STRANGER
    data = png(3)
    street.send(ALICE, RCS_TYPE, rcs_file("here.png", "image/png", len(data), files.put("image/png", data)))
    assert alice.received()["files"][0]["bytes"] == data
    assert len(alice.messages()) == 1


def test_a_file_of_the_phone_is_uploaded_with_its_login_then_named_to_the_gateway(street: Street, files: StandInFiles) -> None:
    alice = street.phone(ALICE)
    picture = png(4, side=150)
    sent = alice.send(STRANGER, file=picture, name="pic & <ture> é.png")
    message = street.gateway.next("MESSAGE", content_type=RCS_TYPE)
    upload = files.uploads[0]
    assert (upload.user, upload.name, upload.kind) == (ALICE, "pic & <ture> é.png", "image/png")
    assert upload.data == picture
    # liblinphone 5.1 does not escape the name: what it sends is no XML then.
    assert "<file-name>pic & <ture> é.png</file-name>" in unescape(message.text)
    assert files.url + "/get/0" in message.text
    assert "Linphone" in message.headers["user-agent"]
    assert "route" not in message.headers, "the proxy was the whole of the phone's route"
    assert aor(ALICE) in message.headers["from"] and aor(STRANGER) in message.headers["to"]
    alice.state(sent, "FileTransferDone")
    assert alice.state(sent, "Delivered")["call_id"] == message.headers["call-id"]


@pytest.mark.parametrize(("status", "shown"), [("delivered", "DeliveredToUser"), ("displayed", "Displayed"),
                                               ("error", "NotDelivered")])
def test_a_receipt_drives_the_ticks(street: Street, status: str, shown: str) -> None:
    alice = street.phone(ALICE)
    sent = alice.send(STRANGER, text="hello")
    call_id = street.gateway.next("MESSAGE", content_type="text/plain").headers["call-id"]
    alice.state(sent, "Delivered")
    street.send(ALICE, "message/imdn+xml", imdn(call_id, status))
    alice.state(sent, shown)


def test_a_wrong_password_uploads_nothing(street: Street, files: StandInFiles) -> None:
    files.password = "another"
    alice = street.phone(ALICE)
    alice.state(alice.send(STRANGER, file=png(5)), "FileTransferError")
    assert files.uploads == []


def test_the_first_manuals_rule_keeps_texts_to_numbers_off_the_gateway(tmp_path: Path, files: StandInFiles) -> None:
    street = Street(tmp_path, files, proxies.ALL_BUT_TEXTS)
    try:
        alice = street.phone(ALICE)
        alice.state(alice.send(STRANGER, text="by SIP trunk, which is not here"), "NotDelivered")
        alice.send("101", text="to an extension")
        assert street.gateway.next("MESSAGE").text == "to an extension"
        alice.send(STRANGER, file=png(6))
        assert street.gateway.next("MESSAGE").headers["content-type"] == RCS_TYPE
    finally:
        street.close()


def test_what_comes_from_the_gateway_never_goes_back_to_it(street: Street) -> None:
    status, _ = street.send("5145550198", "text/plain", "to a number", User_Agent="Linphone")
    assert status == 404
    status, _ = street.send("101", RCS_TYPE, rcs_file("a.png", "image/png", 1, "http://127.0.0.1:1/a"), User_Agent="Linphone")
    assert status == 404


def test_a_phone_may_begin_silent(street: Street) -> None:
    alice = street.phone(ALICE, registers=False)
    assert street.send(ALICE, "text/plain", "too early")[0] == 404
    alice.register()
    assert street.send(ALICE, "text/plain", "in time")[0] == 200
    assert alice.received()["text"] == "in time"


def test_wrong_commands_are_answered_and_do_no_harm(street: Street) -> None:
    alice = street.phone(ALICE)
    for wrong in ({"do": "dance"}, {}, {"do": 5}, {"do": "send"}, {"do": "send", "to": 5145550199, "text": "hello"},
                  {"do": "send", "to": "", "text": "hello"}, {"do": "send", "to": "a b@c", "text": "hello"},
                  {"do": "send", "to": STRANGER}, {"do": "send", "to": STRANGER, "file": "/no/such/file"},
                  {"do": "send", "to": STRANGER, "text": ["hello"]}):
        alice.process.tell(wrong)
        assert alice.expect("error")["reason"], wrong
    alice.send(STRANGER, text="well")
    assert street.gateway.next("MESSAGE").text == "well"


def test_it_leaves_properly_when_told_to_quit_or_stopped_or_left_alone(street: Street) -> None:
    def is_gone(name: str) -> bool:
        return street.send(name, "text/plain", "anybody?")[0] == 404

    quitter, stopped, orphan = (street.phone(f"100000_{name}") for name in ("quitter", "stopped", "orphan"))
    quitter.process.tell({"do": "quit"})
    quitter.expect("unregistered")
    assert stopped.stop() == 0
    orphan.process.hang_up()
    for phone in (quitter, orphan):
        assert phone.process.wait() == 0
    assert all(is_gone(phone.name) for phone in (quitter, stopped, orphan))
