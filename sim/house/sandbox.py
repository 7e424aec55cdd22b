# SPDX-License-Identifier: Apache-2.0
"""`scripts/run`: a household to look at. Shows a picture travel, then stays up for one's own trials."""

import argparse
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .house import ALICE, BOB, STRANGER, House
from .picture import png
from .process import Event, Gone


class Tour:
    """Each step says what it shows, then how long it took; what is not as it should be ends the tour."""

    def __init__(self, house: House):
        self.house = house
        self.number = 0

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        self.number += 1
        print(f"{self.number:>2}. {what} ...", end=" ", flush=True)
        begin = time.monotonic()
        yield
        print(f"{(time.monotonic() - begin) * 1000:.0f} ms", flush=True)

    def run(self) -> None:
        carrier = self.house.carrier
        with self.step("Alice's and Bob's Linphone phones start and register at the proxy"):
            alice, bob = self.house.phone(ALICE), self.house.phone(BOB)

        cat = png(seed=1, side=120)
        with self.step(f"A stranger ({STRANGER}) sends a picture of {len(cat)} bytes to {ALICE.number}; VoIP.ms calls our web hook"):
            hook = carrier.incoming(STRANGER, ALICE.number, "Look at this cat!", [cat])["webhook"]
            check(hook["status"] == 200 and hook["body"] == "ok", f"the web hook answered {hook}")
        for name, phone in (("Alice", alice), ("Bob", bob)):
            with self.step(f"{name}'s phone shows the caption and the picture in one bubble, every byte the same"):
                check_bubble(phone.received(), "Look at this cat!", cat)

        dog = png(seed=2, side=90)
        with self.step(f"Alice answers with a picture of {len(dog)} bytes; VoIP.ms fetches it from us and has every byte"):
            sent = alice.send(STRANGER, file=dog, name="my dog & me.png")
            entry = carrier.sent(1)[0]
            check(entry["kind"] == "mms" and entry["dst"] == STRANGER, f"VoIP.ms got {entry}")
            check(carrier.sent_bytes(entry) == dog, "the picture at VoIP.ms is another one")
        with self.step("Alice's phone shows the tick: the carrier has it"):
            alice.state(sent, "DeliveredToUser")

        with self.step(f"Alice writes to Bob's extension {BOB.extension}, past the carrier"):
            sent = alice.send(BOB.extension, text="Dinner is ready")
            got = bob.received()
            check(got["text"] == "Dinner is ready" and got["from"] == ALICE.extension, f"Bob got {got}")
        with self.step("Alice's phone shows the tick: Bob's phone has it"):
            alice.state(sent, "DeliveredToUser")


def check(good: bool, otherwise: str) -> None:
    if not good:
        raise Gone(otherwise)


def check_bubble(event: Event, caption: str, picture: bytes) -> None:
    check(event["text"] == caption, f"the caption is {event['text']!r}")
    check(len(event["files"]) == 1, f"{len(event['files'])} files came")
    check(event["files"][0]["bytes"] == picture, "the picture is another one")


def what_to_try(house: House, build: Path) -> str:
    picture = house.folder / "picture.png"
    picture.write_bytes(png(seed=3, side=80))
    media = shlex.quote(f"media=@{picture}")
    mmsgate, config = shlex.quote(f"{build}/src/mmsgate"), shlex.quote(str(house.gateway.config))
    return f"""
The sandbox stays up. Try, from another terminal:
  a stranger sends a picture:   curl {house.carrier.url}/sim/incoming -F from={STRANGER} -F to={ALICE.number} -F text=hello -F {media}
  what the carrier got from us: curl {house.carrier.url}/sim/sent
  what happened to messages:    {mmsgate} messages list --config-file {config}
                                {mmsgate} messages show 1 --config-file {config}
  the web hook's address:       {mmsgate} hook show --config-file {config}
  is the gateway well:          curl {house.gateway.url}/healthz
  the gateway's log:            tail -f {shlex.quote(str(house.gateway.process.log))}
Ctrl-C ends it."""


def show_arrivals(house: House, told: dict[str, int]) -> None:
    """Says what phones receive beyond what was told already, until it is interrupted."""
    while True:
        for phone in house.phones:
            for event in phone.messages()[told[phone.name]:]:
                files = ", ".join(f"{file['name']} ({file['size']} bytes)" for file in event["files"])
                print(f"  {phone.name} receives from {event['from']}: {event['text']} {files}".rstrip(), flush=True)
                told[phone.name] += 1
        time.sleep(0.2)


def take_no_signals() -> None:
    """Ending takes a moment; a second Ctrl-C shall not cut it off and leave half of it behind."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def interrupt(*_: object) -> None:
    take_no_signals()
    raise KeyboardInterrupt


def show(house: House, build: Path, ends_after_tour: bool) -> None:
    Tour(house).run()
    print("The picture travelled both ways.", flush=True)
    if ends_after_tour:
        return
    told = {phone.name: len(phone.messages()) for phone in house.phones}  # before anyone knows what to try
    print(what_to_try(house, build), flush=True)
    try:
        show_arrivals(house, told)
    except KeyboardInterrupt:
        print("\nEnding.", flush=True)  # as it was told: no failure


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/run", description="A sandbox with a picture that travels.")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--tour", action="store_true", help="end after the tour")
    arguments = parser.parse_args()
    begin = time.monotonic()
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, interrupt)
        print("Starting a simulated VoIP.ms, Kamailio as the proxy, and the gateway, on this machine alone ...", flush=True)
        with House(arguments.build.resolve()) as house:
            print(f"They are up after {time.monotonic() - begin:.1f} s.", flush=True)
            try:
                show(house, arguments.build.resolve(), ends_after_tour=arguments.tour)
            finally:
                take_no_signals()
    except (Gone, RuntimeError, OSError) as error:
        print(f"\nThe tour stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nEnded before the tour was over.", flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
