# SPDX-License-Identifier: Apache-2.0
"""`mmsgate messages`, as a person reads it."""

import subprocess

import pytest
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
from house.process import wait_until


def run(house: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([house.gateway.program, "messages", *arguments, "--config-file", house.gateway.config],
                          capture_output=True, text=True, timeout=30)


def said(house: House, *arguments: str) -> str:
    done = run(house, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def two_messages(shared_house: House) -> House:
    """1: a picture, delivered to the shop. 2: a text that waits for phones which are not there."""
    shared_house.phone(SHOP)
    shared_house.carrier.incoming(STRANGER, SHOP.number, "look at this", [png(1)])
    wait_until(lambda: "delivered" in said(shared_house, "list"), "the shop has its picture")
    shared_house.carrier.incoming(STRANGER, ALICE.number, "for nobody yet")
    wait_until(lambda: "2 deferred" in said(shared_house, "list"), "both phones of the number were tried")
    return shared_house


def test_a_line_a_message_the_newest_first_and_no_text(two_messages: House):
    header, newest, oldest = said(two_messages, "list").splitlines()
    assert header.split()[:2] == ["ID", "TIME"]
    assert newest.split()[0] == "2" and f"{STRANGER} -> {ALICE.number}" in newest
    assert oldest.split()[0] == "1" and "1 delivered" in oldest
    assert "nobody yet" not in newest


def test_the_list_can_be_cut_and_sifted(two_messages: House):
    assert len(said(two_messages, "list", "--limit", "1").splitlines()) == 2
    _, only = said(two_messages, "list", "--open").splitlines()
    assert only.split()[0] == "2"


def test_everything_that_happened_to_one_is_told_in_order(two_messages: House):
    text = said(two_messages, "show", "1")
    steps = [text.index(word) for word in ("Message 1", "came as voipms", "picture0.png", "  received ", "  file stored ",
                                           f"Delivery 1 to phone {SHOP.account}", "  sending ", "  delivered ")]
    assert steps == sorted(steps)
    assert "look at this" not in text


def test_why_a_message_waits_is_told(two_messages: House):
    text = said(two_messages, "show", "2")
    assert "deferred, tries 1, next try 20" in text
    assert "the phone is not registered" in text


def test_a_message_that_is_not_there_is_an_error_that_helps(two_messages: House):
    done = run(two_messages, "show", "77")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no message 77" in done.stderr and "mmsgate messages list" in done.stderr


@pytest.mark.parametrize("wrong", [["show"], ["show", "first"], ["list", "--limit", "0"], []])
def test_what_cannot_be_meant_is_refused_with_help(two_messages: House, wrong: list[str]):
    done = run(two_messages, *wrong)
    assert done.returncode not in (0, 1)
    assert "--help" in done.stderr or "--help" in done.stdout


def test_what_was_given_up_is_tried_again_when_a_person_says_so(house: House):
    alice = house.phone(ALICE)
    house.carrier.fault("sendSMS", "status:invalid_dst")
    alice.state(alice.send(STRANGER, text="once more, please"), "NotDelivered")
    number = str(next(m["id"] for m in house.gateway.messages("list") if m["direction"] == "outbound"))
    assert "1 deliveries are tried again" in said(house, "replay", number)
    assert [entry["message"] for entry in house.carrier.sent(1)] == ["once more, please"]
    assert "a person asked for it again" in said(house, "show", number)
    wait_until(lambda: "1 accepted" in said(house, "list"), "it is written down")
    done = run(house, "replay", number)
    assert done.returncode == 1 and "of which anything has failed" in done.stderr
