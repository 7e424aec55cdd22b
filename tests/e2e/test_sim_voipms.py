# SPDX-License-Identifier: Apache-2.0
"""The simulated VoIP.ms itself: what other tests take its word for must be so."""

import base64
import hashlib
import http.client
import http.server
import json
import os
import queue
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta

import pytest

PROGRAM = os.environ["MMSGATE_BUILD"] + "/sim/mmsgate-sim"
BOB, CAROL, STRANGER = "5145550101", "5145550102", "5145550199"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
LIMIT = 20  # seconds after which what has not happened will not happen


def until(condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


class Customer:
    """The customer's server: it notes every web hook and serves files to sendMMS."""

    def __init__(self):
        self.hooks = queue.Queue()
        self.answers = queue.Queue()  # statuses for the web hooks to come; then 200
        self.files = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self, status, body, content_type="text/plain"):
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def hook(self, seen):
                try:
                    status = outer.answers.get_nowait()
                except queue.Empty:
                    status = 200
                outer.hooks.put(seen)
                self.reply(status, b"ok")

            def do_POST(self):
                self.hook(self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self):
                if self.path in outer.files:
                    self.reply(200, *outer.files[self.path])
                elif self.path.startswith("/hook?"):
                    self.hook(self.path)
                else:
                    self.reply(404, b"none")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def hook(self):
        return self.hooks.get(timeout=LIMIT)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Sim:
    def __init__(self, *arguments):
        command = [PROGRAM, "voipms", "--listen", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started = json.loads(self.process.stdout.readline())
        assert started["event"] == "listening"
        self.url = started["url"]

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=LIMIT) as answer:
            return json.load(answer)

    def post(self, path, body):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:
            return json.load(answer)

    def delete(self, path):
        with urllib.request.urlopen(urllib.request.Request(self.url + path, method="DELETE"), timeout=LIMIT) as answer:
            return json.load(answer)

    def rest_raw(self, method, timeout=LIMIT, **fields):
        fields = {"api_username": "user@example.org", "api_password": "sim-password", "method": method, **fields}
        body = urllib.parse.urlencode(fields).encode()
        with urllib.request.urlopen(self.url + "/api/v1/rest.php", body, timeout=timeout) as answer:
            return answer.read()

    def rest(self, method, **fields):
        return json.loads(self.rest_raw(method, **fields))

    def send(self, method="sendSMS", did=BOB, dst=STRANGER, message="hello", **fields):
        return self.rest(method, did=did, dst=dst, message=message, **fields)

    def incoming(self, **fields):
        return self.post("/sim/incoming", {"from": STRANGER, "to": BOB, "text": "hi", **fields})

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=LIMIT)


@pytest.fixture(scope="module", name="customer")
def fixture_customer():
    customer = Customer()
    yield customer
    customer.close()


@pytest.fixture(scope="module", name="running")
def fixture_running():
    sim = Sim()
    yield sim
    assert sim.end() == 0


@pytest.fixture(name="sim")
def fixture_sim(running, customer):
    running.post("/sim/reset", {})
    running.post("/sim/webhook", {"url": customer.url + "/hook", "form": "json", "retry_seconds": 0})
    accounts = [
        {"account": "123456_bob", "callerid_number": BOB, "internal_extension": "1"},
        {"account": "123456_carol", "callerid_number": CAROL, "internal_extension": 2},
    ]
    running.post("/sim/accounts", accounts)
    running.post("/sim/dids", [{"did": BOB}])
    customer.files.clear()
    assert customer.hooks.empty()
    return running


# The interface: words with HTTP 200


def test_wrong_and_missing_logins(sim):
    assert sim.rest("getIP", api_password="wrong") == {"status": "invalid_credentials"}
    assert sim.rest("getIP", api_password="") == {"status": "missing_credentials"}
    assert sim.rest("getIP") == {"status": "success", "ip": "127.0.0.1"}
    assert sim.rest("getNothing") == {"status": "invalid_method"}


def test_a_password_of_odd_characters_in_both_kinds_of_form():
    password = 'a&b=c+d%41 "é'
    sim = Sim("--password", password)
    try:
        assert sim.rest("getIP", api_password=password)["status"] == "success"
        parts = {"api_username": "user@example.org", "api_password": password, "method": "getIP"}
        body = "".join(f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in parts.items())
        request = urllib.request.Request(sim.url + "/api/v1/rest.php", (body + "--x--\r\n").encode())
        request.add_header("Content-Type", "multipart/form-data; boundary=x")
        with urllib.request.urlopen(request, timeout=LIMIT) as answer:
            assert json.load(answer)["status"] == "success"
    finally:
        assert sim.end(signal.SIGINT) == 0


