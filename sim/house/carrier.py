# SPDX-License-Identifier: Apache-2.0
"""The simulated VoIP.ms (sim/voipms/README.md), as tests and the sandbox use it."""

import base64
from pathlib import Path
from typing import Any

from . import http
from .process import PATIENCE, Gone, Process

USER, PASSWORD = "user@example.org", "sim-password"
ONE_NUMBER = "5145550100"
Json = dict[str, Any]


class Carrier:
    def __init__(self, program: Path, folder: Path, address: str = "127.0.0.1"):
        self.process = Process("carrier", [program, "voipms", "--listen", f"{address}:0"], folder)
        with self.process.coming_up():
            self.url: str = self.process.expect("listening")["url"]

    @classmethod
    def for_one(cls, program: Path, folder: Path, address: str = "127.0.0.1") -> "Carrier":
        """With one sub account, 100000_alice, and its number: enough to see whether what was installed works."""
        made = cls(program, folder, address)
        made.set_accounts([{"account": "100000_alice", "callerid_number": ONE_NUMBER, "internal_extension": "1", "password": "secret"}])
        made.set_dids([{"did": ONE_NUMBER}])
        return made

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/v1/rest.php"

    def control(self, path: str, value: Any = None, timeout: float = 60) -> Any:
        answer = http.post_json(f"{self.url}/sim/{path}", value if value is not None else {}, timeout)
        if answer.status != 200:
            raise Gone(f"the carrier refuses {path}: {answer.status} {answer.text}")
        return answer.json()

    def look(self, path: str, timeout: float = 60) -> Any:
        return http.request("GET", f"{self.url}/sim/{path}", timeout=timeout).json()

    def set_accounts(self, accounts: list[Json]) -> None:
        self.control("accounts", accounts)

    def set_dids(self, dids: list[Json]) -> None:
        self.control("dids", dids)

    def set_webhook(self, url: str, retry_seconds: float = 0, form: str = "json") -> None:
        self.control("webhook", {"url": url, "retry_seconds": retry_seconds, "form": form})

    def incoming(self, sender: str, to: str | list[str], text: str | None = "", pictures: list[bytes] | None = None,
                 kind: str = "image/png", **more: Any) -> Json:
        """A stranger sends a message. Answers with what the web hook said."""
        ending = kind.rpartition("/")[2]
        media = [{"type": kind, "name": f"picture{n}.{ending}", "base64": base64.b64encode(data).decode()}
                 for n, data in enumerate(pictures or [])]
        return self.control("incoming", {"from": sender, "to": to, "text": text, "media": media, **more})

    def sent(self, count: int, since: int = 0, patience: float = PATIENCE) -> list[Json]:
        """What the carrier accepted from index `since` on, once it is `count` or more."""
        answer = self.look(f"sent?since={since}&count={count}&wait_ms={int(patience * 1000)}", timeout=patience + 10)
        entries: list[Json] = answer["sent"] if isinstance(answer, dict) else answer
        if len(entries) < count:
            raise Gone(f"the carrier has {len(entries)} sendings from {since} on, not {count}; "
                       f"its last calls: {self.look('calls')}"[:2000])
        return entries

    def sent_bytes(self, entry: Json, index: int = 0) -> bytes:
        return http.request("GET", f"{self.url}/sim/sent/{entry['id']}/media/{index}").body

    def fault(self, on: str, do: str, times: int = 1, **more: Any) -> None:
        self.control("faults", {"on": on, "do": do, "times": times, **more})

    def clear_faults(self) -> None:
        http.request("DELETE", f"{self.url}/sim/faults")

    def calls(self, method: str) -> list[Json]:
        answer = self.look("calls")
        entries = answer["calls"] if isinstance(answer, dict) else answer
        return [call for call in entries if call["method"] == method]

    def stop(self) -> None:
        self.process.stop()
