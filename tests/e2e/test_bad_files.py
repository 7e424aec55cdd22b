# SPDX-License-Identifier: Apache-2.0
"""Files with names and headers that nobody should send: an answer, no crash, and a picture travels as if nothing had been."""

import re
import socket

import pytest

from house import http
from house.house import ALICE, DOMAIN, SHOP, STRANGER
from house.picture import png

from stand_in_files import RCS_TYPE, rcs_file
from test_bad_input import multipart

HUGE = "x" * 100_000 + ".png"
LONG = "x" * 60_000 + ".png"  # as much as a MESSAGE may carry


@pytest.fixture(scope="module")
def alice(shared_house):
    return shared_house.phone(ALICE)


@pytest.fixture(autouse=True)
def a_picture_travels_both_ways_afterwards(shared_house, alice):
    child = shared_house.gateway.process.child.pid
    yield
    assert shared_house.gateway.process.running and shared_house.gateway.process.child.pid == child
    shared_house.carrier.incoming(STRANGER, ALICE.number, "in", [png(3)])
    assert alice.received()["files"][0]["bytes"] == png(3)
    sent = alice.send("5145550198", file=png(4))
    alice.state(sent, "DeliveredToUser")
    assert [shared_house.carrier.sent_bytes(entry) for entry in shared_house.carrier.look("sent")
            if entry["dst"] == "5145550198"] == [png(4)]
    shared_house.carrier.control("reset")


def upload(house, head: bytes):
    body = b"--xyz\r\n" + head + b"\r\n\r\n" + png(1) + b"\r\n--xyz--\r\n"
    return house.gateway.post_file(body, {"Content-Type": "multipart/form-data; boundary=xyz"})


def name_in(answer: http.Answer) -> str:
    return re.search(r"<file-name>(.*?)</file-name>", answer.text, re.S)[1]


@pytest.mark.parametrize("head", [
    b'Content-Disposition: form-data; name="File"; filename="a\x00b.png"\r\nContent-Type: image/png',
    b'Content-Disposition: form-data; name="File"; filename="a.png\x00"\r\nContent-Type: image/png\x00; x=y',
    b"Content-Disposition: form-data; name=\"File\"; filename*=UTF-8''a%00b.png\r\nContent-Type: image/png",
    b'X-Odd\x00: \x00\r\nContent-Disposition: form-data; name="File"; filename="a.png"\r\nContent-Type: image/png',
    b'\x00\r\nContent-Disposition: form-data; name="File"; filename="a.png"\r\nContent-Type: image/png'])
def test_a_nul_in_the_head_of_an_upload_is_refused_or_left_out(shared_house, head):
    answer = upload(shared_house, head)
    assert answer.status in (200, 400)
    assert b"\x00" not in answer.body
    if answer.status == 400:
        assert len(answer.text.strip()) > 5, "in words"
        return
    assert name_in(answer).startswith("a")
    link = re.search(r'url="([^"]+)"', answer.text)[1]
    assert http.request("GET", link).body == png(1), "what was taken is whole"


def test_an_upload_with_a_name_of_100_kilobytes_is_refused(shared_house):
    answer = upload(shared_house, f'Content-Disposition: form-data; name="File"; filename="{HUGE}"'.encode())
    assert answer.status == 400
    assert "headers of a part are longer" in answer.text


def test_an_upload_with_a_long_name_keeps_what_tells_its_type(shared_house):
    answer = upload(shared_house, f'Content-Disposition: form-data; name="File"; filename="{HUGE[-10_000:]}"'.encode())
    assert answer.status == 200
    assert len(name_in(answer)) <= 255 and name_in(answer).endswith(".png")


def message(house, kind: str, body: bytes, to: str = STRANGER) -> tuple[int, str]:
    """What is answered to a MESSAGE of Alice's, straight to the gateway and by TCP: no proxy would carry so large a one."""
    sip = house.gateway.options["sip"]
    lines = [f"MESSAGE sip:{to}@{DOMAIN} SIP/2.0", "Via: SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bK-large;rport",
             f"From: <sip:{ALICE.account}@{DOMAIN}>;tag=1", f"To: <sip:{to}@{DOMAIN}>", f"Call-ID: {hash(body)}@test",
             "CSeq: 1 MESSAGE", "Max-Forwards: 20", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "", ""]
    with socket.create_connection((sip["sipboundaddress"], int(sip["sipport"])), timeout=20) as line:
        line.sendall("\r\n".join(lines).encode() + body)
        answer = line.recv(65_536)
    _, status, phrase = answer.partition(b"\r\n")[0].decode().split(" ", 2)
    return int(status), phrase


@pytest.fixture
def link(shared_house) -> str:
    """Of a file that was uploaded."""
    body, headers = multipart(('Content-Disposition: form-data; name="File"; filename="a.png"', png(2)))
    return re.search(r'url="([^"]+)"', shared_house.gateway.post_file(body, headers).text)[1]


def test_a_message_that_is_longer_than_one_may_be_is_refused(shared_house, link):
    assert message(shared_house, RCS_TYPE, rcs_file(HUGE, "image/png", 1, link).encode())[0] == 413


def test_a_file_name_of_60_kilobytes_in_a_message_harms_nobody(shared_house, link):
    status, _ = message(shared_house, RCS_TYPE, rcs_file(LONG, "image/png", 1, link).encode())
    assert status == 202
    entry = shared_house.carrier.sent(1)[0]
    assert shared_house.carrier.sent_bytes(entry) == png(2)


# It was passed on as it came, in a MESSAGE that no proxy carries: the conversation stood still for days.
def test_a_file_name_of_60_kilobytes_reaches_another_phone_shortened(shared_house, link):
    shop = shared_house.phone(SHOP)
    assert message(shared_house, RCS_TYPE, rcs_file(LONG, "image/png", 1, link).encode(), SHOP.extension)[0] == 202
    file = shop.received()["files"][0]
    assert file["bytes"] == png(2)
    assert len(file["name"]) <= 255


@pytest.mark.parametrize("name", ["a\x00b.png", "\x00", "a\x01\x1b[2J.png"])
def test_a_nul_in_the_xml_of_a_file_is_answered(shared_house, link, name):
    status, _ = message(shared_house, RCS_TYPE, rcs_file(name, "image/png", 1, link).encode())
    assert status in (202, 400)
    if status == 202:
        assert shared_house.carrier.sent_bytes(shared_house.carrier.sent(1)[0]) == png(2)


def test_a_message_of_two_megabytes_is_refused(shared_house):
    assert message(shared_house, "text/plain", b"x" * 2_000_000)[0] == 413
