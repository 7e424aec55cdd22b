# SPDX-License-Identifier: Apache-2.0
"""A picture travels both ways, between a simulated VoIP.ms and real Linphone phones, through Kamailio."""

import tempfile

from house.house import ALICE, BOB, SHOP, STRANGER
from house.picture import png
from house.process import wait_until


def states(gateway, message_id):
    """Of its deliveries; none while the message is not there."""
    if not any(m["id"] == message_id for m in gateway.messages("list")):
        return []
    return [d["state"] for d in gateway.messages("show", str(message_id))["deliveries"]]


def newest(gateway, **fields):
    fitting = [m for m in gateway.messages("list") if all(m[k] == v for k, v in fields.items())]
    return fitting[0] if fitting else None


def test_a_strangers_mms_reaches_every_phone_of_the_number_as_one_bubble(house):
    alice, bob, shop = (house.phone(who) for who in (ALICE, BOB, SHOP))
    pictures = [png(1), png(2, side=100)]
    hook = house.carrier.incoming(STRANGER, ALICE.number, "two pictures & <a caption> 😀", pictures)["webhook"]
    assert (hook["status"], hook["body"]) == (200, "ok")
    for phone in (alice, bob):
        event = phone.received()
        assert event["from"] == STRANGER
        assert event["text"] == "two pictures & <a caption> 😀"
        assert [file["bytes"] for file in event["files"]] == pictures
        assert [file["type"] for file in event["files"]] == ["image/png"] * 2
    house.carrier.incoming(STRANGER, SHOP.number, "for the shop")
    assert shop.received()["text"] == "for the shop", "and nothing of the others' came before it"
    assert len(alice.messages()) == len(bob.messages()) == 1


def test_the_handsets_receipt_is_known(house):
    house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "hello")
    wait_until(lambda: states(house.gateway, 1) == ["delivered"], "the phone's IMDN made it delivered")
    said = [e["state"] for e in house.gateway.messages("show", "1")["events"]]
    assert "sending" in said
    assert said[-1] == "delivered", "however the proxy's answer and the phone's own word followed each other"


def test_a_phones_picture_reaches_the_carrier_and_shows_its_tick(house):
    alice = house.phone(ALICE)
    picture = png(3, side=150)
    sent = alice.send(STRANGER, file=picture, name="pic & <ture> é.png")
    entry = house.carrier.sent(1)[0]
    assert (entry["kind"], entry["did"], entry["dst"]) == ("mms", ALICE.number, STRANGER)
    assert house.carrier.sent_bytes(entry) == picture
    assert entry["media"][0]["type"] == "image/png"
    alice.state(sent, "DeliveredToUser")
    assert all(call["how"] == "POST" for call in house.carrier.look("calls")), "no password in a URL"


def test_texts_go_as_sms_or_mms_by_their_length(house):
    alice = house.phone(ALICE)
    alice.send(STRANGER, text="short")
    assert house.carrier.sent(1)[0]["kind"] == "sms"
    alice.send(STRANGER, text="x" * 161)
    entry = house.carrier.sent(1, since=1)[0]
    assert (entry["kind"], entry["message"]) == ("mms", "x" * 161)


def test_extensions_reach_each_other_past_the_carrier(house):
    alice, bob = house.phone(ALICE), house.phone(BOB)
    picture = png(4)
    sent = alice.send(BOB.extension, file=picture)
    event = bob.received()
    assert event["from"] == ALICE.extension
    assert event["files"][0]["bytes"] == picture
    alice.state(sent, "DeliveredToUser")
    answer = bob.send(event["from"], text="nice")
    assert alice.received()["text"] == "nice"
    bob.state(answer, "DeliveredToUser")
    assert house.carrier.look("sent") in ([], {"sent": []})


def test_ticks_and_typing_go_both_ways_between_extensions(house):
    alice, bob = house.phone(ALICE), house.phone(BOB)
    for one, other in ((alice, bob), (bob, alice)):
        to, from_ = (BOB.extension, ALICE.extension) if one is alice else (ALICE.extension, BOB.extension)
        one.type(to)
        assert other.expect("typing", active=True)["from"] == from_
        sent = one.send(to, text="see this")
        assert other.received()["text"] == "see this"
        one.state(sent, "DeliveredToUser")
        other.mark_read()
        one.state(sent, "Displayed")


def test_an_unknown_extension_is_refused_at_once_and_said_in_words(house):
    alice = house.phone(ALICE)
    alice.state(alice.send("10999", text="anybody?"), "NotDelivered")
    notice = alice.received()
    assert (notice["from"], notice["text"]) == ("10999", "Not delivered to 10999: No such extension")


def test_what_the_carrier_refuses_is_shown_and_said_in_words(house):
    alice = house.phone(ALICE)
    house.carrier.fault("sendSMS", "status:invalid_dst")
    sent = alice.send(STRANGER, text="hello")
    alice.state(sent, "NotDelivered")
    notice = alice.received()
    assert notice["from"] == STRANGER
    assert "Not delivered" in notice["text"] and "invalid_dst" in notice["text"]


def test_a_phone_that_comes_later_gets_what_waited_in_order(house):
    for n in range(3):
        house.carrier.incoming(STRANGER, SHOP.number, f"message {n}")
    wait_until(lambda: "deferred" in newest(house.gateway, own=SHOP.number)["states"] or
               states(house.gateway, 1) == ["deferred"], "the first try met no phone")
    shop = house.phone(SHOP)
    assert [shop.received(patience=3)["text"] for _ in range(3)] == [f"message {n}" for n in range(3)]


def test_a_repeated_web_hook_is_shown_once(house):
    shop = house.phone(SHOP)
    house.carrier.fault("webhook", "duplicate:3")
    house.carrier.incoming(STRANGER, SHOP.number, "once")
    assert shop.received()["text"] == "once"
    house.carrier.incoming(STRANGER, SHOP.number, "after")
    assert shop.received()["text"] == "after"


def test_the_separate_layout_sends_caption_and_pictures_one_by_one(make_house):
    house = make_house({"mmsgate": {"layout": "separate"}})
    shop = house.phone(SHOP)
    house.carrier.incoming(STRANGER, SHOP.number, "caption", [png(1), png(2)])
    assert shop.received()["text"] == "caption"
    assert [shop.received()["files"][0]["bytes"] for _ in range(2)] == [png(1), png(2)]


def test_the_gateway_may_ask_kamailio_who_is_registered(make_house):
    with tempfile.TemporaryDirectory() as short:  # the path of a socket may not be long
        house = make_house({"sip": {"locator": "kamailio", "kamailiorpc": f"{short}/rpc"}}, rpc_socket=f"{short}/rpc")
        house.carrier.incoming(STRANGER, SHOP.number, "early")
        wait_until(lambda: states(house.gateway, 1) == ["deferred"], "Kamailio says that there is no phone")
        reason = house.gateway.messages("show", "1")["events"][-1]["reason"]
        assert "not registered" in reason
        shop = house.phone(SHOP)
        assert shop.received(patience=3)["text"] == "early"
