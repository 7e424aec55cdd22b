# SPDX-License-Identifier: Apache-2.0
"""Installed from the sources, without a package: the commands of docs/install.md as they stand there, in a Debian that has nothing yet."""

from pathlib import Path

import pytest
from conftest import ARCH
from documents import chapter
from service import CONFIG, Service
from small_debian import NATIVE, Chroot, copy_sources

from house.carrier import Carrier
from house.house import STRANGER

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(ARCH != NATIVE, reason="the compiler itself would be run by QEMU, for hours")


BUILD, INSTALL, GET_NEWER, PUT_NEWER = (block.text for block in chapter(ROOT / "docs/install.md", "From the sources, without a package"))


def type_in(root: Chroot, commands: str) -> str:
    """But for what asks a systemd that is running, and for newer sources."""
    for line in ("systemctl daemon-reload && ", "systemctl restart mmsgate", "git pull"):
        commands = commands.replace(line, "")
    return root.run("sh", "-ec", f"cd /src\n{commands}")


@pytest.fixture(scope="module")
def service(root: Chroot, tmp_path_factory: pytest.TempPathFactory) -> Service:
    root.get("systemd")  # what each Debian machine has, and a small one has not
    copy_sources(ROOT, root.path("/src"))
    type_in(root, BUILD)
    return Service(root, tmp_path_factory.mktemp("service"), type_in(root, INSTALL), units="/etc/systemd/system")


def test_it_is_installed_as_the_package_would_have_it(root: Chroot, service: Service):
    assert root.owner(CONFIG) == "root:mmsgate 640"
    assert root.path(CONFIG).read_text() == root.run("mmsgate", "config", "default")
    assert root.run("getent", "passwd", "mmsgate").split(":")[5:] == ["/var/lib/mmsgate", "/usr/sbin/nologin\n"]
    assert root.run("systemd-analyze", "verify", "--man=no", f"{service.units}/mmsgate.service") == ""
    assert root.path("/etc/systemd/system/multi-user.target.wants/mmsgate.service").is_symlink()


def test_it_starts_and_takes_a_message(root: Chroot, service: Service, carrier: Carrier):
    service.configure(carrier)
    assert f"{CONFIG} is right" in service.says("config", "check")
    service.start()
    service.takes_the_first_message(carrier)
    service.stop()


def test_a_newer_version_keeps_config_and_messages(root: Chroot, service: Service):
    before = root.path(CONFIG).read_text()
    type_in(root, GET_NEWER)
    type_in(root, PUT_NEWER)
    assert root.path(CONFIG).read_text() == before and root.owner(CONFIG) == "root:mmsgate 640"
    service.start()
    assert service.peers() == [STRANGER]
    service.stop()
