# SPDX-License-Identifier: Apache-2.0
"""Carrier, proxy, gateway and phones, wired together on a loopback address of their own."""

import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from . import proxy as proxies
from .carrier import PASSWORD, USER, Carrier
from .gateway import Gateway
from .phone import Phone
from .ports import free_ports, own_address
from .process import Process
from .proxy import Proxy

DOMAIN = "sim.example"
STRANGER = "5145550199"


@dataclass(frozen=True)
class Resident:
    account: str
    number: str
    extension: str  # as it is dialled: "101"


ALICE = Resident("100000_alice", "5145550100", "101")
BOB = Resident("100000_bob", "5145550100", "102")
SHOP = Resident("100000_shop", "5145550110", "103")
RESIDENTS = (ALICE, BOB, SHOP)


class House:
    """`with House(build) as house:`. Options of the config are given as {"mmsgate": {"layout": "separate"}}."""

    def __init__(self, build: Path, options: dict[str, dict[str, str]] | None = None,
                 to_gateway: str = proxies.EVERYTHING, folder: Path | None = None, rpc_socket: str | None = None,
                 tls: tuple[Path, Path] | None = None, passwords: dict[str, str] | None = None):
        """`tls`, the proxy's certificate and key: then proxy and gateway speak TLS with each other. With `passwords` (a SIP
        password for each account) the proxy lets nobody in without."""
        self.build = build
        self.passwords = passwords or {}
        self.address = own_address()
        self._given_folder = folder
        self.phones: list[Phone] = []
        self._options = options or {}
        self._to_gateway = to_gateway
        self._tls = tls
        self._rpc_socket = Path(rpc_socket) if rpc_socket else None

    def __enter__(self) -> "House":
        # A Ctrl-C comes before the folder is made or when it would be removed again, not between.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            self.folder = self._given_folder or Path(tempfile.mkdtemp(prefix="mmsgate-house-"))
        except BaseException:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            raise
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self._start()
        except BaseException as error:
            self._end(error)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        """The folder stays after a failure only: then somebody wants to read the logs. A Ctrl-C is none."""
        self.stop()
        for forgotten in Process.of(self.folder):
            forgotten.stop()
        if isinstance(error, Exception):
            print(f"the household's logs are in {self.folder}", flush=True)
        elif self._given_folder is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        sip_port, tls_port, web_port = free_ports(3, self.address)
        self.carrier = Carrier(self.build / "sim" / "mmsgate-sim", self.folder)
        self.carrier.set_accounts([{"account": r.account, "callerid_number": r.number,
                                    "internal_extension": r.extension[2:],
                                    "password": self.passwords.get(r.account, "secret")} for r in RESIDENTS])
        self.carrier.set_dids([{"did": number} for number in sorted({r.number for r in RESIDENTS})])
        self.proxy = Proxy(self.folder, own_address(), (self.address, tls_port if self._tls else sip_port), DOMAIN,
                           self._to_gateway, self._rpc_socket, self.passwords, tls=self._tls)
        self.gateway = Gateway(self.build / "src" / "mmsgate", self.folder, self._config(sip_port, tls_port, web_port))
        self.carrier.set_webhook(self.gateway.hook_url)

    def _config(self, sip_port: int, tls_port: int, web_port: int) -> dict[str, dict[str, str]]:
        config: dict[str, dict[str, Any]] = {
            "sip": {"sipboundaddress": self.address, "sipport": sip_port, "siptlsport": tls_port, "domain": DOMAIN,
                    "sipproxy": f"{self.proxy.address}:{self.proxy.tls_port if self._tls else self.proxy.port}",
                    "proxytransport": "tls" if self._tls else "auto",
                    "sipcert": self.folder / "sip-cert.pem", "sipkey": self.folder / "sip-key.pem"},
            "api": {"apiid": USER, "apipw": PASSWORD, "apiurl": self.carrier.api_url,
                    "carrierwait": 1},  # who waits for a test does not want to wait for two minutes
            "web": {"webdns": self.address, "webbind": self.address, "webport": web_port,
                    "localmedia": self.folder / "media", "medianetworks": "loopback"},
            "provision": {"phoneproxy": f"{self.proxy.address}:{self.proxy.port}", "phonedomain": DOMAIN,
                          "phonetransport": "tcp", "stunserver": "none"},
            "mmsgate": {"dbfile": self.folder / "mmsgate.sqlite", "logger": "DEBUG"},
        }
        for section, values in self._options.items():
            config[section].update(values)
        return {section: {k: str(v) for k, v in values.items()} for section, values in config.items()}

    def phone(self, resident: Resident, registers: bool = True) -> Phone:
        phone = Phone(self.build / "sim" / "mmsgate-phone", self.folder, resident.account, DOMAIN, self.proxy.uri,
                      self.gateway.upload_url, registers, password=self.passwords.get(resident.account, ""),
                      trust=self._options.get("web", {}).get("cert", ""))
        self.phones.append(phone)
        return phone

    def provisioned_phone(self, url: str, name: str, registers: bool = True) -> Phone:
        """One that knows nothing but the URL of its configuration. `registers`: waits until it has."""
        phone = Phone(self.build / "sim" / "mmsgate-phone", self.folder, name, registers=registers, provision=url)
        self.phones.append(phone)
        return phone

    def stop(self) -> None:
        for each in (*self.phones, *(getattr(self, name, None) for name in ("gateway", "proxy", "carrier"))):
            if each is not None:
                each.stop()
        self.phones.clear()
