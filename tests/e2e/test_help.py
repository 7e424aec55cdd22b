# SPDX-License-Identifier: Apache-2.0
"""Manual pages and completion are made of what --help is made of: they are well-formed, and they know all of it."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD

MMSGATE = BUILD / "src" / "mmsgate"
SHELLS = ("bash", "zsh", "fish")


def printed(*command: str) -> str:
    done = subprocess.run([MMSGATE, *command], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def commands(path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """All that --help knows of, those below a group too."""
    text = printed(*path, "--help")
    below = re.findall(r"^  (\w[\w-]*)  ", text.partition("Subcommands:\n")[2].partition("\n\n")[0], re.M)
    return [found for name in below for found in ((*path, name), *commands((*path, name)))]


def options(path: tuple[str, ...]) -> set[str]:
    lines = re.findall(r"^  (-\S+)", printed(*path, "--help").partition("Options:")[2], re.M)
    return {name for line in lines for name in line.split(",") if name.startswith("--")}


@pytest.fixture(scope="module")
def known() -> dict[tuple[str, ...], set[str]]:
    found = {path: options(path) for path in [(), *commands()]}
    assert len(found) > 25 and {"--limit", "--open"} <= found["messages", "list"]
    return found


def read_page(page: str, width: int = 200) -> str:
    """As man shows it."""
    done = subprocess.run(["mandoc", "-T", "utf8", f"-Owidth={width}"], input=printed("manual", page), capture_output=True, text=True)
    return re.sub(r".\x08", "", done.stdout)


@pytest.mark.parametrize("page", ["mmsgate", "mmsgate.conf"])
def test_a_manual_page_has_no_fault(page: str):
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=printed("manual", page), capture_output=True, text=True)
    assert not done.stdout and done.returncode == 0, done.stdout


def test_the_manual_page_has_every_command_and_every_option(known):
    text = read_page("mmsgate")
    for path, names in known.items():
        below = [other for other in known if other[:len(path)] == path and len(other) > len(path)]
        if path and not below:
            section = text.partition(f"   mmsgate {' '.join(path)}\n")[2]
            assert section, f"there is nothing of mmsgate {' '.join(path)}"
            own = names - {"--help"}
            lines = re.split(r"^   mmsgate |^[A-Z]", section, maxsplit=1, flags=re.M)[0]
            assert own <= set(re.findall(r"--[a-z][\w-]+", lines)), path
    assert known[()] <= set(re.findall(r"--[a-z][\w-]+", text))


def test_the_manual_page_of_the_config_has_every_option():
    text = read_page("mmsgate.conf")
    section = ""
    for line in printed("--default-config").splitlines():
        if match := re.match(r"\[(\w+)\]", line):
            section = text.partition(f"\n[{match[1]}]\n")[2]
        if match := re.match(r"#?([a-z_]+) = (.*)", line):
            entry = re.search(rf"^ +{match[1]}(?: +(.*)|\n((?: .*\n)+))", section, re.M)
            assert entry, match[1]
            if match[2]:
                assert f"When not set: {match[2]}." in " ".join(entry[0].split()), match[1]


def in_bash(line: str, folder: Path) -> list[str]:
    """What bash offers where the cursor stands at the end of this line."""
    script = folder / "mmsgate.bash"
    script.write_text(printed("completion", "bash"))
    program = """
