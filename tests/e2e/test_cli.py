# SPDX-License-Identifier: Apache-2.0
"""The command line as a person meets it: what it says and how it ends."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

MMSGATE = Path(os.environ["MMSGATE_BUILD"]) / "src" / "mmsgate"
LEAST = "[api]\napiid = owner@example.org\napipw = s3cret\n[web]\nwebdns = sms.example.org\n"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MMSGATE, *arguments], capture_output=True, text=True, timeout=20)


@pytest.fixture
def config(tmp_path: Path):
    def write(more: str = "") -> str:
        path = tmp_path / "mmsgate.conf"
        path.write_text(LEAST + more)
        return str(path)

    return write


def test_version():
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("mmsgate ")


def test_help_names_the_commands():
    done = run("--help")
    assert done.returncode == 0
    for word in ("serve", "messages", "--config-file", "--default-config"):
        assert word in done.stdout


def test_the_default_config_can_be_written_and_is_taken(tmp_path: Path):
    text = run("--default-config").stdout
    path = tmp_path / "mmsgate.conf"
    path.write_text(text)
    done = run("serve", "--config-file", str(path))
    assert done.returncode == 2
    assert "apiid must not be empty" in done.stderr, "the three values that a person must fill in are asked for"


def test_a_missing_config_says_how_to_write_one(tmp_path: Path):
    done = run("serve", "--config-file", str(tmp_path / "none.conf"))
    assert done.returncode == 2
    assert "cannot read" in done.stderr and "--default-config" in done.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("webprot = 80\n", 'mmsgate.conf:6: [web] has no option "webprot"; did you mean "webport" in [web]?'),
        ("[sipp]\nsipport = 5060\n", "mmsgate.conf:7: there is no section [sipp]"),
        ("webport = eighty\n", "mmsgate.conf:6: webport must be a port, 1 to 65535"),
        ("nonsense\n", "line 6"),
        ("[sip]\nsippop = pop.example\n", "mmsgate.conf:7: [sip] sippop alone registers nowhere"),
    ],
)
def test_a_wrong_config_is_refused_with_its_line(config, more: str, said: str):
    done = run("serve", "--config-file", config(more))
    assert done.returncode == 2
    assert said in done.stderr
    assert "s3cret" not in done.stderr


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_a_port_that_is_taken_is_named(config, tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("serve", "--config-file", config(
            f"webbind = 127.0.0.1\nwebport = {port}\nlocalmedia = {tmp_path}/media\n"
            f"[sip]\nsipboundaddress = 127.0.0.1\nsipport = {free_port()}\n[mmsgate]\ndbfile = {tmp_path}/m.sqlite\n"))
    assert done.returncode == 1
    assert str(port) in done.stderr


def test_messages_of_a_store_that_is_not_there(config, tmp_path: Path):
    done = run("messages", "list", "--config-file", config(f"[mmsgate]\ndbfile = {tmp_path}/none.sqlite\n"))
    assert done.returncode == 1
    assert "none.sqlite" in done.stderr
    assert not (tmp_path / "none.sqlite").exists(), "looking makes nothing"


def test_an_unknown_command_is_refused():
    assert run("serv").returncode != 0


def test_a_config_is_checked_without_starting_anything(config):
    done = run("config", "check", "--config-file", config("[mmsgate]\noutvia = sms\n"))
    assert done.returncode == 0
    assert done.stdout.endswith("mmsgate.conf is right.\n") and done.stdout.count("\n") == 1
    done = run("config", "check", "--config-file", config("webprot = 80\n"))
    assert done.returncode == 2 and 'did you mean "webport"' in done.stderr


def test_a_config_is_shown_without_its_secrets(config):
    done = run("config", "show", "--config-file", config("webport = 4443\n"))
    assert done.returncode == 0
    assert "apipw = (set)\n" in done.stdout and "webport = 4443\n" in done.stdout and "sipport = 5060\n" in done.stdout
    assert "s3cret" not in done.stdout


def test_config_default_is_default_config():
    assert run("config", "default").stdout == run("--default-config").stdout != ""


def test_without_the_api_password_only_who_speaks_with_voip_ms_ends(tmp_path: Path):
    path = tmp_path / "mmsgate.conf"
    path.write_text(f"[api]\napiid = owner@example.org\napipw =\n[web]\nwebdns = sms.example.org\n"
                    f"[mmsgate]\ndbfile = {tmp_path}/m.sqlite\n")
    for command in (["serve"], ["config", "check"], ["provision", "*"]):
        done = run(*command, "--config-file", str(path))
        assert (done.returncode, done.stdout) == (2, ""), command
        assert "[api] apipw is missing: The VoIP.ms API password" in done.stderr, command
    done = run("messages", "list", "--config-file", str(path))
    assert done.returncode == 1 and "m.sqlite" in done.stderr, "it got as far as the database"


def test_an_empty_password_beside_a_file_is_none(tmp_path: Path):
    path = tmp_path / "mmsgate.conf"
    (tmp_path / "password").write_text("s3cret\n")
    path.write_text(f"[api]\napiid = owner@example.org\napipw =\napipw_file = {tmp_path}/password\n[web]\nwebdns = x.example\n")
    done = run("config", "check", "--config-file", str(path))
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_complained_of_does_not_talk_to_the_terminal(config, tmp_path: Path):
    done = run("serve", "--config-file", str(tmp_path / "a\x1b[31mb\u202ec"))
    assert done.returncode == 2
    assert "a?[31mb?c" in done.stderr and "\x1b" not in done.stderr and "\u202e" not in done.stderr


def test_what_a_library_throws_ends_in_a_sentence():
    """fmt throws when what it prints cannot be written at once."""
    with open("/dev/full", "wb", buffering=0) as full:
        done = subprocess.run(["stdbuf", "-o0", MMSGATE, "--default-config"], stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=20)
    assert done.returncode == 1
    assert done.stderr.startswith("mmsgate: ") and done.stderr.count("\n") == 1 and "terminate" not in done.stderr
