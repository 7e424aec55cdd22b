# SPDX-License-Identifier: Apache-2.0
"""siplogfile and its levels: what a person who searches a fault gets to read."""

import os
import re
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

from house.house import SHOP, STRANGER, House
from house.process import Process, wait_until


def deliver(house: House, text: str) -> None:
    phone = house.phones[0] if house.phones else house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, text)
    assert phone.received()["text"] == text


def test_a_message_is_a_block_in_the_file_and_the_log_has_none(make_house: Callable[..., House], tmp_path: Path):
    trace = tmp_path / "sip.log"
    house = make_house({"sip": {"siplogfile": str(trace), "siploglevel": "4"}})
    deliver(house, "can it be read?")
    house.gateway.stop()
    blocks = trace.read_text().split("\n\n20")
    ours = next(block for block in blocks if "MESSAGE sip:" in block and "can it be read?" in block)
    sip = house.gateway.options["sip"]
    assert re.search(rf"\d\d-\d\dT\S+Z -> UDP {re.escape(sip['sipproxy'])}, \d+ bytes\n  MESSAGE sip:{SHOP.account}@", ours)
    assert f"\n  From: \"{STRANGER}\" <sip:{STRANGER}@sim.example>;tag=" in ours
    assert ours.rstrip().endswith("\n  can it be read?")
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
    assert "can it be read?" not in house.gateway.process.log.read_text()


def test_without_a_file_it_is_in_the_log_whatever_its_level(make_house: Callable[..., House]):
    house = make_house({"sip": {"siploglevel": "4"}, "mmsgate": {"logger": "ERROR"}})
    deliver(house, "in the log")
    wait_until(lambda: " info sip: | in the log" in house.gateway.process.log.read_text(), "it is there")


def test_the_command_line_sets_both(make_house: Callable[..., House], tmp_path: Path):
    trace = tmp_path / "sip.log"
    house = make_house({"sip": {"siplogfile": str(trace)}, "mmsgate": {"logger": "ERROR"}})
    gateway = house.gateway
    gateway.stop()
    gateway.process = Process("gateway", [gateway.program, "--config-file", gateway.config, "--pjsip-debug", "5"], house.folder)
    wait_until(lambda: gateway.health() == 200, "it serves")
    deliver(house, "everywhere")
    wait_until(lambda: "everywhere" in trace.read_text(), "it is in the file")
    wait_until(lambda: " info sip: | everywhere" in gateway.process.log.read_text(), "and in the log")


def test_it_is_opened_anew_with_the_log(make_house: Callable[..., House], tmp_path: Path):
    trace = tmp_path / "sip.log"
    house = make_house({"sip": {"siplogfile": str(trace), "siploglevel": "4"}, "mmsgate": {"logger": "INFO"}})
    deliver(house, "before")
    trace.rename(tmp_path / "sip.log.1")
    os.kill(house.gateway.process.child.pid, signal.SIGHUP)
    wait_until(lambda: trace.exists(), "there is a new one")
    deliver(house, "after")
    wait_until(lambda: "  after" in trace.read_text(), "it is written")
    assert "  before" in (tmp_path / "sip.log.1").read_text() and "  after" not in (tmp_path / "sip.log.1").read_text()


def test_it_is_switched_on_and_off_by_sighup(make_house: Callable[..., House], tmp_path: Path):
    trace = tmp_path / "sip.log"
    house = make_house({"sip": {"siplogfile": str(trace)}, "mmsgate": {"logger": "INFO"}})

    def level(number: str, reloads: int) -> None:
        house.gateway.options["sip"]["siploglevel"] = number
        house.gateway.write_config()
        os.kill(house.gateway.process.child.pid, signal.SIGHUP)
        wait_until(lambda: house.gateway.process.log.read_text().count("the config is read again") == reloads, "it is read")

    deliver(house, "not yet")
    level("4", 1)
    deliver(house, "now it is")
    wait_until(lambda: "  now it is" in trace.read_text(), "it is written")
    level("0", 2)
    deliver(house, "no more")
    level("4", 3)
    deliver(house, "and again")
    wait_until(lambda: "  and again" in trace.read_text(), "it is written")
    assert "not yet" not in trace.read_text() and "no more" not in trace.read_text()
    assert "takes effect at the next start" not in house.gateway.process.log.read_text()


def test_a_file_that_cannot_be_written_is_named(house: House):
    house.gateway.stop()
    house.gateway.options["sip"]["siplogfile"] = "/proc/no/such/sip.log"
    house.gateway.write_config()
    done = subprocess.run([house.gateway.program, "serve", "--config-file", house.gateway.config], capture_output=True,
                          text=True, timeout=20)
    assert done.returncode == 1
    assert "cannot write /proc/no/such/sip.log: No such file or directory ([sip] siplogfile)" in done.stderr
