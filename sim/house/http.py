# SPDX-License-Identifier: Apache-2.0
"""HTTP as a client that sees everything: no redirects followed, no exceptions for statuses."""

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        return json.loads(self.body)


def request(method: str, url: str, body: bytes | str | None = None, headers: dict[str, str] | None = None,
            timeout: float = 30) -> Answer:
    parts = urlsplit(url)
    assert parts.hostname
    if parts.scheme == "https":  # of a household of ours, whose certificate nobody has signed
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=timeout, context=ssl._create_unverified_context())
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target or "/", body=body, headers=headers or {})
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def post_json(url: str, value: Any, timeout: float = 30) -> Answer:
    return request("POST", url, json.dumps(value).encode(), {"Content-Type": "application/json"}, timeout)
