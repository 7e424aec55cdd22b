# SPDX-License-Identifier: Apache-2.0
"""The gateway registers as a phone does (sippop, authid, authpw): at a real Kamailio that asks for passwords."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import BUILD
from house.carrier import PASSWORD, USER, Carrier
from house.gateway import Gateway
from house.house import ALICE, DOMAIN, STRANGER
from house.phone import Phone
from house.ports import free_ports, own_address
from house.process import wait_until
from house.proxy import Proxy
from stand_in_gateway import StandInGateway

#: What registers here is a number, so that a message to it is one for VoIP.ms.
MakeGateway = Callable[..., Gateway]


class Pop:
    """A proxy that is the registrar too, and lets the gateway in like any phone: it takes another for its gateway."""

    def __init__(self, folder: Path):
        self.other = StandInGateway(own_address())
        self.proxy = Proxy(folder, own_address(), self.other.address, DOMAIN, to_gateway="0",
                           passwords={STRANGER: "sesame", ALICE.account: "mustard"},
                           more='modparam("registrar", "max_expires", 10)')

    def stop(self) -> None:
        self.proxy.stop()
        self.other.close()


@pytest.fixture
def pop(tmp_path: Path) -> Iterator[Pop]:
    made = Pop(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def make_gateway(tmp_path: Path, pop: Pop) -> Iterator[MakeGateway]:
    carrier = Carrier(BUILD / "sim" / "mmsgate-sim", tmp_path)
    carrier.set_accounts([{"account": ALICE.account, "callerid_number": ALICE.number}])
    gateways: list[Gateway] = []

    def make(password: str = "sesame", **more: str) -> Gateway:
        address = own_address()
        sip_port, web_port = free_ports(2, address)
        gateways.append(Gateway(BUILD / "src" / "mmsgate", tmp_path, {
            "sip": {"sipboundaddress": address, "sipport": str(sip_port), "domain": DOMAIN,
                    "sipproxy": f"{pop.proxy.address}:{pop.proxy.port}", "sipcert": str(tmp_path / "sip-cert.pem"),
                    "sipkey": str(tmp_path / "sip-key.pem"), "sippop": DOMAIN, "authid": STRANGER, "authpw": password,
                    "siplogfile": str(tmp_path / "sip.log"), "siploglevel": "4", **more},
            "api": {"apiid": USER, "apipw": PASSWORD, "apiurl": carrier.api_url, "carrierwait": "1"},
            "web": {"webdns": address, "webbind": address, "webport": str(web_port), "localmedia": str(tmp_path / "media"),
                    "medianetworks": "loopback"},
            "mmsgate": {"dbfile": str(tmp_path / "mmsgate.sqlite"), "logger": "DEBUG"}}))
        gateways[-1].carrier = carrier  # type: ignore[attr-defined]
        return gateways[-1]

    yield make
    for each in gateways:
        each.stop()
    carrier.stop()


def test_the_contact_is_registered_renewed_and_taken_back(make_gateway: MakeGateway, pop: Pop):
    gateway = make_gateway()
    wait_until(lambda: pop.proxy.lookup(STRANGER), "it is registered")
    first = pop.proxy.lookup(STRANGER)[0]
    sip = gateway.options["sip"]
    assert first["Address"] == f"sip:{STRANGER}@{sip['sipboundaddress']}:{sip['sipport']}"
    assert f"registered at {DOMAIN} as {STRANGER}" in gateway.process.log.read_text()
    # It was given ten seconds: with the tenth over it is only there because it has come again.
    renewed = wait_until(lambda: [each for each in pop.proxy.lookup(STRANGER) if each["CSeq"] > first["CSeq"]], "it is renewed")
    assert renewed[0]["Address"] == first["Address"] and renewed[0]["Call-ID"] == first["Call-ID"]
    assert gateway.process.log.read_text().count("registered at") == 1, "only what changes is told"
    assert gateway.stop() == 0
    assert pop.proxy.lookup(STRANGER) == []
    assert "no longer registered" in gateway.process.log.read_text()


def test_a_message_comes_over_it(make_gateway: MakeGateway, pop: Pop, tmp_path: Path):
    gateway = make_gateway()
    wait_until(lambda: pop.proxy.lookup(STRANGER), "it is registered")
    phone = Phone(BUILD / "sim" / "mmsgate-phone", tmp_path, ALICE.account, DOMAIN, pop.proxy.uri, gateway.upload_url,
                  password="mustard")
    try:
        phone.send(STRANGER, text="by the registration")
        assert gateway.carrier.sent(1)[0]["message"] == "by the registration"  # type: ignore[attr-defined]
    finally:
        phone.stop()


def test_a_wrong_password_is_told_and_not_hammered(make_gateway: MakeGateway, pop: Pop, tmp_path: Path):
    gateway = make_gateway(password="wrong-one")
    wait_until(lambda: "does not let" in gateway.process.log.read_text(), "the log says so")
    log = gateway.process.log.read_text()
    assert f"{DOMAIN} does not let {STRANGER} register: 401 Unauthorized; check sippop, authid and authpw" in log
    assert pop.proxy.lookup(STRANGER) == []
    gateway.stop()
    trace = (tmp_path / "sip.log").read_text()
    assert len(re.findall(r"-> \w+ .*\n  REGISTER ", trace)) == 2, "once without, once with the password, then not for minutes"
    assert "Authorization: (hidden)" in trace
    for secret in ("wrong-one", "response="):
        assert secret not in trace and secret not in gateway.process.log.read_text()


def test_an_address_of_its_own_may_be_registered(make_gateway: MakeGateway, pop: Pop):
    make_gateway(sipid=f'"The gate" <sip:{STRANGER}@{DOMAIN}>')
    wait_until(lambda: pop.proxy.lookup(STRANGER), "it is registered")


def test_a_proxy_that_comes_back_has_it_again(make_gateway: MakeGateway, pop: Pop):
    gateway = make_gateway()
    wait_until(lambda: pop.proxy.lookup(STRANGER), "it is registered")
    pop.proxy.stop()
    pop.proxy.start()  # it keeps nothing over a start
    wait_until(lambda: pop.proxy.lookup(STRANGER), "it is registered again", patience=40)
    assert gateway.health() == 200
