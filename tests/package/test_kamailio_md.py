# SPDX-License-Identifier: Apache-2.0
"""docs/kamailio.md, typed as it stands there, on a machine that has the package and a network of its own; then a real Linphone phone is
set up by what `mmsgate provision` prints, and messages travel. The tests are one story, in the order in which they stand."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import chapter
from machine import NEEDS, Machine, started
from service import CONFIG, filled_in

from house.carrier import ONE_NUMBER, PASSWORD, USER, Carrier
from house.docker import well
from house.house import STRANGER
from house.phone import Phone
from house.picture import png
from house.process import wait_until

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "100000_alice"

pytestmark = NEEDS


INSTALL, CONFIGURE, MAKE_DATABASE, LET_IN, WRITE, START = (block.text for block in chapter(ROOT / "docs/kamailio.md", "Setting it up"))


@pytest.fixture(scope="module")
def carrier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carrier]:
    """Where the machine reaches it."""
    address = well("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}").strip()
    made = Carrier.for_one(Path(os.environ["MMSGATE_BUILD"]) / "sim" / "mmsgate-sim", tmp_path_factory.mktemp("carrier"), address)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with started("mmsgate-test-kamailio", tmp_path_factory.mktemp("machine"), "bridge", "sudo") as made:
        yield made


@pytest.fixture(scope="module")
def address(machine: Machine) -> str:
    return machine.types("hostname -I").strip()


@pytest.fixture(scope="module")
def phone(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    [url] = re.findall(r"^https?://\S+/conf/\S+$", machine.says("provision", ACCOUNT), re.M)
    phone = Phone(Path(os.environ["MMSGATE_BUILD"]) / "sim" / "mmsgate-phone", tmp_path_factory.mktemp("phone"), ACCOUNT, provision=url)
    yield phone
    phone.stop()


def test_the_gateway_runs_and_keeps_what_comes(machine: Machine, address: str, carrier: Carrier, packages: tuple[Path, Path]):
    machine.brings(packages[0])
    settings = dict(re.findall(r"^(\w+) = (.*)$", CONFIGURE, re.M))
    own = {"apiid": USER, "apipw": PASSWORD, "webdns": address, "apiurl": carrier.api_url}
    machine.changes_config(filled_in(machine.types(f"cat {CONFIG}"), {**settings, **own}))
    assert len(settings) == 5 and "is right" in machine.says("config", "check")
    machine.types("systemctl start mmsgate")
    machine.waits_for("StatusText", "serves")
    machine.takes_the_first_message(carrier)


def test_kamailio_is_installed_and_silent(machine: Machine):
    machine.types(INSTALL)
    assert machine.show("ActiveState", "kamailio") == "inactive"


def test_its_database_is_made(machine: Machine):
    machine.types(MAKE_DATABASE)
    assert machine.types("stat --format '%U %a' /var/lib/kamailio/kamailio.sqlite").split()[0] == "kamailio"


def test_phones_are_let_in(machine: Machine):
    accounts, _, protect = LET_IN.splitlines()
    assert machine.types(accounts.removeprefix("$ ")).startswith("1 accounts are in /etc/kamailio/mmsgate-accounts.cfg")
    machine.types(protect.removeprefix("$ "))
    assert machine.types("stat --format '%U:%G %a' /etc/kamailio/mmsgate-accounts.cfg").strip() == "kamailio:kamailio 600"


def test_its_configuration_is_written_and_right(machine: Machine, address: str):
    assert WRITE.count("192.168.1.10") == 1
    assert "config file ok, exiting..." in machine.types(WRITE.replace("192.168.1.10", address))


def test_both_start_and_the_gateway_sees_who_is_registered(machine: Machine):
    assert START.endswith("sudo mmsgate registrations\n")
    said = machine.types(START)
    assert re.search(rf"^{ACCOUNT}\s.*not registered", said, re.M)
    assert machine.show("ActiveState", "kamailio") == "active"
    machine.waits_for("StatusText", "serves")


def test_a_phone_that_is_set_up_by_the_code_gets_what_has_waited(machine: Machine, phone: Phone):
    assert phone.received()["text"] == "the first"
    wait_until(lambda: re.search(rf"^{ACCOUNT}\s.*\sregistered", machine.says("registrations"), re.M), "it is registered", every=0.5)


def test_its_picture_reaches_a_stranger(machine: Machine, carrier: Carrier, phone: Phone):
    """The other way a picture would have to come from a private address, of which the gateway fetches nothing."""
    sending = phone.send(STRANGER, file=png(2))
    [sent] = carrier.sent(1)
    assert carrier.sent_bytes(sent) == png(2)
    phone.state(sending, "DeliveredToUser")
    machine.types("sudo mmsgate messages list")


def test_they_find_each_other_again_when_both_were_started_anew(machine: Machine, carrier: Carrier, phone: Phone):
    machine.types("systemctl restart kamailio mmsgate")
    machine.waits_for("StatusText", "serves")
    carrier.incoming(STRANGER, ONE_NUMBER, "are you still there")
    assert phone.received()["text"] == "are you still there"
