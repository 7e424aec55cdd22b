# SPDX-License-Identifier: Apache-2.0
"""docs/docker.md, typed line by line: the life of one installation, in the order in which the tests stand."""

import os
import pty
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from owner import PROJECT, ROOT, SIP_ADDRESS, Owner
from stand_in_flexisip import Flexisip, contact

from house.carrier import ONE_NUMBER, PASSWORD, Carrier
from house.docker import well
from house.house import STRANGER
from house.process import wait_until

# Not typed here: what follows a log for ever, and what asks a registry.
NOT_TYPED = ("docker compose logs -f mmsgate", "docker compose build --pull")


def test_the_passwords_are_laid_down(owner: Owner, carrier: Carrier):
    owner.lays_down(PASSWORD)
    owner.fill_in(carrier)


def test_the_image_is_built_and_the_config_found_right(owner: Owner):
    said = owner.types("docker compose run --rm --no-deps mmsgate config check")
    assert "/etc/flexisip/mmsgate.conf is right." in said


def test_flexisips_files_are_printed(owner: Owner):
    conf, forward = (owner.folder / "docker/flexisip" / name for name in ("flexisip.conf", "forward.conf"))
    _, terminal = pty.openpty()  # where its owner types; what is printed goes into a file all the same
    owner.types("(umask 077; docker compose run --rm --no-deps mmsgate flexisip print --account-prefix 100000_ --address 192.168.1.10 "
                "--file flexisip.conf > docker/flexisip/flexisip.conf)", stdin=terminal)
    owner.types("docker compose run --rm --no-deps mmsgate flexisip print --file forward.conf > docker/flexisip/forward.conf", stdin=terminal)
    assert "PUT-A-PASSWORD-HERE" in conf.read_text() and "192.168.1.10" in conf.read_text()
    assert f"<sip:{SIP_ADDRESS}" in forward.read_text()
    assert not any("\r" in each.read_bytes().decode() for each in (conf, forward)), "a terminal has been between"


def test_all_start_and_are_well(owner: Owner):
    owner.types("docker compose up -d")
    owner.waits_for_health()
    assert owner.health("mariadb") == "healthy" and owner.health("flexisip") == "running"
    assert "healthy" in owner.types("docker compose ps")
    assert owner.types("docker compose exec mmsgate mmsgate health").strip() == "ok"
    with socket.create_connection(("127.0.0.1", int(owner.settings["MARIADB_PORT"])), timeout=10) as line:
        assert b"MariaDB" in line.recv(200)


def test_the_databases_password_is_the_one_in_the_file(owner: Owner):
    word = (owner.folder / "docker/secrets/flexisip_db").read_text().strip()
    for password, ends in ((word, 0), ("another", 1)):
        done = owner.does(f"docker compose exec -T mariadb mariadb --protocol tcp --user flexisip --password={password} flexisip_msgs -e 'SELECT 1'")
        assert done.returncode == ends, done.stderr


def test_a_message_comes_in(owner: Owner, carrier: Carrier):
    assert "http" in owner.types("docker compose exec mmsgate mmsgate hook show")
    owner.takes_the_first_message(carrier)
    assert "the first" not in owner.types("docker compose exec mmsgate mmsgate messages list"), "bodies are for who asks for them"


def test_flexisips_socket_is_reached_across_the_containers(owner: Owner):
    owner.sees_who_is_registered()
    assert owner.does("docker compose restart flexisip").returncode == 0  # its socket has the name that was there before
    owner.sees_who_is_registered()


def test_a_phone_is_provisioned(owner: Owner):
    assert "http" in owner.types("docker compose exec mmsgate mmsgate provision 100000_alice")


def test_a_file_that_a_command_writes_is_brought_out(owner: Owner):
    for line in ("docker compose exec mmsgate mmsgate provision 100000_alice --png /var/lib/mmsgate/code.png",
                 "docker compose cp mmsgate:/var/lib/mmsgate/code.png .", "docker compose exec mmsgate rm /var/lib/mmsgate/code.png"):
        owner.types(line, "commands.md")
    assert (owner.folder / "code.png").read_bytes().startswith(b"\x89PNG")


def test_flexisips_files_are_checked(owner: Owner):
    conf = owner.folder / "docker/flexisip/flexisip.conf"
    conf.write_text(conf.read_text().replace("PUT-A-PASSWORD-HERE", (owner.folder / "docker/secrets/flexisip_db").read_text().strip()))
    assert conf.stat().st_mode & 0o777 == 0o600
    line = next(each for each in (ROOT / "docs/flexisip.md").read_text().splitlines() if each.startswith("docker compose run"))
    assert "are right" in owner.types(line, "flexisip.md")
    conf.write_text(conf.read_text().replace("white-list=127.0.0.2", "white-list=127.0.0.9"))
    done = owner.does(line)
    assert done.returncode == 1 and "127.0.0.2" in done.stdout, done.stderr


def test_it_has_nothing_of_roots_but_the_group_for_the_socket(owner: Owner):
    status = owner.does("docker compose exec mmsgate cat /proc/1/status").stdout
    assert re.search(r"^Uid:\t10001\t10001\t10001\t10001$", status, re.M) and re.search(r"^CapEff:\t0+$", status, re.M)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.M)
    mounts = owner.does("docker compose exec mmsgate cat /proc/1/mounts").stdout.splitlines()
    rights = {place: rights.split(",")[0] for _, place, _, rights, *_ in map(str.split, mounts)}
    for place in ("/", "/tmp", "/etc/flexisip", "/run/secrets/apipw"):
        assert rights[place] == "ro", place
    assert rights["/var/lib/mmsgate"] == "rw"
    assert PASSWORD not in well("inspect", f"{PROJECT}-mmsgate-1")


