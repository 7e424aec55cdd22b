# SPDX-License-Identifier: Apache-2.0
"""`mmsgate provision` as a person meets it: what it asks, says, writes and refuses."""

import contextlib
import json
import os
import pty
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from house import http
from house.house import ALICE, BOB, SHOP, House
from provisioning import provision, url_for

UTF8 = {**os.environ, "LC_ALL": "C.UTF-8"}
PLAIN = {**os.environ, "LC_ALL": "C"}
URL = re.compile(r"http://\S+/conf/[0-9a-z]{36}\b")


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    return shared_house


@pytest.fixture
def accounts(house: House) -> Iterator:
    """Changes them for a test."""
    before = house.carrier.look("accounts")

    def change(name: str, **fields: str) -> None:
        house.carrier.set_accounts([{**each, **fields} if each["account"] == name else each for each in before])

    yield change
    house.carrier.set_accounts(before)


def entries(document: str, section: str) -> dict[str, str]:
    space = "{http://www.linphone.org/xsds/lpconfig.xsd}"
    found = ElementTree.fromstring(document.encode()).find(f"{space}section[@name='{section}']")
    return {} if found is None else {entry.attrib["name"]: entry.text or "" for entry in found}


def scanned(picture: Path) -> str:
    done = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, f"no code is found in {picture}: {done.stderr}"
    return done.stdout.strip()


def photographed(drawing: list[str], folder: Path, letters: dict[str, tuple[int, ...]]) -> Path:
    """A picture of a terminal: each letter is a column of squares (1: dark)."""
    rows = [[letters[letter][half] for letter in line] for line in drawing for half in range(len(letters[" "]))]
    if len(letters[" "]) == 1:
        rows = [row[::2] for row in rows]
    lines = [b"".join((b"\x00" if square else b"\xff") * 6 for square in row) for row in rows for _ in range(6)]
    path = folder / "terminal.pgm"
    path.write_bytes(f"P5 {len(lines[0])} {len(lines)} 255\n".encode() + b"".join(lines))
    return path


def drawing_in(text: str, letters: str) -> list[str]:
    return [line for line in text.splitlines() if len(line) > 30 and set(line) <= set(letters)]


def test_who_names_nobody_is_asked(house: House):
    done = provision(house, answers=f"{ALICE.account}\n")
    assert done.stdout.startswith("Sub account (* for all): ") and ALICE.account in done.stdout
    assert http.request("GET", URL.search(done.stdout)[0]).status == 200
    assert len(URL.findall(provision(house, answers="*\n").stdout)) == 3
    for nothing in ("\n", ""):
        assert provision(house, answers=nothing).stdout == "Sub account (* for all): "


def test_it_says_what_to_do_on_the_phone(house: House):
    said = provision(house, ALICE.account).stdout
    assert said.startswith(f"{ALICE.account}, number {ALICE.number}, at sim.example\n")
    assert "Fetch remote configuration" in said and "It works once, until 20" in said
    assert "It works twice" in provision(house, ALICE.account, "--uses", "2").stdout
    assert "ask for the password" in provision(house, ALICE.account, "--no-password").stdout


def test_the_code_in_a_terminal_is_read(house: House, tmp_path: Path):
    said = provision(house, ALICE.account, env=UTF8).stdout
    drawing = drawing_in(said, " ▀▄█")
    blocks = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    assert scanned(photographed(drawing, tmp_path, blocks)) == URL.search(said)[0]