def test_sub_accounts_and_numbers(sim):
    accounts = sim.rest("getSubAccounts")["accounts"]
    assert [each["account"] for each in accounts] == ["123456_bob", "123456_carol"]
    assert accounts[0]["username"] == "bob" and accounts[0]["callerid_number"] == BOB
    assert sim.rest("getSubAccounts", account="123456_dave")["status"] == "invalid_account"
    dids = sim.rest("getDIDsInfo")["dids"]
    assert [each["did"] for each in dids] == [BOB] and dids[0]["webhook_enabled"] == "1"
    sim.post("/sim/accounts", [])
    assert sim.rest("getSubAccounts")["status"] == "no_account"


def test_what_is_sent_is_seen(sim):
    since = max([each["index"] + 1 for each in sim.get("/sim/sent")], default=0)
    answer = sim.send(message="a+b & ü 😀")
    assert answer["status"] == "success" and isinstance(answer["sms"], int)
    [sent] = sim.get(f"/sim/sent?since={since}")
    assert (sent["id"], sent["kind"], sent["did"], sent["dst"]) == (answer["sms"], "sms", BOB, STRANGER)
    assert sent["message"] == "a+b & ü 😀"


@pytest.mark.parametrize(
    "fields,word",
    [
        ({"did": ""}, "missing_did"),
        ({"dst": ""}, "missing_dst"),
        ({"message": ""}, "missing_sms"),
        ({"did": "5145550150"}, "invalid_did"),
        ({"dst": "1" + STRANGER}, "invalid_dst"),
        ({"dst": "12345"}, "invalid_dst"),
        ({"message": "x" * 161}, "sms_toolong"),
        ({"message": "é" * 81}, "sms_toolong"),
        ({"message": "é" * 80}, "success"),
        ({"method": "sendMMS", "message": "x" * 2049}, "sms_toolong"),
        ({"method": "sendMMS", "message": "x" * 2048}, "success"),
        ({"method": "sendMMS", "message": ""}, "message_empty"),
    ],
)
def test_the_words_of_refusals(sim, fields, word):
    assert sim.send(**fields)["status"] == word


def test_the_daily_limit(sim):
    sim.post("/sim/limits", {"daily": 2})
    assert [sim.send()["status"] for _ in range(3)] == ["success", "success", "limit_reached"]
    assert len(sim.get("/sim/sent")) == 2
    sim.post("/sim/limits", {"daily": 0})
    assert sim.send()["status"] == "success"


# Media


def test_mms_media_are_fetched(sim, customer):
    customer.files["/a/picture.png?x=1"] = (PICTURE, "image/png")
    url = customer.url + "/a/picture.png?x=1"
    answer = sim.send("sendMMS", media1=url, media2=base64.b64encode(PICTURE).decode())
    assert answer["status"] == "success"
    [sent] = sim.get("/sim/sent")
    assert [(m["url"], m["type"], m["status"]) for m in sent["media"]] == [
        (url, "image/png", 200),
        ("", "image/png", 0),
    ]
    assert {m["sha256"] for m in sent["media"]} == {hashlib.sha256(PICTURE).hexdigest()}
    with urllib.request.urlopen(f"{sim.url}/sim/sent/{answer['mms']}/media/0", timeout=LIMIT) as kept:
        assert kept.read() == PICTURE


@pytest.mark.parametrize("size", [0, 1, 55, 56, 63, 64, 65, 119, 120])
def test_hashes_at_the_edges_of_blocks(sim, size):
    data = b"GIF8" + b"z" * size
    sim.send("sendMMS", media1=base64.b64encode(data).decode())
    assert sim.get("/sim/sent")[0]["media"][0]["sha256"] == hashlib.sha256(data).hexdigest()


def test_media_that_cannot_be_had(sim, customer):
    customer.files["/big.png"] = (PICTURE * 200, "image/png")
    customer.files["/letter.pdf"] = (b"%PDF-", "application/pdf")
    for name, why in [("/none.png", "404"), ("/big.png", "more bytes"), ("/letter.pdf", "application/pdf")]:
        assert sim.send("sendMMS", media1=customer.url + name)["status"] == "invalid_media"
        assert why in sim.get("/sim/calls")[-1]["detail"]
    assert sim.get("/sim/sent") == []


# Incoming


