# SPDX-License-Identifier: Apache-2.0
"""The Debian package in the hands of apt and dpkg: what it puts where, that it runs, and what is left of it when. The tests are
the life of one installation, in the order in which they stand."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from service import CONFIG, Service, environment, make_folders, unit, version_of
from small_debian import Chroot

from house.carrier import Carrier
from house.house import STRANGER

ROOT = Path(__file__).resolve().parents[2]
VERSION = re.search(r"project\(mmsgate VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
STATE = ("/var/lib/mmsgate", "/var/lib/mmsgate-backup", "/var/log/mmsgate")


@pytest.fixture(scope="module")
def service(root: Chroot, packages: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Service:
    """Installed, but not configured yet."""
    said = root.install(packages[0])
    return Service(root, tmp_path_factory.mktemp("service"), said)


def test_installing_asks_nothing_and_says_what_to_do_next(root: Chroot, service: Service):
    assert root.status("mmsgate") == "installed"
    said = service.said_at_installing
    assert "is installed, and not started" in said and "apiid must not be empty" in said
    assert f"Open {CONFIG} in an editor" in said and "systemctl start mmsgate" in said


def test_its_files_are_where_debian_wants_them(root: Chroot, service: Service):
    files = root.files_of("mmsgate")
    for wanted in ("/usr/bin/mmsgate", CONFIG, "/etc/logrotate.d/mmsgate", "/usr/share/man/man1/mmsgate.1.gz",
                   "/usr/share/man/man5/mmsgate.conf.5.gz", "/usr/share/bash-completion/completions/mmsgate",
                   "/usr/share/zsh/vendor-completions/_mmsgate", "/usr/share/fish/vendor_completions.d/mmsgate.fish",
                   "/usr/lib/sysusers.d/mmsgate.conf", *re.findall(r"/usr/share/doc/[\w./-]+\w", service.said_at_installing)):
        assert wanted in files
    units = {Path(name).name for name in files if "systemd/system/" in name}
    assert units == {"mmsgate.service", "mmsgate-backup.service", "mmsgate-backup.timer"}
    assert not [name for name in files if "mmsgate-sim" in name or "mmsgate-phone" in name or "/home" in name]
    assert root.run("mmsgate", "--version").strip() == f"mmsgate {VERSION}"


def test_the_config_is_a_conffile_for_its_group_alone(root: Chroot, service: Service):
    assert root.owner(CONFIG) == "root:mmsgate 640"
    assert f" {CONFIG} " in root.run("dpkg-query", "-W", "-f=${Conffiles}\n", "mmsgate")
    assert root.path(CONFIG).read_text() == root.run("mmsgate", "config", "default")
    assert root.run("getent", "passwd", "mmsgate").split(":")[5:] == ["/var/lib/mmsgate", "/usr/sbin/nologin\n"]
    assert root.owner("/var/lib/mmsgate") == "mmsgate:mmsgate 700"


def test_the_units_are_right(root: Chroot, service: Service):
    units = [name for name in root.files_of("mmsgate") if "/systemd/system/mmsgate" in name]
    assert len(units) == 3
    for name in units:
        assert root.run("systemd-analyze", "verify", "--man=no", name) == ""
    enabled = {path.name for path in root.path("/etc/systemd/system").rglob("mmsgate*")}
    assert enabled == {"mmsgate.service"}, "the timer is for who wants it"


def test_unconfigured_it_ends_at_once_and_is_not_tried_again(root: Chroot, service: Service):
    words = service.settings["ExecStart"][0].split()
    said = root.run(*words, user="mmsgate", fails=True, **environment(service.settings))
    assert f"{CONFIG}:" in said and "apiid must not be empty" in said
    done = subprocess.run(root.command(*words, user="mmsgate"), capture_output=True)
    assert str(done.returncode) in service.settings["RestartPreventExitStatus"][0].split()


def test_configured_it_starts_and_takes_a_message(root: Chroot, service: Service, carrier: Carrier):
    service.configure(carrier)
    assert root.owner(CONFIG) == "root:mmsgate 640"
    assert f"{CONFIG} is right" in service.says("config", "check")
    service.start()
    service.takes_the_first_message(carrier)
    service.stop()


def keep_a_backup_and_a_log(root: Chroot, service: Service) -> None:
    settings = unit(root.path("/lib/systemd/system/mmsgate-backup.service").read_text())
    make_folders(root, settings)
    root.run(*settings["ExecStart"][0].split(), user="mmsgate", **environment(settings))
    root.path("/var/log/mmsgate/sip.log").write_text("a line\n")
    root.run("chown", "mmsgate:mmsgate", "/var/log/mmsgate/sip.log")


def test_a_backup_is_made_as_its_unit_makes_it(root: Chroot, service: Service):
    keep_a_backup_and_a_log(root, service)
    made = list(root.path("/var/lib/mmsgate-backup").glob("*.tar*"))
    assert len(made) == 1
    assert "It is whole" in service.says("restore", "--check", "/" + str(made[0].relative_to(root.folder)))


def test_logs_are_rotated(root: Chroot, service: Service):
    root.get("logrotate")
    root.run("logrotate", "--force", "/etc/logrotate.d/mmsgate")
    assert root.path("/var/log/mmsgate/sip.log.1").read_text() == "a line\n"
    assert root.owner("/var/log/mmsgate/sip.log.1").startswith("mmsgate:mmsgate")


def test_an_upgrade_keeps_config_and_messages(root: Chroot, service: Service, packages: tuple[Path, Path]):
    before = root.path(CONFIG).read_text()
    said = root.install(packages[1])
    assert "not started" not in said and "onfiguration file" not in said
    assert root.run("dpkg-query", "-W", "-f=${Version}", "mmsgate") == version_of(packages[1])
    assert root.path(CONFIG).read_text() == before and root.owner(CONFIG) == "root:mmsgate 640"
    service.start()
    assert service.peers() == [STRANGER]
    service.stop()


def test_the_first_mmsgates_config_is_found_first(root: Chroot, service: Service):
    old = root.path("/etc/flexisip/mmsgate.conf")
    old.parent.mkdir()
    old.write_text(root.path(CONFIG).read_text().replace("webport = ", "webprot = "))
    root.run("chgrp", "mmsgate", "/etc/flexisip/mmsgate.conf")
    said = root.run("mmsgate", "config", "check", user="mmsgate", fails=True)
    assert "/etc/flexisip/mmsgate.conf:" in said and "webport" in said
    old.chmod(0o600)
    said = root.run("mmsgate", "config", "check", user="mmsgate", fails=True)
    assert "cannot read /etc/flexisip/mmsgate.conf" in said and "no file that this user may read" in said
    old.unlink()
    old.parent.rmdir()


def test_removal_keeps_config_and_messages(root: Chroot, service: Service, packages: tuple[Path, Path]):
    before = root.path(CONFIG).read_text()
    root.run("apt-get", "remove", "--yes", "mmsgate")
    assert root.status("mmsgate") == "config-files"
    assert not root.path("/usr/bin/mmsgate").exists()
    assert all(root.path(name).is_dir() for name in STATE)
    assert root.path(CONFIG).read_text() == before
    assert "not started" not in root.install(packages[1])
    service.start()
    assert service.peers() == [STRANGER]
    service.stop()


def with_another_default_config(package: Path, folder: Path) -> Path:
    """A later version of it."""
    tree, made = folder / "tree", folder / package.name.replace("+next", "+other")
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    for file, what, by in ((tree / "DEBIAN/control", "+next", "+other"), (tree / CONFIG[1:], "[mmsgate]\n", "[mmsgate]\n# A new word.\n")):
        text = file.read_text()
        assert text.count(what) == 1
        file.write_text(text.replace(what, by))
    subprocess.run(["dpkg-deb", "--build", tree, made], check=True, stdout=subprocess.DEVNULL)
    return made


def test_asked_about_a_config_that_has_changed_its_owner_presses_enter(root: Chroot, service: Service, packages: tuple[Path, Path], tmp_path: Path):
    """docs/install.md, A newer version."""
    before = root.path(CONFIG).read_text()
    package = with_another_default_config(packages[1], tmp_path)
    shutil.copy(package, root.path("/root"))
    said = root.run("sh", "-c", f"echo | apt-get install --yes --no-install-recommends /root/{package.name}")
    assert "What would you like to do about it" in said
    assert root.path(CONFIG).read_text() == before and root.owner(CONFIG) == "root:mmsgate 640"
    assert "# A new word." in root.path(f"{CONFIG}.dpkg-dist").read_text()
    service.start()
    assert service.peers() == [STRANGER]
    service.stop()


def leavings(root: Chroot) -> list[str]:
    """What has its name, or is its user's, anywhere."""
    named = root.run("find", "/", "-xdev", "-name", "*mmsgate*", "-not", "-path", "/root/*", "-not", "-path", "/proc/*")
    nobodys = root.run("find", "/", "-xdev", "(", "-nouser", "-o", "-nogroup", ")", "-not", "-path", "/proc/*")
    return [*named.split(), *nobodys.split()]


def test_purging_asks_nothing_and_leaves_nothing(root: Chroot, service: Service):
    assert leavings(root)
    root.run("apt-get", "purge", "--yes", "mmsgate")
    assert root.status("mmsgate") == "not-installed"
    root.run("getent", "passwd", "mmsgate", fails=True)
    root.run("getent", "group", "mmsgate", fails=True)
    assert leavings(root) == []


def test_purging_without_removing_before_leaves_nothing_either(root: Chroot, service: Service, packages: tuple[Path, Path]):
    root.install(packages[0])
    assert root.owner("/var/lib/mmsgate") == "mmsgate:mmsgate 700"
    root.run("dpkg", "--purge", "mmsgate")
    assert leavings(root) == []