def test_the_config_is_read_again(owner: Owner):
    config = owner.folder / "docker/gateway/mmsgate.conf"
    changed = config.with_suffix(".new")
    changed.write_text(f"{config.read_text()}\n[mmsgate]\nlogger = INFO\n")
    changed.replace(config)  # as most editors write: another file, of the same name
    owner.types("docker compose exec mmsgate sh -c 'kill -HUP 1'")
    wait_until(lambda: "the config is read again" in owner.does("docker compose logs mmsgate").stdout, "it is read again")


def test_it_is_started_again_after_a_reload_too(owner: Owner):
    """Not so after `docker compose kill -s HUP`: what Docker itself is told to signal, it holds for stopped by its owner."""
    name = f"{PROJECT}-mmsgate-1"
    os.kill(int(well("inspect", "--format", "{{.State.Pid}}", name)), signal.SIGKILL)
    wait_until(lambda: int(well("inspect", "--format", "{{.RestartCount}}", name)) > 0, "Docker starts it again")
    owner.waits_for_health()


def test_a_backup_ends_up_outside_and_can_be_brought_back(owner: Owner, carrier: Carrier):
    owner.types("(umask 077; docker compose exec -T mmsgate mmsgate backup - > mmsgate.tar)")
    assert (owner.folder / "mmsgate.tar").stat().st_mode & 0o777 == 0o600
    done = subprocess.run([Path(os.environ["MMSGATE_BUILD"], "src/mmsgate"), "restore", "--check", owner.folder / "mmsgate.tar"],
                          capture_output=True, text=True)
    assert done.returncode == 0 and "It is whole" in done.stdout, done.stderr
    assert "It is whole" in owner.types("docker compose run --rm --no-deps -T mmsgate restore --check - < mmsgate.tar", "backup.md")
    assert carrier.incoming("5145550198", ONE_NUMBER, "after the backup")
    assert owner.peers() == ["5145550198", STRANGER]
    owner.types("docker compose stop mmsgate")
    owner.types("docker compose run --rm --no-deps --entrypoint sh mmsgate -c 'mkdir before && mv data mmsmedia before'")
    owner.types("docker compose run --rm --no-deps -T mmsgate restore - < mmsgate.tar")
    owner.types("docker compose up -d")
    owner.waits_for_health()
    assert owner.peers() == [STRANGER], "what came later is had from VoIP.ms' log, but not for its first ten minutes (docs/backup.md)"
    owner.types("docker compose run --rm --no-deps --entrypoint rm mmsgate -r before")


def test_a_newer_version_takes_its_place(owner: Owner):
    owner.types("(umask 077; docker compose exec -T mmsgate mmsgate backup - > before.tar)")
    before = well("inspect", "--format", "{{.Image}}", f"{PROJECT}-mmsgate-1")
    with (owner.folder / "Dockerfile").open("a") as file:  # git pull: another image, without another five minutes of building
        file.write("LABEL newer=yes\n")
    assert owner.does("docker compose build").returncode == 0  # without --pull: there may be no registry
    owner.types("docker compose up -d")
    owner.waits_for_health()
    assert well("inspect", "--format", "{{.Image}}", f"{PROJECT}-mmsgate-1") != before
    assert STRANGER in owner.peers()


def test_it_ends_when_it_is_told_to(owner: Owner):
    assert owner.does("docker compose stop mmsgate").returncode == 0
    assert well("inspect", "--format", "{{.State.ExitCode}}", f"{PROJECT}-mmsgate-1").strip() == "0"


def test_down_keeps_the_messages(owner: Owner):
    assert owner.does("docker compose down").returncode == 0
    owner.types("docker compose up -d")
    owner.waits_for_health()
    assert STRANGER in owner.peers()


def test_with_flexisip_on_the_machine_itself(owner: Owner, tmp_path: Path):
    assert owner.does("docker compose down").returncode == 0
    tmp_path.chmod(0o1777)
    socket = tmp_path / "flexisip-proxy-4711"
    flexisip = Flexisip(socket, {"100000_alice@pop.example": [contact("sip:100000_alice@192.0.2.1:5061;transport=tls", time.time() + 600)]})
    socket.chmod(0o770)  # UMask=0007
    owner.types("docker compose up -d mmsgate mariadb", FLEXISIP_TMP=str(tmp_path))
    owner.waits_for_health()
    assert STRANGER in owner.peers()
    assert owner.health("flexisip") != "running"
    owner.sees_who_is_registered()
    flexisip.stop()


def test_down_with_volumes_leaves_none(owner: Owner):
    left = f"docker volume ls --quiet --filter label=com.docker.compose.project={PROJECT}"
    assert len(owner.does(left).stdout.split()) == 4
    assert owner.does("docker compose down --volumes").returncode == 0
    assert owner.does(left).stdout == ""


def test_every_command_of_the_manual_was_typed(owner: Owner, request: pytest.FixtureRequest):
    if request.config.option.keyword or request.session.testsfailed:
        pytest.skip("not all of the tests above ran")

    lines = {line.strip() for line in (ROOT / "docs/docker.md").read_text().splitlines()
             if line.strip().startswith(("docker compose ", "(umask 077; docker compose "))}
    assert len(lines) > 12
    assert lines - owner.typed - set(NOT_TYPED) == set()
