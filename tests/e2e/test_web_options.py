# SPDX-License-Identifier: Apache-2.0
"""What the options of the web server change, through the real program: paths, links, and whose pictures are fetched."""

import re
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from house import http
from house.house import ALICE, SHOP, STRANGER
from house.picture import png
from house.ports import free_port, own_address

from provisioning import url_for
from test_bad_input import FILE, multipart


def upload(house):
    return house.gateway.post_file(*multipart((FILE.format("a.png"), png(1))))


def link_in(xml: str) -> str:
    return re.search(r'url="([^"]+)"', xml)[1]


def travels_both_ways(house):
    """A picture to a phone and a picture from it; answers with the links that they had."""
    alice = house.phone(ALICE)
    house.carrier.incoming(STRANGER, ALICE.number, "in", [png(1)])
    assert alice.received()["files"][0]["bytes"] == png(1)
    alice.state(alice.send(STRANGER, file=png(2)), "DeliveredToUser")
    entry = house.carrier.sent(1)[0]
    assert house.carrier.sent_bytes(entry) == png(2)
    return [entry["media"][0]["url"], link_in(upload(house).text)]


def test_pictures_are_not_fetched_from_this_machine_unless_allowed(make_house):
    house = make_house({"web": {"medianetworks": "public"}})
    shop = house.phone(SHOP)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        ways = ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]")
        house.carrier.incoming(STRANGER, SHOP.number, "look", media=[
            {"url": f"http://{way}:{server.getsockname()[1]}/a.png"} for way in ways])
        event = shop.received()
        assert event["text"].startswith("look\n") and event["files"] == []
        assert event["text"].count("could not be fetched") == len(ways), event["text"]
        with pytest.raises(BlockingIOError):
            server.accept()  # nobody has come


def test_pictures_are_fetched_from_this_machine_if_allowed(make_house):
    house = make_house({"web": {"medianetworks": "loopback"}})
    shop = house.phone(SHOP)
    with socket.create_server((own_address(), 0)) as server:
        threading.Thread(target=serve_once, args=(server, png(1)), daemon=True).start()
        address, port = server.getsockname()
        house.carrier.incoming(STRANGER, SHOP.number, "look", media=[{"url": f"http://{address}:{port}/a.png"}])
        assert shop.received()["files"][0]["bytes"] == png(1)


def serve_once(server: socket.socket, data: bytes) -> None:
    line, _ = server.accept()
    with line:
        line.recv(65_536)
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n%b" % (len(data), data))


def test_other_paths_work_and_the_usual_ones_are_gone(make_house):
    house = make_house({"web": {"pathpost": "/from/carrier", "pathget": "/pictures", "pathfile": "/upload"}})
    for link in travels_both_ways(house):
        assert link.startswith(f"{house.gateway.url}/pictures/")
        assert http.request("GET", link).status == 200
        assert http.request("GET", link.replace("/pictures/", "/mmsmedia/")).status == 404
    assert http.request("POST", f"{house.gateway.url}/mmsgate", "{}").status == 404
    assert http.request("POST", f"{house.gateway.url}/file").status == 404
    assert http.request("POST", house.gateway.upload_url, login=house.gateway.login).status == 204


@contextmanager
def reverse_proxy(listens_at: tuple[str, int], leads_to: tuple[str, int]) -> Iterator[None]:
    """As small as one gets: bytes to and fro."""

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                with socket.create_connection(leads_to) as inner:
                    back = threading.Thread(target=pour, args=(inner, self.request), daemon=True)
                    back.start()
                    pour(self.request, inner)
                    back.join()
            except OSError:
                pass  # the gateway is not there yet: the line ends

    def pour(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = allow_reuse_address = True
        block_on_close = False

    with Server(listens_at, Line) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield
        server.shutdown()


def test_behind_a_reverse_proxy_the_links_lead_to_the_proxy(make_house):
    outer, inner = ((address, free_port(address)) for address in (own_address(), own_address()))
    with reverse_proxy(outer, inner):
        # Did it listen at webport of webbind all the same, it would not start: the proxy is there.
        house = make_house({"web": {"webdns": outer[0], "webbind": outer[0], "webport": str(outer[1]),
                                    "bindoverride": f"{inner[0]}:{inner[1]}"}})
        for link in travels_both_ways(house):
            assert link.startswith(f"http://{outer[0]}:{outer[1]}/mmsmedia/")
        house.gateway.stop()


def test_links_are_of_the_protocol_that_the_reverse_proxy_speaks(make_house):
    outer, inner = ((address, free_port(address)) for address in (own_address(), own_address()))
    with reverse_proxy(outer, inner):
        house = make_house({"web": {"webdns": outer[0], "webport": str(outer[1]), "protocol": "https",
                                    "bindoverride": f"{inner[0]}:{inner[1]}"}})
        assert link_in(upload(house).text).startswith(f"https://{outer[0]}:{outer[1]}/mmsmedia/")
        house.gateway.stop()


def test_links_are_promised_for_as_long_as_is_said(make_house):
    house = make_house({"mmsgate": {"keepdays": "2"}})
    until = datetime.fromisoformat(re.search(r'until="([^"]+)"', upload(house).text)[1])
    assert abs(until - datetime.now(UTC) - timedelta(days=2)) < timedelta(minutes=5)


def test_pictures_are_kept_where_it_is_said(make_house, tmp_path):
    house = make_house({"web": {"localmedia": str(tmp_path / "elsewhere")}})
    assert upload(house).status == 200
    kept = [file for file in (tmp_path / "elsewhere").rglob("*") if file.is_file()]
    assert [file.read_bytes() for file in kept] == [png(1)], "it is there before the phone hears yes"


@pytest.mark.parametrize("paths", [
    {"pathpost": "/mms", "pathget": "/mms/files", "pathconf": "/mms/files/phones", "pathfile": "/mms/upload"},
    {"pathconf": "/mms", "pathget": "/mms/files", "pathpost": "/mms/files/hook", "pathfile": "/mms/files/hook/upload"},
])
def test_folders_may_lie_in_each_other(make_house, paths):
    house = make_house({"web": paths})
    for link in travels_both_ways(house):
        assert urlsplit(link).path.startswith(paths["pathget"] + "/")
        assert http.request("GET", link).status == 200
    url = url_for(house, SHOP.account, "--no-password")
    assert urlsplit(url).path.startswith(paths["pathconf"] + "/")
    answer = http.request("GET", url)
    assert answer.status == 200 and "<config" in answer.text
    for folder in paths.values():
        assert http.request("GET", f"{house.gateway.url}{folder}/nobody-knows-it").status == 404, folder
