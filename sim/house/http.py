# SPDX-License-Identifier: Apache-2.0
"""HTTP as a client that sees everything: no redirects followed, no exceptions for statuses."""

import hashlib
import http.client
import json
import re
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
            timeout: float = 30, login: tuple[str, str] | None = None) -> Answer:
    """`login`, a name and its password: for where a digest login is asked for (RFC 7616)."""
    answer = _ask(method, url, body, headers or {}, timeout)
    if login is None or answer.status != 401:
        return answer
    proof = answer_challenge(answer.headers["www-authenticate"], method, urlsplit(url).path or "/", *login)
    return _ask(method, url, body, {**(headers or {}), "Authorization": proof}, timeout)


def answer_challenge(challenge: str, method: str, uri: str, user: str, password: str, nc: str = "00000001") -> str:
    asked = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^", ]+))', challenge)}

    def digest(*words: str) -> str:
        return hashlib.new({"MD5": "md5", "SHA-256": "sha256"}[asked["algorithm"]], ":".join(words).encode()).hexdigest()

    response = digest(digest(user, asked["realm"], password), asked["nonce"], nc, "xyz", "auth", digest(method, uri))
    return (f'Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", nc={nc}, '
            f'cnonce="xyz", qop=auth, algorithm={asked["algorithm"]}, response="{response}"')


def _ask(method: str, url: str, body: bytes | str | None, headers: dict[str, str], timeout: float) -> Answer:
    parts = urlsplit(url)
    assert parts.hostname
    if parts.scheme == "https":  # of a household of ours, whose certificate nobody has signed
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=timeout, context=ssl._create_unverified_context())
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target or "/", body=body, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def post_json(url: str, value: Any, timeout: float = 30) -> Answer:
    return request("POST", url, json.dumps(value).encode(), {"Content-Type": "application/json"}, timeout)
