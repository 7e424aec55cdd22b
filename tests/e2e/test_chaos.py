# SPDX-License-Identifier: Apache-2.0
"""Bad networks: between us and VoIP.ms, and between us and the proxy. A test a trouble; what was accepted arrives, once."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from house.gate import TcpGate, UdpGate
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
from house.ports import own_address
from house.process import wait_until

#: What ends by itself, only late, and what lasts until the network is well again.
SLOW = ("delay", "slice", "limit")
BROKEN = ("refuse", "reset", "stall", "cut", "corrupt")


def restart_with(house: House, section: str, **options: str) -> None:
    house.gateway.stop()
    house.gateway.options[section].update(options)
    house.gateway.start()


@pytest.fixture
def carrier_gate(house: House) -> Iterator[TcpGate]:
    """Between the gateway and VoIP.ms' interface."""
    url = urlsplit(house.carrier.api_url)
    assert url.hostname and url.port
    gate = TcpGate(own_address(), (url.hostname, url.port))
    restart_with(house, "api", apiurl=f"http://{gate.address[0]}:{gate.address[1]}{url.path}")
    yield gate
    gate.stop()


def tries(house: House, message: str) -> int:
    return house.gateway.messages("show", message)["deliveries"][0]["tries"]


@pytest.mark.parametrize("trouble", SLOW)
def test_a_slow_way_to_voip_ms_is_waited_for(house: House, carrier_gate: TcpGate, trouble: str):
    alice = house.phone(ALICE)
    carrier_gate.trouble = trouble
    alice.state(alice.send(STRANGER, text="slowly"), "DeliveredToUser")
    assert tries(house, "1") == 1
    assert [entry["message"] for entry in house.carrier.sent(1)] == ["slowly"]


@pytest.mark.parametrize("trouble", BROKEN)
def test_a_broken_way_to_voip_ms_loses_and_doubles_nothing(house: House, carrier_gate: TcpGate, trouble: str):
    alice = house.phone(ALICE)
    carrier_gate.trouble = trouble
    sent = alice.send(STRANGER, text="in the end")
    alice.state(sent, "Delivered")  # accepted means on disk, whatever the network does
    wait_until(lambda: tries(house, "1") >= 1, "it is tried")
    if trouble != "stall":  # that one takes a minute to be seen
        wait_until(lambda: tries(house, "1") >= 2, "it is tried again")
    carrier_gate.trouble = ""
    alice.state(sent, "DeliveredToUser", patience=60)
    alice.state(alice.send(STRANGER, text="and the next"), "DeliveredToUser")
    assert [entry["message"] for entry in house.carrier.look("sent")] == ["in the end", "and the next"]


@pytest.mark.parametrize("trouble", [*SLOW, *BROKEN])
def test_a_bad_way_for_pictures_and_web_hooks_loses_and_doubles_nothing(house: House, trouble: str):
    """Both go through gates: the web hook from VoIP.ms to us, its picture from us to VoIP.ms."""
    url = urlsplit(house.carrier.url)
    assert url.hostname and url.port
    pictures = TcpGate(own_address(), (url.hostname, url.port))
    gateway = urlsplit(house.gateway.hook_url)
    assert gateway.hostname and gateway.port
    hooks = TcpGate(own_address(), (gateway.hostname, gateway.port))
    house.carrier.set_webhook(f"http://{hooks.address[0]}:{hooks.address[1]}{gateway.path}", retry_seconds=0.5)
    shop = house.phone(SHOP)
    pictures.trouble = hooks.trouble = trouble
    first = f"http://{pictures.address[0]}:{pictures.address[1]}"
    link = house.carrier.incoming(STRANGER, "5145550177", "to nobody", [png(1)], webhook=False)["media"][0]
    link = first + urlsplit(link).path
    house.carrier.control("incoming", {"from": STRANGER, "to": SHOP.number, "text": "look", "media": [{"url": link}],
                                       "wait": False})
    if trouble in BROKEN:
        wait_until(lambda: house.carrier.look("incoming"), "the web hook is on its way")
        hooks.trouble = ""
        wait_until(lambda: [m for m in house.gateway.messages("list") if m["own"] == SHOP.number], "the web hook got through",
                   patience=60)
        pictures.trouble = ""
    event = shop.received(patience=60)
    assert (event["text"], [file["bytes"] for file in event["files"]]) == ("look", [png(1)])
    house.carrier.incoming(STRANGER, SHOP.number, "the end", wait=False)
    assert shop.received(patience=60)["text"] == "the end"
    assert len(shop.messages()) == 2
    for gate in (pictures, hooks):
        gate.stop()


@pytest.mark.parametrize("trouble", ["lose", "double", "delay", "garble"])
def test_a_bad_way_to_the_proxy_loses_and_doubles_nothing(house: House, trouble: str):
    gate = UdpGate(own_address(), house.proxy.listens_at)
    restart_with(house, "sip", sipproxy=f"{gate.address[0]}:{gate.address[1]}")
    shop = house.phone(SHOP)
    gate.trouble = trouble
    for n in range(5):
        house.carrier.incoming(STRANGER, SHOP.number, f"number {n}")
    assert [shop.received(patience=60)["text"] for _ in range(5)] == [f"number {n}" for n in range(5)]
    gate.trouble = ""
    house.carrier.incoming(STRANGER, SHOP.number, "the end")
    assert shop.received(patience=60)["text"] == "the end"
    assert len(shop.messages()) == 6
    gate.stop()


def test_a_proxy_that_is_restarted_under_way_loses_and_doubles_nothing(house: House):
    shop = house.phone(SHOP)
    for n in range(30):
        house.carrier.incoming(STRANGER, SHOP.number, f"number {n}", wait=False)
        if n == 15:
            house.proxy.stop()
    wait_until(lambda: len(house.gateway.messages("list", "--limit", "100")) == 30, "all are accepted")
    house.proxy.start()
    before = shop.messages()
    shop.stop()
    shop.start()  # else Linphone takes a minute to see that its line is broken
    wait_until(lambda: len(before) + len(shop.messages()) == 30, "all have arrived")
    texts = [event["text"] for event in before + shop.messages()]
    assert sorted(texts) == sorted({f"number {n}" for n in range(30)})
