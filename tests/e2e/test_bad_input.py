# SPDX-License-Identifier: Apache-2.0
"""What nobody should send: each is answered in words, and the next good message arrives as if nothing had been."""

import json
import socket

import pytest

from house import http
from house.house import SHOP, STRANGER
from house.picture import png
from house.process import wait_until


@pytest.fixture(scope="module")
def shop(shared_house):
    return shared_house.phone(SHOP)


@pytest.fixture(autouse=True)
def a_good_one_arrives_afterwards(shared_house, shop, request):
    yield
    words = f"after {request.node.name}"
    shared_house.carrier.incoming(STRANGER, SHOP.number, words)
    assert shop.received()["text"] == words


def hook(house, body, content_type="application/json"):
    return http.request("POST", house.gateway.hook_url, body, {"Content-Type": content_type})


def payload(**changes):
    value = {"id": 77, "from": {"phone_number": STRANGER}, "to": [{"phone_number": SHOP.number}], "text": "x", "type": "SMS"}
    value.update(changes)
    return json.dumps({"data": {"id": value["id"], "event_type": "message.received", "payload": value}})


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", '"text"', "{}", '{"data":{}}', '{"data":{"payload":[]}}', "\x00\x01", "<xml/>",
     payload(id=None), payload(**{"from": None}), payload(to=[]), payload(to=None), payload(id={"a": 1})],
)
def test_json_that_says_nothing_is_refused_with_a_reason(shared_house, body):
    answer = hook(shared_house, body)
    assert answer.status == 400
    assert len(answer.text.strip()) > 5


def test_a_million_brackets_do_not_overflow_anything(shared_house):
    assert hook(shared_house, "[" * 900_000).status == 400
    assert hook(shared_house, '{"a":' * 150_000).status == 400


def test_ten_megabytes_are_too_large(shared_house):
    try:
        assert hook(shared_house, b"x" * 10_000_000).status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # it was told no before it had sent all


@pytest.mark.parametrize(
    ("number", "changes", "text"),
    [(1, {"id": "9001"}, "x"), (2, {"text": None, "id": 9002}, "[An empty message]"), (3, {"text": 42, "id": 9003}, "42"),
     (4, {"to": SHOP.number, "id": 9004}, "x"), (5, {"from": STRANGER, "id": 9005}, "x"),
     (6, {"to": [f"+1{SHOP.number}"], "id": 9006}, "x"), (7, {"media": None, "id": 9007}, "x")],
)
def test_loose_types_are_taken(shared_house, shop, number, changes, text):
    answer = hook(shared_house, payload(**changes))
    assert (answer.status, answer.text) == (200, "ok")
    assert shop.received()["text"] == text


def test_the_older_callback_is_taken(shared_house, shop):
    url = f"{shared_house.gateway.hook_url}?id=5501&from={STRANGER}&to={SHOP.number}&message=old+form&date=2026-01-01"
    answer = http.request("GET", url)
    assert (answer.status, answer.text) == (200, "ok")
    assert shop.received()["text"] == "old form"


def test_thirty_pictures_arrive(shared_house, shop):
    pictures = [png(n, side=8) for n in range(30)]
    shared_house.carrier.incoming(STRANGER, SHOP.number, "many", pictures)
    # Eight a MESSAGE, each shown when Linphone has fetched its files.
    files = [file for _ in range(4) for file in shop.received(patience=60)["files"]]
    assert sorted(file["bytes"] for file in files) == sorted(pictures)


# Predecessor's defect 7: `?to=` let anybody who found the upload server send a message to a phone.
def test_defect_07_an_upload_alone_is_no_message(shared_house):
    before = len(shared_house.gateway.messages("list"))
    assert shared_house.gateway.upload(png(1)).status == 200
    assert len(shared_house.gateway.messages("list")) == before


