# SPDX-License-Identifier: Apache-2.0
"""The proxy's configuration in the open: phones must know their passwords (docs/kamailio.md)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BUILD
from house.phone import Phone
from house.ports import own_address
from house.proxy import Proxy
from stand_in_gateway import StandInGateway

DOMAIN = "sim.example"
ALICE, BOB, MALLORY = "100000_alice", "100000_bob", "100000_mallory"
MakePhone = Callable[..., Phone]


@pytest.fixture
def gateway():
    stand_in = StandInGateway(own_address())
    yield stand_in
    stand_in.close()


@pytest.fixture
def make_phone(tmp_path: Path, gateway: StandInGateway):
    proxy = Proxy(tmp_path, own_address(), gateway.address, DOMAIN, passwords={ALICE: "sesame", BOB: "mustard"})
    phones: list[Phone] = []

    def make(name: str, password: str) -> Phone:
        phones.append(Phone(BUILD / "sim" / "mmsgate-phone", tmp_path, name, DOMAIN, proxy.uri, "", False, password=password))
        return phones[-1]

    yield make
    for each in (*phones, proxy):
        each.stop()


def test_who_knows_his_password_registers_and_writes(make_phone: MakePhone, gateway: StandInGateway):
    alice = make_phone(ALICE, "sesame")
    alice.process.tell({"do": "register"})
    alice.expect("registered")
    alice.send("5145550199", text="it is me")
    message = gateway.next("MESSAGE")
    assert message.text == "it is me"
    assert message.headers["p-asserted-identity"] == f"<sip:{ALICE}@{DOMAIN}>", "so that nobody else can be behind it"


@pytest.mark.parametrize(("name", "password"), [(ALICE, "mustard"), (ALICE, ""), (MALLORY, ""), (MALLORY, "sesame")])
def test_who_does_not_is_kept_out(make_phone: MakePhone, name: str, password: str):
    phone = make_phone(name, password)
    phone.process.tell({"do": "register"})
    phone.expect("registration_failed")
    assert not any(event["event"] == "registered" for event in phone.process.seen)
