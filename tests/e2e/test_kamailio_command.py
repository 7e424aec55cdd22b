# SPDX-License-Identifier: Apache-2.0
"""`mmsgate kamailio`: the configuration that it prints is the proxy of a household. What the proxy promises besides."""

import hashlib
import os
import signal
import socket
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from conftest import BUILD
from house.house import ALICE, BOB, DOMAIN, SHOP, STRANGER, House
from house.phone import Phone
from house.picture import png
from house.ports import own_address
from house.process import wait_until
from house.proxy import Proxy, ha1, make_tables
from stand_in_gateway import Packet, StandInGateway

MMSGATE = BUILD / "src" / "mmsgate"
PASSWORDS = {ALICE.account: "sesame", BOB.account: "mustard", SHOP.account: "cress"}


def run(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MMSGATE, "kamailio", *arguments, "--config-file", config], capture_output=True, text=True, timeout=60)


def write_config(folder: Path, sip: str = "domain = sip.example.org", more: str = "") -> Path:
    config = folder / "mmsgate.conf"
    config.write_text(f"[api]\napiid = owner@example.org\napipw = s3cret\n[web]\nwebdns = sms.example.org\n[sip]\n{sip}\n{more}"
                      f"[mmsgate]\ndbfile = {folder}/none.sqlite\n")
    return config


