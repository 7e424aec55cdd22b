# SPDX-License-Identifier: Apache-2.0
"""`mmsgate registrations`: who is registered, at Kamailio with real phones, and at a stand-in for Flexisip."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
from conftest import BUILD
from house.house import ALICE, BOB, SHOP, House
from house.process import wait_until
from stand_in_flexisip import Flexisip, PushTool, contact

MMSGATE = BUILD / "src" / "mmsgate"
ADDRESS = "100000_bob@pop.example"
TOKEN = "$(id); `id` 'x\" |&"
ANDROID = ("sip:100000_bob@192.0.2.1:5061;pn-provider=fcm;pn-param=my-project;pn-prid="
           + "".join(f"%{byte:02X}" for byte in TOKEN.encode()) + ";transport=tls;fs-conn-id=7f04")


def run(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([MMSGATE, "registrations", *arguments, "--config-file", config], capture_output=True, text=True,
                          timeout=60)


def rows(table: str) -> list[list[str]]:
    """The cells of a table, without its head."""
    return [line.split("  ") for line in table.splitlines()[1:]]


# Kamailio, and real phones

@pytest.fixture
def kamailio_house(make_house: Callable[..., House], tmp_path: Path) -> House:
    return make_house({"sip": {"locator": "kamailio", "kamailiorpc": str(tmp_path / "rpc")}})


def test_who_is_registered_at_kamailio_and_who_is_not(kamailio_house: House):
    alice = kamailio_house.phone(ALICE)
    done = run(kamailio_house.gateway.config)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["ACCOUNT", "DOMAIN", "EXPIRES", "AT", "IN", "STATE", "TRANSPORT", "PUSH", "USER", "AGENT", "NOTE"]
    assert [line.split()[0] for line in lines[1:]] == [ALICE.account, BOB.account, SHOP.account]
    assert lines[1].split()[1] == "sim.example" and " registered " in lines[1]
    assert " +00:5" in lines[1] or " +01:00:00" in lines[1]
    assert " tcp " in lines[1] and "LinphoneSandbox/" in lines[1]
    assert "not registered" in lines[2] and "not registered" in lines[3]

    alice.unregister()
    phones = json.loads(run(kamailio_house.gateway.config, "--json").stdout)["phones"]
    assert phones == [{"account": r.account, "state": "not registered"} for r in (ALICE, BOB, SHOP)]


def test_a_kamailio_that_is_gone_is_told(kamailio_house: House):
    kamailio_house.proxy.stop()
    done = run(kamailio_house.gateway.config)
    assert done.returncode == 1
    assert "Kamailio cannot be asked at" in done.stderr and "kamailiorpc" in done.stderr


# Flexisip

class Desk:
    """A config, a Flexisip and its tool, in a folder."""

    def __init__(self, folder: Path):
        self.folder, self.socket = folder, folder / "flexisip-proxy-77"
        self.registered: dict[str, list] = {}
        self.flexisip = Flexisip(self.socket, self.registered)
        self.tool = PushTool(folder / "tools")
        self.keys = folder / "flexisip.conf"
        self.keys.write_text("# long comments\n[global]\nlog-level=error\n\n[module::PushNotification]\nenabled=true\n"
                             "firebase-service-accounts=my-project:/etc/flexisip/key.json\n")
        self.config = folder / "mmsgate.conf"
        self.write_config()

    def write_config(self, locator: str = "auto", flexisip_socket: str = "") -> None:
        self.config.write_text(
            "[api]\napiid = owner@example.org\napipw = s3cret\n[web]\nwebdns = sms.example.org\n"
            f"[sip]\nlocator = {locator}\nflexisipsocket = {flexisip_socket or self.socket}\nkamailiorpc = {self.folder}/none\n"
            f"[mmsgate]\ndbfile = {self.folder}/m.sqlite\nflexisippath = {self.tool.folder}\n")

    def look(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(self.config, *arguments, "--flexisip-config", str(self.keys))


class Watched:
    """`mmsgate registrations --watch --json`: a look at a time."""

    def __init__(self, desk: Desk, *arguments: str):
        often = [] if "--refresh-seconds" in arguments else ["--refresh-seconds", "1"]
        self.child = subprocess.Popen(
            [MMSGATE, "registrations", "--watch", "--json", *often, *arguments, "--config-file", desk.config,
             "--flexisip-config", desk.keys], stdout=subprocess.PIPE, text=True)
        self._looks: Queue[dict] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.child.stdout
        for line in self.child.stdout:
            self._looks.put(json.loads(line))

    def until(self, holds: Callable[[dict], bool], patience: float = 20) -> list[dict]:
        """All looks up to the first for which it holds."""
        seen: list[dict] = []
        end = time.monotonic() + patience
        while not seen or not holds(seen[-1]):
            try:
                seen.append(self._looks.get(timeout=max(0.0, end - time.monotonic())))
            except Empty:
                raise AssertionError(f"it did not come: {seen[-3:]}") from None
        return seen

    def end(self, by: int = signal.SIGTERM) -> float:
        """How long it takes to end."""
        start = time.monotonic()
        self.child.send_signal(by)
        self.child.wait(20)
        self._reader.join(20)
        return time.monotonic() - start


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.flexisip.stop()


@pytest.fixture
def watch(desk: Desk) -> Iterator[Callable[..., Watched]]:
    started: list[Watched] = []

    def begin(*arguments: str) -> Watched:
        started.append(Watched(desk, *arguments))
        return started[-1]

    yield begin
    for each in started:
        if each.child.poll() is None:
            each.child.kill()
        each.child.wait(20)


def state(look: dict) -> list[str]:
    return [phone["state"] for phone in look["phones"]]


def test_who_is_registered_at_flexisip_and_nobody_talks_to_the_terminal(desk: Desk):
    now = time.time()
    evil = contact("sips:100000_bob@192.0.2.2", now + 7200, "two", "Evil\x1b[2J\x9b1m\u202eok\r\nHi")
    desk.registered[ADDRESS] = [contact(ANDROID, now + 600, "one"), evil]
    done = desk.look()
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 4, "head, two phones, and that the sub accounts are not known here"
    assert lines[1].split()[:2] == ["100000_bob", "pop.example"] and " tls " in lines[1] and " fcm " in lines[1]
    assert "+00:09:" in lines[1] and "LinphoneTest/5.1" in lines[1]
    assert "Evil?[2J?1m?ok??Hi" in lines[2]
    assert "m.sqlite" in lines[3]
    told = desk.look("--json")
    assert not any(c < " " and c != "\n" or c > "~" for c in done.stdout + told.stdout)
    assert json.loads(told.stdout)["phones"][1]["user_agent"] == evil["user-agent"]
    assert desk.tool.calls() == [], "nobody is woken unless that is asked for"


def test_an_expired_phone_is_woken_by_flexisips_tool_and_by_no_shell(desk: Desk):
    desk.registered[ADDRESS] = [contact(ANDROID, time.time() - 60)]
    done = desk.look("--push-notification")
    assert done.returncode == 0, done.stderr
    assert desk.tool.calls() == [[b"--pn-provider", b"fcm", b"--pn-param", b"my-project", b"--pn-prid", TOKEN.encode(),
                                  b"--key", b"/etc/flexisip/key.json"]]
    assert " expired " in done.stdout and "pushed, exit code 0" in done.stdout


@pytest.mark.parametrize(("uri", "why"), [
    ("sip:b@h;pn-provider=fcm;pn-param=my-project;pn-prid=--customPayload", "begins with a dash"),
    ("sip:b@h;pn-provider=fcm;pn-param=my-project;pn-prid=%2Dh", "begins with a dash"),
    ("sip:b@h;pn-provider=fcm;pn-param=my-project;pn-prid=a%0Ab", "do not belong there"),
    ("sip:b@h;pn-provider=fcm;pn-param=my-project;pn-prid=a%00b", "do not belong there"),
    ("sip:b@h;pn-provider=fcm;pn-param=another;pn-prid=abc", "has no key for another"),
    ("sip:b@h;transport=tcp", " - "),
])
def test_what_must_not_be_pushed_is_not_and_says_why(desk: Desk, uri: str, why: str):
    desk.registered[ADDRESS] = [contact(uri, time.time() - 60)]
    done = desk.look("--push-notification")
    assert " expired " in done.stdout and why in done.stdout
    assert desk.tool.calls() == []


def test_a_push_that_fails_says_what_the_tool_said(desk: Desk):
    PushTool(desk.tool.folder, "print('bad \\x1b[2J key')\nsys.exit(1)\n")
    desk.registered[ADDRESS] = [contact(ANDROID, time.time() - 60)]
    done = desk.look("--push-notification")
    assert done.returncode == 1
    assert "pushed, exit code 1" in done.stdout and "  bad ?[2J key\n" in done.stdout
    (desk.tool.folder / "flexisip_pusher").unlink()
    assert "not pushed: cannot run" in desk.look("--push-notification").stdout


def test_keys_that_cannot_be_read_are_told_at_once(desk: Desk):
    desk.keys.unlink()
    done = desk.look("--push-notification")
    assert done.returncode == 1 and done.stdout == "" and "--flexisip-config" in done.stderr
    assert desk.look().returncode == 0, "without push they are not needed"


def test_who_is_watched_is_woken_once_an_expiry(desk: Desk, watch: Callable[..., Watched]):
    desk.registered[ADDRESS] = [contact(ANDROID, time.time() + 3)]
    watched = watch("--push-notification")
    watched.until(lambda look: state(look) == ["registered"])
    seen = watched.until(lambda look: state(look) == ["expired"])
    assert seen[-1]["phones"][0]["pushed"]["exit_code"] == 0
    watched.until(lambda look: look["phones"][0]["seconds_left"] <= -3)
    assert len(desk.tool.calls()) == 1, "not at each look"

    desk.registered[ADDRESS] = [contact(ANDROID, time.time() + 3)]
    back = watched.until(lambda look: state(look) == ["registered"])
    assert "pushed" not in back[-1]["phones"][0]
    watched.until(lambda look: state(look) == ["expired"])
    assert len(desk.tool.calls()) == 2


def test_who_has_left_stays_in_the_list_until_he_is_forgotten(desk: Desk, watch: Callable[..., Watched]):
    desk.registered[ADDRESS] = [contact(ANDROID, time.time() + 4)]
    watched = watch("--forget-seconds", "3")
    watched.until(lambda look: state(look) == ["registered"])
    del desk.registered[ADDRESS]
    seen = watched.until(lambda look: look["phones"] == [])
    assert [s for i, s in enumerate(map(state, seen)) if i == 0 or s != state(seen[i - 1])] in (
        [["registered"], ["gone"], ["expired"], []], [["gone"], ["expired"], []])
    assert seen[-2]["phones"][0]["seconds_left"] >= -5


def test_the_next_look_is_a_while_before_the_next_expiry(desk: Desk, watch: Callable[..., Watched]):
    expires_at = int(time.time()) + 500
    desk.registered[ADDRESS] = [contact(ANDROID, expires_at)]
    look = watch("--check-seconds", "100", "--refresh-seconds", "7").until(lambda _: True)[0]
    assert look["next_look"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expires_at - 100))


def test_a_flexisip_that_is_started_anew_meanwhile_ends_nothing(desk: Desk, watch: Callable[..., Watched]):
    desk.registered[ADDRESS] = [contact(ANDROID, time.time() + 600)]
    desk.write_config("flexisip", str(desk.folder / "flexisip.sock"))
    link = desk.folder / "flexisip.sock"
    first = Flexisip(link, desk.registered)
    watched = watch("--max-seconds", "1")
    watched.until(lambda look: state(look) == ["registered"])
    first.stop()
    gone = watched.until(lambda look: any("cannot be asked" in line for line in look["troubles"]))
    assert state(gone[-1]) == ["registered"], "what was known stays in the list"
    second = subprocess.Popen(["/usr/bin/python3", "-c", "import sys, time; sys.path.insert(0, sys.argv[1])\n"
                               "from pathlib import Path\nfrom stand_in_flexisip import Flexisip\n"
                               "Flexisip(Path(sys.argv[2]), {})\nsys.stdin.read()",
                               str(Path(__file__).parent), str(link)], stdin=subprocess.PIPE)
    try:
        seen = watched.until(lambda look: state(look) == ["gone"])
        assert any("Flexisip was started anew" in line for look in seen for line in look["troubles"])
    finally:
        assert second.stdin
        second.stdin.close()
        second.wait(20)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(desk: Desk, watch: Callable[..., Watched], by: int):
    watched = watch("--refresh-seconds", "3000")
    watched.until(lambda _: True)
    assert watched.end(by) < 2


def test_what_it_has_started_ends_with_it(desk: Desk, watch: Callable[..., Watched]):
    PushTool(desk.tool.folder, f"open({str(desk.folder / 'pid')!r}, 'w').write(str(os.getpid()))\n"
                               "import time\ntime.sleep(600)\n")
    desk.registered[ADDRESS] = [contact(ANDROID, time.time() - 60)]
    watched = watch("--push-notification")
    pid = desk.folder / "pid"
    wait_until(lambda: pid.exists() and pid.read_text() != "", "the tool runs")
    assert watched.end() < 2, "it does not wait for the tool"
    wait_until(lambda: not Path(f"/proc/{pid.read_text()}").exists(), "the tool is gone too")


@pytest.mark.skipif(any(Path("/tmp").glob("flexisip-proxy-*")), reason="a Flexisip runs here")
def test_when_there_is_nobody_to_ask_it_says_what_was_looked_for(desk: Desk):
    desk.config.write_text(desk.config.read_text().replace(f"flexisipsocket = {desk.socket}\n", ""))
    done = desk.look()
    assert done.returncode == 1
    assert "/tmp/flexisip-proxy-PID" in done.stderr and "flexisipsocket" in done.stderr
    assert f"{desk.folder}/none" in done.stderr and "kamailiorpc" in done.stderr


@pytest.mark.parametrize("wrong", [["--refresh-seconds", "0"], ["--max-seconds", "soon"], ["--watch", "now"]])
def test_what_cannot_be_meant_is_refused(desk: Desk, wrong: list[str]):
    done = desk.look(*wrong)
    assert done.returncode not in (0, 1) and done.stdout == ""