@pytest.mark.parametrize("query", [{}, {"key": ""}, {"key": "b" * 36}, {"key": "' OR 1=1 --"}, {"key": "x" * 5000}])
@pytest.mark.parametrize("to", [SHOP.account, SHOP.extension, "100000_nobody", ""])
def test_defect_07_without_a_key_nothing_is_sent_nor_kept(shared_house, to, query):
    def kept():
        return sum(1 for file in (shared_house.folder / "media").rglob("*") if file.is_file())

    before = len(shared_house.gateway.messages("list")), kept()
    answer = shared_house.gateway.upload(png(1), to=to, **query)
    assert (answer.status, "needs a key" in answer.text) == (403, True)
    assert (len(shared_house.gateway.messages("list")), kept()) == before


@pytest.mark.parametrize("name", ["..", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "a" * 3000, "incoming"])
def test_defect_06_no_path_leads_out_of_the_media_folder(shared_house, name):
    assert http.request("GET", f"{shared_house.gateway.url}/mmsmedia/{name}").status == 404


def multipart(*parts, boundary="xyz", end=True):
    body = b"".join(b"--xyz\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n" for head, data in parts)
    return body + (b"--xyz--\r\n" if end else b""), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


FILE = 'Content-Disposition: form-data;name="File";filename="{}"\r\nContent-Type: image/png'


@pytest.mark.parametrize("name", ["a & <b>.png", "../../x.png", "emoji 😀.png", "", "x" * 4000])
def test_a_file_may_be_called_anything(shared_house, name):
    body, headers = multipart((FILE.format(name), png(1)))
    answer = shared_house.gateway.post_file(body, headers)
    assert answer.status == 200
    assert b"<file-name>" in answer.body and b"/mmsmedia/" in answer.body
    assert name == "" or ".." not in answer.text.split("<file-name>")[1].split("<")[0]


def test_uploads_that_are_none(shared_house):
    url = shared_house.gateway.upload_url

    def status(body, headers):
        return http.request("POST", url, body, headers, login=shared_house.gateway.login).status

    assert status(b"", {}) == 204
    assert status(*multipart((FILE.format("a"), b"1"), (FILE.format("b"), b"2"))) == 400
    assert status(*multipart(('Content-Disposition: form-data; name="text"', b"1"))) == 400
    assert status(*multipart((FILE.format("a"), b"1"), end=False)) == 400
    assert status(b"hello", {"Content-Type": "text/plain"}) == 400
    assert status(*multipart((FILE.format("x" * 100_000), b"1"))) == 400


def test_an_upload_that_is_cut_off_leaves_nothing(shared_house):
    def files():
        return sum(1 for file in (shared_house.folder / "media").rglob("*") if file.is_file())

    before = files()
    host, port = shared_house.gateway.url.removeprefix("http://").split(":")
    asked = http.request("POST", shared_house.gateway.upload_url).headers["www-authenticate"]
    login = http.answer_challenge(asked, "POST", "/file", *shared_house.gateway.login).encode()
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nAuthorization: " + login + b"\r\n"
                     b"Content-Type: multipart/form-data; boundary=xyz\r\n\r\n--xyz\r\n" + FILE.format("a").encode() + b"\r\n\r\nhalf")
        wait_until(lambda: files() == before + 1, "the first bytes are on the disk")
    wait_until(lambda: files() == before, "what was cut off is gone again")


@pytest.mark.parametrize("noise", [  # each as a packet and on a connection
    b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"MESSAGE sip:x SIP/2.0\r\n\r\n", b"\x00" * 500,
                                   b"MESSAGE sip:1@x SIP/2.0\r\nContent-Length: -5\r\n\r\n", b"INVITE " + b"x" * 5000])
def test_noise_on_the_sip_port_changes_nothing(shared_house, noise):
    address, port = shared_house.gateway.options["sip"]["sipboundaddress"], int(shared_house.gateway.options["sip"]["sipport"])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(noise, (address, port))
    with socket.create_connection((address, port)) as tcp:
        tcp.sendall(noise)
    assert http.request("GET", f"{shared_house.gateway.url}/healthz").status == 200