def test_an_incoming_mms_and_its_web_hook(sim, customer):
    picture = {"type": "image/png", "name": "a picture.png", "base64": base64.b64encode(PICTURE).decode()}
    answer = sim.incoming(text="schön", media=[picture, {"url": "http://127.0.0.1:9/gone.jpg"}])
    assert answer["webhook"]["status"] == 200 and answer["webhook"]["body"] == "ok"
    data = json.loads(customer.hook())["data"]
    payload = data["payload"]
    assert (data["id"], data["event_type"], data["record_type"]) == (answer["id"], "message.received", "event")
    assert (payload["id"], payload["record_type"]) == (answer["id"], "message")
    assert payload["from"] == {"phone_number": STRANGER} and payload["to"] == [{"phone_number": BOB}]
    assert (payload["text"], payload["type"]) == ("schön", "MMS")
    with urllib.request.urlopen(payload["media"][0]["url"], timeout=LIMIT) as media:
        assert media.read() == PICTURE and media.headers["Content-Type"] == "image/png"
    assert payload["media"][1] == {"url": "http://127.0.0.1:9/gone.jpg"}
    [logged] = sim.get("/sim/incoming")
    assert [each["status"] for each in logged["webhooks"]] == [200]


def test_curl_can_play_the_stranger(sim, customer, tmp_path):
    (tmp_path / "picture.png").write_bytes(PICTURE)
    command = ["curl", "-sS", sim.url + "/sim/incoming", "-F", "from=" + STRANGER, "-F", "to=" + BOB, "-F", "text=look"]
    done = subprocess.run(
        [*command, "-F", f"media=@{tmp_path}/picture.png"], check=True, capture_output=True, timeout=LIMIT
    )
    assert json.loads(done.stdout)["webhook"]["status"] == 200
    payload = json.loads(customer.hook())["data"]["payload"]
    with urllib.request.urlopen(payload["media"][0]["url"], timeout=LIMIT) as media:
        assert media.read() == PICTURE
    assert payload["media"][0]["url"].endswith("/picture.png")


def test_a_web_hook_that_fails_is_posted_again(sim, customer):
    sim.post("/sim/webhook", {"retry_seconds": 0.05})
    customer.answers.put(503)
    customer.answers.put(404)
    assert sim.incoming()["webhook"]["status"] == 503
    bodies = [customer.hook() for _ in range(3)]
    assert bodies[0] == bodies[1] == bodies[2]
    until(lambda: len(sim.get("/sim/incoming")[0]["webhooks"]) == 3)
    assert [each["status"] for each in sim.get("/sim/incoming")[0]["webhooks"]] == [503, 404, 200]


def test_the_older_call_back(sim, customer):
    blanks = "id={ID}&from={FROM}&to={TO}&message={MESSAGE}&date={TIMESTAMP}&media={MEDIA}"
    sim.post("/sim/webhook", {"form": "get", "url": customer.url + "/hook?" + blanks})
    answer = sim.incoming(text="a&b {TO}", media=[{"url": "http://127.0.0.1:9/x?y=1"}])
    fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(customer.hook()).query))
    assert (fields["id"], fields["from"], fields["to"]) == (str(answer["id"]), STRANGER, BOB)
    assert (fields["message"], fields["media"]) == ("a&b {TO}", "http://127.0.0.1:9/x?y=1")


def test_odd_forms_of_the_web_hook(sim, customer):
    first = sim.incoming(id=4711, patch={"data": {"payload": {"text": None, "media": ["http://127.0.0.1:9/a"]}}})
    payload = json.loads(customer.hook())["data"]["payload"]
    assert "text" not in payload and payload["media"] == ["http://127.0.0.1:9/a"]
    again = sim.incoming(id=4711, repeat=2)
    assert first["id"] == again["id"] == 4711 and len(again["webhooks"]) == 2
    assert [json.loads(customer.hook())["data"]["id"] for _ in range(2)] == [4711, 4711]
    assert len(sim.get("/sim/incoming")) == 1
    assert sim.incoming(webhook=False)["webhook"] is None


