# SPDX-License-Identifier: Apache-2.0
"""A real Linphone phone of the household (sim/phone)."""

from pathlib import Path
from typing import Any

from .process import PATIENCE, Event, Process


class Phone:
    def __init__(self, program: Path, folder: Path, name: str, domain: str = "", proxy: str = "", upload_url: str = "",
                 registers: bool = True, home: str = "", password: str = "", trust: str = "", provision: str = ""):
        """`home` tells several devices of one account apart. `provision`: the URL of a configuration, which says the rest."""
        self.name = name
        self._device = f"phone-{home or name}"
        self._home = folder / self._device
        self._home.mkdir(exist_ok=True)
        self._folder = folder
        by_hand = ["--name", name, "--domain", domain, "--proxy", proxy, "--upload-url", upload_url]
        self._command = [program, *(["--provision", provision] if provision else by_hand), "--home", self._home, *(["--password", password] if password else []),
                         *(["--trust", trust] if trust else [])]
        self._count = 0
        self.start(registers)

    def start(self, registers: bool = True) -> None:
        stays_silent = not registers and "--provision" not in self._command
        command = [*self._command, *(["--no-register"] if stays_silent else [])]
        # What its sound library puts into the machine's folders for such things, it would leave there.
        own_places = {"TMPDIR": str(self._home), "XDG_RUNTIME_DIR": str(self._home)}
        self.process = Process(self._device, command, self._folder, own_places)
        with self.process.coming_up():
            self.expect("registered" if registers else "started")

    def expect(self, event: str, patience: float = PATIENCE, **fields: Any) -> Event:
        return self.process.expect(event, patience, **fields)

    def send(self, to: str, text: str = "", file: bytes | None = None, name: str = "picture.png",
             kind: str = "image/png") -> str:
        """Sends and goes on; the id is for state()."""
        self._count += 1
        command: Event = {"do": "send", "to": to, "text": text, "id": str(self._count)}
        if file is not None:
            path = self._home / f"to-send-{self._count}"
            path.write_bytes(file)
            command |= {"file": str(path), "name": name, "type": kind}
        self.process.tell(command)
        return str(command["id"])

    def state(self, message: str, state: str, patience: float = PATIENCE) -> Event:
        """Waits for a state of a message sent: Delivered (the proxy took it), DeliveredToUser, NotDelivered..."""
        return self.expect("state", patience, id=message, state=state)

    def received(self, patience: float = PATIENCE, **fields: Any) -> Event:
        """The next message, with the bytes of its files."""
        event = self.expect("received", patience, **fields)
        for file in event["files"]:
            file["bytes"] = Path(file["path"]).read_bytes()
        return event

    def messages(self) -> list[Event]:
        """All that were received since it was started."""
        return [event for event in self.process.seen if event["event"] == "received"]

    def type(self, to: str) -> None:
        """The person begins to type."""
        self.process.tell({"do": "type", "to": to})

    def mark_read(self) -> None:
        self.process.tell({"do": "mark_read"})

    def unregister(self) -> None:
        self.process.tell({"do": "unregister"})
        self.expect("unregistered")

    def register(self) -> None:
        self.process.tell({"do": "register"})
        self.expect("registered")

    def stop(self) -> int:
        return self.process.stop()
