# SPDX-License-Identifier: Apache-2.0
"""The web hook's login through the real program: tokens, and what becomes of those who come without one."""

import json
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from house import http
from house.house import ALICE, SHOP, STRANGER, House
from house.picture import png
from house.process import wait_until


def payload(id: int, text: str = "x") -> str:
    return json.dumps({"data": {"id": id, "event_type": "message.received", "payload": {
        "id": id, "type": "SMS", "text": text, "from": {"phone_number": STRANGER}, "to": [{"phone_number": SHOP.number}]}}})


def tell(url: str, id: int, text: str = "x", **headers: str) -> http.Answer:
    return http.request("POST", url, payload(id, text), {"Content-Type": "application/json",
                                                         **{k.replace("_", "-"): v for k, v in headers.items()}})


def refused(house: House, *command: str) -> str:
    done = subprocess.run([house.gateway.program, "hook", *command, "--config-file", house.gateway.config], capture_output=True,
                          text=True, timeout=30)
    assert done.returncode == 1 and done.stdout == "", done
    return done.stderr


# Who comes from the first MMSGate has changed neither its config nor what stands at VoIP.ms.
def test_at_the_old_address_a_message_arrives_that_voip_ms_has_logged(house: House):
    house.carrier.set_webhook(house.gateway.bare_hook_url)
    shop = house.phone(SHOP)
    hook = house.carrier.incoming(STRANGER, SHOP.number, "as before", [png(1)])["webhook"]
    assert (hook["status"], hook["body"]) == (200, "ok")
    event = shop.received()
    assert event["text"] == "as before" and event["files"][0]["bytes"] == png(1)
    house.carrier.set_webhook(house.gateway.bare_hook_url + "?id={ID}&from={FROM}&to={TO}&message={MESSAGE}", form="get")
    assert house.carrier.incoming(STRANGER, SHOP.number, "by the older call-back")["webhook"]["status"] == 200
    assert shop.received()["text"] == "by the older call-back"
    assert len(house.carrier.calls("getMMS")) >= 2
    log = house.gateway.process.log.read_text()
    assert "a message came to the web hook's address without a token. `mmsgate hook show` prints" in log
    assert log.count("without a token. ") == 1, "once is enough"


def test_at_the_old_address_nobody_can_make_a_message_up(house: House):
    shop = house.phone(SHOP)
    before = len(house.gateway.messages("list"))
    answer = tell(house.gateway.bare_hook_url, 4711, "this is your bank")
    assert (answer.status, answer.text) == (403, "VoIP.ms' log does not show this message\n")
    assert len(house.gateway.messages("list")) == before
    house.carrier.incoming(STRANGER, SHOP.number, "the true one")
    assert shop.received()["text"] == "the true one"
    assert len(shop.messages()) == 1


def test_at_the_old_address_the_words_are_those_of_the_log(house: House):
    shop = house.phone(SHOP)
    true_one = house.carrier.incoming(STRANGER, SHOP.number, "see you", webhook=False)
    assert tell(house.gateway.bare_hook_url, int(true_one["id"]), "send money").status == 200
    assert shop.received()["text"] == "see you"
    assert house.carrier.incoming(STRANGER, SHOP.number, "see you", id=true_one["id"])["webhook"]["status"] == 200
    house.carrier.incoming(STRANGER, SHOP.number, "the end")
    assert shop.received()["text"] == "the end"
    assert len(shop.messages()) == 2


# Whoever knows the id of a true message could have added words to it, as names of others in a group.
def test_at_the_old_address_nobody_can_add_to_a_true_message(house: House):
    shop = house.phone(SHOP)
    true_one = house.carrier.incoming(STRANGER, SHOP.number, "see you", webhook=False)
    body = json.loads(payload(int(true_one["id"])))
    body["data"]["payload"]["to"] += [{"phone_number": "go-to.example"}, {"phone_number": "5145550000"}]
    answer = http.request("POST", house.gateway.bare_hook_url, json.dumps(body), {"Content-Type": "application/json"})
    assert answer.status == 200
    assert shop.received()["text"] == "see you"


