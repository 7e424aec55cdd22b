# SPDX-License-Identifier: Apache-2.0
"""The proxy is started anew: what it kept for phones that were away is sent again, once, and what was under way arrives."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from house.house import DOMAIN, SHOP, STRANGER, House
from house.ports import free_ports, own_address
from house.process import wait_until
from stand_in_flexisip import Flexisip, contact
from stand_in_proxy import Kept, KeepingProxy

FOR_EVER = 4_000_000_000


class Desk:
    """A gateway whose proxy is a Flexisip with a phone that sleeps: registered, and woken by push some time."""

    def __init__(self, make_house: Callable[..., House], folder: Path):
        address = own_address()
        self.sip = KeepingProxy(address, *free_ports(1, address))
        self.sip.start()
        self._sockets = folder
        self.registered = {f"{SHOP.account}@{DOMAIN}": [contact(f"sip:{SHOP.account}@192.0.2.1:5061;transport=tls", FOR_EVER)]}
        self.control = Flexisip(folder / "flexisip", self.registered)
        self.house = make_house({"sip": {"locator": "flexisip", "contactroute": "doroute",
                                         "flexisipsocket": str(folder / "flexisip"),
                                         "sipproxy": "{}:{}".format(*self.sip.listens_at), "proxytransport": "udp"}})

    def incoming(self, *texts: str) -> None:
        for text in texts:
            self.house.carrier.incoming(STRANGER, SHOP.number, text)

    def states(self) -> list[str]:
        """Oldest first."""
        return [each["states"] for each in reversed(self.house.gateway.messages("list"))]

    def wait_kept(self, count: int) -> list[Kept]:
        wait_until(lambda: len(self.sip.kept) >= count and self.states() == ["1 accepted"] * len(self.states()),
                   f"{count} are kept by the proxy")
        return list(self.sip.kept)

    def dies(self) -> None:
        self.sip.stop()
        self.control.stop()

    def lives_again(self) -> None:
        """Its memory is empty; its socket is another."""
        self.sip.start()
        self.control = Flexisip(self._sockets / "flexisip", self.registered)

    def said(self) -> list[str]:
        """The counts in the log's lines about new starts."""
        return re.findall(r"the proxy was started anew .*; (\d+) messages", self.house.gateway.process.log.read_text())

    def stop(self) -> None:
        self.dies()


@pytest.fixture
def desk(make_house: Callable[..., House], tmp_path: Path) -> Iterator[Desk]:
    made = Desk(make_house, tmp_path)
    yield made
    made.stop()


def test_what_flexisip_kept_and_lost_is_sent_again_once_in_order(desk: Desk):
    desk.incoming("one", "two", "three")
    before = desk.wait_kept(3)
    # The second one's phone has it: its receipt comes by this proxy.
    desk.sip.phone_says((desk.house.address, int(desk.house.gateway.options["sip"]["sipport"])), SHOP.account, STRANGER, DOMAIN,
                        "receipt-1", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">"
                        f"<message-id>{before[1].call_id}</message-id><datetime>2026-11-27T20:12:34Z</datetime>"
                        "<delivery-notification><status><delivered/></status></delivery-notification></imdn>")
    wait_until(lambda: desk.states() == ["1 accepted", "1 delivered", "1 accepted"], "the receipt is written down")

    desk.dies()
    desk.incoming("four")
    wait_until(lambda: desk.states()[3] == "1 deferred", "nobody takes the fourth")
    desk.lives_again()
    wait_until(lambda: len(desk.sip.kept) == 3, "what was lost is sent again, and what waited after it")
    assert desk.sip.kept[:2] == [before[0], before[2]], "the same Call-ID and words"
    assert "four" in desk.sip.kept[2].body
    wait_until(lambda: desk.states() == ["1 accepted", "1 delivered", "1 accepted", "1 accepted"], "all is kept again")
    assert desk.said() == ["2"]

    # Our own restart sees no new start; the proxy's next one is one more.
    desk.house.gateway.restart()
    desk.incoming("five")
    wait_until(lambda: len(desk.sip.kept) == 4, "the proxy is as it was")
    assert desk.said() == ["2"]
    desk.dies()
    desk.lives_again()
    wait_until(lambda: len(desk.sip.kept) == 4, "one, three, four and five")
    assert [each.call_id for each in desk.sip.kept[:2]] == [before[0].call_id, before[2].call_id]
    assert desk.said() == ["2", "4"]


def test_a_new_start_while_the_gateway_was_off_is_seen_too(desk: Desk):
    desk.incoming("one", "two")
    before = desk.wait_kept(2)
    desk.house.gateway.process.kill()
    desk.dies()
    desk.lives_again()
    desk.house.gateway.start()
    wait_until(lambda: len(desk.sip.kept) == 2, "both are sent again")
    assert desk.sip.kept == before
    assert desk.said() == ["2"]


def test_a_proxy_that_keeps_all_in_a_database_is_not_helped(make_house: Callable[..., House], tmp_path: Path):
    desk = Desk(make_house, tmp_path)
    try:
        desk.house.gateway.stop()
        desk.house.gateway.options["sip"]["proxykeephours"] = "0"
        desk.house.gateway.start()
        desk.incoming("one")
        desk.wait_kept(1)
        desk.dies()
        desk.lives_again()
        wait_until(lambda: desk.said() == ["0"], "the new start is seen")
        desk.incoming("two")
        wait_until(lambda: desk.sip.kept, "the second arrives")
        assert [each.body for each in desk.sip.kept if "one" in each.body] == []
    finally:
        desk.stop()


def test_a_real_proxy_killed_with_twenty_on_their_way_loses_doubles_and_turns_round_nothing(house: House):
    config = house.folder / "kamailio.cfg"
    text = config.read_text()
    config.write_text(text.replace('"fr_timer", 5000', '"fr_timer", 30000'))  # it waits for the phone until it is killed
    assert config.read_text() != text
    house.proxy.stop()
    house.proxy.start()
    shop = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "first")
    assert shop.received()["text"] == "first"

    def states() -> list[str]:
        return [each["states"] for each in house.gateway.messages("list", "--limit", "20")]

    wait_until(lambda: set(states()) <= {"1 accepted", "1 delivered"}, "the phone has answered")
    # The phone hangs, so that the proxy has in hand the first of each conversation and can answer none of them.
    shop.process.child.send_signal(signal.SIGSTOP)
    peers = [f"514555019{n}" for n in range(5)]
    for n in range(4):
        for peer in peers:
            house.carrier.incoming(peer, SHOP.number, f"{peer} {n}")
    wait_until(lambda: sorted(states()) == ["1 queued"] * 15 + ["1 sending"] * 5, "they are under way, or wait behind such")
    os.killpg(house.proxy.process.child.pid, signal.SIGKILL)
    house.proxy.process.wait()
    house.proxy.start()
    shop.process.kill()
    shop.start()
    shown = [shop.received(patience=60)["text"] for _ in range(20)]
    for peer in peers:
        assert [text for text in shown if text.startswith(peer)] == [f"{peer} {n}" for n in range(4)]
    house.carrier.incoming(STRANGER, SHOP.number, "the end")
    assert shop.received()["text"] == "the end"
    assert len(shop.messages()) == 21
