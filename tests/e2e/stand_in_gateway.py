# SPDX-License-Identifier: Apache-2.0
"""Stands where the gateway would: bare SIP over UDP, so that the phone and the proxy are tested without it."""

import socket
import time
import zlib
from dataclasses import dataclass
from uuid import uuid4

from house.process import PATIENCE, Gone

CRLF = "\r\n"


@dataclass(frozen=True)
class Packet:
    """A SIP message; headers by their name in small letters, of several with one name the first."""

    start: str
    headers: dict[str, str]
    body: bytes

    @staticmethod
    def parse(data: bytes) -> "Packet":
        head, _, body = data.partition(b"\r\n\r\n")
        start, *lines = head.decode().split(CRLF)
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers.setdefault(name.strip().lower(), value.strip())
        return Packet(start, headers, body)

    @property
    def method(self) -> str:
        """Of a request; an answer has none."""
        return "" if self.start.startswith("SIP/2.0 ") else self.start.split()[0]

    @property
    def status(self) -> int:
        return int(self.start.split()[1])

    @property
    def text(self) -> str:
        """The body as it was before it was packed (an IMDN of Linphone is)."""
        packed = self.headers.get("content-encoding") == "deflate"
        return (zlib.decompress(self.body) if packed else self.body).decode()


class StandInGateway:
    """Answers 200 to every request; each is handed out once, however often it is repeated on the way."""

    def __init__(self, address: str):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self.address: tuple[str, int] = self._socket.getsockname()
        self._waiting: list[Packet] = []
        self._answers: dict[str, Packet] = {}
        self._known: set[tuple[str, str]] = set()

    def close(self) -> None:
        self._socket.close()

    def next(self, method: str, patience: float = PATIENCE, **headers: str) -> Packet:
        """The next request of that method whose headers are as given (x_registered="sip:..."). Others wait."""
        wanted = {name.replace("_", "-"): value for name, value in headers.items()}
        end = time.monotonic() + patience
        while True:
            for packet in self._waiting:
                if packet.method == method and all(packet.headers.get(k) == v for k, v in wanted.items()):
                    self._waiting.remove(packet)
                    return packet
            self._take(end, f"{method} {wanted}")

    def send(self, proxy: tuple[str, int], to: str, sender: str, kind: str, body: str | bytes,
             call_id: str | None = None, **headers: str) -> tuple[int, str]:
        """A MESSAGE to a phone through the proxy: its final status and its Call-ID."""
        call_id = call_id or uuid4().hex
        branch, data = "z9hG4bK" + uuid4().hex, body.encode() if isinstance(body, str) else body
        lines = [f"MESSAGE {to} SIP/2.0", f"Via: SIP/2.0/UDP {self.address[0]}:{self.address[1]};branch={branch}",
                 f"From: <{sender}>;tag={uuid4().hex}", f"To: <{to}>", f"Call-ID: {call_id}", "CSeq: 1 MESSAGE",
                 "Max-Forwards: 20", f"Content-Type: {kind}", f"Content-Length: {len(data)}",
                 *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
        self._socket.sendto((CRLF.join(lines) + CRLF * 2).encode() + data, proxy)
        end = time.monotonic() + PATIENCE
        while branch not in self._answers:
            self._take(end, f"final answer to the MESSAGE to {to}")
        return self._answers.pop(branch).status, call_id

    def _take(self, end: float, what: str) -> None:
        """One packet from the wire, before `end`."""
        self._socket.settimeout(max(end - time.monotonic(), 0.001))
        try:
            data, peer = self._socket.recvfrom(65_536)
        except TimeoutError:
            raise Gone(f"no {what} came to the stand-in; what came: {[p.start for p in self._waiting]}") from None
        packet = Packet.parse(data)
        branch = packet.headers["via"].partition("branch=")[2].split(";")[0]
        if not packet.method:
            if packet.status >= 200:
                self._answers[branch] = packet
            return
        self._socket.sendto(answer(data), peer)
        if (branch, packet.method) not in self._known:
            self._known.add((branch, packet.method))
            self._waiting.append(packet)


def answer(request: bytes) -> bytes:
    """200 with what an answer must repeat of the request."""
    lines = request.partition(b"\r\n\r\n")[0].decode().split(CRLF)[1:]
    kept = [line for line in lines if line.split(":")[0].strip().lower() in ("via", "from", "to", "call-id", "cseq")]
    return CRLF.join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]).encode()
