# SPDX-License-Identifier: Apache-2.0
"""People who mean no good: connections that ask for nothing, and requests that never end. They come back when they are sent away."""

import resource
import selectors
import socket
import threading
import time
from contextlib import suppress

#: What is sent at once, and then a piece of it each second.
SILENT = (b"", b"")
HEADERS = (b"POST /mmsgate HTTP/1.1\r\nHost: h\r\nX: ", b"x")
BODIES = (b"POST /mmsgate HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n{", b" ")


def allow_files(count: int) -> None:
    """Raises what this process may have open, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


class Crowd:
    """`Crowd(target, {SILENT: 5000, HEADERS: 200})`, from `addresses` loopback addresses in turn, until stop()."""

    def __init__(self, target: tuple[str, int], kinds: dict[tuple[bytes, bytes], int], addresses: int = 40):
        self._target = target
        self._kinds = kinds
        self._froms = [f"127.0.7.{n + 2}" for n in range(addresses)]
        self._selector = selectors.DefaultSelector()
        self._ending = threading.Event()
        self._missing = [kind for kind, count in kinds.items() for _ in range(count)]
        self._dripping: set[tuple[socket.socket, bytes]] = set()
        self.wanted = len(self._missing)
        self.opened = self.closed = self.refused = 0
        self._thread = threading.Thread(target=self._run, name="crowd", daemon=True)
        self._thread.start()

    @property
    def open(self) -> int:
        return self.opened - self.closed

    def _run(self) -> None:
        next_drip = time.monotonic()
        while not self._ending.is_set():
            self._come(200)
            self._notice(0.02)
            if time.monotonic() >= next_drip:
                next_drip += 1
                self._drip()

    def _come(self, most: int) -> None:
        for _ in range(min(most, len(self._missing))):
            kind = self._missing.pop()
            line = socket.socket()
            try:
                line.bind((self._froms[(self.opened + self.refused) % len(self._froms)], 0))
                line.settimeout(2)
                line.connect(self._target)
                line.setblocking(False)
                if kind[0]:
                    line.send(kind[0])
            except OSError:  # the system's queue of connections is full
                self.refused += 1
                line.close()
                self._missing.append(kind)
                return
            self.opened += 1
            self._selector.register(line, selectors.EVENT_READ, kind)
            if kind[1]:
                self._dripping.add((line, kind[1]))

    def _notice(self, wait: float) -> None:
        """Whom the server has sent away comes again."""
        for key, _ in self._selector.select(wait):
            line = key.fileobj
            assert isinstance(line, socket.socket)
            try:
                gone = not line.recv(4096)
            except BlockingIOError:
                gone = False
            except OSError:
                gone = True
            if gone:
                self._leave(line, key.data)
                self._missing.append(key.data)

    def _leave(self, line: socket.socket, kind: tuple[bytes, bytes]) -> None:
        self._selector.unregister(line)
        self._dripping.discard((line, kind[1]))
        line.close()
        self.closed += 1

    def _drip(self) -> None:
        for line, piece in list(self._dripping):
            with suppress(OSError):
                line.send(piece)

    def stop(self) -> None:
        self._ending.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()
