# SPDX-License-Identifier: Apache-2.0
"""The project's documents as a reader sees them: their code blocks, and the commands in those and in the text."""

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("bench/*.md")])

# What may stand before our program: who runs it, where it lies, when cron runs it.
BEFORE = re.compile(r"^(?:\$ )?(?:(?:[\d*/]+\s+){5})?(?:sudo (?:-u \S+ )?)?"
                    r"(?:build/\w+/src/)?(?=(?:mmsgate|curl)(?: |$))")


@dataclass(frozen=True)
class Block:
    path: Path
    line: int
    word: str  # behind the fence; "text" is not run, and neither is what it says of us looked at
    text: str

    @property
    def where(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}"


def blocks(path: Path) -> list[Block]:
    found, lines, open_at, word, indent = [], [], 0, "", 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fence = re.match(r"(\s*(?:[-*]\s|\d+\.\s)?\s*)```(\w*)", line)
        if fence and not open_at:
            open_at, word, indent, lines = number, fence[2], len(fence[1]), []
        elif fence:
            found.append(Block(path, open_at, word, "\n".join(lines) + "\n"))
            open_at = 0
        elif open_at:
            lines.append(line[indent:] if line[:indent].isspace() else line)
    assert not open_at, f"{path}:{open_at}: the block has no end"
    return found


def chapter(path: Path, title: str) -> list[Block]:
    """The blocks below `## title`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    begin = lines.index(f"## {title}") + 1
    end = next((number for number, line in enumerate(lines[begin:], begin + 1) if line.startswith("## ")), len(lines) + 1)
    return [block for block in blocks(path) if begin < block.line < end]


def is_whole(command: str) -> bool:
    try:
        shlex.split(command)
    except ValueError:  # a quote is still open
        return False
    return not command.endswith("\\")


def commands(block: Block) -> list[str]:
    """What is typed of `mmsgate ...` and `curl ...`, without what stands before."""
    found: list[str] = []
    unfinished = ""
    for line in block.text.splitlines():
        if unfinished:
            unfinished += "\n" + line
        elif match := BEFORE.match(line):
            unfinished = line[match.end():]
        if unfinished and is_whole(unfinished):
            found.append(unfinished)
            unfinished = ""
    assert not unfinished, f"{block.where}: the command has no end: {unfinished}"
    return found


def mentions(path: Path) -> list[str]:
    """Each `mmsgate ...` in the text between the blocks."""
    text = re.sub(r"^\s*(?:[-*]\s|\d+\.\s)?\s*```.*?^\s*```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    found = []
    for code in re.findall(r"`([^`]+)`", text):
        code = " ".join(code.replace("\\|", "|").split())
        if match := BEFORE.match(code):
            found.append(code[match.end():])
    return [code for code in found if code.startswith("mmsgate")]


def words_of(command: str) -> list[str]:
    """Those of the program alone: up to a pipe or a redirection."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words = []
    for word in lexer:
        if set(word) <= set("|&;<>"):
            break
        words.append(word)
    return words


@dataclass
class Usage:
    """What `--help` says of a command."""

    options: dict[str, str]  # name -> what it takes: "INT", "TEXT"; nothing: ""
    subcommands: list[str]
    needed: int = 0
    allowed: float = 0


class Program:
    """The real program's command line, as its own help tells it."""

    def __init__(self, program: Path):
        self._program = program
        self._known: dict[tuple[str, ...], Usage] = {}

    def usage(self, *path: str) -> Usage:
        if path not in self._known:
            done = subprocess.run([self._program, *path, "--help"], capture_output=True, text=True, timeout=60, check=True)
            self._known[path] = read(done.stdout)
        return self._known[path]

    def complaint(self, command: str, is_mention: bool = False) -> str:
        """What is wrong with it; empty: nothing. A mention may leave out what must follow."""
        words = words_of(command)[1:]
        path: list[str] = []
        options = dict(self.usage().options)
        given = 0
        while words:
            word = words.pop(0)
            usage = self.usage(*path)
            name, has_value, value = word.partition("=")
            if word.startswith("-") and word != "-":
                if name not in options:
                    return f"there is no option {name}"
                if options[name] and not has_value:
                    if not words:
                        return "" if is_mention else f"{name} needs a value"
                    value = words.pop(0)
                if options[name] == "INT" and not value.isdigit() and not value.isupper():
                    return f"{name} needs a number, not {value}"
            elif usage.subcommands:
                if word not in usage.subcommands:
                    return f"there is no {word}"
                path.append(word)
                options |= self.usage(*path).options
            else:
                given += 1
        usage = self.usage(*path)
        if given > usage.allowed:
            return f"{given} names are too many"
        if is_mention:
            return ""
        if usage.subcommands and path:
            return f"what of {' '.join(path)}?"
        return f"{usage.needed} names are needed" if given < usage.needed else ""


def read(text: str) -> Usage:
    usage, part = Usage({}, []), ""
    for line in text.splitlines():
        if heading := re.match(r"(\w+):$", line):
            part = heading[1]
        elif not line.strip():
            part = ""
        elif (entry := re.match(r"  (\S+)(.*)", line)) and not line.startswith("   "):
            names, rest = entry.groups()
            if part == "Options":
                value = re.match(r" (?!Excludes:|Needs:)([A-Z]+\b|\S+)", rest)
                usage.options |= {name: value[1] if value else "" for name in names.split(",")}
            elif part == "Subcommands":
                usage.subcommands.append(names)
            elif part == "Positionals":
                usage.needed += " REQUIRED" in rest
                usage.allowed += float("inf") if " ..." in rest else 1
    return usage
