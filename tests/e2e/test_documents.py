# SPDX-License-Identifier: Apache-2.0
"""What the documents tell people to type works: every command is one of the program's, and what can be run is run."""

import configparser
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import BUILD
from documents import DOCUMENTS, ROOT, Block, Program, blocks, commands, mentions, words_of
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
from house.process import wait_until
from test_picture import states

MMSGATE = BUILD / "src" / "mmsgate"
OURS = ("sip", "api", "web", "provision", "mmsgate")

# Run in a household; all else is looked at only: it would not end (serve, --watch), needs what is not here (a backup to bring
# back, the first MMSGate's files, Google), or belongs to a test of its own.
RUN = {"config check", "config show", "config default", "hook show", "hook add", "hook remove", "keys add", "keys list", "keys revoke",
       "links list", "links revoke", "links rotate", "messages list", "messages show", "messages replay", "provision", "prune",
       "registrations", "reconcile", "backup", "health", "--default-config", "--version"}
NOT_HERE = ("--watch", "--push-notification")
# Exit codes other than 0: curl's for an error of HTTP, where the document shows how a login is asked for.
ENDS_WITH = {"curl -i -X POST http://sms.example.org:38443/file": 22}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def program() -> Program:
    return Program(MMSGATE)


def test_the_reader_of_commands_sees_what_is_wrong(program: Program):
    """Else the tests below could not fail."""
    for wrong in ("mmsgate mesages list", "mmsgate messages lst", "mmsgate messages list --limits 5", "mmsgate messages show",
                  "mmsgate messages", "mmsgate messages list --limit many", "mmsgate hook show 1", "mmsgate keys add"):
        assert program.complaint(wrong), wrong
    for right in ("mmsgate", "mmsgate serve --sip-trace 4", "mmsgate backup - | ssh HOST 'cat > x.tar'", "mmsgate provision '*'",
                  "mmsgate --default-config > mmsgate.conf", "mmsgate messages --json list --limit=5", "mmsgate links revoke '*'"):
        assert program.complaint(right) == "", right
    assert program.complaint("mmsgate hook", is_mention=True) == ""


def test_there_are_documents_with_commands():
    assert len(DOCUMENTS) > 20
    assert sum(len(commands(block)) for path in DOCUMENTS for block in blocks(path)) > 60


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_command_is_one_of_the_programs(program: Program, path: Path):
    wrong = []
    for block in blocks(path):
        if block.word == "text":
            continue
        wrong += [f"{block.where}: {command}: {complaint}" for command in commands(block)
                  if command.startswith("mmsgate") and (complaint := program.complaint(command))]
    wrong += [f"{named(path)}: `{mention}`: {complaint}" for mention in mentions(path)
              if (complaint := program.complaint(mention, is_mention=True))]
    assert not wrong, "\n".join(wrong)


# Pieces of the config

def is_config(block: Block) -> bool:
    first = re.match(r"\[([\w:]+)\]\n", block.text)
    return block.word == "ini" or block.word == "" and first is not None and first[1] in OURS


CONFIGS = [block for path in DOCUMENTS for block in blocks(path) if is_config(block)]


def test_there_are_pieces_of_the_config():
    assert len(CONFIGS) > 5


