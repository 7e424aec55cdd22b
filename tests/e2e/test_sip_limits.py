# SPDX-License-Identifier: Apache-2.0
"""How much SIP one may bring: messages a minute, and connections at once."""

import itertools
import signal
import socket
from contextlib import ExitStack

from house.house import ALICE, BOB, SHOP, House
from house.process import wait_until


def message(text: str, sender: str, own: tuple[str, int], transport: str = "UDP") -> bytes:
    """To the shop's extension. The same text again is the same message again, in a transaction of its own."""
    return (f"MESSAGE sip:{SHOP.extension}@sim.example SIP/2.0\r\n"
            f"Via: SIP/2.0/{transport} {own[0]}:{own[1]};branch=z9hG4bK-{text}-{own[1]};rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{sender}@sim.example>;tag=1\r\nTo: <sip:{SHOP.extension}@sim.example>\r\n"
            f"Call-ID: {text}\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(text)}\r\n\r\n{text}").encode()


def at(house: House) -> tuple[str, int]:
    options = house.gateway.options["sip"]
    return options["sipboundaddress"], int(options["sipport"])


def ask(house: House, text: str, sender: str = ALICE.account) -> tuple[int, str]:
    """By UDP and past the proxy: the status, and the whole answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        request = message(text, sender, line.getsockname())
        # As every client of SIP does (RFC 3261 17.1.2.1): what the kernel had no room for is sent again.
        for wait in (0.5, 1, 2, 4, 4, 4, 4):
            line.sendto(request, at(house))
            line.settimeout(wait)
            try:
                answer = line.recv(65_536).decode()
                break
            except TimeoutError:
                continue
        else:
            raise TimeoutError("no answer in 20 s")
        return int(answer.split()[1]), answer


def test_who_floods_is_told_to_come_again_and_others_are_not(make_house):
    house = make_house({"sip": {"siprate": "5"}})
    shop = house.phone(SHOP)
    assert [ask(house, f"flood-{i}")[0] for i in range(5)] == [202] * 5
    for i in range(5, 10):
        status, answer = ask(house, f"flood-{i}")
        assert status == 503
        assert 1 <= int(answer.split("Retry-After: ")[1].split()[0]) <= 12
    assert ask(house, "flood-0")[0] == 202, "it was taken, and its phone has not heard so"
    assert ask(house, "of-another", BOB.account)[0] == 202
    assert {shop.received()["text"] for _ in range(6)} == {f"flood-{i}" for i in range(5)} | {"of-another"}
    said = house.gateway.process.log.read_text()
    assert said.count("(siprate in section [sip])") == 1 and ALICE.account in said


def test_a_limit_changes_by_sighup(house: House):
    assert [ask(house, f"before-{i}")[0] for i in range(20)] == [202] * 20
    house.gateway.options["sip"]["siprate"] = "1"
    house.gateway.write_config()
    house.gateway.process.child.send_signal(signal.SIGHUP)
    texts = (f"after-{i}" for i in itertools.count())
    wait_until(lambda: ask(house, next(texts))[0] == 503, "the limit holds")


def has_ended(line: socket.socket) -> bool:
    """The gateway has closed it; nothing is waited for."""
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def ask_by_tcp(line: socket.socket, text: str) -> int:
    line.settimeout(20)
    line.sendall(message(text, ALICE.account, line.getsockname(), "TCP"))
    return int(line.recv(65_536).split()[1])


def test_three_hundred_connections_that_ask_for_nothing_keep_nobody_out(house: House):
    shop, alice = house.phone(SHOP), house.phone(ALICE)
    with ExitStack() as stack:
        proxy = stack.enter_context(socket.create_connection(at(house)))
        assert ask_by_tcp(proxy, "before") == 202
        crowd = [stack.enter_context(socket.create_connection(at(house))) for _ in range(300)]
        wait_until(lambda: sum(not has_ended(each) for each in crowd) <= 63, "those that are too many have ended")
        assert ask_by_tcp(proxy, "over-the-old-one") == 202
        with socket.create_connection(at(house)) as another:
            assert ask_by_tcp(another, "over-a-new-one") == 202
        alice.send(SHOP.extension, "through the proxy " + "and by TCP " * 200)
        texts = [shop.received()["text"] for _ in range(4)]
    assert texts[:3] == ["before", "over-the-old-one", "over-a-new-one"]
    assert texts[3].startswith("through the proxy and by TCP")
    assert house.gateway.process.log.read_text().count("has more SIP connections open than it may") == 1


def test_a_head_that_never_ends_is_dropped_and_costs_nothing(house: House):
    before = house.gateway.cpu_seconds()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        for i in range(50):
            begin = message(f"bomb-{i}", ALICE.account, ("127.0.0.1", 9)).split(b"\r\n\r\n")[0]
            line.sendto(begin + b"\r\n" + b"X:\r\n" * 15_000, at(house))
            assert i % 10 or ask(house, f"between-{i}")[0] == 202
    assert house.gateway.cpu_seconds() - before < 5, "each would cost most of a second"
