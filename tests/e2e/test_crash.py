# SPDX-License-Identifier: Apache-2.0
"""Power cuts: the gateway is killed in the middle of its work, again and again. Nothing is lost, nothing is shown twice."""

import threading
import time
from pathlib import Path

import pytest

from house.house import ALICE, SHOP, STRANGER
from house.picture import png
from house.process import Gone, wait_until


# A little later in each round: between the web hook and the fetch, the fetch and the MESSAGE, the MESSAGE and its answer.
@pytest.mark.parametrize("pause_ms", [0, 3, 8, 15, 30, 60])
def test_inbound_pictures_survive_kills(house, pause_ms):
    shop = house.phone(SHOP)
    house.carrier.set_webhook(house.gateway.hook_url, retry_seconds=1)
    pictures = {}
    for n in range(4):
        pictures[f"picture {n}"] = png(n)
        sender = threading.Thread(target=house.carrier.incoming, args=(STRANGER, SHOP.number, f"picture {n}", [png(n)]))
        sender.start()
        time.sleep(pause_ms / 1000)
        house.gateway.restart(kill=True)
        sender.join()
    # A kill may hit the phone while it fetches the picture; it shows the message then all the same, with a button.
    def bubbles():
        return [event for event in shop.process.seen if event["event"] in ("received", "download_failed")]

    wait_until(lambda: len(bubbles()) >= 4, "four messages are shown", patience=40)
    house.carrier.incoming(STRANGER, SHOP.number, "the end")
    assert shop.received(patience=40, text="the end")
    shown = bubbles()
    assert len(shown) == len({event["call_id"] for event in shown}) == 5, "nothing came twice"
    whole = [event for event in shown if event.get("files")]
    assert all(Path(event["files"][0]["path"]).read_bytes() == pictures[event["text"]] for event in whole)


@pytest.mark.parametrize("pause_ms", [0, 5, 12, 25, 50])
def test_what_a_phone_sent_reaches_the_carrier_once(house, pause_ms):
    alice = house.phone(ALICE)
    took = []
    for n in range(3):
        sent = alice.send(STRANGER, text=f"text {n}")
        time.sleep(pause_ms / 1000)
        house.gateway.restart(kill=True)
        try:
            alice.state(sent, "Delivered", patience=3)
            took.append(f"text {n}")
        except Gone:
            pass  # the phone was told no: it may show that, and is not part of the promise
    wait_until(lambda: len(house.carrier.look("sent")) >= len(took), "what was accepted is sent", patience=40)
    alice.state(alice.send(STRANGER, text="the end"), "DeliveredToUser", patience=40)
    messages = [entry["message"] for entry in house.carrier.look("sent")]
    assert set(took) <= set(messages)
    assert len(messages) == len(set(messages)), "nothing was sent twice"