@pytest.mark.parametrize("block", CONFIGS, ids=lambda block: block.where)
def test_pieces_of_the_config_are_right(block: Block, tmp_path: Path):
    """Together with the three lines that every config needs."""
    config = configparser.RawConfigParser(strict=False)
    config.optionxform = str  # type: ignore[assignment,method-assign]
    config.read_string("[api]\napiid = owner@example.org\napipw = secret\n[web]\nwebdns = sms.example.org\n")
    config.read_string(block.text)
    file = tmp_path / "mmsgate.conf"
    with file.open("w") as out:
        config.write(out)
    done = subprocess.run([MMSGATE, "config", "check", "--config-file", file], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{block.where}: {done.stderr}"


# A household in which they are run

def kind_of(command: str) -> str:
    """"messages list" of a command line."""
    words = [word for word in words_of(command)[1:]]
    return next((kind for kind in RUN if words[:len(kind.split())] == kind.split()), "")


def to_run(path: Path) -> list[tuple[Block, str]]:
    return [(block, command) for block in blocks(path) if block.word != "text" for command in commands(block)
            if command.startswith("curl") or kind_of(command) and not any(word in command for word in NOT_HERE)]


class Reader:
    """Does what a document says, on a machine of its own."""

    def __init__(self, house: House, folder: Path):
        self.house, self.folder = house, folder
        (folder / "mmsgate.conf").write_text(house.gateway.config.read_text())
        (folder / "picture.jpg").write_bytes(png(1))
        (folder / "backups").mkdir()
        programs = folder / "bin"
        programs.mkdir()
        self.wrap(programs / "mmsgate", f'case " $* " in *" --config-file "*|*" --default-config "*) ;; '
                                        f'*) set -- "$@" --config-file "{folder}/mmsgate.conf" ;; esac\nexec {MMSGATE} "$@"')
        self.wrap(programs / "age", "cat")
        self.wrap(programs / "curl", 'exec /usr/bin/curl --silent --show-error --fail-with-body --max-time 30 "$@"')
        self.key = house.gateway.new_key("documents", "--account", "100000_bob")
        self.file = house.gateway.upload(png(1)).text

    @staticmethod
    def wrap(path: Path, script: str) -> None:
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def here(self, command: str) -> str:
        """The command, with what is different on this machine."""
        link = re.search(r'url="([^"]+)"', self.file)
        assert link, self.file
        hook = self.house.gateway.hook_url
        for what, by in ((r"https?://(?:sms\.example\.org|localhost|YOUR-NAME):38443", self.house.gateway.url),
                         (r"/mmsmedia/NAME\b", "/mmsmedia/" + link[1].rpartition("/")[2]),
                         (r"/mmsgate/TOKEN\b", "/mmsgate/" + hook.rpartition("/")[2]), (r"\bKEY\b", self.key),
                         (r"-u 100000_alice\b", "-u 100000_alice:secret"), (r"/var/lib/mmsgate/", f"{self.folder}/"),
                         (r"/home/mmsgate/backups", "backups"), (r"> mmsgate\.conf", "> written.conf"),
                         (r"--from old/\S+ --media old/\S+", "")):
            command = re.sub(what, lambda _, by=by: by, command)  # type: ignore[misc]
        return command

    def does(self, command: str) -> "subprocess.CompletedProcess[str]":
        path = f"{self.folder / 'bin'}:/usr/bin:/bin:/usr/sbin:/sbin"
        return subprocess.run(["bash", "-c", "set -o pipefail; " + self.here(command)], cwd=self.folder, input="*\n",
                              env={"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8"}, capture_output=True, text=True,
                              timeout=120)


@pytest.fixture
def reader(make_house: Callable[..., House], tmp_path: Path) -> Iterator[Reader]:
    house = make_house({"sip": {"locator": "kamailio", "kamailiorpc": str(tmp_path / "rpc")},
                        "mmsgate": {"giveuphours": "0", "notifystrangers": "no"}})  # what no phone takes is dead at once
    for count in range(42):
        house.carrier.incoming(STRANGER, SHOP.number, f"number {count}", [png(1)] if count == 0 else [])
    # The documents show message 42, and have it tried once more.
    wait_until(lambda: states(house.gateway, 42) == ["dead"], "message 42 is given up")
    folder = tmp_path / "reader"
    folder.mkdir()
    yield Reader(house, folder)


WITH_COMMANDS = [path for path in DOCUMENTS if to_run(path)]


@pytest.mark.parametrize("path", WITH_COMMANDS, ids=named)
def test_what_a_document_says_to_type_can_be_typed(reader: Reader, path: Path):
    wrong = []
    for block, command in to_run(path):
        done = reader.does(command)
        if done.returncode != ENDS_WITH.get(command, 0):
            wrong.append(f"{block.where}: {command}\n  {done.stderr or done.stdout}")
    assert not wrong, "\n".join(wrong)


SQL = [block for path in DOCUMENTS for block in blocks(path) if block.word == "sql"]


def test_queries_run_on_the_gateways_database(make_house: Callable[..., House]):
    house = make_house()
    house.carrier.incoming(STRANGER, ALICE.number, "hello")
    assert len(SQL) > 5
    with closing(sqlite3.connect(f"file:{house.folder}/mmsgate.sqlite?mode=ro", uri=True)) as db:
        db.executescript((ROOT / "packaging/views.sql").read_text())
        for block in SQL:
            db.execute(block.text).fetchall()
        assert len(db.execute("SELECT * FROM view_messages").fetchall()) == 1
