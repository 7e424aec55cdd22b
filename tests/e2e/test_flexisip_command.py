# SPDX-License-Identifier: Apache-2.0
"""`mmsgate flexisip`: what it prints, written as files, is right; what is changed in them is named."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import BUILD
from house.house import House

MMSGATE = BUILD / "src" / "mmsgate"
BASE = {"api": {"apiid": "owner@example.org", "apipw": "s3cret-of-the-api"}, "web": {"webdns": "sms.example.org"}}
#: Each setting that is printed, and something else that it could be.
OTHERWISE = {
    "[global] transports": "sips:sms.example.org",
    "[module::GarbageIn] enabled": "false",
    "[module::GarbageIn] filter": "! ( from.uri.user contains '999999_' )",
    "[module::DoSProtection] white-list": "10.0.0.1",
    "[module::Registrar] reg-domains": "localhost",
    "[module::Registrar] reg-on-response": "false",
    "[module::ContactRouteInserter] enabled": "0",
    "[module::Router] filter": "(request.method == 'INVITE')",
    "[module::Router] message-database-enabled": "false",
    "[module::Router] message-database-connection-string": "db='mydb' user='myuser' password='mypass' host='myhost.com'",
    "[module::Forward] routes-config-path": "",
    "[module::PushNotification] enabled": "false",
}


class Desk:
    """A config of ours, and Flexisip's two files as they were printed for it."""

    def __init__(self, folder: Path, sip: dict[str, str] | None = None):
        self.config, self.flexisip, self.forward = (folder / name for name in ("mmsgate.conf", "flexisip.conf", "forward.conf"))
        sections = {**BASE, "sip": sip or {}, "mmsgate": {"dbfile": str(folder / "none.sqlite")}}
        self.config.write_text("".join(f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in values.items())
                                       for name, values in sections.items()))
        for file in (self.flexisip, self.forward):
            done = self.run("print", "--file", file.name, "--forward-config", str(self.forward))
            assert done.returncode == 0, done.stderr
            file.write_text(done.stdout)

    def run(self, what: str, *arguments: str, prefix: str = "100000_") -> subprocess.CompletedProcess[str]:
        known = ["--account-prefix", prefix] if prefix else []
        return subprocess.run([MMSGATE, "flexisip", what, *known, *arguments, "--config-file", self.config],
                              capture_output=True, text=True, timeout=30)

    def check(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run("check", "--flexisip-config", str(self.flexisip), *arguments, **more)

    def findings(self) -> list[dict]:
        return json.loads(self.check("--json").stdout)["findings"]

    def settings(self) -> dict[str, int]:
        """By "[section] key": its line, from 0."""
        found, section = {}, ""
        for number, line in enumerate(self.flexisip.read_text().splitlines()):
            if line.startswith("["):
                section = line
            elif line and not line.startswith("#"):
                found[f"{section} {line.split('=')[0]}"] = number
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("sip", [{}, {"proxytransport": "tls"}, {"sipproxy": "localhost:5090", "sipport": "5070"},
                                 {"sipboundaddress": "127.0.0.9"}])
def test_what_is_printed_is_right(tmp_path: Path, sip: dict[str, str]):
    done = Desk(tmp_path, sip).check()
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.splitlines()[0] == f"{tmp_path}/flexisip.conf and {tmp_path}/forward.conf are right."
    assert "firebase-service-accounts is not set" in done.stdout, "what only its owner knows is said, and is no fault"


def test_without_a_file_named_both_are_printed(desk: Desk):
    text = desk.run("print").stdout
    assert "\ntransports=sips:sms.example.org sip:sms.example.org sip:localhost;maddr=127.0.0.1\n" in text
    assert "\n<sip:127.0.0.2>     request.method == 'MESSAGE' && user-agent contains 'Linphone' && content-type != 'text/plain'\n" in text
    assert "\n<sip:127.0.0.2>     request.method == 'MESSAGE' && user-agent contains 'Linphone' && to.uri.user regex '10[0-9]{1,10}'\n" in text
    assert "\nfilter=! ( from.uri.user contains '100000_' || to.uri.user contains '100000_' )\n" in text


@pytest.mark.parametrize("everywhere", ["0.0.0.0", "::"])
def test_a_gateway_at_all_addresses_is_asked_for_one(tmp_path: Path, everywhere: str):
    """Regression: 127.0.0.2 was taken for it, where such a gateway does not listen; a right rule was called wrong."""
    desk = Desk(tmp_path, {"sipboundaddress": "10.0.0.7"})
    desk.config.write_text(desk.config.read_text().replace("= 10.0.0.7", f"= {everywhere}"))
    for done in (desk.run("print"), desk.check()):
        assert (done.returncode, done.stdout) == (2, "")
        assert f"[sip] sipboundaddress = {everywhere} is all addresses of this machine" in done.stderr


def kept_in_a_database(folder: Path) -> Desk:
    desk = Desk(folder, {"proxykeephours": "0"})
    text = desk.flexisip.read_text()
    desk.flexisip.write_text(text.replace("PUT-A-PASSWORD-HERE", "sesame-of-the-database"))
    assert desk.check().returncode == 0
    return desk


def test_every_printed_setting_is_tried(tmp_path: Path):
    assert set(kept_in_a_database(tmp_path).settings()) == set(OTHERWISE)


@pytest.mark.parametrize("name", OTHERWISE)
@pytest.mark.parametrize("how", ["removed", "changed"])
def test_exactly_what_is_otherwise_is_named(tmp_path: Path, name: str, how: str):
    desk = kept_in_a_database(tmp_path)
    lines = desk.flexisip.read_text().splitlines()
    number = desk.settings()[name]
    key, good = lines[number].split("=", 1)
    lines[number] = "" if how == "removed" else f"{key}={OTHERWISE[name]}"
    desk.flexisip.write_text("\n".join(lines))
    arguments = ["--forward-config", str(desk.forward)]
    found = json.loads(desk.check("--json", *arguments).stdout)["findings"]
    assert [f"[{each['section']}] {each['about']}" for each in found] == [name]
    done = desk.check(*arguments)
    assert done.returncode == 1
    diff = [line for line in done.stdout.splitlines() if re.match(r"[-+](?![-+])", line)]
    stands = how == "changed" and OTHERWISE[name] != ""
    secret = "connection-string" in name
    assert [line for line in diff if line[0] == "-"] == (
        [f"-{key}=(not shown)" if secret else f"-{lines[number]}"] if stands else [])
    assert len([line for line in diff if line[0] == "+"]) == 1
    if not secret and not (stands and key in ("filter", "white-list", "reg-domains", "transports")):
        assert diff[-1] == f"+{key}={good}"
    elif not secret:
        assert good in diff[-1] or good.split()[-1] in diff[-1], "and what its owner had is kept beside it"
    where = f"@@ {desk.flexisip}:{number + 1}, " if stands else f"@@ {desk.flexisip}:"
    assert where in done.stdout
    for secret_word in ("sesame-of-the-database", "mypass", "s3cret-of-the-api"):
        assert secret_word not in done.stdout + done.stderr


def test_of_what_the_first_manual_says_only_the_white_list_is_missing(desk: Desk):
    """Its own words for the rules, and a push gateway's usual settings."""
    desk.flexisip.write_text(
        "[global]\ntransports=sips:sms.example.org;maddr=192.0.2.7 sips:localhost;maddr=127.0.0.1;tls-verify-outgoing=0 "
        "sip:localhost;maddr=127.0.0.1\n[module::GarbageIn]\nenabled=true\n"
        "filter= ! ( from.uri.user contains '100000_' || to.uri.user contains '100000_' )\n"
        "[module::Registrar]\nreg-domains=*\nreg-on-response=true\n[module::ContactRouteInserter]\nenabled=true\n"
        "[module::Router]\nfilter=(is_request && request.uri.params contains 'doroute') || is_response\nfork-late=true\n"
        f"[module::PushNotification]\nenabled=true\n[module::Forward]\nenabled=true\nroutes-config-path={desk.forward}\n")
    desk.forward.write_text("<sip:127.0.0.2>     request.method == 'MESSAGE' && user-agent contains 'Linphone' && content-type != 'text/plain'\n"
                            "<sip:127.0.0.2>     request.method == 'MESSAGE' && user-agent contains 'Linphone' && to.uri.user regex '10[0-9]{1,10}'\n")
    assert [(each["section"], each["about"]) for each in desk.findings()] == [("module::DoSProtection", "white-list")]


def test_what_is_mended_as_it_says_is_right(desk: Desk):
    """Whoever does what the diff says is done."""
    desk.flexisip.write_text("[global]\ntransports=sip:*\nlog-level=error\n[module::Router]\nfilter=is_request\nfork-late=true\n"
                             "[module::DoSProtection]\nwhite-list=10.0.0.1\n")
    lines = desk.flexisip.read_text().splitlines()
    for each in json.loads(desk.check("--json", "--forward-config", str(desk.forward)).stdout)["findings"]:
        for old in each["is"]:
            lines.remove(old)
        head = f"[{each['section']}]"
        if head not in lines:
            lines.append(head)
        at = lines.index(head) + 1
        lines[at:at] = each["should_be"]
    desk.flexisip.write_text("\n".join(lines).replace("/etc/flexisip/forward.conf", str(desk.forward)))
    done = desk.check()
    assert done.returncode == 0, done.stdout
    assert "log-level=error" in lines and "fork-late=true" in lines


@pytest.mark.parametrize(("old", "new", "about"), [
    ("content-type != 'text/plain'", "content-type == 'text/plain'", ["content-type"]),
    ("10[0-9]{1,10}", "20[0-9]{1,10}", ["to.uri.user"]),
    ("<sip:127.0.0.2>", "<sip:127.0.0.3>", ["content-type", "to.uri.user"]),
    ("request.method == 'MESSAGE' && ", "", ["content-type", "to.uri.user"]),
])
def test_a_rule_that_is_otherwise_is_named_with_its_line(desk: Desk, old: str, new: str, about: list[str]):
    text = desk.forward.read_text()
    desk.forward.write_text(text.replace(old, new))
    found = desk.findings()
    assert [each["about"] for each in found] == about
    lines = desk.forward.read_text().splitlines()
    for each in found:
        assert each["file"] == str(desk.forward) and each["is"][0] == lines[each["line"] - 1]
        assert each["should_be"][0] in text


def test_a_rule_that_comes_first_and_takes_ours_is_named(desk: Desk):
    desk.forward.write_text("<sip:10.0.0.1> *\n" + desk.forward.read_text())
    assert [each["is"] for each in desk.findings()] == [["<sip:10.0.0.1>     *"]] * 2


def test_a_file_that_cannot_be_read_is_told(desk: Desk):
    desk.forward.unlink()
    done = desk.check()
    assert done.returncode == 2 and f"cannot read {desk.forward}" in done.stderr and "--forward-config" in done.stderr
    desk.flexisip.unlink()
    done = desk.check()
    assert done.returncode == 2 and f"cannot read {desk.flexisip}" in done.stderr and "--flexisip-config" in done.stderr


def test_what_is_not_known_is_said_and_asked_for(desk: Desk):
    done = desk.run("print", prefix="")
    assert "--account-prefix" in done.stdout and "from.uri.user" not in done.stdout
    done = desk.check(prefix="")
    assert done.returncode == 0 and "--account-prefix" in done.stdout


def test_the_gateway_that_has_run_knows_its_accounts(make_house: Callable[..., House]):
    house = make_house()
    text = house.gateway.run("flexisip", "print")
    assert "\nfilter=! ( from.uri.user contains '100000_' || to.uri.user contains '100000_' )\n" in text
    assert f"\n<sip:{house.address}:{house.gateway.options['sip']['sipport']}>  " in text
