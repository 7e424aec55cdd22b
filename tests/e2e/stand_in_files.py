# SPDX-License-Identifier: Apache-2.0
"""Stands where the gateway's upload would: Linphone's file transfer protocol, with a login, as small as it gets."""

import hashlib
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from xml.sax.saxutils import escape

NAMESPACE = "urn:gsma:params:xml:ns:rcs:rcs:fthttp"
RCS_TYPE = "application/vnd.gsma.rcs-ft-http+xml"


@dataclass(frozen=True)
class Upload:
    user: str
    name: str
    kind: str
    data: bytes


def rcs_file(name: str, kind: str, size: int, url: str) -> str:
    """One file as a MESSAGE names it."""
    return (f'<?xml version="1.0" encoding="UTF-8"?><file xmlns="{NAMESPACE}"><file-info type="file">'
            f"<file-size>{size}</file-size><file-name>{escape(name)}</file-name><content-type>{kind}</content-type>"
            f'<data url="{escape(url)}" until="2040-01-01T00:00:00Z"/></file-info></file>')


def _md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode()).hexdigest()


class StandInFiles:
    """`with StandInFiles(realm, password) as files:` serves what put() was given and keeps what is uploaded."""

    def __init__(self, realm: str, password: str):
        self.realm, self.password = realm, password
        self.uploads: list[Upload] = []
        self._files: dict[str, tuple[str, bytes]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "StandInFiles":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, kind: str, data: bytes) -> str:
        """A file to be fetched: its URL."""
        path = f"/get/{len(self._files)}"
        self._files[path] = (kind, data)
        return self.url + path

    def get(self, path: str) -> tuple[str, bytes] | None:
        return self._files.get(path)

    def may_upload(self, authorization: str) -> str:
        """The user whose password made this digest, or nothing."""
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', authorization))
        if given.get("realm") != self.realm:
            return ""
        ha1 = _md5(given["username"], self.realm, self.password)
        ha2 = _md5("POST", given["uri"])
        middle = (given["nc"], given["cnonce"], given["qop"]) if "qop" in given else ()
        return given["username"] if given["response"] == _md5(ha1, given["nonce"], *middle, ha2) else ""

    def keep(self, user: str, body: bytes) -> str:
        """What is answered to an upload: the file as its MESSAGE shall name it."""
        head, _, rest = body.partition(b"\r\n\r\n")
        lines = head.decode()
        data = rest[:rest.rindex(b"\r\n--")]
        name = re.search(r'filename="(.*)"', lines)
        kind = re.search(r"(?i)content-type: *(\S+)", lines)
        assert name and kind, f"the phone's upload is no file: {lines}"
        self.uploads.append(Upload(user, name[1], kind[1], data))
        return rcs_file(name[1], kind[1], len(data), self.put(kind[1], data))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        files = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:
                pass

            def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                found = files.get(self.path)
                self.reply(200, found[1], Content_Type=found[0]) if found else self.reply(404)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                user = files.may_upload(self.headers.get("Authorization", ""))
                if not user:
                    challenge = f'Digest realm="{files.realm}", nonce="once", qop="auth", algorithm=MD5'
                    self.reply(401, WWW_Authenticate=challenge)
                elif not body:
                    self.reply(204)
                else:
                    self.reply(200, files.keep(user, body).encode(), Content_Type=RCS_TYPE)

        return Handler
