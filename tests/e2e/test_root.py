# SPDX-License-Identifier: Apache-2.0
"""Root types a command on a machine where the gateway has a user of its own: `~` is that user's home, and what is made belongs to it.

The machine is a namespace of Linux with one user more in its /etc/passwd.
"""

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BUILD
from house.house import ALICE, STRANGER, House

USER, GROUP_OF_THE_PROXY = 64990, 64991  # nobody's

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0,
    reason="only root may make namespaces, and not everywhere")


def with_user(name: str, more: str) -> str:
    """The machine's own file without a user mmsgate, if there is one, and with ours."""
    return "".join(line for line in Path(name).read_text().splitlines(keepends=True) if not line.startswith("mmsgate:")) + more


class Machine:
    def __init__(self, folder: Path):
        folder.chmod(0o755)
        self.home, self.roots, self.program = folder / "home", folder / "roots", folder / "mmsgate"
        self.home.mkdir(mode=0o700)
        os.chown(self.home, USER, USER)
        self.roots.mkdir(mode=0o700)
        passwd, group = folder / "passwd", folder / "group"
        passwd.write_text(with_user("/etc/passwd", f"mmsgate:x:{USER}:{USER}::{self.home}:/usr/sbin/nologin\n"))
        group.write_text(with_user("/etc/group", f"mmsgate:x:{USER}:\nproxy-of-test:x:{GROUP_OF_THE_PROXY}:mmsgate\n"))
        inside = f'mount --bind {passwd} /etc/passwd && mount --bind {group} /etc/group && exec {BUILD / "src" / "mmsgate"} "$@"'
        self.program.write_text(f"#!/bin/sh\nexec unshare --mount sh -c {shlex.quote(inside)} mmsgate \"$@\"\n")
        self.program.chmod(0o755)

    def not_the_gateways(self) -> list[str]:
        return [f"{path} {path.stat().st_uid}" for path in self.home.rglob("*") if path.stat().st_uid != USER]


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="mmsgate-root-", dir="/tmp") as folder:
        yield Machine(Path(folder))


@pytest.fixture(scope="module")
def house(machine: Machine) -> Iterator[House]:
    """Its gateway was started by root who typed `mmsgate serve`."""
    with House(BUILD, folder=machine.home.parent) as house:
        gateway = house.gateway
        gateway.stop()
        gateway.program = machine.program
        gateway.options["mmsgate"]["dbfile"] = "~/data/mmsgate.sqlite"
        gateway.options["web"]["localmedia"] = "~/mmsmedia"
        for name in ("sipcert", "sipkey"):
            gateway.options["sip"][name] = f"~/{name}.pem"
        gateway.env = {"HOME": str(machine.roots), "PATH": os.environ["PATH"]}
        gateway.write_config()
        os.chown(gateway.config, 0, USER)
        gateway.config.chmod(0o640)
        gateway.start()
        house.carrier.set_webhook(gateway.hook_url)
        yield house


def run(house: House, *words: str) -> "subprocess.CompletedProcess[str]":
    gateway = house.gateway
    return subprocess.run([gateway.program, *words, "--config-file", gateway.config], capture_output=True, text=True, timeout=60,
                          env=gateway.env, cwd="/")


def test_the_gateway_that_root_starts_is_its_users(house: House, machine: Machine):
    status = Path(f"/proc/{house.gateway.process.child.pid}/status").read_text()
    assert re.search(rf"^Uid:(\t{USER}){{4}}$", status, re.M) and re.search(rf"^Gid:(\t{USER}){{4}}$", status, re.M)
    assert re.search(r"^Groups:\t(.*)$", status, re.M)[1].split() == [str(USER), str(GROUP_OF_THE_PROXY)], "and none of root's"
    since_then = house.gateway.process.log.read_text().rpartition("ending, by signal")[2]
    assert " serves" in since_then and "runs as root" not in since_then
    assert (machine.home / "data" / "mmsgate.sqlite").is_file()


def test_what_root_asks_is_answered_from_the_gateways_database(house: House, machine: Machine):
    assert house.carrier.incoming(STRANGER, ALICE.number, "for root to see")
    assert [each["peer"] for each in house.gateway.messages("list")] == [STRANGER]
    assert run(house, "health").stdout == "ok\n"
    assert f"dbfile = {machine.home}/data/mmsgate.sqlite" in run(house, "config", "show").stdout
    assert '"100000_alice"' in run(house, "provision", ALICE.account, "--json").stdout