def test_the_log_by_the_interface(sim, customer):
    assert sim.rest("getSMS")["status"] == "no_sms" and sim.rest("getMMS")["status"] == "no_mms"
    incoming = sim.incoming(to=[BOB, CAROL], media=[{"name": "a.png", "base64": base64.b64encode(PICTURE).decode()}])
    customer.hook()
    sent = sim.send()
    rows = sim.rest("getMMS", all_messages=1)["sms"]
    assert [(each["id"], each["type"]) for each in rows] == [(str(sent["sms"]), "0"), (str(incoming["id"]), "1")]
    assert rows[1]["media"] == incoming["media"] == [rows[1]["col_media1"]]
    assert [each["id"] for each in sim.rest("getSMS")["sms"]] == [str(sent["sms"])]
    assert sim.rest("getSMS", type=1)["status"] == "no_sms"
    assert sim.rest("getMMS", did=CAROL)["sms"][0]["did"] == CAROL
    assert sim.rest("getMMS", contact="5145550111")["status"] == "no_mms"
    assert sim.rest("getMediaMMS", id=incoming["id"], media_as_array=1)["media"] == incoming["media"]
    # The time zone shifts the date, and the day that is asked for.
    utc = sim.rest("getSMS", timezone=0)["sms"][0]["date"]
    assert utc == sim.get("/sim/sent")[0]["at"][:19].replace("T", " ")
    ahead = sim.rest("getSMS", timezone=12)["sms"][0]["date"]
    assert datetime.fromisoformat(ahead) - datetime.fromisoformat(utc) == timedelta(hours=12)
    day = ahead[:10]
    assert sim.rest("getSMS", timezone=12, **{"from": day, "to": day})["status"] == "success"
    assert sim.rest("getSMS", timezone=12, **{"from": "2000-01-01", "to": "2000-01-02"})["status"] == "no_sms"


# Faults


def closes(call):
    try:
        call()
    except (http.client.RemoteDisconnected, http.client.IncompleteRead, ConnectionResetError):
        return True
    return False


def test_faults_of_the_interface(sim):
    sim.post("/sim/faults", [{"on": "sendSMS", "do": "status:sms_failed", "times": 2}, {"on": "*", "do": "http:500"}])
    assert [sim.send()["status"] for _ in range(2)] == ["sms_failed", "sms_failed"]
    with pytest.raises(urllib.error.HTTPError) as error:
        sim.rest("getBalance")
    assert error.value.code == 500
    assert sim.send()["status"] == "success"
    sim.post("/sim/faults", {"on": "sendSMS", "dst": "5145550198", "do": "not-json", "times": 0})
    assert sim.send()["status"] == "success"
    assert sim.rest_raw("sendSMS", did=BOB, dst="5145550198", message="x").startswith(b"<html>")
    sim.delete("/sim/faults")
    assert sim.send(dst="5145550198")["status"] == "success"
    assert len(sim.get("/sim/sent")) == 3


def test_done_but_never_answered(sim):
    for kind in ["timeout-after-accept", "timeout-before"]:
        sim.post("/sim/faults", {"on": "sendSMS", "do": kind})
        with pytest.raises((socket.timeout, TimeoutError)):
            sim.rest_raw("sendSMS", timeout=0.3, did=BOB, dst=STRANGER, message=kind)
    for kind in ["close-after-accept", "close"]:
        sim.post("/sim/faults", {"on": "sendSMS", "do": kind})
        assert closes(lambda text=kind: sim.send(message=text))
    assert [each["message"] for each in sim.get("/sim/sent")] == ["timeout-after-accept", "close-after-accept"]


def test_late_answers_hold_up_nobody(sim):
    sim.post("/sim/faults", {"on": "sendSMS", "do": "latency:1000"})
    slow = threading.Thread(target=sim.send)
    slow.start()
    until(lambda: not sim.get("/sim/faults"))  # it has come, and waits
    assert sim.rest("getIP")["status"] == "success"
    assert sim.get("/sim/sent") == []
    slow.join()
    assert len(sim.get("/sim/sent")) == 1


def test_faults_of_media(sim, customer):
    media = [{"name": "a.png", "base64": base64.b64encode(PICTURE).decode()}]
    [url] = sim.incoming(media=media)["media"]
    customer.hook()

    def fetch():
        with urllib.request.urlopen(url, timeout=LIMIT) as answer:
            return answer.read(), answer.headers["Content-Type"]

    sim.post("/sim/faults", {"on": "media", "do": "http:404"})
    with pytest.raises(urllib.error.HTTPError):
        fetch()
    sim.post("/sim/faults", {"on": "media", "do": "cut"})
    assert closes(fetch)
    sim.post("/sim/faults", {"on": "media", "do": "type:text/html"})
    assert fetch() == (PICTURE, "text/html")
    sim.post("/sim/faults", {"on": "media", "do": "huge:3000000"})
    body, _ = fetch()
    assert len(body) == 3_000_000 and body.startswith(PICTURE) and not any(body[len(PICTURE):])
    sim.post("/sim/faults", {"on": "media", "do": f"slow:{len(PICTURE) * 2}"})
    began = time.monotonic()
    assert fetch()[0] == PICTURE
    assert 0.4 < time.monotonic() - began
    assert fetch() == (PICTURE, "image/png")


