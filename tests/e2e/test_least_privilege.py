# SPDX-License-Identifier: Apache-2.0
"""What the gateway may do and what it shows of itself: as little as it needs (docs/security.md)."""

import os
import re
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BUILD
from confined import NOBODY, settings, system_calls
from house import http
from house.carrier import PASSWORD
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
from house.process import wait_until

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "packaging" / "mmsgate.service"
SECURITY = ROOT / "docs" / "security.md"
SIP_PASSWORD = "alices-sip-password"


def score(unit: Path) -> float:
    done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", unit], capture_output=True, text=True)
    return float(re.search(rf"Overall exposure level for {unit.name}: ([\d.]+)", done.stdout)[1])


@pytest.mark.parametrize("name", ["mmsgate.service", "mmsgate-backup.service"])
def test_a_unit_is_as_tight_as_the_manual_says(name: str):
    stated = re.search(rf"\| `{re.escape(name)}` \| ([\d.]+) \|", SECURITY.read_text())
    assert stated, f"docs/security.md says nothing of the score of {name}"
    assert score(ROOT / "packaging" / name) <= float(stated[1])


def test_the_rules_of_the_unit_that_are_tried_here_are_what_they_seem():
    calls = system_calls(settings(UNIT)["SystemCallFilter"])
    assert {"read", "epoll_wait", "sendfile", "execve"} <= calls
    assert not calls & {"mount", "ptrace", "bpf", "io_uring_setup", "setrlimit", "keyctl", "kexec_load", "reboot"}


TRIES = """
import ctypes, mmap, os, socket
def outcome(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "done"
print(os.geteuid(), oct(os.umask(0)), outcome(lambda: mmap.mmap(-1, 4096, prot=7)), outcome(lambda: mmap.mmap(-1, 4096, prot=3)),
      outcome(lambda: socket.socket(socket.AF_PACKET)), outcome(lambda: socket.socket(socket.AF_VSOCK)),
      outcome(lambda: socket.socket(socket.AF_INET)), outcome(lambda: os.setpriority(os.PRIO_PROCESS, 0, 1)))
"""


def test_who_breaks_a_rule_of_the_unit_fails():
    user = str(NOBODY if os.geteuid() == 0 else os.geteuid())
    done = subprocess.run(["/usr/bin/python3", Path(__file__).with_name("confined.py"), UNIT, "/usr/bin/python3", "-c", TRIES],
                          capture_output=True, text=True)
    assert done.stdout.split() == [user, "0o77", "PermissionError", "done", "PermissionError", "PermissionError", "done",
                                   "PermissionError"], done.stderr


@pytest.fixture(scope="module")
def nobodys_house() -> Iterator[House]:
    """A household whose gateway runs under the unit's rules, in a folder where nobody may write; its database is made anew."""
    folder = Path(tempfile.mkdtemp(prefix="mmsgate-nobody-", dir="/tmp"))
    try:
        with House(BUILD, folder=folder, passwords={each.account: SIP_PASSWORD for each in (ALICE, SHOP)}) as house:
            gateway = house.gateway
            gateway.stop()
            for name in ("media", "mmsgate.sqlite", "mmsgate.sqlite.lock"):
                shutil.rmtree(folder / name, ignore_errors=True)
                (folder / name).unlink(missing_ok=True)
            program = folder / "mmsgate"
            shutil.copy(gateway.program, program)  # the build may lie where nobody else may look
            confined = folder / "confined"
            script = Path(__file__).with_name("confined.py")
            shutil.copy(script, folder)
            shutil.copy(UNIT, folder)
            confined.write_text(f"#!/bin/sh\nexec /usr/bin/python3 {folder}/{script.name} {folder}/{UNIT.name} {program} \"$@\"\n")
            confined.chmod(0o755)
            gateway.program = confined
            gateway.options["mmsgate"]["loggerfile"] = str(folder / "mmsgate.log")
            gateway.options["sip"]["siplogfile"] = str(folder / "sip.log")
            gateway.options["sip"]["siploglevel"] = "9"
            gateway.env = {"HOME": str(folder)}
            gateway.write_config()
            if os.geteuid() == 0:
                for path in (folder, gateway.config, *folder.glob("sip-*.pem")):
                    os.chown(path, NOBODY, NOBODY)
            gateway.start()
            house.carrier.set_webhook(gateway.hook_url)
            yield house
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def proc(house: House, name: str) -> Path:
    return Path(f"/proc/{house.gateway.process.child.pid}/{name}")


