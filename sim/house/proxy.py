# SPDX-License-Identifier: Apache-2.0
"""Kamailio as the proxy and registrar of a household."""

import hashlib
import json
import socket
import sqlite3
import string
from pathlib import Path
from typing import Any
from uuid import uuid4

from .ports import free_ports
from .process import Process, wait_until

#: The one that `mmsgate kamailio print` fills in for people.
TEMPLATE = Path(__file__).resolve().parents[2] / "src" / "ops" / "kamailio.cfg.in"
TABLES = Path("/usr/share/kamailio/db_sqlite")
EVERYTHING = '$ua =~ "Linphone"'
#: The rule of the first MMSGate's manual: texts to numbers go to VoIP.ms by SIP.
ALL_BUT_TEXTS = '$ua =~ "Linphone" && ($cT != "text/plain" || $tU =~ "^10[0-9]{1,10}$")'


class _AtTemplate(string.Template):
    pattern = r"@(?:(?P<named>[A-Z_]+)@|(?P<escaped>\Z\A)|(?P<braced>\Z\A)|(?P<invalid>\Z\A))"


def make_tables(database: Path) -> None:
    """As docs/kamailio.md says."""
    with sqlite3.connect(database) as db:
        for name in ("standard-create.sql", "usrloc-create.sql"):
            db.executescript((TABLES / name).read_text())
    db.close()


def ha1(name: str, domain: str, password: str) -> str:
    return hashlib.md5(f"{name}:{domain}:{password}".encode(), usedforsecurity=False).hexdigest()


class Proxy:
    def __init__(self, folder: Path, address: str, gateway: tuple[str, int], domain: str, to_gateway: str = EVERYTHING,
                 rpc_socket: Path | None = None, passwords: dict[str, str] | None = None,
                 tls: tuple[Path, Path] | None = None, more: str = "", memory_mb: int = 32, flood_limit: int = 100,
                 remembers: bool = True):
        """With `passwords`, accounts must know theirs; without, everybody may register. With `tls` (certificate and
        key), `gateway` is where that takes TLS, and the proxy takes it too. `more` goes into its configuration. Who
        sends `flood_limit` requests in two seconds is shut out, but for the gateway. It `remembers` registrations when it is
        started anew, and keeps each message in its memory for five seconds."""
        self.address, self.domain = address, domain
        self.port, self.tls_port = free_ports(2, address)
        self.rpc_socket = rpc_socket or folder / "rpc"  # short: a socket's whole path has 107 bytes at the most
        config = folder / "kamailio.cfg"
        database = folder / "kamailio.sqlite"
        if remembers:
            make_tables(database)
        kinds = [("udp", self.port), ("tcp", self.port), *([("tls", self.tls_port)] if tls else [])]
        config.write_text(_AtTemplate(TEMPLATE.read_text()).substitute(
            LISTEN="\n".join(f"listen={kind}:{address}:{port}" for kind, port in kinds), LOG_TO_STDERR="yes",
            DATABASE="#!define WITH_DATABASE" if remembers else "", DATABASE_FILE=database, FLOOD_LIMIT=flood_limit,
            GATEWAY_ADDRESS=gateway[0], GATEWAY_PORT=gateway[1],
            DOMAIN=domain, RPC_SOCKET=self.rpc_socket, TO_GATEWAY=to_gateway, MORE=more,
            GATEWAY_SOCKET=f"tls:{address}:{self.tls_port}" if tls else f"udp:{address}:{self.port}",
            GATEWAY_TRANSPORT=";transport=tls" if tls else "", TLS="#!define WITH_TLS" if tls else "",
            TLS_CERTIFICATE=tls[0] if tls else "", TLS_KEY=tls[1] if tls else "",
            PASSWORDS="#!define WITH_PASSWORDS" if passwords else "",
            ACCOUNTS="".join(f'$sht(password=>{name}) = "{ha1(name, domain, word)}";' for name, word in (passwords or {}).items())))
        self._folder = folder
        self._command = ["kamailio", "-f", config, "-DD", "-E", "-m", str(memory_mb), "-M", "4", "-Y", folder]
        self.start()

    @property
    def listens_at(self) -> tuple[str, int]:
        return self.address, self.port

    @property
    def uri(self) -> str:
        return f"sip:{self.address}:{self.port};transport=tcp"

    def start(self) -> None:
        self.rpc_socket.unlink(missing_ok=True)
        self.process = Process("proxy", self._command, self._folder)
        with self.process.coming_up():
            wait_until(self._answers, "Kamailio answers OPTIONS")

    def _answers(self) -> bool:
        if not self.process.running:
            raise RuntimeError(f"Kamailio ended at once\n{self.process.tail()}")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind((self.address, 0))
            s.settimeout(0.2)
            s.connect(self.listens_at)
            own = f"{self.address}:{s.getsockname()[1]}"
            lines = (f"OPTIONS sip:{self.domain} SIP/2.0", f"Via: SIP/2.0/UDP {own};branch=z9hG4bK-ready",
                     f"From: <sip:house@{own}>;tag=1", f"To: <sip:{self.domain}>", f"Call-ID: ready@{own}",
                     "CSeq: 1 OPTIONS", "Max-Forwards: 5", "Content-Length: 0", "", "")
            try:
                s.send("\r\n".join(lines).encode())
                return s.recv(2000).startswith(b"SIP/2.0 200") and self.rpc_socket.exists()
            except (TimeoutError, ConnectionError):
                return False

    def lookup(self, account: str) -> list[dict[str, Any]]:
        """The contacts that are registered for an account, as `ul.lookup` shows them; empty: none."""
        question = {"jsonrpc": "2.0", "method": "ul.lookup", "params": ["location", f"{account}@{self.domain}"], "id": 1}
        own = self._folder / f"rpc{uuid4().hex[:6]}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            try:
                s.bind(str(own))
                s.settimeout(5)
                s.sendto(json.dumps(question).encode(), str(self.rpc_socket))
                answer = json.loads(s.recv(65_536))
            finally:
                own.unlink(missing_ok=True)
        return [each["Contact"] for each in answer.get("result", {}).get("Contacts", [])]

    def stop(self) -> int:
        return self.process.stop()
