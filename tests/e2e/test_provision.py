# SPDX-License-Identifier: Apache-2.0
"""Phones that know nothing but the URL of their configuration: real ones, at a proxy that wants their passwords."""

from collections.abc import Callable

import pytest
from house.house import ALICE, BOB, DOMAIN, SHOP, STRANGER, House
from house.picture import png
from provisioning import phones, provision, url_for

# What XML, SIP and a configuration file of Kamailio could trip over.
PASSWORDS = {ALICE.account: "a&b<c>d'e", BOB.account: "mustard", SHOP.account: "till"}


@pytest.fixture
def make_locked(make_house: Callable[..., House]) -> Callable[..., House]:
    return lambda **provision: make_house({"provision": provision}, passwords=PASSWORDS)


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_phone_is_set_up_by_its_url_and_sends_a_picture(make_locked: Callable[..., House], transport: str):
    house = make_locked(phonetransport=transport)
    alice = house.provisioned_phone(url_for(house, ALICE.account), ALICE.account)
    assert alice.expect("configured")["domain"] == DOMAIN
    message = alice.send(STRANGER, file=png(1))
    alice.state(message, "DeliveredToUser")
    (sent,) = house.carrier.sent(1)
    assert sent["did"] == ALICE.number and house.carrier.sent_bytes(sent) == png(1)


# Predecessor's defect 9: what stands in the XML was not escaped.
def test_defect_09_a_password_of_any_characters_is_understood(make_locked: Callable[..., House]):
    house = make_locked()
    assert house.provisioned_phone(url_for(house, ALICE.account, "--password", "plain"), ALICE.account)


def test_a_phone_without_a_password_asks_for_it(make_locked: Callable[..., House]):
    house = make_locked()
    alice = house.provisioned_phone(url_for(house, ALICE.account, "--no-password"), ALICE.account, registers=False)
    asked = alice.expect("password_asked")
    assert (asked["name"], asked["realm"]) == (ALICE.account, DOMAIN)
    alice.process.tell({"do": "log_in", "password": PASSWORDS[ALICE.account]})
    alice.expect("registered")


def test_several_accounts_are_on_one_phone(make_locked: Callable[..., House]):
    house = make_locked()
    url = url_for(house, ALICE.account, SHOP.account, "--together")
    phone = house.provisioned_phone(url, "both")
    assert phone.expect("configured")["accounts"] == 2
    phone.expect("registered")  # the other
    house.carrier.incoming(STRANGER, ALICE.number, "to the first")
    house.carrier.incoming(STRANGER, SHOP.number, "to the second")
    assert {phone.received()["text"], phone.received()["text"]} == {"to the first", "to the second"}


def test_the_other_extensions_are_contacts(make_locked: Callable[..., House]):
    house = make_locked()
    phone = house.provisioned_phone(url_for(house, ALICE.account), ALICE.account)
    contacts = sorted(phone.expect("contacts")["contacts"], key=lambda contact: contact["address"])
    assert contacts == [{"name": "bob", "address": f"sip:102@{DOMAIN}"}, {"name": "shop", "address": f"sip:103@{DOMAIN}"}]


def test_a_url_that_was_used_sets_up_no_second_phone(make_locked: Callable[..., House]):
    house = make_locked()
    url = url_for(house, ALICE.account)
    house.provisioned_phone(url, ALICE.account)
    second = house.provisioned_phone(url, "second", registers=False)
    second.expect("configuring_failed")
    assert not any(event["event"] == "registered" for event in second.process.seen)


def test_all_accounts_get_a_phone_each(make_locked: Callable[..., House]):
    house = make_locked()
    made = phones(house, "*")
    assert [phone["accounts"][0]["account"] for phone in made] == [ALICE.account, BOB.account, SHOP.account]
    assert len({phone["url"] for phone in made}) == 3
    for phone in made:
        assert house.provisioned_phone(phone["url"], phone["accounts"][0]["account"])
    assert provision(house, "--list").stdout.count("100000_") == 0, "all are used up"
