# SPDX-License-Identifier: Apache-2.0
"""What VoIP.ms cannot do today waits, and is done once when it can: the daily limit, and a first start without internet."""

import sqlite3
from contextlib import closing

from house.house import ALICE, SHOP, STRANGER
from house.process import wait_until

from test_picture import newest, states

OTHER = "5145550198"


def ten_minutes_pass(house):
    """As the gateway sees them: it is stopped, all that waits for a time gets that much nearer, it goes on.

    A test cannot wait for as long, and no option makes it shorter: nobody should ask VoIP.ms more often.
    """
    assert house.gateway.stop() == 0
    with closing(sqlite3.connect(house.folder / "mmsgate.sqlite")) as database, database:
        database.execute("UPDATE deliveries SET due_at = due_at - 600000 WHERE due_at IS NOT NULL")
    house.gateway.start()


def test_what_the_daily_limit_held_back_goes_out_once_and_in_order_when_it_is_lifted(house):
    alice = house.phone(ALICE)
    house.carrier.control("limits", {"daily": 1})
    alice.state(alice.send(STRANGER, text="one"), "DeliveredToUser")
    waiting = []
    for to, text in ((STRANGER, "two"), (STRANGER, "three"), (OTHER, "four")):
        waiting.append(alice.send(to, text=text))
        alice.state(waiting[-1], "Delivered")  # accepted means on disk, whatever VoIP.ms says
    wait_until(lambda: [states(house.gateway, n) for n in (3, 4, 5)] == [["deferred"], ["queued"], ["deferred"]],
               "two conversations wait, each with its first in front")
    assert "limit" in house.gateway.messages("show", "3")["events"][-1]["reason"]
    assert len(house.carrier.calls("sendSMS")) == 3, "what stands behind another is not tried"

    ten_minutes_pass(house)
    wait_until(lambda: len(house.carrier.calls("sendSMS")) == 5, "both are tried again, in vain")
    assert [entry["message"] for entry in house.carrier.sent(1)] == ["one"]

    house.carrier.control("limits", {"daily": 0})
    ten_minutes_pass(house)
    for message in waiting:
        alice.state(message, "DeliveredToUser")
    sent = [(entry["dst"], entry["message"]) for entry in house.carrier.sent(4)]
    assert [text for to, text in sent if to == STRANGER] == ["one", "two", "three"]
    assert [text for to, text in sent if to == OTHER] == ["four"]
    assert alice.messages() == [], "to wait is no failure that anyone is told of"


def test_a_first_start_without_internet_asks_the_carrier_to_come_again(house):
    house.gateway.stop()
    for file in house.folder.glob("mmsgate.sqlite*"):
        file.unlink()
    house.carrier.fault("getSubAccounts", "http:500", times=0)
    house.gateway.start(status=503)
    house.carrier.set_webhook(house.gateway.hook_url, retry_seconds=1)
    hook = house.carrier.incoming(STRANGER, SHOP.number, "hello")["webhook"]
    assert hook["status"] == 503
    assert "have not been read from VoIP.ms yet" in hook["body"]
    assert newest(house.gateway) is None, "what was refused is not kept: it would come twice"

    house.carrier.clear_faults()
    shop = house.phone(SHOP)
    assert shop.received(patience=40)["text"] == "hello"
    wait_until(lambda: house.gateway.health() == 200, "it is well again by itself")
    tries = house.carrier.look("incoming")[-1]["webhooks"]
    assert [each["status"] for each in tries] == [503] * (len(tries) - 1) + [200]
    assert len(shop.messages()) == 1
