# SPDX-License-Identifier: Apache-2.0
"""A bad network between two programs: TCP connections and UDP datagrams pass here and fare as they are told.

`gate.trouble = "cut"` holds from then on, also for connections that are open; "" lets everything pass. For TCP:
  refuse   nobody listens          stall    what is sent is swallowed, nothing comes back
  reset    broken off at once      cut      broken off in the middle of the answer
  corrupt  answers are garbled     delay    everything comes half a second late
  slice    a byte at a time        limit    some 2,000 bytes a second
For UDP: "lose" every other datagram, "swallow" all, "double" each, "delay", "garble" (garbage beside each).
"""

import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

Address = tuple[str, int]
_PIECE = 65_536
_LATE = 0.5
_CUT_AFTER = 40  # bytes: in the middle of the status line and the headers
_RESET = struct.pack("ii", 1, 0)


class TcpGate:
    def __init__(self, address: str, target: Address):
        self._target = target
        self._trouble = ""
        self._open: set[socket.socket] = set()
        self._ending = False
        self.address: Address = (address, 0)
        self._listen()

    def _listen(self) -> None:
        self._listener = socket.create_server(self.address)
        self.address = self._listener.getsockname()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    @property
    def trouble(self) -> str:
        return self._trouble

    @trouble.setter
    def trouble(self, kind: str) -> None:
        before, self._trouble = self._trouble, kind
        if kind == "refuse":
            self._close_listener()
        elif before == "refuse":
            self._listen()
        if kind or before == "stall":  # what was swallowed does not come back
            self._hang_up()

    def _close_listener(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in accept
        self._listener.close()

    def _hang_up(self) -> None:
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while not self._ending:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            if self._trouble == "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                client.close()
                continue
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(self._target) as server:
            self._open |= {client, server}
            try:
                back = threading.Thread(target=self._carry, args=(server, client, True), daemon=True)
                back.start()
                self._carry(client, server, False)
                back.join()
            finally:
                self._open -= {client, server}

    def _carry(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                self._send(piece, sink, is_answer)
            sink.shutdown(socket.SHUT_WR)

    def _send(self, piece: bytes, sink: socket.socket, is_answer: bool) -> None:
        kind = self._trouble
        if kind == "stall":
            return
        if kind == "cut" and is_answer:
            sink.sendall(piece[:_CUT_AFTER])
            sink.shutdown(socket.SHUT_RDWR)
        elif kind == "corrupt" and is_answer:
            sink.sendall(bytes(byte ^ 0x55 for byte in piece))
        elif kind == "slice":
            for at in range(len(piece)):
                sink.sendall(piece[at:at + 1])
        elif kind == "limit":
            for at in range(0, len(piece), 200):
                time.sleep(0.1)
                sink.sendall(piece[at:at + 200])
        else:
            if kind == "delay":
                time.sleep(_LATE)
            sink.sendall(piece)

    def stop(self) -> None:
        self._ending = True
        self._close_listener()
        self._hang_up()


class UdpGate:
    """Each sender gets a socket of its own towards the target, so that answers find their way back."""

    def __init__(self, address: str, target: Address):
        self._target = target
        self.trouble = ""
        self._count = 0
        self._late: list[threading.Timer] = []
        self._ways: dict[Address, socket.socket] = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self.address: Address = self._socket.getsockname()
        self._ending = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ending:
            ready, _, _ = select.select([self._socket, *self._ways.values()], [], [], 0.1)
            for each in ready:
                with suppress(OSError):
                    self._take(each)

    def _take(self, source: socket.socket) -> None:
        datagram, sender = source.recvfrom(_PIECE)
        if source is self._socket:
            way = self._ways.get(sender) or self._new_way(sender)
            self._send(datagram, lambda piece: way.send(piece))
        else:
            back = next(address for address, way in self._ways.items() if way is source)
            self._send(datagram, lambda piece: self._socket.sendto(piece, back))

    def _new_way(self, sender: Address) -> socket.socket:
        way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        way.connect(self._target)
        self._ways[sender] = way
        return way

    def _send(self, datagram: bytes, send: Callable[[bytes], object]) -> None:
        kind = self.trouble
        self._count += 1
        if kind == "swallow" or (kind == "lose" and self._count % 2):
            return
        if kind == "garble":
            send(datagram[: len(datagram) // 2] + b"\0\xff" * 20)
        if kind == "delay":
            self._late = [timer for timer in self._late if timer.is_alive()]
            self._late.append(threading.Timer(_LATE, send, (datagram,)))
            self._late[-1].start()
            return
        for _ in range(2 if kind == "double" else 1):
            send(datagram)

    def stop(self) -> None:
        self._ending = True
        self._thread.join()
        for timer in self._late:
            timer.join()
        for each in (self._socket, *self._ways.values()):
            each.close()
