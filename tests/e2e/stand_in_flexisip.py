# SPDX-License-Identifier: Apache-2.0
"""What `mmsgate registrations` has to do with, of Flexisip, which is not in Debian: its control socket, and its tool for push."""

import json
import socket
import threading
from pathlib import Path
from typing import Any


def contact(uri: str, expires_at: float, device: str = "c40797e8", user_agent: str = "LinphoneTest/5.1") -> dict[str, Any]:
    """As Flexisip 2.3 answers."""
    return {"contact": uri, "path": ["sip:127.0.0.1:5090;transport=tcp;lr"], "expires-at": int(expires_at), "q": 1,
            "unique-id": f'"<urn:uuid:{device}>"', "user-agent": user_agent, "call-id": "x~y", "cseq": 20,
            "accept": ["application/sdp", "text/plain"], "alias": 0, "update-time": int(expires_at) - 3600}


class Flexisip:
    """One command a connection, its answer, the end. Leaves its socket behind, as a Flexisip that was killed does."""

    def __init__(self, path: Path, registered: dict[str, list[dict[str, Any]]]):
        self.path, self.registered = path, registered
        self.commands: list[str] = []
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(16)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                command = line.recv(511).decode()
                if not command:
                    continue
                self.commands.append(command)
                line.sendall(self._answer(command).encode())

    def _answer(self, command: str) -> str:
        if command == "REGISTRAR_DUMP":
            return json.dumps({"aors": list(self.registered)}, indent="\t", separators=(",", " : ")) + "\n"
        name, _, address = command.partition(" sip:")
        if name != "REGISTRAR_GET":
            return f"Error: unknown command {command}"
        if address not in self.registered:
            return "Error 404: Not Found. The Registrar does not contain the requested AOR."
        return json.dumps({"contacts": self.registered[address]}, indent="\t", separators=(",", " : ")) + "\n"

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


class PushTool:
    """In the place of flexisip_pusher: writes down its arguments byte for byte, then does what it is told."""

    def __init__(self, folder: Path, then: str = ""):
        folder.mkdir(exist_ok=True)
        self.folder, self._record = folder, folder / "calls"
        tool = folder / "flexisip_pusher"
        tool.write_text("#!/usr/bin/python3\nimport os, sys\n"
                        f"with open({str(self._record)!r}, 'ab') as record:\n"
                        "    record.write(b'\\0'.join(map(os.fsencode, sys.argv[1:])) + b'\\n')\n" + then)
        tool.chmod(0o755)

    def calls(self) -> list[list[bytes]]:
        return [line.split(b"\0") for line in self._record.read_bytes().splitlines()] if self._record.exists() else []