def accepted(config: Path) -> bool:
    done = subprocess.run(["kamailio", "-c", "-f", config], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return "config file ok" in done.stderr


# What is printed

def test_kamailio_takes_what_is_printed(tmp_path: Path):
    (tmp_path / "accounts.cfg").write_text('# x\n$sht(password=>100000_alice) = "0123456789abcdef0123456789abcdef";\n')
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=sip.example.org",
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    places = ["--accounts-file", str(tmp_path / "accounts.cfg"), "--database", str(tmp_path / "kamailio.sqlite"), "--address", "127.0.0.1"]
    for sip, options in (("domain = sip.example.org", []), ("domain = a.example\nproxytransport = tls", ["--certificate", str(cert), "--key", str(key)]),
                         ("domain = a.example\nsipproxy = 127.0.0.1:5090\nsipport = 5091", ["--certificate", str(cert), "--key", str(key)])):
        done = run(write_config(tmp_path, sip), "print", *places, *options)
        assert done.returncode == 0, done.stderr
        assert "@" not in "".join(line for line in done.stdout.splitlines() if not line.startswith("#")).replace("proxy@", "").replace(
            "mmsgate@", "").replace("$avp(who)@", ""), "every word is filled in"
        printed = tmp_path / "kamailio.cfg"
        printed.write_text(done.stdout)
        assert accepted(printed)
        assert ("listen=tls:" in done.stdout) == bool(options)


@pytest.mark.parametrize(("sip", "options", "said"), [
    ("", ["--address", "10.0.0.1"], "[sip] domain"),
    ("domain = sip.example.org", [], "--address"),
    ("domain = sip.example.org", ["--address", "sip.example.org"], "--address"),
    ("domain = sip.example.org", ["--address", "0.0.0.0"], "gateway's place"),
    ("domain = sip.example.org\nproxytransport = tls", ["--address", "10.0.0.1"], "--certificate"),
    ("domain = sip.example.org", ["--address", "10.0.0.1", "--database", 'a"b'], "cannot stand in kamailio.cfg"),
    ("domain = sip.example.org\nsipboundaddress = ::", ["--address", "10.0.0.1"], "[sip] sipboundaddress = :: is all addresses"),
    # Regression: 127.0.0.1 was taken for it, from where such a gateway never speaks.
    ("domain = sip.example.org\nsipboundaddress = 0.0.0.0", ["--address", "10.0.0.1"], "set it to 127.0.0.2 where both run on one machine"),
])
def test_what_is_missing_is_said(tmp_path: Path, sip: str, options: list[str], said: str):
    done = run(write_config(tmp_path, sip), "print", *options)
    assert done.returncode != 0 and done.stdout == ""
    assert said in done.stderr


def test_without_a_domain_there_are_no_accounts(tmp_path: Path):
    done = run(write_config(tmp_path, ""), "accounts", "--accounts-file", str(tmp_path / "accounts.cfg"))
    assert done.returncode == 2 and "[sip] domain" in done.stderr
    assert not (tmp_path / "accounts.cfg").exists()


@pytest.fixture
def printed_house(make_house: Callable[..., House], tmp_path: Path) -> tuple[House, str]:
    """A household whose proxy is what the commands make, and the address where its phones reach it."""
    house = make_house({"sip": {"kamailiorpc": str(tmp_path / "rpc"), "locator": "kamailio"}}, passwords=PASSWORDS)
    house.proxy.stop()
    address = own_address()
    house.gateway.run("kamailio", "accounts", "--accounts-file", str(tmp_path / "accounts.cfg"))
    make_tables(tmp_path / "printed.sqlite")
    printed = house.gateway.run("kamailio", "print", "--address", address, "--accounts-file", str(tmp_path / "accounts.cfg"),
                                "--database", str(tmp_path / "printed.sqlite"))
    (tmp_path / "kamailio.cfg").write_text(printed)
    house.proxy.start()
    return house, address


def phone_at(house: House, address: str, account: str, password: str) -> Phone:
    phone = Phone(BUILD / "sim" / "mmsgate-phone", house.folder, account, DOMAIN, f"sip:{address}:{house.proxy.port};transport=tcp",
                  house.gateway.upload_url, password=password)
    house.phones.append(phone)
    return phone


def test_a_picture_travels_both_ways_by_what_is_printed(printed_house: tuple[House, str]):
    house, address = printed_house
    alice = phone_at(house, address, ALICE.account, PASSWORDS[ALICE.account])
    house.carrier.incoming(STRANGER, ALICE.number, "look", [png(1)])
    event = alice.received()
    assert (event["text"], [file["bytes"] for file in event["files"]]) == ("look", [png(1)])
    sent = alice.send(STRANGER, text="and mine", file=png(2))
    assert house.carrier.sent(1)[0]["kind"] == "mms"
    alice.state(sent, "DeliveredToUser")


def test_who_may_register_is_who_voipms_knows(printed_house: tuple[House, str], tmp_path: Path):
    file = tmp_path / "accounts.cfg"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert lines == [f'$sht(password=>{name}) = "{ha1(name, DOMAIN, word)}";' for name, word in PASSWORDS.items()]
    assert not any(word in file.read_text() for word in PASSWORDS.values()), "no password stands there"


# What the proxy promises

class Line:
    """Bare SIP over UDP from an address of its own."""

    def __init__(self, proxy: Proxy, address: str = "127.0.0.1"):
        self._proxy, self._count = proxy, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.socket.settimeout(20)
        self.host, self.port = self.socket.getsockname()

    def register(self, account: str, contact: str = "", via: str = "", more: str = "") -> None:
        self._count += 1
        own = f"{self.host}:{self.port}"
        lines = (f"REGISTER sip:{DOMAIN} SIP/2.0", f"Via: SIP/2.0/UDP {via or own};branch=z9hG4bK-{account}-{self._count}",
                 f"From: <sip:{account}@{DOMAIN}>;tag=1", f"To: <sip:{account}@{DOMAIN}>", f"Call-ID: {account}-{self.port}",
                 f"CSeq: {self._count} REGISTER", "Max-Forwards: 5", f"Contact: <sip:{account}@{contact or own}>", "Expires: 600",
                 *([more] if more else []), "Content-Length: 0", "", "")
        self.socket.sendto("\r\n".join(lines).encode(), self._proxy.listens_at)

    def next(self) -> Packet:
        return Packet.parse(self.socket.recv(65_536))


@pytest.fixture
def gateway() -> Iterator[StandInGateway]:
    with closing(StandInGateway(own_address())) as stand_in:
        yield stand_in


@pytest.fixture
def make_proxy(tmp_path: Path, gateway: StandInGateway) -> Iterator[Callable[..., Proxy]]:
    started: list[Proxy] = []

    def make(**more: object) -> Proxy:
        started.append(Proxy(tmp_path, own_address(), gateway.address, DOMAIN, **more))  # type: ignore[arg-type]
        return started[-1]

    yield make
    for each in started:
        each.stop()


def remembered(folder: Path) -> set[str]:
    """The accounts in the proxy's database."""
    with closing(sqlite3.connect(folder / "kamailio.sqlite")) as database:
        return {name for (name,) in database.execute("SELECT username FROM location")}


def test_registrations_outlive_a_proxy_that_is_killed(house: House):
    udp = Phone(BUILD / "sim" / "mmsgate-phone", house.folder, SHOP.account, DOMAIN, house.proxy.uri.replace("tcp", "udp"),
                house.gateway.upload_url)
    house.phones.append(udp)
    before = house.proxy.lookup(SHOP.account)
    wait_until(lambda: remembered(house.folder), "a second later it is written down")
    os.killpg(house.proxy.process.child.pid, signal.SIGKILL)
    house.proxy.process.wait()
    house.proxy.start()
    after = house.proxy.lookup(SHOP.account)
    assert [each["Address"] for each in after] == [each["Address"] for each in before] != []
    house.carrier.incoming(STRANGER, SHOP.number, "you need not say again where you are")
    assert udp.received()["text"] == "you need not say again where you are"
    assert [event["event"] for event in udp.process.seen].count("registered") == 1


def test_all_that_register_at_once_are_in_the_database(make_proxy: Callable[..., Proxy], tmp_path: Path):
    proxy = make_proxy(flood_limit=1000)
    line = Line(proxy)
    names = {f"100000_{n}" for n in range(60)}
    for name in names:
        line.register(name)
    assert {line.next().status for _ in names} == {200}
    wait_until(lambda: remembered(tmp_path) == names, "they are written down")


def test_who_sends_too_much_is_not_heard_and_the_gateway_always_is(make_proxy: Callable[..., Proxy], gateway: StandInGateway):
    proxy = make_proxy(flood_limit=10)
    flood, other = Line(proxy, "127.0.0.8"), Line(proxy, "127.0.0.9")
    for n in range(200):
        flood.register(f"100000_{n}")
    other.register("100000_alice")
    assert other.next().status == 200, "others are"
    flood.socket.settimeout(0.5)  # what was heard has been answered by now: the other one was behind it
    answers = 0
    with pytest.raises(TimeoutError):
        while flood.next():
            answers += 1
    assert 0 < answers <= 40
    from_gateway = Line(proxy, gateway.address[0])
    for n in range(200):
        from_gateway.register(f"100000_{n}")
        assert from_gateway.next().status == 200


def login(line: Line, challenge: Packet, account: str, password: str) -> str:
    nonce = challenge.headers["www-authenticate"].split('nonce="')[1].split('"')[0]
    second = hashlib.md5(f"REGISTER:sip:{DOMAIN}".encode()).hexdigest()
    answer = hashlib.md5(f"{ha1(account, DOMAIN, password)}:{nonce}:{second}".encode()).hexdigest()
    return (f'Authorization: Digest username="{account}", realm="{DOMAIN}", nonce="{nonce}", uri="sip:{DOMAIN}", '
            f'response="{answer}"')


def test_who_guesses_passwords_is_not_heard_any_more(make_proxy: Callable[..., Proxy]):
    proxy = make_proxy(passwords=PASSWORDS)
    guesser, owner = Line(proxy, "127.0.0.8"), Line(proxy, "127.0.0.9")

    def attempt(line: Line, password: str) -> int:
        line.register(ALICE.account)
        line.register(ALICE.account, more=login(line, line.next(), ALICE.account, password))
        return line.next().status

    assert attempt(guesser, "sesame") == 200
    assert [attempt(guesser, f"guess-{n}") for n in range(31)] == [401] * 31
    guesser.socket.settimeout(0.5)
    guesser.register(ALICE.account)
    assert attempt(owner, "sesame") == 200, "he is served after it, and others are"
    with pytest.raises(TimeoutError):
        guesser.next()


def test_whoever_is_at_the_gateways_address_may_send_messages_and_nothing_else(make_proxy: Callable[..., Proxy], gateway: StandInGateway):
    """Regression: a REGISTER from there needed no password."""
    proxy = make_proxy(passwords=PASSWORDS)
    there = Line(proxy, gateway.address[0])
    there.register(ALICE.account)
    assert there.next().status == 401


def test_what_the_gateway_sends_never_comes_back_to_it(make_proxy: Callable[..., Proxy], gateway: StandInGateway):
    """Regression: a phone that registered the gateway's address as its own had its messages sent there."""
    proxy = make_proxy()
    phone = Line(proxy)
    phone.register("100000_alice", contact=f"{gateway.address[0]}:{gateway.address[1]}")
    assert phone.next().status == 200
    status, _ = gateway.send(proxy.listens_at, f"sip:100000_alice@{DOMAIN}", f"sip:5145550199@{DOMAIN}", "text/plain", "hi")
    assert status >= 400, "the gateway itself would have said 200"


def test_a_phone_behind_a_router_is_reached_where_it_comes_from(make_proxy: Callable[..., Proxy], gateway: StandInGateway):
    proxy = make_proxy()
    phone = Line(proxy)
    phone.register("100000_alice", contact="192.168.7.7:5060", via="192.168.7.7:5060")
    assert phone.next().status == 200
    assert proxy.lookup("100000_alice")[0]["Received"] == f"sip:127.0.0.1:{phone.port}"
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as line:
        line.bind((gateway.address[0], 0))
        line.sendto((f"MESSAGE sip:100000_alice@{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/UDP {gateway.address[0]}:{line.getsockname()[1]}"
                     f";branch=z9hG4bK-in\r\nMax-Forwards: 70\r\nFrom: <sip:5145550199@{DOMAIN}>;tag=1\r\nTo: <sip:100000_alice@{DOMAIN}>\r\n"
                     f"Call-ID: in\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi").encode(), proxy.listens_at)
        heard = wait_until(lambda: next((packet for packet in (phone.next(),) if packet.method == "MESSAGE"), None), "it arrives")
    assert heard.text == "hi"


def test_its_rpc_socket_is_for_its_group_alone(make_proxy: Callable[..., Proxy]):
    assert stat.S_IMODE(make_proxy().rpc_socket.stat().st_mode) == 0o660


def test_phones_may_speak_tls(make_house: Callable[..., House], tmp_path: Path):
    cert, key = tmp_path / "proxy.pem", tmp_path / "proxy.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert], check=True, capture_output=True)
    house = make_house(tls=(cert, key))
    config = house.folder / "kamailio.cfg"
    config.write_text(config.read_text().replace("listen=tls:", f"listen=tls:127.0.0.1:{house.proxy.tls_port}\nlisten=tls:"))
    house.proxy.stop()
    house.proxy.start()
    phone = Phone(BUILD / "sim" / "mmsgate-phone", house.folder, SHOP.account, DOMAIN, f"sip:localhost:{house.proxy.tls_port};transport=tls",
                  house.gateway.upload_url, trust=str(cert))
    house.phones.append(phone)
    assert "transport=tls" in house.proxy.lookup(SHOP.account)[0]["Address"]
    house.carrier.incoming(STRANGER, SHOP.number, "in secret", [png(1)])
    event = phone.received()
    assert (event["text"], [file["bytes"] for file in event["files"]]) == ("in secret", [png(1)])
    phone.send(STRANGER, text="so do I")
    assert house.carrier.sent(1)[0]["message"] == "so do I"
