# SPDX-License-Identifier: Apache-2.0
"""Proxy and gateway speak TLS with each other: a real Kamailio, a real phone."""

import os
import re
import socket
import ssl
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BUILD
from house.gateway import Gateway
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
from house.process import wait_until

MMSGATE = BUILD / "src" / "mmsgate"


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def test_a_picture_goes_both_ways_over_tls(make_house: Callable[..., House], tmp_path: Path):
    trace = tmp_path / "sip.log"
    house = make_house({"sip": {"siplogfile": str(trace), "siploglevel": "4"}}, tls=make_certificate(tmp_path, "proxy"))
    phone = house.phone(ALICE)
    house.carrier.incoming(STRANGER, ALICE.number, "look", [png(1)])
    event = phone.received()
    assert (event["text"], [file["bytes"] for file in event["files"]]) == ("look", [png(1)])
    phone.send(STRANGER, text="and mine", file=png(2))
    assert house.carrier.sent(1)[0]["kind"] == "mms"
    heads = re.findall(r"^\S+Z (<-|->) (\w+) .*\n  MESSAGE ", trace.read_text(), re.M)
    assert {("->", "TLS"), ("<-", "TLS")} == set(heads), "and no message went by UDP or TCP"


def open_tls(house: House) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    sip = house.gateway.options["sip"]
    line = socket.create_connection((sip["sipboundaddress"], int(sip["siptlsport"])), timeout=20)
    return context.wrap_socket(line)


def test_a_certificate_is_made_once(make_house: Callable[..., House], tmp_path: Path):
    folder = tmp_path / "certificates"
    house = make_house({"sip": {"sipcert": str(folder / "cert.pem"), "sipkey": str(folder / "key.pem")}})
    with open_tls(house) as line:
        shown = line.getpeercert(binary_form=True)
    assert shown == ssl.PEM_cert_to_DER_cert((folder / "cert.pem").read_text())
    assert stat.S_IMODE((folder / "key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    told = subprocess.run(["openssl", "x509", "-in", folder / "cert.pem", "-noout", "-text"], capture_output=True, text=True,
                          check=True).stdout
    assert "CN = localhost" in told
    assert f"DNS:localhost, IP Address:127.0.0.1, IP Address:{house.address}" in told
    house.gateway.restart()
    with open_tls(house) as line:
        assert line.getpeercert(binary_form=True) == shown


def refused(gateway: Gateway) -> str:
    """What it says when it does not start."""
    gateway.stop()
    gateway.write_config()
    done = subprocess.run([gateway.program, "serve", "--config-file", gateway.config], capture_output=True, text=True, timeout=20,
                          env={**os.environ, **(gateway.env or {})})
    assert done.returncode == 1
    return done.stderr


def test_one_file_of_two_is_an_error(house: House, tmp_path: Path):
    (tmp_path / "sip-key.pem").unlink()
    said = refused(house.gateway)
    assert "sip-cert.pem is there and" in said and "sip-key.pem is not" in said


def test_files_that_do_not_fit_each_other_are_an_error(house: House, tmp_path: Path):
    (tmp_path / "sip-key.pem").write_bytes(make_certificate(tmp_path, "other")[1].read_bytes())
    assert "is not that of the certificate" in refused(house.gateway)


def test_tls_that_is_wanted_and_cannot_be_had_is_an_error(house: House):
    sip = house.gateway.options["sip"]
    with socket.socket() as other:
        other.bind((sip["sipboundaddress"], 0))
        other.listen()
        sip["siptlsport"] = str(other.getsockname()[1])
        said = refused(house.gateway)
    assert f"port {sip['siptlsport']}: Address already in use" in said and "siptlsport" in said


@pytest.mark.parametrize("trouble", ["home", "port"])
def test_with_nothing_set_the_gateway_serves_without_it(house: House, tmp_path: Path, trouble: str):
    gateway = house.gateway
    gateway.stop()
    sip = gateway.options["sip"]
    for name in ("sipcert", "sipkey", "siptlsport"):
        del sip[name]
    gateway.env = {"HOME": "/proc/nobody" if trouble == "home" else str(tmp_path)}
    with socket.socket() as other:
        if trouble == "port":
            other.bind((sip["sipboundaddress"], int(sip["sipport"]) + 1))
            other.listen()
        gateway.start()
    wait_until(lambda: "there is no SIP over TLS: cannot" in gateway.process.log.read_text()
               or "there is no SIP over TLS: the SIP endpoint cannot listen" in gateway.process.log.read_text(), "the log warns")
    phone = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "all the same")
    assert phone.received()["text"] == "all the same"


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_messages_go_by_what_is_chosen(make_house: Callable[..., House], tmp_path: Path, transport: str):
    trace = tmp_path / "sip.log"
    house = make_house({"sip": {"proxytransport": transport, "siplogfile": str(trace), "siploglevel": "4"}})
    phone = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "short")
    assert phone.received()["text"] == "short"
    house.carrier.incoming(STRANGER, SHOP.number, "long " * 400)
    assert phone.received()["text"].startswith("long long")
    sent = re.findall(r"^\S+Z -> (\w+) .*\n  MESSAGE ", trace.read_text(), re.M)
    assert set(sent) == {transport.upper()} and len(sent) >= 2