source "$1"; read -ra COMP_WORDS <<<"${2//=/ = }"; [[ $2 = *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; }; _mmsgate; printf '%s\\n' "${COMPREPLY[@]}"
"""
    done = subprocess.run(["bash", "--norc", "-eu", "-c", program, "bash", script, line], capture_output=True, text=True, cwd=folder,
                          timeout=30)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.split()


def in_fish(line: str, folder: Path) -> list[str]:
    script = folder / "mmsgate.fish"
    script.write_text(printed("completion", "fish"))
    done = subprocess.run(["fish", "--no-config", "-c", "source $argv[1]; complete --do-complete $argv[2]", script, line],
                          capture_output=True, text=True, cwd=folder, timeout=30, env={**os.environ, "HOME": str(folder)})
    assert done.returncode == 0 and not done.stderr, done.stderr
    return [line.split("\t")[0] for line in done.stdout.splitlines()]


# zsh completes for a person at a terminal alone: it gets one, and the key that lists what fits is pressed as soon as its
# prompt is there.
ZSH = r"""
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "fpath=($1 \$fpath); autoload -U compinit; compinit -u -D; bindkey '^T' list-choices; LISTMAX=10000"
zpty -w z "unset zle_bracketed_paste; PROMPT='rea''dy> '"
zpty -r -m z out '*ready> *'
zpty -w -n z "$2"$'\x14'
zpty -w z $'\x15'"print en''ded"
zpty -r -m z out '*ended*'
print -r -- $out
"""


def in_zsh(line: str, folder: Path) -> list[str]:
    (folder / "_mmsgate").write_text(printed("completion", "zsh"))
    done = subprocess.run(["zsh", "-f", "-c", ZSH, "zsh", folder, line], capture_output=True, text=True, cwd=folder, timeout=60,
                          env={**os.environ, "HOME": str(folder), "TERM": "dumb"})
    assert done.returncode == 0, done.stderr
    listed = done.stdout.partition("\n")[2].partition("ready> ")[0]  # the line is drawn above and below
    return [word for row in listed.splitlines() for word in row.split(" -- ")[0].split()]


COMPLETE = {"bash": in_bash, "fish": in_fish, "zsh": in_zsh}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.conf").touch()
    (tmp_path / "media.d").mkdir()
    return tmp_path


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("line", "offered", "not_offered"), [
    ("mmsgate ", {"serve", "messages", "hook", "completion"}, {"list", "mine.conf"}),
    ("mmsgate mes", {"messages"}, {"serve"}),
    ("mmsgate messages ", {"list", "show", "replay"}, {"serve"}),
    ("mmsgate --config-file mine.conf messages ", {"list", "replay"}, {"serve"}),
    ("mmsgate messages list --", {"--limit", "--open", "--json", "--config-file"}, {"--force", "--keep"}),
    ("mmsgate --config-file ", {"mine.conf"}, {"serve"}),
    ("mmsgate provision --password ", {"ha1", "plain", "none"}, {"serve", "mine.conf"}),
    ("mmsgate import --media ", {"media.d/"}, {"mine.conf"}),
    ("mmsgate backup mi", {"mine.conf"}, {"serve"}),
    ("mmsgate completion ", {"bash", "zsh", "fish"}, {"serve"}),
])
def test_a_shell_offers_what_fits(shell: str, line: str, offered: set[str], not_offered: set[str], folder: Path):
    slashed = {each.rstrip("/") for each in offered}
    found = {each.rstrip("/") for each in COMPLETE[shell](line, folder)}
    assert slashed <= found, f"{shell}: {sorted(found)}"
    assert not not_offered & found


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_a_shell_offers_every_command_and_every_option(shell: str, known, tmp_path: Path):
    for path, names in known.items():
        line = " ".join(("mmsgate", *path))
        offered = set(COMPLETE[shell](f"{line} --", tmp_path))
        assert names and names <= offered, (line, names - offered)
        below = {other[-1] for other in known if other[:-1] == path and other}
        assert below <= set(COMPLETE[shell](f"{line} ", tmp_path)), line


def test_an_option_with_an_equals_sign_is_completed_in_bash(folder: Path):
    assert in_bash("mmsgate --config-file=mi", folder) == ["mine.conf"]
    assert in_bash("mmsgate --config-file=mine.conf mess", folder) == ["messages"]


def test_a_shell_or_page_that_there_is_none_of_is_refused():
    for command in (("completion", "tcsh"), ("manual", "kamailio")):
        done = subprocess.run([MMSGATE, *command], capture_output=True, text=True, timeout=30)
        assert done.returncode != 0 and command[1] in done.stderr
