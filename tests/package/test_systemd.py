# SPDX-License-Identifier: Apache-2.0
"""The package on a machine that has started: a real systemd runs the unit."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import chapter
from machine import NEEDS, Machine, started
from service import CONFIG, Place

from house.carrier import Carrier
from house.house import STRANGER
from house.process import wait_until

ROOT = Path(__file__).resolve().parents[2]

pytestmark = NEEDS


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with started("mmsgate-test-machine", tmp_path_factory.mktemp("machine"), "host") as made:
        yield made


@pytest.fixture(scope="module")
def installed(machine: Machine, packages: tuple[Path, Path]) -> Machine:
    assert "is installed, and not started" in machine.brings(packages[0])
    return machine


def test_it_waits_for_its_config(installed: Machine):
    assert installed.types("systemctl is-enabled mmsgate").strip() == "enabled"
    assert installed.show("ActiveState") == "inactive"
    installed.types("systemctl start mmsgate", ends=1)
    assert installed.show("Result") == "exit-code" and installed.show("NRestarts") == "0"
    assert "apiid must not be empty" in installed.log()


def test_it_serves_and_says_so(installed: Machine, carrier: Carrier):
    installed.changes_config(Place().fill_in(installed.types(f"cat {CONFIG}"), carrier))
    assert installed.types("stat --format '%U:%G %a' " + CONFIG).strip() == "root:mmsgate 640"
    installed.types("mmsgate config check")
    installed.types("systemctl start mmsgate")  # Type=notify: it has said that it is ready
    installed.waits_for("StatusText", "serves")
    assert 'Status: "serves"' in installed.types("systemctl status mmsgate")
    assert "http" in installed.types("mmsgate hook show")
    installed.takes_the_first_message(carrier)


def test_the_rules_of_the_unit_hold(installed: Machine):
    status = installed.types(f"cat /proc/{installed.show('MainPID')}/status")
    for line in (r"Seccomp:\t2", r"NoNewPrivs:\t1", r"CapEff:\t0+", r"CapBnd:\t0+"):
        assert re.search(f"^{line}$", status, re.M), line
    judged = installed.types("systemd-analyze security --no-pager mmsgate").splitlines()[-1]
    assert float(re.search(r"level for mmsgate\.service: ([\d.]+)", judged)[1]) < 2, judged


def test_a_reload_leaves_it_running(installed: Machine):
    before = installed.show("MainPID")
    installed.types(f"sed -i 's/^#\\?logger = .*/logger = INFO/' {CONFIG} && chgrp mmsgate {CONFIG}")
    installed.types("systemctl reload mmsgate")
    wait_until(lambda: "the config is read again" in installed.log(), "it is read again")
    assert installed.show("MainPID") == before


def test_it_is_started_again_when_it_dies_and_when_it_hangs(installed: Machine):
    installed.types("mkdir -p /etc/systemd/system/mmsgate.service.d && "
                    "printf '[Service]\\nWatchdogSec=4\\n' > /etc/systemd/system/mmsgate.service.d/quick.conf && systemctl daemon-reload")
    installed.types("systemctl kill --signal=KILL mmsgate")
    installed.waits_for("NRestarts", "1")
    installed.waits_for("StatusText", "serves")
    installed.types("systemctl kill --signal=STOP mmsgate")
    installed.waits_for("NRestarts", "2", patience=60)
    installed.waits_for("StatusText", "serves")
    assert "Watchdog timeout" in installed.types("journalctl --no-pager --unit=mmsgate")
    assert installed.peers() == [STRANGER]


def test_a_backup_each_night(installed: Machine):
    installed.types("systemctl enable --now mmsgate-backup.timer")
    assert installed.show("ActiveState", "mmsgate-backup.timer") == "active"
    installed.types("systemctl start mmsgate-backup")
    [name] = installed.types("ls /var/lib/mmsgate-backup").split()
    assert "It is whole" in installed.types(f"mmsgate restore --check /var/lib/mmsgate-backup/{name}")


def test_a_newer_version_takes_its_place(installed: Machine, packages: tuple[Path, Path]):
    right = installed.types(f"cat {CONFIG}")
    before = installed.show("MainPID")
    installed.changes_config(right.replace("webport = ", "webprot = "))
    assert "webprot" in installed.brings(packages[1])
    assert installed.show("MainPID") == before, "the old one goes on: the new one would not start"
    installed.changes_config(right)
    installed.types("systemctl restart mmsgate")
    installed.waits_for("StatusText", "serves")
    before = installed.show("MainPID")
    installed.types(f"apt install --reinstall ./{packages[1].name}")
    installed.waits_for("StatusText", "serves")
    assert installed.show("MainPID") not in (before, "0")
    assert installed.peers() == [STRANGER]


def test_it_ends_when_it_is_told_to(installed: Machine):
    installed.types("systemctl stop mmsgate")
    assert (installed.show("Result"), installed.show("ExecMainStatus")) == ("success", "0")


def test_removed_it_leaves_its_messages_and_goes_on_when_it_is_back(installed: Machine, packages: tuple[Path, Path]):
    installed.types("apt remove mmsgate")
    assert installed.show("LoadState") == "not-found"
    installed.brings(packages[1])
    installed.waits_for("StatusText", "serves")
    assert installed.peers() == [STRANGER]


def test_nothing_of_it_is_left(installed: Machine):
    installed.types("rm -r /etc/systemd/system/mmsgate.service.d && systemctl daemon-reload")
    installed.types("apt purge mmsgate")
    assert installed.show("LoadState") == "not-found" and installed.show("LoadState", "mmsgate-backup.timer") == "not-found"
    running = installed.types("cat /proc/[0-9]*/comm || true").split()  # which of them end meanwhile does not matter
    assert "systemd" in running and "mmsgate" not in running


def test_every_command_of_the_manual_was_typed(installed: Machine, request: pytest.FixtureRequest):
    if request.config.option.keyword or request.session.testsfailed:
        pytest.skip("not all of the tests above ran")

    def any_version(lines: list[str]) -> set[str]:
        return {re.sub(r"mmsgate_\S+\.deb", "mmsgate.deb", line) for line in lines}

    text = "".join(block.text for block in chapter(ROOT / "docs/install.md", "From the package") if block.word != "text")
    lines = re.findall(r"^(?:apt|systemctl|mmsgate) .*$", text, re.M)
    assert len(lines) > 6
    assert any_version(lines) - any_version(installed.typed) == set()