@pytest.mark.parametrize(("locale", "letters"), [("en_US.UTF-8", " ▀▄█"), ("POSIX", " #")])
def test_on_a_terminal_it_is_black_on_white_whatever_its_colours(house: House, tmp_path: Path, locale: str, letters: str):
    ours, theirs = pty.openpty()
    with subprocess.Popen([house.gateway.program, "provision", ALICE.account, "--config-file", house.gateway.config],
                          stdout=theirs, env={**os.environ, "LC_ALL": locale, "TERM": "xterm"}) as child:
        os.close(theirs)
        chunks = []
        with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
            while chunk := os.read(ours, 65536):
                chunks.append(chunk)
        assert child.wait(60) == 0
    os.close(ours)
    said = b"".join(chunks).decode().replace("\r\n", "\n")
    lines = [line for line in said.splitlines() if "\x1b" in line]
    assert lines and all(line.startswith("\x1b[38;5;16;48;5;231m") and line.endswith("\x1b[0m") for line in lines)
    bare = re.sub("\x1b\\[[0-9;]*m", "", "\n".join(lines).replace("\x1b[48;5;16m  ", "##")).splitlines()
    squares = {" ": (0,), "#": (1,)} if "#" in letters else {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    assert scanned(photographed(bare, tmp_path, squares)) == URL.search(said)[0]


def test_where_there_is_no_utf_8_it_is_drawn_in_ascii(house: House, tmp_path: Path):
    said = provision(house, ALICE.account, env=PLAIN).stdout
    assert said.isascii()
    assert scanned(photographed(drawing_in(said, " #"), tmp_path, {" ": (0,), "#": (1,)})) == URL.search(said)[0]


def test_pictures_of_the_code_are_read(house: House, tmp_path: Path):
    url = url_for(house, ALICE.account, "--png", f"{tmp_path}/code.png", "--svg", f"{tmp_path}/code.svg")
    assert scanned(tmp_path / "code.png") == url
    subprocess.run(["rsvg-convert", "-o", tmp_path / "drawn.png", tmp_path / "code.svg"], check=True, timeout=60)
    assert scanned(tmp_path / "drawn.png") == url
    provision(house, "*", "--png", f"{tmp_path}/all")
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == \
        [f"{each.account}.png" for each in (ALICE, BOB, SHOP)]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.rglob("*.[ps][nv]g")
               if path.name != "drawn.png")


def test_files_are_written_for_who_serves_them_by_himself(house: House, tmp_path: Path):
    provision(house, "--revoke", "*")
    made = json.loads(provision(house, ALICE.account, "--local-path", str(tmp_path), "--web-path",
                                "https://files.example.org", "--json").stdout)["phones"][0]
    assert made["url"] == f"https://files.example.org/conf/{ALICE.account}.xml" and "uses" not in made
    folder = tmp_path / "conf"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == [f"{ALICE.account}.{end}" for end in ("png", "svg", "vcf", "xml")]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    document = (folder / f"{ALICE.account}.xml").read_text()
    assert entries(document, "misc")["contacts-vcard-list"] == f"https://files.example.org/conf/{ALICE.account}.vcf"
    assert scanned(folder / f"{ALICE.account}.png") == made["url"]
    assert ALICE.account not in provision(house, "--list").stdout, "the gateway hands out nothing of it"


def test_of_several_each_has_its_files(house: House, tmp_path: Path):
    provision(house, ALICE.account, BOB.account, "--local-path", str(tmp_path))
    names = {f"{name}.{end}" for name in (ALICE.account, BOB.account) for end in ("png", "svg", "vcf", "xml")}
    assert {path.name for path in (tmp_path / "conf").iterdir() if path.is_file()} == names


def test_a_file_of_another_kind_is_not_replaced(house: House, tmp_path: Path):
    precious = tmp_path / "precious"
    precious.write_bytes(b"SQLite format 3\0 and so on")
    assert "is there, and something else" in provision(house, ALICE.account, "--png", str(precious), code=1).stderr
    assert precious.read_bytes() == b"SQLite format 3\0 and so on"
    for _ in range(2):  # an older one of ours is
        provision(house, ALICE.account, "--png", str(tmp_path / "code.png"))


def test_an_empty_name_revokes_nothing(house: House):
    provision(house, ALICE.account)
    assert "empty" in provision(house, "--revoke", "", code=1).stderr
    assert ALICE.account in provision(house, "--list").stdout


