# SPDX-License-Identifier: Apache-2.0
"""By which way a phone's files go out: as MMS, or as a link by SMS."""

from collections.abc import Callable

import pytest
from house import http
from house.house import ALICE, STRANGER, House
from house.picture import png

FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\1" * 5000


def sent_by(house: House, file: bytes, name: str, kind: str) -> dict:
    alice = house.phone(ALICE)
    message = alice.send(STRANGER, file=file, name=name, kind=kind)
    entry = house.carrier.sent(1)[0]
    alice.state(message, "DeliveredToUser")
    return entry


def test_what_voip_ms_does_not_take_goes_as_a_link(make_house: Callable[..., House]):
    house = make_house()
    entry = sent_by(house, FILM, "film.mp4", "video/mp4")
    assert entry["kind"] == "sms"
    link = http.request("GET", entry["message"])
    assert (link.status, link.body, link.headers["content-type"]) == (200, FILM, "video/mp4")


@pytest.mark.parametrize(("options", "kind"), [
    ({}, "mms"),
    ({"outvia": "sms"}, "sms"),
    ({"outvia": "auto", "autotypes": "image/jpeg"}, "sms"),
    ({"outvia": "auto", "mmskbytes": "1"}, "sms"),
    ({"outvia": "mms", "autotypes": "image/jpeg", "mmskbytes": "1"}, "mms"),
])
def test_the_owner_decides(make_house: Callable[..., House], options: dict[str, str], kind: str):
    house = make_house({"mmsgate": options})
    picture = png(1, side=200)
    entry = sent_by(house, picture, "picture.png", "image/png")
    assert entry["kind"] == kind
    got = house.carrier.sent_bytes(entry) if kind == "mms" else http.request("GET", entry["message"]).body
    assert got == picture
