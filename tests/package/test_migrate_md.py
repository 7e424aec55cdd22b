# SPDX-License-Identifier: Apache-2.0
"""docs/migrate-from-mmsgate.md, with the package: the first MMSGate's config, database and files come along."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import chapter
from machine import NEEDS, Machine, started
from old_home import what_docker_cp_brings
from service import CONFIG, Place

from house import http
from house.carrier import PASSWORD, USER, Carrier
from house.docker import well
from house.house import STRANGER

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "docs/migrate-from-mmsgate.md"

pytestmark = NEEDS


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with started("mmsgate-test-migrating", tmp_path_factory.mktemp("machine"), "host") as made:
        yield made


def test_the_old_messages_and_files_come_along(machine: Machine, carrier: Carrier, packages: tuple[Path, Path], tmp_path: Path):
    place = Place()
    content, link = what_docker_cp_brings(tmp_path / "old", place.url, {
        "api": {"apiid": USER, "apipw": PASSWORD, "apiurl": carrier.api_url},
        "web": {"webdns": place.address, "webbind": place.address, "webport": place.web_port},
        "sip": {"sipboundaddress": place.address, "sipport": place.sip_port}})
    well("cp", tmp_path / "old", f"{machine.name}:/root/")
    machine.brings(packages[0])
    [look] = [block.text for block in chapter(MANUAL, "3. Look whether the config is understood") if block.word != "text"]
    assert "mmsgate.conf is right." in machine.types(f"cd ~/old && {look}")

    lay, ask_and_import = [block.text for block in chapter(MANUAL, "4. Stop the old one, copy its data, start the new one")
                           if "/var/lib/mmsgate/old" in block.text]
    machine.types(lay)
    assert machine.types(f"stat --format '%U:%G %a' {CONFIG}").strip() == "root:mmsgate 640"
    machine.waits_for("StatusText", "serves")
    ask, bring = ask_and_import.splitlines()
    assert machine.types(ask) == "ok\n"
    assert "1 messages with 1 deliveries and 1 files were taken over" in machine.types(bring)
    assert "1 rows were here already." in machine.types(bring)
    assert machine.peers() == [STRANGER]
    assert http.request("GET", link).body == content, "links that were sent once still lead to their files"


def test_its_other_commands_work(machine: Machine):
    [see] = [block.text for block in chapter(MANUAL, "5. See that it works")]
    for line in see.splitlines():
        said = machine.types(line, ends=1 if "registrations" in line else 0)  # Flexisip is not in Debian
        assert re.search({"messages list": STRANGER, "registrations": "nobody to ask", "health": "^ok$"}[line.removeprefix("mmsgate ")], said, re.M)
