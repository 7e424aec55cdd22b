# SPDX-License-Identifier: Apache-2.0
"""HTTPS in the gateway itself: with its certificate, and with the next one."""

import http.client
import json
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import BUILD
from house.house import ALICE, STRANGER, House
from house.picture import png
from house.process import wait_until


def make_certificate(folder: Path, name: str, address: str = "127.0.0.1") -> tuple[Path, Path]:
    # liblinphone compares the name alone, and knows no addresses among alternative names.
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={address}",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def connect(house: House, *trusted: Path, newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.maximum_version = newest
    context.set_ciphers("DEFAULT:@SECLEVEL=0")  # else this side refuses what the gateway is to refuse
    for each in trusted:
        context.load_verify_locations(each)
    web = house.gateway.options["web"]
    return http.client.HTTPSConnection(web["webdns"], int(web["webport"]), context=context, timeout=20)


def ask(line: http.client.HTTPSConnection, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    line.request(method, path, body, {"Content-Type": "application/json"} if body else {})
    answer = line.getresponse()
    return answer.status, answer.read()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    options = {"protocol": "https", "cert": str(tmp_path / "first.pem"), "key": str(tmp_path / "first.key")}
    one = House(BUILD, {"web": options}, folder=tmp_path)
    make_certificate(tmp_path, "first", one.address)
    with one:
        yield one


def hook(text: str, picture: str) -> bytes:
    return json.dumps({"data": {"id": 1, "event_type": "message.received", "payload": {
        "id": 1, "type": "MMS", "text": text, "from": {"phone_number": STRANGER},
        "to": [{"phone_number": ALICE.number}], "media": [{"url": picture}]}}}).encode()


def test_the_web_hook_and_files_go_over_tls(house: House, tmp_path: Path):
    phone = house.phone(ALICE)
    line = connect(house, (tmp_path / "first.pem"))
    picture = png(1, side=300)
    url = house.carrier.incoming(STRANGER, ALICE.number, "", [picture], webhook=False)["media"][0]
    assert house.gateway.hook_url.startswith("https://")
    assert ask(line, "POST", urlsplit(house.gateway.hook_url).path, hook("by TLS", url)) == (200, b"ok")
    event = phone.received()
    assert event["text"] == "by TLS"
    assert [file["bytes"] for file in event["files"]] == [picture], "the phone fetched it from an https link"


def test_only_modern_tls_is_spoken(house: House, tmp_path: Path):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        assert ask(connect(house, (tmp_path / "first.pem"), newest=version), "GET", "/healthz")[0] == 200
    with pytest.raises((ssl.SSLError, ConnectionError)):
        ask(connect(house, (tmp_path / "first.pem"), newest=ssl.TLSVersion.TLSv1_1), "GET", "/healthz")


def test_a_renewed_certificate_is_shown_without_a_restart(house: House, tmp_path: Path):
    old_line = connect(house, (tmp_path / "first.pem"))
    assert ask(old_line, "GET", "/healthz")[0] == 200
    new_cert, new_key = make_certificate(tmp_path, "second")
    new_cert.rename((tmp_path / "first.pem"))
    new_key.rename((tmp_path / "first.key"))

    def shown() -> bool:
        try:
            return ask(connect(house, (tmp_path / "first.pem")), "GET", "/healthz")[0] == 200
        except ssl.SSLCertVerificationError:
            return False  # still the old one

    wait_until(shown, "the new certificate is shown")
    assert ask(old_line, "GET", "/healthz")[0] == 200, "and who was connected stays so"


def test_what_cannot_be_read_leaves_the_old_one(house: House, tmp_path: Path):
    old = (tmp_path / "first.pem").read_bytes()
    (tmp_path / "first.pem").write_text("half a file")

    def told() -> bool:
        assert ask(connect(house, trusted), "GET", "/healthz")[0] == 200
        return "the old certificate stays" in house.gateway.process.log.read_text()

    trusted = (tmp_path / "first.pem").with_name("kept.pem")
    trusted.write_bytes(old)
    wait_until(told, "the log says so")


@pytest.mark.parametrize(("cert", "key", "said"), [
    ("none.pem", "first.key", "cannot read"),
    ("first.key", "first.key", "is no certificate in PEM form"),
    ("first.pem", "first.pem", "is no private key in PEM form"),
    ("first.pem", "second.key", "is not that of the certificate"),
])
def test_what_cannot_serve_is_refused_at_start(make_house: Callable[..., House], tmp_path: Path, cert: str, key: str, said: str):
    for name in ("first", "second"):
        make_certificate(tmp_path, name)
    with pytest.raises(RuntimeError, match=said):
        make_house({"web": {"protocol": "https", "cert": str(tmp_path / cert), "key": str(tmp_path / key)}})