def use_all_of_it(house: House) -> dict[str, str]:
    """A picture each way, a script's upload, a phone's configuration; answers with the secrets that were used."""
    gateway = house.gateway
    alice = house.phone(ALICE)
    house.carrier.incoming(STRANGER, ALICE.number, "in", [png(1)])
    assert alice.received()["files"][0]["bytes"] == png(1)
    alice.state(alice.send(STRANGER, file=png(2)), "DeliveredToUser")
    assert house.carrier.sent_bytes(house.carrier.sent(1)[0]) == png(2)
    key = gateway.new_key("door", "--account", ALICE.account)
    assert gateway.upload(png(3), to=ALICE.account, key=key).status == 200
    assert alice.received()["files"][0]["bytes"] == png(3)
    handed = re.search(r"http://\S+/conf/(\S+)", gateway.run("provision", ALICE.account, "--json"))[1].strip('",')
    assert http.request("GET", f"{gateway.url}/conf/{handed}").status == 200
    assert gateway.run("reconcile")
    gateway.process.child.send_signal(signal.SIGHUP)
    return {"the API password": PASSWORD, "the web hook's token": gateway.hook_url.rpartition("/")[2], "a script's key": key,
            "a configuration's URL": handed, "a SIP password": SIP_PASSWORD}


@pytest.fixture(scope="module")
def secrets(nobodys_house: House) -> dict[str, str]:
    """Those that it has used for all of its work, under the unit's rules."""
    return use_all_of_it(nobodys_house)


def log_of(house: House) -> str:
    return (house.folder / "mmsgate.log").read_text()


def test_as_nobody_under_the_units_rules_it_does_all_of_its_work(nobodys_house: House, secrets: dict[str, str]):
    status = proc(nobodys_house, "status").read_text()
    assert re.search(r"^CapBnd:\s0+$", status, re.M) and re.search(r"^Seccomp:\s2$", status, re.M), "the rules hold"
    assert " error " not in log_of(nobodys_house), log_of(nobodys_house)
    assert "runs as root" not in log_of(nobodys_house)


def test_no_other_program_of_its_user_may_look_into_it(nobodys_house: House, secrets: dict[str, str]):
    assert proc(nobodys_house, "environ").stat().st_uid == 0, "what is not dumpable belongs to root there: proc(5)"


def test_secrets_stand_in_no_log_no_argument_and_no_environment(nobodys_house: House, secrets: dict[str, str]):
    folder = nobodys_house.folder
    places = [proc(nobodys_house, "cmdline"), folder / "mmsgate.log", folder / "sip.log", nobodys_house.gateway.process.log]
    if os.geteuid() == 0:  # nobody else may read it, see above
        places.append(proc(nobodys_house, "environ"))
    texts = {place.name: place.read_bytes() for place in places}
    assert b" debug " in texts["mmsgate.log"] and b"MESSAGE sip:" in texts["sip.log"], "they say all that there is to say"
    found = [f"{what} stands in {where}" for what, secret in secrets.items() for where, text in texts.items()
             if secret.encode() in text]
    assert not found


def test_what_it_writes_is_for_its_user_alone(nobodys_house: House, secrets: dict[str, str]):
    folder = nobodys_house.folder
    written = [path for name in ("mmsgate.sqlite*", "media", "media/**/*", "mmsgate.log", "sip.log", "sip-key.pem")
               for path in folder.glob(name)]
    names = {path.name for path in written}
    assert {"mmsgate.sqlite", "mmsgate.sqlite-wal", "mmsgate.sqlite-shm", "media", "mmsgate.log", "sip.log"} <= names
    assert len([path for path in written if path.is_file() and "media" in path.parts]) >= 2, "the pictures are among them"
    open_to_others = [f"{path} {stat.filemode(path.stat().st_mode)}" for path in written if path.stat().st_mode & 0o077]
    assert not open_to_others


def allow_cores() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def most_core(pid: int) -> str:
    return re.search(r"Max core file size\s+\S+\s+(\S+)", Path(f"/proc/{pid}/limits").read_text())[1]


def serves(house: House) -> bool:
    try:
        return http.request("GET", f"{house.gateway.url}/healthz").status == 200
    except OSError:
        return False


@pytest.mark.parametrize("allowed", [False, True])
def test_a_crash_leaves_a_core_file_only_where_that_is_asked_for(house: House, tmp_path: Path, allowed: bool):
    house.gateway.stop()
    place = tmp_path / "place"
    place.mkdir()
    before = most_core(os.getpid())
    command = [house.gateway.program, "serve", "--config-file", house.gateway.config, *(["--core-files"] if allowed else [])]
    child = subprocess.Popen(command, cwd=place, stderr=subprocess.DEVNULL,
                             preexec_fn=allow_cores)
    try:
        wait_until(lambda: serves(house), "it serves")
        most = most_core(child.pid)
        child.send_signal(signal.SIGSEGV)
        assert child.wait(20) == -signal.SIGSEGV
        assert most == ("0" if not allowed else before), "the limit is ours"
        assert allowed or not list(place.iterdir())
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def test_as_root_it_says_that_it_should_not(house: House):
    said = "this runs as root, and needs nothing of root's" in house.gateway.process.log.read_text()
    assert said == (os.geteuid() == 0)
