# SPDX-License-Identifier: Apache-2.0
"""Flexisip in one container and the gateway in another, as compose.yaml has them: the control socket is shared by a folder, belongs to
root, and its name holds a PID that means nothing here. Namespaces of Linux stand for the containers."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from conftest import BUILD
from documents import ROOT
from stand_in_flexisip import Flexisip, contact

GATEWAYS_USER = "10001"  # as the Dockerfile has it
ADDRESS = "100000_bob@pop.example"

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True).returncode != 0,
    reason="only root may make namespaces, and not everywhere")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """What both have as /tmp."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


@pytest.fixture
def flexisip(shared: Path) -> Iterator[Callable[..., Flexisip]]:
    """flexisip(pid): one starts, by the umask that compose.yaml gives it."""
    with ExitStack() as stack:
        def start(pid: int, of: str = ADDRESS, is_left_over: bool = False) -> Flexisip:
            before = os.umask(int(compose("flexisip")["entrypoint"][-1].split()[1], 8))
            try:
                one = Flexisip(shared / f"flexisip-proxy-{pid}",
                               {of: [contact("sip:100000_bob@192.0.2.1:5061;transport=tls", time.time() + 600)]})
            finally:
                os.umask(before)
            one.stop() if is_left_over else stack.callback(one.stop)
            return one
        yield start


def compose(service: str) -> dict[str, list[str]]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][service]


def registrations(tmp_path: Path, groups: str) -> "subprocess.CompletedProcess[str]":
    """`mmsgate registrations` in a container: its own processes, /tmp shared and read-only, a user of its own."""
    (tmp_path / "mmsgate.conf").write_text("[api]\napiid = owner@example.org\napipw = s3cret\n[web]\nwebdns = sms.example.org\n"
                                           "[sip]\nlocator = flexisip\n[mmsgate]\ndbfile = /mnt/m.sqlite\n")
    (tmp_path / "mmsgate.conf").chmod(0o644)
    inside = (f"mount --bind {BUILD.resolve()}/src /opt && mount --bind {tmp_path} /mnt && mount --bind /mnt/shared /tmp && "
              f"mount -o remount,bind,ro /tmp && exec setpriv --reuid {GATEWAYS_USER} --regid {GATEWAYS_USER} --groups {groups} "
              "--no-new-privs --bounding-set -all /opt/mmsgate registrations --json --config-file /mnt/mmsgate.conf")
    return subprocess.run(["unshare", "--mount", "--pid", "--fork", "sh", "-c", inside], capture_output=True, text=True, timeout=60)


def test_the_socket_of_another_container_is_found_by_its_pattern(tmp_path: Path, flexisip: Callable[..., Flexisip]):
    flexisip(7)
    done = registrations(tmp_path, ",".join(compose("mmsgate")["group_add"]))
    assert done.returncode == 0, done.stderr
    assert '"100000_bob"' in done.stdout and '"registered"' in done.stdout


def test_without_the_group_it_may_not_be_opened(tmp_path: Path, flexisip: Callable[..., Flexisip]):
    """So the group in compose.yaml is needed, and the test above tells something."""
    one = flexisip(7)
    done = registrations(tmp_path, GATEWAYS_USER)
    assert done.returncode != 0
    assert "Permission denied" in done.stderr and one.commands == []


def test_the_newest_that_answers_counts_whatever_is_left_over(tmp_path: Path, flexisip: Callable[..., Flexisip]):
    flexisip(9, of="100000_old@pop.example")
    flexisip(7)
    flexisip(8, is_left_over=True)  # it was killed; its socket stays behind, the newest of all
    now = time.time()
    for age, pid in ((300, 9), (200, 7), (100, 8)):
        os.utime(tmp_path / f"shared/flexisip-proxy-{pid}", (now - age, now - age))
    done = registrations(tmp_path, "0")
    assert done.returncode == 0, done.stderr
    assert '"100000_bob"' in done.stdout and "100000_old" not in done.stdout