def test_faults_of_the_web_hook(sim, customer):
    sim.post("/sim/faults", [{"on": "webhook", "do": "duplicate:3"}, {"on": "webhook", "do": "drop"}])
    answer = sim.incoming()
    assert [json.loads(customer.hook())["data"]["id"] for _ in range(3)] == [answer["id"]] * 3
    assert sim.incoming()["webhook"] is None and customer.hooks.empty()
    sim.post("/sim/faults", {"on": "webhook", "do": "not-json"})
    sim.incoming()
    with pytest.raises(ValueError):
        json.loads(customer.hook())


# Control


def test_long_poll(sim):
    since = sim.send() and sim.get("/sim/sent")[-1]["index"] + 1
    assert sim.get(f"/sim/sent?since={since}&count=1&wait_ms=50") == []
    got = queue.Queue()
    poll = f"/sim/sent?since={since}&count=2&wait_ms={LIMIT * 1000}&dst={STRANGER}"
    threading.Thread(target=lambda: got.put(sim.get(poll)), daemon=True).start()
    sim.send(message="one")
    sim.send(dst="5145550198", message="another's")
    assert got.empty()
    sim.send(message="two")
    assert [each["message"] for each in got.get(timeout=LIMIT)] == ["one", "two"]


def test_calls_tell_get_from_post(sim):
    login = {"api_username": "user@example.org", "api_password": "sim-password"}
    query = urllib.parse.urlencode({**login, "method": "getIP"})
    sim.rest("getIP")
    assert sim.get("/sim/healthz")["get_calls"] == 0
    assert sim.get("/api/v1/rest.php?" + query)["status"] == "success"
    assert sim.get("/sim/healthz")["get_calls"] == 1
    assert [each["how"] for each in sim.get("/sim/calls")] == ["POST", "GET"]


@pytest.mark.parametrize(
    "path,body",
    [
        ("/sim/faults", {"on": "sendSMS", "do": "dance"}),
        ("/sim/faults", {"on": "sendSMS", "do": "latency"}),
        ("/sim/incoming", {"to": BOB}),
        ("/sim/incoming", {"from": STRANGER, "to": BOB, "media": [{"base64": "*"}]}),
        ("/sim/accounts", {"account": "x"}),
        ("/sim/nothing", {}),
    ],
)
def test_complaints(sim, path, body):
    with pytest.raises(urllib.error.HTTPError) as error:
        sim.post(path, body)
    assert error.value.code == 400 and json.load(error.value)["error"]


def test_bench(sim, customer):
    spec = {"count": 40, "concurrency": 4, "from": "5145550110", "from_count": 3, "text_prefix": "b"}
    spec["to"] = [BOB, CAROL]
    figures = sim.post("/sim/bench", spec)
    assert (figures["count"], figures["ok"], figures["failed"]) == (40, 40, 0)
    payloads = [json.loads(customer.hook())["data"]["payload"] for _ in range(40)]
    assert len({each["id"] for each in payloads}) == 40
    assert {each["from"]["phone_number"] for each in payloads} == {"5145550110", "5145550111", "5145550112"}
    assert {each["to"][0]["phone_number"] for each in payloads} == {BOB, CAROL}
    words = [each["text"].split() for each in payloads]
    assert sorted(int(each[1][1:]) for each in words) == list(range(40))
    assert all(abs(int(each[2][1:]) / 1e9 - time.time()) < 60 for each in words)


def test_a_scene_and_an_end_with_people_waiting(tmp_path):
    scene = tmp_path / "scene.json"
    scene.write_text(json.dumps({"dids": [{"did": BOB}], "limits": {"daily": 1}}))
    sim = Sim("--scene", str(scene), "--first-id", "500")
    assert sim.send() == {"status": "success", "sms": 500}
    assert sim.send()["status"] == "limit_reached"
    sim.post("/sim/faults", {"on": "getIP", "do": "timeout-before"})
    host = urllib.parse.urlsplit(sim.url).netloc
    waiting = http.client.HTTPConnection(host, timeout=LIMIT)
    waiting.request("GET", "/sim/sent?since=1&count=5&wait_ms=60000")
    held = http.client.HTTPConnection(host, timeout=LIMIT)
    held.request("GET", "/api/v1/rest.php?method=getIP")
    until(lambda: sim.get("/sim/calls")[-1]["method"] == "getIP")
    assert sim.end() == 0
    assert closes(held.getresponse) and closes(waiting.getresponse)