def test_what_could_not_be_shown_is_no_success(house: House):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([house.gateway.program, "provision", ALICE.account, "--config-file", house.gateway.config],
                              stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1 and "standard output cannot be written" in done.stderr
    closed = subprocess.run(["sh", "-c", '"$0" provision nobody --config-file "$1" >&- 2>&-', house.gateway.program,
                             house.gateway.config], timeout=60)
    assert closed.returncode == 1, "it ends in good order"


def test_where_they_go_can_be_chosen(house: House, tmp_path: Path):
    provision(house, ALICE.account, "--local-path", str(tmp_path), "--add-path", "phones/new")
    assert (tmp_path / "phones/new" / f"{ALICE.account}.xml").is_file()
    provision(house, BOB.account, "--local-path", str(tmp_path), "--add-path", "")
    assert (tmp_path / f"{BOB.account}.xml").is_file()
    assert "needs --local-path" in provision(house, ALICE.account, "--web-path", "https://x.example", code=1).stderr


# Predecessor's defect 8: XML with SIP passwords lay in the folder that everybody may read.
def test_defect_08_no_login_is_written_into_the_media_folder(house: House, tmp_path: Path):
    media = house.folder / "media"
    link = tmp_path / "link"
    link.symlink_to(media)
    elsewhere = tmp_path / "elsewhere"
    ways = [str(media), f"{media}/deeper/still", f"{media}/../media/", str(link), f"{link}/deeper", "media"]
    for way in ways:
        for option in ("--local-path", "--png", "--svg"):
            assert "media folder" in provision(house, ALICE.account, option, way, code=1).stderr
    assert "media folder" in provision(house, ALICE.account, "--local-path", str(house.folder), "--add-path", "media",
                                       code=1).stderr
    provision(house, ALICE.account, "--local-path", str(elsewhere))
    assert not [path for path in media.rglob("*") if "alice" in path.name or "deeper" in path.name]


def test_without_a_number_an_account_is_skipped_and_named(house: House, accounts):
    accounts(BOB.account, callerid_number="")
    done = provision(house, "*", "--json")
    told = json.loads(done.stdout)
    assert [phone["accounts"][0]["account"] for phone in told["phones"]] == [ALICE.account, SHOP.account]
    assert told["skipped"] == [{"account": BOB.account,
                                "reason": "it has no Caller ID number; give it one at VoIP.ms (Manage Sub Accounts)"}]
    assert f"{BOB.account} is skipped: it has no Caller ID number" in done.stderr
    assert "is skipped" in provision(house, BOB.account, code=1).stderr


def test_who_does_not_exist_is_refused_with_those_who_do(house: House):
    said = provision(house, "100000_carol", code=1).stderr
    assert f'no sub account "100000_carol"; there are: {ALICE.account}, {BOB.account}, {SHOP.account}' in said
    (house.folder / "100000_carol").touch()
    assert "write '*', with the quotes" in provision(house, "100000_carol", code=1).stderr


@pytest.mark.parametrize("method", ["getSubAccounts", "getDIDsInfo", "getServersInfo"])
def test_what_voip_ms_refuses_is_said_in_words(make_house, method: str):
    house = make_house({"provision": {"phonedomain": ""}})
    house.carrier.fault(method, "status:ip_not_enabled")
    done = provision(house, ALICE.account, code=1)
    assert "the address of this server is not among those that may use the API" in done.stderr
    assert done.stdout == "" and "sim-password" not in done.stderr


def test_the_domain_is_the_server_of_the_number(make_house, tmp_path: Path):
    house = make_house({"provision": {"phonedomain": "", "phonetransport": "auto", "stunserver": ""}})
    house.carrier.set_dids([{"did": ALICE.number, "pop": 2}, {"did": SHOP.number, "pop": "77"}])
    house.carrier.set_accounts([
        {"account": ALICE.account, "callerid_number": ALICE.number, "password": "sesame", "sip_traffic": 1, "max_expiry": "600"},
        {"account": BOB.account, "callerid_number": "5145550198"}, {"account": SHOP.account, "callerid_number": SHOP.number}])
    told = json.loads(provision(house, "*", "--json").stdout)
    assert {each["account"]: each["reason"] for each in told["skipped"]} == {
        BOB.account: "its Caller ID number 5145550198 is none of the account's numbers",
        SHOP.account: f"VoIP.ms names no server 77, which its number {SHOP.number} is said to be at"}
    document = http.request("GET", told["phones"][0]["url"]).text
    proxy = entries(document, "proxy_0")
    assert proxy["reg_identity"] == f'"{ALICE.account}" <sips:{ALICE.account}@atlanta.voip.ms>'
    assert proxy["reg_proxy"] == f"<sips:{house.proxy.address}:{house.proxy.port};transport=tls>"
    assert proxy["reg_expires"] == "600" and entries(document, "sip")["media_encryption"] == "srtp"
    assert entries(document, "nat_policy_0")["stun_server"] == house.address


def test_it_says_when_no_gateway_runs(make_house):
    house = make_house()
    assert "no gateway runs" not in provision(house, ALICE.account).stderr
    house.gateway.stop()
    done = provision(house, ALICE.account)
    assert "nobody hands it out yet: no gateway runs" in done.stderr
    house.gateway.start()
    assert http.request("GET", URL.search(done.stdout)[0]).status == 200


def test_wrong_words_are_refused(house: House):
    for wrong in (["--uses", "0"], ["--hours", "x"], ["--password", "md5"], ["--no-password", "--password", "ha1"],
                  ["--list", "--revoke"]):
        done = subprocess.run([house.gateway.program, "provision", ALICE.account, *wrong], capture_output=True, text=True, timeout=30)
        assert done.returncode not in (0, 1) and wrong[0] in done.stderr + done.stdout
