# SPDX-License-Identifier: Apache-2.0
"""The sandbox of `scripts/run`, as somebody meets it who has just got here: it shows, it serves, and it leaves nothing."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import BUILD
from house.house import ALICE, STRANGER

SIM = Path(__file__).resolve().parents[2] / "sim"
PATIENCE = 60.0  # a tour takes about three seconds on an idle machine


class Sandbox:
    """Runs in a process group of its own, as under a shell, so that a Ctrl-C can be played as a terminal does it."""

    def __init__(self, folder: Path, *options: str):
        self.folder = folder / "a place"  # a name with a blank: what is printed must still be fit for a shell
        self.folder.mkdir()
        command = [sys.executable, "-m", "house.sandbox", "--build", str(BUILD), *options]
        env = {**os.environ, "PYTHONPATH": str(SIM), "TMPDIR": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        self.child = subprocess.Popen(command, env=env, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      start_new_session=True)
        self.said = ""
        self._chunks: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.child.stdout
        while chunk := os.read(self.child.stdout.fileno(), 4096):  # a step is on the screen before its line ends
            self._chunks.put(chunk.decode())
        self._chunks.put("")

    def until_said(self, pattern: str) -> re.Match[str]:
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.said)):
            chunk = self._chunks.get(timeout=max(end - time.monotonic(), 0.001))
            assert chunk, f"it ended without {pattern!r}:\n{self.said}"
            self.said += chunk
        return found

    def until_ended(self) -> int:
        code = self.child.wait(PATIENCE)
        while chunk := self._chunks.get(timeout=PATIENCE):
            self.said += chunk
        return code

    def ctrl_c(self) -> None:
        os.killpg(self.child.pid, signal.SIGINT)

    def left_behind(self) -> list[str]:
        """Files, and processes that were started there (each has its folder as its working directory)."""
        files = [str(path) for path in self.folder.iterdir()]
        return files + [f"process {pid}" for pid, place in working_directories() if place.startswith(str(self.folder))]


def working_directories() -> Iterator[tuple[str, str]]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            yield process.name, os.readlink(process / "cwd")
        except OSError:
            pass  # it ended meanwhile, or is another user's


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    started: list[Sandbox] = []

    def start(*options: str) -> Sandbox:
        started.append(Sandbox(tmp_path, *options))
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.child.kill()  # after a test that failed; its children die with it
        sandbox.child.wait()


def test_the_tour_shows_a_picture_travel_both_ways_and_leaves_nothing(run):
    sandbox = run("--tour")
    assert sandbox.until_ended() == 0, sandbox.said
    steps = re.findall(r"^ *(\d+)\. (.+) \.\.\. \d+ ms$", sandbox.said, re.M)
    assert [int(number) for number, _ in steps] == list(range(1, 9)), sandbox.said
    for words in ("register at the proxy", "VoIP.ms calls our web hook", "Alice's phone shows the caption",
                  "Bob's phone shows the caption", "VoIP.ms fetches it from us", "the carrier has it", "past the carrier"):
        assert any(words in what for _, what in steps), f"no step says {words!r}"
    assert "The picture travelled both ways." in sandbox.said
    assert sandbox.left_behind() == []


def test_the_curl_line_that_it_prints_plays_a_stranger_and_ctrl_c_ends_it(run):
    sandbox = run()
    line = sandbox.until_said(r"a stranger sends a picture: +(curl .+)\n")[1]
    sandbox.until_said("Ctrl-C ends it")
    assert sandbox.left_behind() != [], "while it is up it can be seen, or looking for what is left would prove nothing"
    done = subprocess.run(line + " -sS", shell=True, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0 and '"status":200' in done.stdout and '"body":"ok"' in done.stdout, done
    sandbox.until_said(rf"{ALICE.account} receives from {STRANGER}: hello \S+\.png \(\d+ bytes\)\n")

    listing = sandbox.until_said(r"what happened to messages: +(.+ messages list .+)\n")[1]
    done = subprocess.run(listing, shell=True, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0 and STRANGER in done.stdout, done

    sandbox.ctrl_c()
    assert sandbox.until_ended() == 0, "to end it so is what it asked for, no failure"
    assert sandbox.said.endswith("Ending.\n"), sandbox.said
    assert sandbox.left_behind() == []


@pytest.mark.parametrize("moment", ["Starting a simulated", r"1\. ", r"3\. "])
def test_ctrl_c_during_the_tour_ends_it_at_once_without_a_trace(run, moment):
    sandbox = run("--tour")
    sandbox.until_said(moment)
    sandbox.ctrl_c()
    assert sandbox.until_ended() == 130, sandbox.said
    assert "Traceback" not in sandbox.said
    assert "Ended before the tour was over." in sandbox.said and "The picture travelled" not in sandbox.said
    assert sandbox.left_behind() == []


def test_a_tour_that_fails_says_why_and_keeps_its_logs(run):
    sandbox = run("--tour")
    sandbox.until_said("They are up")
    carriers = [pid for pid, place in working_directories() if place.startswith(str(sandbox.folder))
                and "mmsgate-sim" in Path(f"/proc/{pid}/cmdline").read_text()]
    os.kill(int(carriers[0]), signal.SIGKILL)
    assert sandbox.until_ended() == 1
    assert "logs are in" in sandbox.said and len(list(sandbox.folder.iterdir())) == 1, "somebody wants to read them"
    assert "Traceback" not in sandbox.said, sandbox.said
