# SPDX-License-Identifier: Apache-2.0
"""The gateway as systemd would run it, where there is none as PID 1."""

import re
import subprocess
from pathlib import Path

from small_debian import Chroot

from house import http
from house.carrier import PASSWORD, USER, Carrier
from house.installed import Installed
from house.ports import free_ports, own_address
from house.process import Process, wait_until

CONFIG = "/etc/mmsgate/mmsgate.conf"


def unit(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", text, re.M):
        found.setdefault(name, []).append(value)
    return found


def make_folders(root: Chroot, settings: dict[str, list[str]]) -> None:
    """As systemd does before it starts a unit: StateDirectory=, LogsDirectory=."""
    user, mode = settings["User"][0], settings["StateDirectoryMode"][0]
    for parent, names in (("/var/lib", settings.get("StateDirectory", [])), ("/var/log", settings.get("LogsDirectory", []))):
        for name in " ".join(names).split():
            root.run("install", "-d", "-o", user, "-g", user, "-m", mode, f"{parent}/{name}")


def environment(settings: dict[str, list[str]]) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", **dict(line.split("=", 1) for line in settings["Environment"])}


def version_of(package: Path) -> str:
    return subprocess.run(["dpkg-deb", "--field", package, "Version"], capture_output=True, text=True, check=True).stdout.strip()


def filled_in(config: str, values: dict[str, object]) -> str:
    """As its owner does: lines of the file are filled in where they stand."""
    for name, value in values.items():
        config, count = re.subn(rf"^#?{name} = .*$", f"{name} = {value}", config, flags=re.M)
        assert count == 1, name
    return config


class Place:
    """Where a gateway of its own listens."""

    def __init__(self) -> None:
        self.address = own_address()
        self.sip_port, self.web_port = free_ports(2, self.address)
        self.url = f"http://{self.address}:{self.web_port}"

    def fill_in(self, config: str, carrier: Carrier) -> str:
        return filled_in(config, {"apiid": USER, "apipw": PASSWORD, "webdns": self.address, "apiurl": carrier.api_url,
                                  "webbind": self.address, "webport": self.web_port, "sipboundaddress": self.address,
                                  "sipport": self.sip_port, "sipproxy": f"{own_address()}:5060"})


class Service(Installed):
    """The gateway as the unit would have it, since nobody is PID 1 in there: its command, user, environment and folders."""

    def __init__(self, root: Chroot, folder: Path, said: str, units: str = "/lib/systemd/system"):
        self.root, self.folder, self.units = root, folder, units
        self.said_at_installing = said
        self.settings = unit(root.path(f"{units}/mmsgate.service").read_text())
        self.place = Place()

    def configure(self, carrier: Carrier) -> None:
        file = self.root.path(CONFIG)
        file.write_text(self.place.fill_in(file.read_text(), carrier))  # in its place: owner and mode stay

    def start(self) -> None:
        make_folders(self.root, self.settings)
        words = self.settings["ExecStart"][0].split()
        command = self.root.command("env", "-C", self.settings["WorkingDirectory"][0], *words, user=self.settings["User"][0])
        self.process = Process("gateway", command, self.folder, environment(self.settings))
        with self.process.coming_up():
            wait_until(self.is_well, "the gateway is well")

    def is_well(self) -> bool:
        assert self.process.running, self.process.tail()
        try:
            return http.request("GET", f"{self.place.url}/healthz", timeout=2).status == 200
        except OSError:
            return False

    def says(self, *words: str) -> str:
        """As root types it."""
        return self.root.run("mmsgate", *words)

    def stop(self) -> None:
        code = self.process.stop()
        assert code == 0, f"it ended with {code}\n{self.process.tail()}"