def test_what_root_makes_while_the_gateway_is_off_belongs_to_the_gateway(house: House, machine: Machine):
    house.gateway.stop()
    for words in (["messages", "list"], ["keys", "add", "door", "--all-accounts"], ["hook", "add"], ["links", "rotate"],
                  ["flexisip", "print", "--account-prefix", "100000_"], ["backup", f"{machine.home}/kept.tar"]):
        done = run(house, *words)
        assert done.returncode == 0, done.stderr
    assert {"data", "mmsmedia", "kept.tar"} <= {path.name for path in machine.home.iterdir()}
    assert machine.not_the_gateways() == []
    house.gateway.start()  # and it may open all of it


def test_where_only_root_may_write_it_is_said_who_may_not(house: House, machine: Machine):
    done = run(house, "backup", f"{machine.roots}/kept.tar")
    assert done.returncode == 1 and "Permission denied (as the user mmsgate)" in done.stderr, done.stderr
    assert not list(machine.roots.iterdir())


def test_a_backup_of_roots_is_brought_back_for_the_gateway(house: House, machine: Machine):
    kept = machine.roots / "kept.tar"
    with kept.open("wb") as out:
        subprocess.run([house.gateway.program, "backup", "-", "--config-file", house.gateway.config], stdout=out, check=True,
                       env=house.gateway.env, timeout=60)
    kept.chmod(0o600)
    house.gateway.stop()
    (machine.home / "data").rename(machine.home / "data-before")
    (machine.home / "mmsmedia").rename(machine.home / "mmsmedia-before")
    done = run(house, "restore", str(kept))
    assert done.returncode == 0 and f"{machine.home}/data/mmsgate.sqlite" in done.stdout, done.stderr
    assert machine.not_the_gateways() == []
    house.gateway.start()
    assert [each["peer"] for each in house.gateway.messages("list")] == [STRANGER]


def test_what_asks_the_proxy_may_what_root_may(house: House, machine: Machine):
    """The proxy's files and its socket are not the gateway's; the sub accounts are known from its database all the same."""
    theirs = machine.roots / "flexisip.conf"
    theirs.write_text(run(house, "flexisip", "print", "--file", "flexisip.conf", "--forward-config",
                          str(machine.roots / "forward.conf")).stdout)
    assert "'100000_'" in theirs.read_text(), "the accounts are known"
    (machine.roots / "forward.conf").write_text(run(house, "flexisip", "print", "--file", "forward.conf").stdout)
    done = run(house, "flexisip", "check", "--flexisip-config", str(theirs))
    assert done.returncode == 0, done.stdout + done.stderr
    accounts = machine.roots / "accounts.cfg"
    done = run(house, "kamailio", "accounts", "--accounts-file", str(accounts))
    assert done.returncode == 0 and accounts.stat().st_uid == 0, done.stderr
    assert machine.not_the_gateways() == []


def test_what_the_gateways_user_may_have_put_there_is_not_opened_as_root(house: House, machine: Machine):
    """A link to where only root may look, in the place of the database's folder."""
    house.gateway.stop()
    data, hidden = machine.home / "data", machine.roots / "data"
    data.rename(hidden)
    data.symlink_to(hidden)
    assert "'100000_'" not in run(house, "flexisip", "print").stdout
    assert ALICE.account not in run(house, "registrations").stdout
    data.unlink()
    hidden.rename(data)
    assert "'100000_'" in run(house, "flexisip", "print").stdout
    house.gateway.start()


def test_root_keeps_no_rights_for_a_config_that_the_gateway_may_change(house: House, machine: Machine):
    """It names a program to run: flexisippath."""
    theirs = machine.roots / "flexisip.conf"
    assert run(house, "flexisip", "check", "--flexisip-config", str(theirs)).returncode == 0
    house.gateway.config.chmod(0o660)
    try:
        assert "cannot read" in run(house, "flexisip", "check", "--flexisip-config", str(theirs)).stderr
    finally:
        house.gateway.config.chmod(0o640)


def test_a_config_of_roots_alone_is_roots(house: House, machine: Machine):
    """Who runs the gateway as root, as the first MMSGate's manual did, goes on so."""
    config = machine.roots / "own.conf"
    config.write_text(house.gateway.config.read_text())
    done = subprocess.run([machine.program, "config", "show", "--config-file", config], capture_output=True, text=True, timeout=60,
                          env=house.gateway.env)
    assert f"dbfile = {machine.roots}/data/mmsgate.sqlite" in done.stdout, done.stderr
