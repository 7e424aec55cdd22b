# SPDX-License-Identifier: Apache-2.0
"""The SIP side of a Flexisip whose phones are away: it answers 202 and keeps each MESSAGE in its memory."""

import re
import socket
import threading
from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    uri: str
    call_id: str
    body: str


class KeepingProxy:
    """`kept` is what this life of it has in its memory, in order. After stop(), start() begins the next."""

    def __init__(self, address: str, port: int):
        self.listens_at = (address, port)
        self.kept: list[Kept] = []
        self._socket: socket.socket | None = None

    def start(self) -> None:
        self.kept = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(self.listens_at)
        self._thread = threading.Thread(target=self._serve, args=(self._socket, self.kept), daemon=True)
        self._thread.start()

    def _serve(self, line: socket.socket, kept: list[Kept]) -> None:
        seen: set[str] = set()
        while True:
            datagram, sender = line.recvfrom(65_536)
            if not datagram:
                return
            head, _, body = datagram.decode().partition("\r\n\r\n")
            first, *headers = head.split("\r\n")
            method, uri, _ = first.split(" ")
            if method != "MESSAGE":
                continue
            call_id = next(h.partition(":")[2].strip() for h in headers if re.match(r"(call-id|i):", h, re.IGNORECASE))
            via = next(h for h in headers if re.match(r"(via|v):", h, re.IGNORECASE))
            if via not in seen:  # the same again is a repeat on the wire
                seen.add(via)
                kept.append(Kept(uri, call_id, body))
            for status in ("100 Trying", "202 Accepted"):
                line.sendto(self._answer(status, headers), sender)

    @staticmethod
    def _answer(status: str, headers: list[str]) -> bytes:
        names = ("via", "v", "from", "f", "to", "t", "call-id", "i", "cseq")
        same = [h + (";tag=kept" if h.lower().startswith(("to:", "t:")) and ";tag=" not in h else "")
                for h in headers if h.partition(":")[0].strip().lower() in names]
        return "\r\n".join((f"SIP/2.0 {status}", *same, "Content-Length: 0", "", "")).encode()

    def stop(self) -> None:
        """What it has kept is gone with it."""
        if self._socket is None:
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", self.listens_at)
        self._thread.join()
        self._socket.close()
        self._socket = None

    def phone_says(self, gateway: tuple[str, int], account: str, peer: str, domain: str, call_id: str, body: str) -> None:
        """A phone's MESSAGE to the gateway, over this proxy: an IMDN."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.bind((self.listens_at[0], 0))
            line.settimeout(10)
            own = "{}:{}".format(*line.getsockname())
            data = body.encode()
            lines = (f"MESSAGE sip:{peer}@{domain} SIP/2.0", f"Via: SIP/2.0/UDP {own};branch=z9hG4bK-{call_id}",
                     f"From: <sip:{account}@{domain}>;tag=phone", f"To: <sip:{peer}@{domain}>", f"Call-ID: {call_id}",
                     "CSeq: 1 MESSAGE", "Max-Forwards: 70", "User-Agent: LinphoneTest/5.1",
                     "Content-Type: message/imdn+xml", f"Content-Length: {len(data)}", "", "")
            line.sendto("\r\n".join(lines).encode() + data, gateway)
            answer = line.recv(65_536)
            while answer.startswith(b"SIP/2.0 1"):
                answer = line.recv(65_536)
            assert answer.startswith(b"SIP/2.0 20"), answer
