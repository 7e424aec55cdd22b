# SPDX-License-Identifier: Apache-2.0
"""Who has the containers, and types what the manual says."""

import os
import re
import shlex
import subprocess
from pathlib import Path

from house.carrier import USER, Carrier
from house.docker import Done, docker
from house.installed import Installed
from house.ports import free_ports
from house.process import wait_until

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "mmsgate-test"
SIP_ADDRESS = "127.0.0.2"  # as docker.md has it; the ports are our own


class Owner(Installed):
    def __init__(self, folder: Path, settings: dict[str, str]):
        self.folder = folder
        sip, self.web, database = free_ports(3, SIP_ADDRESS)
        self.ports = {"sipport": sip, "webport": self.web}
        tools = folder.parent / "tools"
        tools.mkdir()
        (tools / "sudo").write_text('#!/bin/sh\nexec "$@"\n')  # root needs none, and may have none
        (tools / "sudo").chmod(0o755)
        self.settings = {**os.environ, **settings, "COMPOSE_PROJECT_NAME": PROJECT, "MARIADB_PORT": str(database),
                         "HOME": str(folder.parent), "DOCKER_CONFIG": os.path.expanduser("~/.docker"),
                         "PATH": f"{tools}:{os.environ['PATH']}"}
        self.typed: set[str] = set()

    def fill_in(self, carrier: Carrier) -> None:
        """The config as it comes, but for what VoIP.ms is here, and ports that nobody has."""
        file = self.folder / "docker/gateway/mmsgate.conf"
        text = file.read_text().replace("owner@example.org", f"{USER}\napiurl = {carrier.api_url}")
        text = text.replace("[sip]\n", f"[sip]\nsipport = {self.ports['sipport']}\n")
        file.write_text(text.replace("sms.example.org", f"{SIP_ADDRESS}\nwebbind = {SIP_ADDRESS}\nwebport = {self.web}"))

    def types(self, line: str, manual: str = "docker.md", stdin: int = subprocess.DEVNULL, **more: str) -> str:
        assert line in [each.strip() for each in (ROOT / "docs" / manual).read_text().splitlines()], f"docs/{manual} does not say: {line}"
        self.typed.add(line)
        done = self.does(line, stdin, **more)
        assert done.returncode == 0, f"{line} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def does(self, line: str, stdin: int = subprocess.DEVNULL, **more: str) -> Done:
        return subprocess.run(["sh", "-c", line], cwd=self.folder, env={**self.settings, **more}, stdin=stdin,
                              capture_output=True, text=True, timeout=1800)

    def lays_down(self, password: str) -> None:
        """Steps 1 and 2."""
        for line in ("cp .env.example .env", "mkdir -p docker/secrets docker/flexisip docker/gateway",
                     "cp docker/mmsgate.conf.example docker/gateway/mmsgate.conf"):
            self.types(line)
        self.types("install -m 600 /dev/null docker/secrets/apipw")
        (self.folder / "docker/secrets/apipw").write_text(f"{password}\n")  # nano docker/secrets/apipw
        for line in ("sudo chown 10001 docker/secrets/apipw && sudo chmod 400 docker/secrets/apipw",
                     "(umask 077; openssl rand -hex 24 > docker/secrets/flexisip_db)"):
            self.types(line)

    def health(self, service: str) -> str:
        return docker("inspect", "--format", "{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}",
                      f"{PROJECT}-{service}-1").stdout.strip()

    def waits_for_health(self) -> None:
        wait_until(lambda: self.health("mmsgate") == "healthy", "the gateway is healthy", patience=120, every=0.5)

    def sees_who_is_registered(self) -> None:
        line = "docker compose exec mmsgate mmsgate registrations"
        wait_until(lambda: re.search(r"^100000_alice .*\d  registered ", self.does(line).stdout, re.M), "alice is registered", every=0.5)
        self.types(line)

    def says(self, *words: str) -> str:
        done = self.does(shlex.join(("docker", "compose", "exec", "mmsgate", "mmsgate", *words)))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def leaves(self) -> None:
        done = self.does("docker compose down --volumes")
        assert done.returncode == 0, done.stderr
