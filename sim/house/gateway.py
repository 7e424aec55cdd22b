# SPDX-License-Identifier: Apache-2.0
"""The gateway itself: the real program with a config of its own."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from . import http
from .process import Process, wait_until

Options = dict[str, dict[str, str]]


class Gateway:
    def __init__(self, program: Path, folder: Path, options: Options, env: dict[str, str] | None = None):
        self.program, self.folder, self.options, self.env = program, folder, options, env
        self.config = folder / "mmsgate.conf"
        web = options["web"]
        tls = web.get("protocol") == "https" and "bindoverride" not in web
        self.url = f"http{'s' if tls else ''}://{web['webdns']}:{web['webport']}"
        self.bare_hook_url = self.url + web.get("pathpost", "/mmsgate")
        self.login = ("100000_alice", "secret")  # for files that are nobody's errand; what VoIP.ms says of its accounts
        self.upload_url = self.url + web.get("pathfile", "/file")
        self.start()

    def write_config(self) -> None:
        sections = (f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in values.items()) for name, values in self.options.items())
        self.config.write_text("\n".join(sections))

    def start(self, status: int = 200) -> None:
        """`status` is what its health is expected to be: a gateway that knows nobody yet is up, and not well (503)."""
        self.write_config()
        self.process = Process("gateway", [self.program, "serve", "--config-file", self.config], self.folder, self.env)
        with self.process.coming_up():
            wait_until(lambda: self.health() == status, f"the gateway's health is {status}")

    @property
    def hook_url(self) -> str:
        """What its owner pastes at VoIP.ms: the newest address of the web hook, with its token."""
        return self.hooks()[-1]["url"]

    def hooks(self) -> Any:
        return json.loads(self.run("hook", "show", "--json"))

    def health(self) -> int:
        """The status of its health page; 0: there is none yet."""
        if not self.process.running:
            raise RuntimeError(f"the gateway ended with {self.process.child.returncode}\n{self.process.tail()}")
        try:
            return http.request("GET", f"{self.url}/healthz", timeout=2).status
        except OSError:
            return 0

    def restart(self, kill: bool = False) -> None:
        self.process.kill() if kill else self.process.stop()
        self.start()

    def run(self, *command: str) -> str:
        """What `mmsgate COMMAND` prints, with the config of this one."""
        done = subprocess.run([self.program, *command, "--config-file", self.config], capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def messages(self, *more: str) -> Any:
        """`mmsgate messages --json ...`"""
        return json.loads(self.run("messages", "--json", *more))

    def keys(self, *more: str) -> str:
        """What `mmsgate keys ...` prints."""
        done = subprocess.run([self.program, "keys", *more, "--config-file", self.config], capture_output=True, text=True,
                              timeout=30)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def new_key(self, name: str, *more: str) -> str:
        """The key that `mmsgate keys add` shows once: the line that stands alone."""
        return next(line.strip() for line in self.keys("add", name, *more).splitlines() if line.startswith("  "))

    def upload(self, file: bytes, headers: dict[str, str] | None = None, name: str = "camera.png", kind: str = "image/png",
               **query: str) -> http.Answer:
        """A file as `curl -F` sends it; the query as given, such as to="100000_bob". Without one it is a phone's, with its
        login."""
        body = (f'--xyz\r\nContent-Disposition: form-data; name="File"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
                .encode() + file + b"\r\n--xyz--\r\n")
        return http.request("POST", f"{self.upload_url}?{urlencode(query)}", body,
                            {"Content-Type": "multipart/form-data; boundary=xyz", **(headers or {})}, login=self.login)

    def post_file(self, body: bytes | str, headers: dict[str, str]) -> http.Answer:
        """A form as it is, with a phone's login."""
        return http.request("POST", self.upload_url, body, headers, login=self.login)

    def rss_kb(self, which: str = "VmRSS") -> int:
        status = Path(f"/proc/{self.process.child.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(f"{which}:")).split()[1])

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime and stime, proc(5)

    def stop(self) -> int:
        return self.process.stop()
