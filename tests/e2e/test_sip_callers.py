# SPDX-License-Identifier: Apache-2.0
"""Who may speak SIP to the gateway, and as whom."""

import socket

from house.house import ALICE, SHOP, House
from house.process import wait_until


def ask(house: House, text: str, asserted: str = "", caller: str = "127.0.0.1") -> int:
    """Writes as Alice to the shop's extension, by UDP and past the proxy. The status of the answer."""
    options = house.gateway.options["sip"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((caller, 0))
        line.settimeout(20)
        more = f"P-Asserted-Identity: <sip:{asserted}@sim.example>\r\n" if asserted else ""
        line.sendto((f"MESSAGE sip:{SHOP.extension}@sim.example SIP/2.0\r\n"
                     f"Via: SIP/2.0/UDP {caller}:{line.getsockname()[1]};branch=z9hG4bK-{text};rport\r\nMax-Forwards: 70\r\n"
                     f"From: <sip:{ALICE.account}@sim.example>;tag=1\r\nTo: <sip:{SHOP.extension}@sim.example>\r\n"
                     f"Call-ID: {text}\r\nCSeq: 1 MESSAGE\r\n{more}Content-Type: text/plain\r\n"
                     f"Content-Length: {len(text)}\r\n\r\n{text}").encode(),
                    (options["sipboundaddress"], int(options["sipport"])))
        return int(line.recv(65_536).split()[1])


def test_who_is_not_named_may_not_speak_and_the_log_says_what_to_do(make_house):
    named, stranger = "127.0.0.8", "127.0.0.9"
    house = make_house({"sip": {"sipallow": f"127.64.0.0/10, 127.128.0.0/9 {named}"}})  # the proxy's is one of these
    shop = house.phone(SHOP)
    assert [ask(house, f"no-{i}", caller=stranger) for i in range(5)] == [403] * 5
    assert ask(house, "yes", caller=named) == 202
    assert shop.received()["text"] == "yes"
    wait_until(lambda: f"set sipallow = {stranger}" in house.gateway.process.log.read_text(), "the log names the stranger")
    assert house.gateway.process.log.read_text().count("speaks SIP to the gateway") == 1


def test_a_message_is_from_whom_the_proxy_says_has_logged_in(make_house):
    house = make_house()
    shop = house.phone(SHOP)
    assert ask(house, "forged", asserted=SHOP.account) == 403
    assert ask(house, "genuine", asserted=ALICE.account) == 202
    assert shop.received()["text"] == "genuine"
    assert "the proxy says that somebody else has logged in" in house.gateway.process.log.read_text()
