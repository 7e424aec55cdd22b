# SPDX-License-Identifier: Apache-2.0
"""A Debian machine that has started, with a real systemd. It is a container; without Docker there is none."""

import contextlib
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ARCH, SUITE
from service import CONFIG
from small_debian import NATIVE, Chroot

from house.docker import docker, well
from house.installed import Installed
from house.process import wait_until

# What Docker itself would not let systemd do: mount, as the unit's rules ask for.
MAY = ("--cap-add=SYS_ADMIN", "--security-opt=seccomp=unconfined", "--security-opt=apparmor=unconfined")
IS_CGROUP_2 = Path("/sys/fs/cgroup/cgroup.controllers").exists()
CGROUPS = ("--privileged", "--cgroupns=private") if IS_CGROUP_2 else (*MAY, "--cgroupns=host", "--volume=/sys/fs/cgroup:/sys/fs/cgroup:rw")
# What it would do to the machine that it shares a kernel, and perhaps a console, with.
NOT_HERE = ("systemd-sysctl.service", "getty.target", "getty@tty1.service", "console-getty.service")

NEEDS = [
    pytest.mark.skipif(ARCH != NATIVE, reason="a systemd of another machine"),
    pytest.mark.skipif(not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True).returncode != 0,
                       reason="Docker does not run here")]


class Machine(Installed):
    def __init__(self, name: str):
        self.name = name
        self.typed: list[str] = []

    def types(self, line: str, ends: int = 0) -> str:
        self.typed.append(line)
        done = docker("exec", "--workdir=/root", self.name, "sh", "-ec", line)
        assert done.returncode == ends, f"{line} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{self.log()}"
        return done.stdout

    def says(self, *words: str) -> str:
        return self.types(shlex.join(("mmsgate", *words)))

    def log(self) -> str:
        return docker("exec", self.name, "journalctl", "--no-pager", "--unit=mmsgate", "--lines=30").stdout

    def show(self, name: str, unit: str = "mmsgate") -> str:
        return docker("exec", self.name, "systemctl", "show", "--value", f"--property={name}", unit).stdout.strip()

    def brings(self, package: Path) -> str:
        well("cp", package, f"{self.name}:/root/")
        return self.types(f"apt install ./{package.name}")

    def changes_config(self, text: str) -> None:
        well("exec", "--interactive", self.name, "tee", CONFIG, stdin=text)

    def waits_for(self, name: str, value: str, patience: float = 30) -> None:
        wait_until(lambda: self.show(name) == value, f"{name} is {value}", patience=patience, every=0.2)


@contextlib.contextmanager
def started(name: str, folder: Path, network: str, *packages: str) -> Iterator[Machine]:
    """With these packages of Debian."""
    root = Chroot(folder / SUITE, SUITE, ARCH)
    try:
        root.get("systemd", "systemd-sysv", "dbus", *packages)
        root.run("systemctl", "mask", *NOT_HERE)
        # What its owner answers, and that a package of Debian's asks him nothing else.
        root.path("/etc/apt/apt.conf.d/99owner").write_text('APT::Get::Assume-Yes "true";\nAPT::Install-Recommends "false";\n')
        root.becomes_image(name)
    finally:
        root.close()
    with contextlib.ExitStack() as stack:
        stack.callback(docker, "image", "rm", name)
        stack.callback(docker, "rm", "--force", name)
        well("run", "--detach", "--name", name, *CGROUPS, f"--network={network}", "--env=container=docker", "--tmpfs=/run", "--tmpfs=/run/lock",
             name, "/sbin/init")
        wait_until(lambda: docker("exec", name, "systemctl", "is-system-running").stdout.strip() == "running", "the machine has started")
        yield Machine(name)
