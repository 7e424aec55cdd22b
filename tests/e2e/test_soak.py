# SPDX-License-Identifier: Apache-2.0
"""Twice as much as it can take, in short: bench/soak does it for ten minutes and prints the figures."""

from pathlib import Path

import pytest
from conftest import BUILD
from house.crowd import HEADERS, SILENT, Crowd, allow_files
from house.house import SHOP, STRANGER, House
from house.process import wait_until
from house.soak import Plan, Soak, Times, Verdict, recovery, run


@pytest.fixture
def soak(tmp_path: Path):
    soak = Soak(BUILD, tmp_path)
    yield soak
    soak.stop()


def test_under_twice_its_load_nothing_is_lost_or_doubled_and_refusals_are_clean(soak: Soak):
    found = run(soak, Plan(seconds=8, calm_seconds=2, probe=1500, retry=2, tries=8, silent=1000, dripping=100))
    for way, verdict in found.verdicts.items():
        assert verdict.is_clean, (way, verdict)
        assert verdict.accepted > verdict.sent / 2, (way, verdict)
    assert not found.hooks_unanswered
    assert not [words for words in found.complaints() if "answers" in words], found.complaints()
    assert found.share > 0.5, "each destination has its part"
    assert found.crowd_held > 500, "they were there all the time"
    assert soak.gateway.process.log.read_text().count("ERROR") == 0


def test_five_thousand_idle_connections_keep_nobody_out(house: House):
    allow_files(12_000)
    shop = house.phone(SHOP)
    host, port = house.gateway.url.removeprefix("http://").split(":")
    crowd = Crowd((host, int(port)), {SILENT: 5000, HEADERS: 200})
    try:
        wait_until(lambda: crowd.opened > 5000, "they are many")
        for n in range(20):
            assert house.carrier.incoming(STRANGER, SHOP.number, f"number {n}")["webhook"]["status"] == 200
        assert [shop.received()["text"] for _ in range(20)] == [f"number {n}" for n in range(20)]
        assert crowd.closed > 0 and crowd.open > 2000, "some gave way, most are still there"
        assert "those which ask for nothing are closed to let others in" in house.gateway.process.log.read_text()
    finally:
        crowd.stop()


def test_where_few_files_may_be_open_it_takes_fewer_connections_and_says_so(house: House):
    house.gateway.stop()
    program = house.folder / "with-few-files"
    program.write_text(f"#!/bin/sh\nulimit -n 600\nexec {house.gateway.program} \"$@\"\n")
    program.chmod(0o755)
    house.gateway.program = program
    house.gateway.start()
    assert "lets us have 600 files and connections open" in house.gateway.process.log.read_text()
    host, port = house.gateway.url.removeprefix("http://").split(":")
    crowd = Crowd((host, int(port)), {SILENT: 600})
    try:
        wait_until(lambda: crowd.opened > 700, "some had to give way, and came again")
        assert house.carrier.incoming(STRANGER, SHOP.number, "hello")["webhook"]["status"] == 200
    finally:
        crowd.stop()


def test_what_is_lost_doubled_or_came_unasked_is_seen():
    verdict = Verdict()
    verdict.add(first=2, outcomes="aaarru", came="99" + "102" + "011")
    assert (verdict.accepted, verdict.refused, verdict.unknown) == (3, 2, 1)
    assert (verdict.lost, verdict.doubled, verdict.unasked) == ([3], [4], [6])
    assert not verdict.is_clean


def test_how_long_it_took_to_recover_is_seen():
    before = Times(p50=5, p99=20)
    slow, good, idle = ({"received": n, "p99_ms": ms} for n, ms in ((9, 5000), (9, 70), (0, 0)))
    assert recovery([slow, idle, good], before) == 2
    assert recovery([good], before) == 0
    assert recovery([slow, idle], before) == float("inf")