def test_a_token_that_is_removed_while_a_message_comes_brings_nothing(house: House):
    first, body = house.gateway.hooks()[0], payload(4712, "too late").encode()
    house.gateway.run("hook", "add")
    url = urlsplit(first["url"])
    with socket.create_connection((url.hostname, url.port), timeout=20) as line:
        line.sendall(f"POST {url.path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                     .encode() + body[:10])
        wait_until(lambda: house.gateway.health() == 200, "the head is read")  # the web thread has gone round
        house.gateway.run("hook", "remove", str(first["number"]))
        line.sendall(body[10:])
        assert line.recv(1000).startswith(b"HTTP/1.1 404")
    assert "too late" not in str(house.gateway.messages("list"))
    assert all(each["provider_id"] != "4712" for each in map(lambda m: house.gateway.messages("show", str(m["id"])),
                                                             house.gateway.messages("list")))


def test_at_the_old_address_it_is_to_come_again_when_the_log_cannot_be_read(house: House):
    house.carrier.fault("getMMS", "http:500", times=0)
    answer = tell(house.gateway.bare_hook_url, 1)
    assert answer.status == 503 and "retry-after" in answer.headers


def test_however_many_come_the_log_is_asked_seldom(house: House):
    before = len(house.carrier.calls("getMMS"))
    began = time.monotonic()
    with ThreadPoolExecutor(40) as strangers:
        statuses = list(strangers.map(lambda n: tell(house.gateway.bare_hook_url, 4711 + n).status, range(40)))
    seconds = time.monotonic() - began
    assert set(statuses) == {403, 503}
    assert statuses.count(403) >= 16, "so many of one address wait, the others come again"
    assert len(house.carrier.calls("getMMS")) - before <= 2 + seconds / 3


@pytest.mark.parametrize(("hookbare", "status"), [("trust", 200), ("refuse", 404)])
def test_the_owner_may_trust_or_refuse_whoever_comes_without(make_house: Callable[..., House], hookbare: str, status: int):
    house = make_house({"web": {"hookbare": hookbare}})
    assert tell(house.gateway.bare_hook_url, 1, "by anybody").status == status
    assert len(house.gateway.messages("list")) == (1 if status == 200 else 0)
    assert f"([web] hookbare = {hookbare}). `mmsgate hook show`" in house.gateway.process.log.read_text()
    assert house.carrier.incoming(STRANGER, SHOP.number, "with a token")["webhook"]["status"] == 200


def test_what_is_done_without_a_token_changes_by_sighup(house: House):
    house.gateway.options["web"]["hookbare"] = "refuse"
    house.gateway.write_config()
    house.gateway.process.child.send_signal(signal.SIGHUP)
    wait_until(lambda: tell(house.gateway.bare_hook_url, 1).status == 404, "the old address is closed")


def test_with_hookcheck_a_token_alone_is_not_believed(make_house: Callable[..., House]):
    house = make_house({"web": {"hookcheck": "yes"}})
    assert tell(house.gateway.hook_url, 4711).status == 403
    assert house.carrier.incoming(STRANGER, SHOP.number, "a true one")["webhook"]["status"] == 200


def test_a_new_token_takes_the_place_of_the_old_while_it_runs(house: House):
    gateway, shop = house.gateway, house.phone(SHOP)
    old = gateway.hooks()[0]
    assert re.fullmatch(re.escape(gateway.bare_hook_url) + "/[0-9a-hjkmnp-tv-z]{36}", old["url"])
    assert old["last_used_at"] is None
    assert house.carrier.incoming(STRANGER, SHOP.number, "by the old")["webhook"]["status"] == 200
    wait_until(lambda: gateway.hooks()[0]["last_used_at"], "its use is written down")

    printed = gateway.run("hook", "add")
    new = gateway.hooks()[1]
    assert new["url"] in printed and new["url"] != old["url"]
    assert "next start" not in printed
    house.carrier.set_webhook(new["url"])
    assert house.carrier.incoming(STRANGER, SHOP.number, "by the new")["webhook"]["status"] == 200
    assert tell(old["url"], 9001).status == 200, "both are known for a while"
    listed = gateway.run("hook", "show")
    assert old["url"] in listed and new["url"] in listed and "last used never" not in listed

    assert gateway.run("hook", "remove", old["url"]) == "Nothing is taken from number 1 any more.\n"
    assert tell(old["url"], 9002).status == 404
    assert house.carrier.incoming(STRANGER, SHOP.number, "still by the new")["webhook"]["status"] == 200
    assert {shop.received()["text"] for _ in range(4)} == {"by the old", "by the new", "x", "still by the new"}

    assert "it is the last" in refused(house, "remove", "2")
    assert "no such address" in refused(house, "remove", "1")
    assert "no such address" in refused(house, "remove", "nonsense")
    token = new["url"].rsplit("/", 1)[1]
    assert "no such address" in refused(house, "remove", token[:3]), "too few characters"
    assert "it is the last" in refused(house, "remove", token[:8])
    gateway.run("hook", "remove", "2", "--force")
    assert tell(new["url"], 9003).status == 404
    gateway.restart()
    assert len(gateway.hooks()) == 1 and gateway.hooks()[0]["number"] == 3, "the next start makes one"


def test_a_token_that_is_removed_need_not_stand_on_a_command_line(house: House):
    gateway = house.gateway
    gateway.run("hook", "add")
    first, second = gateway.hooks()

    def remove(line: str) -> subprocess.CompletedProcess:
        return subprocess.run([gateway.program, "hook", "remove", "-", "--config-file", gateway.config], input=line,
                              capture_output=True, text=True, timeout=30)

    assert "no such address" in remove("\n").stderr and "no such address" in remove("").stderr
    done = remove(f" {first['url']} \n")
    assert (done.returncode, done.stdout) == (0, "Nothing is taken from number 1 any more.\n")
    assert tell(first["url"], 1).status == 404 and tell(second["url"], 2).status == 200
    gateway.run("hook", "add")
    assert "from number 2 any more" in gateway.run("hook", "remove", second["url"].rsplit("/", 1)[1][:8])


def test_a_change_while_it_is_off_counts_at_the_next_start(house: House):
    gateway = house.gateway
    gateway.stop()
    assert "It takes effect at the gateway's next start: no gateway runs" in gateway.run("hook", "add")
    gateway.start()
    assert tell(gateway.hook_url, 1).status == 200


def test_a_gateway_that_runs_and_cannot_be_told_makes_a_change_fail_aloud(house: House):
    house.gateway.stop()
    path = house.folder / "mmsgate.sqlite.control"
    with socket.socket(socket.AF_UNIX) as deaf:  # it takes what is said and hangs up
        deaf.bind(str(path))
        deaf.listen()
        answered = threading.Thread(target=lambda: [deaf.accept()[0].close() for _ in range(2)], daemon=True)
        answered.start()
        for command, printed in ((["add"], house.gateway.bare_hook_url), (["remove", "1"], "")):
            done = subprocess.run([house.gateway.program, "hook", *command, "--config-file", house.gateway.config],
                                  capture_output=True, text=True, timeout=30)
            assert done.returncode == 1 and printed in done.stdout, done
            assert re.search("the change is in the database, but the gateway that runs goes on as before .* could not be told",
                             done.stderr), done
            assert "taken" not in done.stdout, "the gateway still takes from it"
        answered.join()
    path.unlink()
    assert [each["number"] for each in house.gateway.hooks()] == [2], "both changes are made"


def test_where_no_gateway_has_been_nothing_is_made(make_house: Callable[..., House], tmp_path: Path):
    house = make_house()
    house.gateway.stop()
    for file in tmp_path.glob("mmsgate.sqlite*"):
        file.unlink()
    for command in (("show",), ("add",), ("remove", "1")):
        assert "mmsgate.sqlite" in refused(house, *command)
    assert not (tmp_path / "mmsgate.sqlite").exists()


def test_who_guesses_tokens_or_floods_the_old_address_is_held_up(make_house: Callable[..., House]):
    house = make_house({"web": {"hookrate": "5"}})
    gateway = house.gateway
    wrong, unknown = f"{gateway.bare_hook_url}/{'0' * 26}", f"{gateway.url}/nowhere/{'0' * 26}"
    first, second = (tell(url, 1) for url in (wrong, unknown))
    assert (first.status, first.text) == (second.status, second.text) == (404, "there is nothing here\n")
    answers = [tell(wrong, 1) for _ in range(20)]
    assert [answer.status for answer in answers[:3]] == [404] * 3
    limited = next(answer for answer in answers if answer.status == 429)
    assert 1 <= int(limited.headers["retry-after"]) <= 12
    bare = [http.request("PUT", gateway.bare_hook_url).status for _ in range(20)]
    assert bare[:5] == [405] * 5 and 429 in bare
    assert [tell(gateway.hook_url, 100 + n).status for n in range(20)] == [200] * 20, "not who has a token"


def test_behind_a_proxy_of_ours_each_client_is_one_of_its_own(make_house: Callable[..., House]):
    house = make_house({"web": {"hookrate": "1", "trustedproxies": "127.0.0.0/8"}})
    wrong = f"{house.gateway.bare_hook_url}/wrong"
    assert tell(wrong, 1, X_Forwarded_For="192.0.2.1").status == 404
    assert tell(wrong, 1, X_Forwarded_For="203.0.113.1, 192.0.2.1").status == 429
    assert tell(wrong, 1, Forwarded='for="[2001:db8::1]:80"').status == 404


def test_no_token_stands_in_the_log_or_in_what_the_config_shows(house: House):
    gateway = house.gateway
    house.carrier.incoming(STRANGER, ALICE.number, "x")
    tell(f"{gateway.hook_url}x", 1)
    http.request("GET", gateway.hook_url)
    token = gateway.hook_url.rsplit("/", 1)[1]
    gateway.run("hook", "add")
    gateway.stop()
    assert token not in gateway.process.log.read_text()
    assert token not in gateway.run("config", "show") + json.dumps(gateway.messages("list"))
    assert token.encode() in b"".join(file.read_bytes() for file in house.folder.glob("mmsgate.sqlite*"))


def test_the_old_address_may_be_any(make_house: Callable[..., House]):
    house = make_house({"web": {"pathpost": "/from/carrier"}})
    assert house.gateway.hook_url.startswith(f"{house.gateway.url}/from/carrier/")
    shop = house.phone(SHOP)
    for url in (house.gateway.hook_url, house.gateway.bare_hook_url):
        house.carrier.set_webhook(url)
        assert house.carrier.incoming(STRANGER, SHOP.number, f"at {url}")["webhook"]["status"] == 200
        assert shop.received()["text"] == f"at {url}"
