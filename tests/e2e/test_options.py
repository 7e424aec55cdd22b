# SPDX-License-Identifier: Apache-2.0
"""What options change for people with phones, through the real program. Those of the web server: test_web_options.py."""

import re
import subprocess

import pytest

from house.house import ALICE, BOB, SHOP, STRANGER
from house.process import Process, wait_until

from test_picture import newest, states


def test_a_message_names_the_number_that_it_was_sent_to(house):
    alice, shop = house.phone(ALICE), house.phone(SHOP)
    house.carrier.incoming(STRANGER, ALICE.number, "to one number")
    house.carrier.incoming(STRANGER, SHOP.number, "to the other")
    assert alice.received()["sms_to"] == ALICE.number
    assert shop.received()["sms_to"] == SHOP.number


def test_without_receipts_a_phone_hears_nothing_of_what_was_sent(make_house):
    house = make_house({"mmsgate": {"receipts": "no"}})
    alice = house.phone(ALICE)
    sent = alice.send(STRANGER, text="hello")
    alice.state(sent, "Delivered")
    # A receipt is stored in the same transaction as what it tells of: when the one is there, so is the other.
    wait_until(lambda: states(house.gateway, 1) == ["accepted"], "the carrier has it")
    assert newest(house.gateway, kind="receipt") is None
    assert alice.process.seen[-1]["state"] == "Delivered"


def test_without_receipts_a_failure_is_still_said_in_words(make_house):
    house = make_house({"mmsgate": {"receipts": "no"}})
    alice = house.phone(ALICE)
    house.carrier.fault("sendSMS", "status:invalid_dst")
    alice.send(STRANGER, text="hello")
    assert "Not delivered" in alice.received()["text"]
    assert newest(house.gateway, kind="receipt") is None


def nobody_has(house, number):
    """From now on: the number is ours, and no sub account has it."""
    house.carrier.set_accounts([{"account": SHOP.account, "callerid_number": SHOP.number},
                                {"account": "100000_spare", "callerid_number": number}])


@pytest.mark.parametrize(("option", "told"), [("yes", 1), ("no", 0)])
def test_strangers_are_told_of_what_could_not_be_delivered_only_if_wanted(make_house, option, told):
    house = make_house({"mmsgate": {"notifystrangers": option}})
    nobody_has(house, "5145550177")
    assert house.carrier.incoming(STRANGER, "5145550177", "to nobody")["webhook"]["status"] == 200
    assert newest(house.gateway, own="5145550177", kind="message")["states"] == "1 failed"
    # The word to the stranger is stored together with the message that it is about.
    assert (newest(house.gateway, kind="notice") is not None) == bool(told)
    assert len(house.carrier.sent(told)) == told


def test_when_its_time_is_over_a_phones_message_is_given_up_and_the_phone_told(make_house):
    house = make_house({"mmsgate": {"giveuphours": "0"}})  # the first failure is the last
    alice = house.phone(ALICE)
    house.carrier.fault("sendSMS", "http:500", times=1)
    sent = alice.send(STRANGER, text="in vain")
    alice.state(sent, "NotDelivered")
    assert alice.received()["text"].startswith(f"Not delivered to {STRANGER}: ")
    assert states(house.gateway, 1) == ["dead"]


# It was queued, and stayed so until something else was sent to VoIP.ms.
def test_the_word_to_a_stranger_goes_at_once_when_the_phones_time_is_over(make_house):
    house = make_house({"mmsgate": {"giveuphours": "0"}})
    assert house.carrier.incoming(STRANGER, SHOP.number, "to a phone that is off")["webhook"]["status"] == 200
    entry = house.carrier.sent(1)[0]
    assert (entry["did"], entry["dst"]) == (SHOP.number, STRANGER)
    assert "could not be delivered" in entry["message"]
    assert newest(house.gateway, own=SHOP.number, kind="message")["states"] == "1 dead"


def test_a_message_that_one_phone_of_two_got_is_no_news_for_its_sender(make_house):
    house = make_house({"mmsgate": {"giveuphours": "0"}})
    bob = house.phone(BOB)  # Alice has the same number and is not there
    house.carrier.incoming(STRANGER, ALICE.number, "one is enough")
    assert bob.received()["text"] == "one is enough"
    wait_until(lambda: sorted(states(house.gateway, 1)) == ["dead", "delivered"], "both are settled")
    assert newest(house.gateway, kind="notice") is None


@pytest.mark.parametrize(("level", "lines"), [("DEBUG", {"debug", "info", "warning"}), ("INFO", {"info", "warning"}),
                                              ("WARNING", {"warning"}), ("ERROR", set())])
def test_the_log_has_what_its_level_lets_through(make_house, level, lines):
    # A web hook without a login is warned of at the start.
    house = make_house({"mmsgate": {"logger": level}, "web": {"hookbare": "trust"}})
    house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "secret words")
    wait_until(lambda: states(house.gateway, 1) == ["delivered"], "there was something to log")
    assert house.gateway.stop() == 0
    log = house.gateway.process.log.read_text()
    assert set(re.findall(r"^\S+ (debug|info|warning|error|critical) ", log, re.M)) == lines, log
    assert "secret words" not in log


def test_the_old_command_lines_options_are_taken(house):
    """The first MMSGate knew no commands: its options alone start it."""
    gateway = house.gateway
    gateway.stop()
    gateway.process = Process("gateway", [gateway.program, "--config-file", gateway.config, "--mmsgate-logger", "DEBUG",
                                          "--pjsip-debug", "3"], house.folder)
    wait_until(lambda: gateway.health() == 200, "it serves")
    phone = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "as ever")
    assert phone.received()["text"] == "as ever"
    wait_until(lambda: " debug message 1" in gateway.process.log.read_text(), "each step is told")


def test_the_log_file_has_the_log_and_standard_error_has_none(make_house, tmp_path):
    path = tmp_path / "own.log"
    house = make_house({"mmsgate": {"logger": "INFO", "loggerfile": str(path)}})
    wait_until(lambda: "serves" in path.read_text(), "it says that it has started")
    assert house.gateway.stop() == 0
    assert "ending, by signal" in path.read_text()
    assert house.gateway.process.log.read_text() == ""


def test_a_log_file_that_cannot_be_written_is_named(house):
    house.gateway.stop()
    house.gateway.options["mmsgate"]["loggerfile"] = "/proc/no/such/place.log"
    house.gateway.write_config()
    done = subprocess.run([house.gateway.program, "serve", "--config-file", house.gateway.config], capture_output=True,
                          text=True, timeout=20)
    assert done.returncode == 1
    assert "cannot write the log file /proc/no/such/place.log" in done.stderr
