# SPDX-License-Identifier: Apache-2.0
"""The package on a machine that has started: a real systemd runs the unit. The machine is a container; without Docker there is none."""

import contextlib
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ARCH, SUITE
from service import CONFIG, Place
from small_debian import NATIVE, Chroot

from house.carrier import Carrier
from house.docker import docker, well
from house.house import STRANGER
from house.installed import Installed
from house.process import wait_until

NAME = "mmsgate-test-machine"
# What Docker itself would not let systemd do: mount, as the unit's rules ask for.
MAY = ("--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined")
IS_CGROUP_2 = Path("/sys/fs/cgroup/cgroup.controllers").exists()
CGROUPS = ("--privileged", "--cgroupns=private") if IS_CGROUP_2 else (*MAY, "--cgroupns=host", "--volume=/sys/fs/cgroup:/sys/fs/cgroup:rw")

pytestmark = [
    pytest.mark.skipif(ARCH != NATIVE, reason="a systemd of another machine"),
    pytest.mark.skipif(not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True).returncode != 0,
                       reason="Docker does not run here")]


class Machine(Installed):
    def __init__(self) -> None:
        self.place = Place()

    def types(self, line: str, ends: int = 0) -> str:
        done = docker("exec", NAME, "sh", "-c", line)
        assert done.returncode == ends, f"{line} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{self.log()}"
        return done.stdout

    def says(self, *words: str) -> str:
        return self.types(shlex.join(("mmsgate", *words)))

    def log(self) -> str:
        return docker("exec", NAME, "journalctl", "--no-pager", "--unit=mmsgate", "--lines=30").stdout

    def show(self, name: str, unit: str = "mmsgate") -> str:
        return docker("exec", NAME, "systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()

    def brings(self, package: Path) -> str:
        well("cp", package, f"{NAME}:/root/")
        return self.types(f"DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends /root/{package.name}")

    def changes_config(self, text: str) -> None:
        well("exec", "--interactive", NAME, "tee", CONFIG, stdin=text)

    def waits_for(self, name: str, value: str, patience: float = 30) -> None:
        wait_until(lambda: self.show(name) == value, f"{name} is {value}", patience=patience, every=0.2)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    root = Chroot(tmp_path_factory.mktemp("machine") / SUITE, SUITE, ARCH)
    try:
        root.get("systemd", "systemd-sysv", "dbus")
        # What it would do to the machine that it shares a kernel, and perhaps a console, with.
        root.run("systemctl", "mask", "systemd-sysctl.service", "getty.target", "getty@tty1.service", "console-getty.service")
        root.becomes_image(NAME)
    finally:
        root.close()
    with contextlib.ExitStack() as stack:
        stack.callback(docker, "image", "rm", NAME)
        stack.callback(docker, "rm", "--force", NAME)
        well("run", "--detach", "--name", NAME, *CGROUPS, "--network=host", "--env=container=docker", "--tmpfs=/run", "--tmpfs=/run/lock",
             NAME, "/sbin/init")
        made = Machine()
        wait_until(lambda: docker("exec", NAME, "systemctl", "is-system-running").stdout.strip() == "running", "the machine has started")
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
    installed.changes_config(installed.place.fill_in(installed.types(f"cat {CONFIG}"), carrier))
    assert installed.types("stat --format '%U:%G %a' " + CONFIG).strip() == "root:mmsgate 640"
    installed.types("mmsgate config check")
    installed.types("systemctl start mmsgate")  # Type=notify: it has said that it is ready
    installed.waits_for("StatusText", "serves")
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
    installed.types(f"apt-get install --yes --reinstall /root/{packages[1].name}")
    installed.waits_for("StatusText", "serves")
    assert installed.show("MainPID") not in (before, "0")
    assert installed.peers() == [STRANGER]


def test_it_ends_when_it_is_told_to(installed: Machine):
    installed.types("systemctl stop mmsgate")
    assert (installed.show("Result"), installed.show("ExecMainStatus")) == ("success", "0")


def test_nothing_of_it_is_left(installed: Machine):
    installed.types("systemctl start mmsgate")
    installed.types("rm -r /etc/systemd/system/mmsgate.service.d && apt-get purge --yes mmsgate")
    assert installed.show("LoadState") == "not-found" and installed.show("LoadState", "mmsgate-backup.timer") == "not-found"
    assert "mmsgate" not in installed.types("cat /proc/[0-9]*/comm; true").split()
