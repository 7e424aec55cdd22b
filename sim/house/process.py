# SPDX-License-Identifier: Apache-2.0
"""One child process: started, listened to, and stopped. Nothing is stopped that was not started here.

A child dies with the thread that started it (Linux counts threads here, not processes): start from one that stays.
"""

import ctypes
import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

Event = dict[str, Any]
PATIENCE = 20.0  # seconds that anything is waited for, unless said otherwise
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)  # looked up here: between fork and exec there is little that may be done


class Gone(Exception):
    """What was waited for did not come; the text ends with what the process said last."""


def wait_until(condition: Callable[[], Any], what: str, patience: float = PATIENCE, every: float = 0.02) -> Any:
    """The first true value of `condition`; for what cannot be waited for by an event."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(every)
    raise Gone(f"{what}: not within {patience:g} s")


@contextmanager
def uninterrupted() -> Iterator[set[signal.Signals]]:
    """A Ctrl-C comes before this or after it. Gives what was held up before."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield before
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _die_with(parent: int, signals: set[signal.Signals]) -> Callable[[], None]:
    def before_exec() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, signals)
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we could ask to be told
            os.kill(os.getpid(), signal.SIGKILL)

    return before_exec


class Process:
    """Each line of its output that is a JSON object is an event. All of its output and its errors go to a log file.

    It has a process group of its own: a Ctrl-C at the terminal is for who started it, who then stops all in good order.
    """

    #: All that have been started and not waited for: what an interrupt has taken from its owner's hands is still here.
    living: ClassVar[list["Process"]] = []

    def __init__(self, name: str, command: list[str | Path], folder: Path, env: dict[str, str] | None = None):
        self.name = name
        self.folder = folder
        self.log = folder / f"{name}.log"
        self.seen: list[Event] = []
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._kept: list[Event] = []
        self._log = self.log.open("ab", buffering=0)
        with uninterrupted() as before:
            self.child = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=self._log, cwd=folder, env={**os.environ, **(env or {})},
                                          preexec_fn=_die_with(os.getpid(), before), process_group=0)
            self._reader = threading.Thread(target=self._read, name=f"reads {name}", daemon=True)
            self._reader.start()
            self.living.append(self)

    @classmethod
    def of(cls, folder: Path) -> list["Process"]:
        return [each for each in cls.living if each.folder == folder]

    def _read(self) -> None:
        assert self.child.stdout
        with self.child.stdout as lines, self._log:
            for line in lines:
                self._log.write(line)
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict):
                    self.seen.append(event)
                    self._events.put(event)
        self._events.put(None)

    @contextmanager
    def coming_up(self) -> Iterator[None]:
        """What does not come up, or is not waited for any longer, is stopped: nobody else knows of it yet."""
        try:
            yield
        except BaseException:
            self.stop()
            raise

    def tell(self, command: Event) -> None:
        assert self.child.stdin
        self.child.stdin.write(json.dumps(command).encode() + b"\n")
        self.child.stdin.flush()

    def hang_up(self) -> None:
        """No more commands: it reads the end of its input."""
        assert self.child.stdin
        try:
            self.child.stdin.close()
        except BrokenPipeError:
            pass  # a command that it did not live to read

    def expect(self, event: str, patience: float = PATIENCE, **fields: Any) -> Event:
        """The next event of that name whose fields are as given. Others that come meanwhile are kept for later."""

        def fits(candidate: Event) -> bool:
            return candidate.get("event") == event and all(candidate.get(k) == v for k, v in fields.items())

        for index, kept in enumerate(self._kept):
            if fits(kept):
                return self._kept.pop(index)
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            try:
                came = self._events.get(timeout=left)
            except queue.Empty:
                break
            if came is None:
                self._events.put(None)  # whoever asks next hears it too
                raise Gone(f"{self.name} ended (exit {self.child.wait()}) before {event} {fields}\n{self.tail()}")
            if fits(came):
                return came
            self._kept.append(came)
        raise Gone(f"{self.name}: no {event} {fields} within {patience:g} s; it said {self._kept}\n{self.tail()}")

    def tail(self, lines: int = 30) -> str:
        text = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"  {self.name}| {line}" for line in text[-lines:])

    @property
    def running(self) -> bool:
        return self.child.poll() is None

    def kill(self) -> None:
        """As a power cut would."""
        self.child.kill()
        self.wait()

    def stop(self, patience: float = 10.0) -> int:
        """Asks it to end, and insists after a while, once it has been written down what it is busy with; its exit code."""
        self.child.terminate()
        try:
            self.child.wait(patience)
        except subprocess.TimeoutExpired:
            with self.log.open("a") as log:
                print(f"did not end within {patience:g} s; its threads: {', '.join(self._threads())}", file=log)
            os.killpg(self.child.pid, signal.SIGKILL)  # with its children: Kamailio's would outlive it
        return self.wait()

    def _threads(self) -> list[str]:
        """The name of each, its state (R, S, D ...) and, for root, where in the kernel it waits."""
        told = []
        for each in sorted(Path(f"/proc/{self.child.pid}/task").iterdir(), key=lambda task: int(task.name)):
            try:
                name, _, rest = (each / "stat").read_text().partition("(")[2].rpartition(")")
                told.append(f"{name} {rest.split()[0]} {(each / 'wchan').read_text()}")
            except OSError:
                continue  # it has ended meanwhile
        return told

    def wait(self, patience: float = PATIENCE) -> int:
        """Its exit code, once it has ended by itself."""
        try:
            code = self.child.wait(patience)
        except subprocess.TimeoutExpired:
            raise Gone(f"{self.name} did not end within {patience:g} s\n{self.tail()}") from None
        self.hang_up()
        self._reader.join(patience)
        if self in self.living:
            self.living.remove(self)
        return code
