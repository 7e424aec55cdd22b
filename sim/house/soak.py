# SPDX-License-Identifier: Apache-2.0
"""`bench/soak`: twice as much as the gateway can take, for minutes, with people about who mean no good. Nothing may be lost or
doubled, refusals must be clean, memory bounded, and afterwards all must be as before."""

import json
import resource
import socket
import statistics
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from uuid import uuid4

from . import http
from .carrier import PASSWORD, USER, Carrier
from .crowd import Crowd, allow_files
from .gateway import Gateway
from .ports import free_port, own_address
from .process import Gone, Process, wait_until
from .proxy import Proxy

DOMAIN = "sim.example"
ACCOUNTS = {f"100000_soak{n:02}": str(5145550200 + n) for n in range(20)}
PEERS = 499  # with 20 numbers, nearly ten thousand conversations: each keeps its order
CALM = 20  # messages a second in quiet times
Json = dict[str, Any]


@dataclass
class Verdict:
    """What became of the messages of one way: `outcomes`, a letter each, is what their sender was told; `came`, a digit each."""
    sent: int = 0
    accepted: int = 0
    refused: int = 0
    unknown: int = 0
    lost: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)
    unasked: list[int] = field(default_factory=list)  # refused, and it came all the same

    def add(self, first: int, outcomes: str, came: str) -> None:
        for number, outcome in enumerate(outcomes, first):
            times = int(came[number]) if number < len(came) else 0
            self.sent += 1
            self.accepted += outcome == "a"
            self.refused += outcome == "r"
            self.unknown += outcome == "u"
            if outcome == "a" and times == 0:
                self.lost.append(number)
            if outcome == "r" and times > 0:
                self.unasked.append(number)
            if times > 1:
                self.doubled.append(number)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.unasked)


class Load:
    """Runs on a thread of its own; `result` once it has ended."""

    def __init__(self, work: Any):
        self.result: Json = {}
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Any) -> None:
        try:
            self.result = work()
        except BaseException as error:  # for who waits
            self._error = error

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def wait(self) -> Json:
        self._thread.join()
        if self._error:
            raise self._error
        return self.result


class Soak:
    """Carrier, Kamailio, gateway, and twenty phones behind one socket that say yes to everything."""

    def __init__(self, build: Path, folder: Path):
        self.tool = build / "bench" / "bench_sip_bare"
        self.folder = folder
        self.address = own_address()
        self.phones_at = f"127.0.0.1:{free_port('127.0.0.1')}"
        sip_port, web_port = free_port(self.address), free_port(self.address)
        self.carrier = Carrier(build / "sim" / "mmsgate-sim", folder)
        self.carrier.set_accounts([{"account": a, "callerid_number": n} for a, n in ACCOUNTS.items()])
        self.carrier.control("limits", {"daily": 0, "keep": 20_000})
        self.carrier.control("tally", {"count": 20_000_000})
        self.tally = folder / "phones.tally"
        self.phones = Process("phones", [self.tool, "responder", "--listen", f"sip:{self.phones_at}", "--seconds", "--tally",
                                         self.tally], folder)
        self.phones.expect("ready")
        self.proxy = Proxy(folder, own_address(), (self.address, sip_port), DOMAIN, memory_mb=512, flood_limit=1_000_000)
        self.gateway = Gateway(build / "src" / "mmsgate", folder, {
            "sip": {"sipboundaddress": self.address, "sipport": str(sip_port), "domain": DOMAIN,
                    "sipproxy": f"{self.proxy.address}:{self.proxy.port}",
                    "sipcert": str(folder / "sip-cert.pem"), "sipkey": str(folder / "sip-key.pem"),
                    "siprate": "0", "siprateall": "0"},
            "api": {"apiid": USER, "apipw": PASSWORD, "apiurl": self.carrier.api_url},
            "web": {"webdns": self.address, "webbind": self.address, "webport": str(web_port),
                    "localmedia": str(folder / "media"), "hookrate": "1000000"},  # VoIP.ms' calls all come from one address
            "mmsgate": {"dbfile": str(folder / "mmsgate.sqlite"), "receipts": "no", "logger": "WARNING"}})
        self.hook_url = self.gateway.hook_url
        self.carrier.set_webhook(self.hook_url)
        for account in ACCOUNTS:
            self._register(account)
        self._next_in = self._next_out = 0
        self._told: list[tuple[str, int, Load]] = []
        self.rss_kb: list[int] = []
        self._ending = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _register(self, account: str) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.bind(("127.0.0.1", 0))
            s.settimeout(5)
            s.connect(self.proxy.listens_at)
            own = f"127.0.0.1:{s.getsockname()[1]}"
            lines = (f"REGISTER sip:{DOMAIN} SIP/2.0", f"Via: SIP/2.0/UDP {own};branch=z9hG4bK-{uuid4()}",
                     f"From: <sip:{account}@{DOMAIN}>;tag=1", f"To: <sip:{account}@{DOMAIN}>", f"Call-ID: {uuid4()}",
                     "CSeq: 1 REGISTER", "Max-Forwards: 5", f"Contact: <sip:{account}@{self.phones_at}>", "Expires: 86400",
                     "Content-Length: 0", "", "")
            s.send("\r\n".join(lines).encode())
            assert s.recv(2000).startswith(b"SIP/2.0 200"), account

    def _watch(self) -> None:
        while not self._ending.wait(1):
            if self.gateway.process.running:
                self.rss_kb.append(self.gateway.rss_kb())

    # What is handed in. Each message has a number of its own in its way.

    def hooks(self, count: int, rate: float = 0, window: int = 64, retry: float = 0, tries: int = 1, seconds: float = 0) -> Load:
        first, self._next_in = self._next_in, self._next_in + count
        spec = {"count": count, "first": first, "concurrency": window, "from": "5145551000", "from_count": PEERS,
                "to": list(ACCOUNTS.values()), "text_prefix": "s" * 60, "rate": rate, "retry_seconds": retry, "tries": tries,
                "seconds": seconds}
        load = Load(lambda: self.carrier.control("bench", spec, timeout=36_000))
        self._told.append(("in", first, load))
        return load

    def texts(self, count: int, rate: float = 0, window: int = 64, retry: float = 0, tries: int = 1, seconds: float = 0) -> Load:
        first, self._next_out = self._next_out, self._next_out + count
        account = next(iter(ACCOUNTS))
        command = [self.tool, "sender", "--route", f"sip:{self.proxy.address}:{self.proxy.port};transport=udp", "--aor",
                   f"sip:{account}@{DOMAIN}", "--to", "sip:5145552{}@" + DOMAIN, "--to-count", "500", "--count", str(count),
                   "--first", str(first), "--window", str(window), "--size", "100", "--rate", str(rate), "--retry-seconds",
                   str(retry), "--tries", str(tries), "--seconds", str(seconds)]
        load = Load(lambda: json.loads(subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[-1]))
        self._told.append(("out", first, load))
        return load

    # What has come.

    def seconds(self) -> list[Json]:
        """What the phones saw, a second each."""
        return [event for event in self.phones.seen if event.get("event") == "second"]

    def received(self) -> int:
        seconds = self.seconds()
        return sum(seconds[-1]["by"].values()) if seconds else 0

    def sent(self) -> int:
        return int(self.carrier.look("healthz")["calls"])

    def wait_until_nothing_is_open(self, patience: float) -> None:
        try:
            wait_until(lambda: not self.gateway.messages("list", "--open", "--limit", "1"), "nothing waits any more", patience, 0.5)
        except Gone as gone:
            first = self.gateway.messages("list", "--open", "--limit", "1")[0]
            raise Gone(f"{gone}; such as: {json.dumps(self.gateway.messages('show', str(first['id'])))}") from gone

    def hook_ms(self) -> float:
        """How long VoIP.ms waits for an answer now, to a body that says nothing new. inf: there was none."""
        begin = time.monotonic()
        try:
            http.request("POST", self.hook_url, json.dumps({"data": {"event_type": "soak"}}),
                         {"Content-Type": "application/json"}, timeout=30)
        except (OSError, HTTPException):
            return float("inf")
        return (time.monotonic() - begin) * 1000

    def verdicts(self) -> dict[str, Verdict]:
        """Ends the phones' side."""
        self.phones.stop()
        came = {"in": self.tally.read_text(), "out": http.request("GET", f"{self.carrier.url}/sim/tally").text}
        verdicts = {"in": Verdict(), "out": Verdict()}
        for way, first, load in self._told:
            verdicts[way].add(first, load.wait()["outcomes"], came[way])
        return verdicts

    def stop(self) -> None:
        self._ending.set()
        for each in (self.phones, self.gateway, self.proxy, self.carrier):
            each.stop()


@dataclass
class Times:
    p50: float
    p99: float


def times_of(seconds: list[Json]) -> Times:
    """The middle second's median, and the worst second's 99 of 100."""
    busy = [each for each in seconds if each["received"]]
    if not busy:
        return Times(0, 0)
    return Times(statistics.median(each["p50_ms"] for each in busy), max(each["p99_ms"] for each in busy))


def share_of(before: Json, after: Json) -> float:
    """Of the destination that got the least, beside the one that got the most."""
    got = [after["by"].get(account, 0) - before["by"].get(account, 0) for account in ACCOUNTS]
    return min(got) / max(got) if max(got) else 0


@dataclass
class Plan:
    seconds: float  # of overload
    calm_seconds: float = 10
    probe: int = 6000  # messages, to see what it can take
    retry: float = 20
    tries: int = 4
    silent: int = 5000
    dripping: int = 400  # half in their headers, half in their bodies


@dataclass
class Found:
    capacity: dict[str, float]
    offered: dict[str, float]
    statuses: dict[str, Counter[str]]
    before: Times
    during: Times
    after: Times
    recovered: float  # seconds until a whole second was as before; inf: not while it was looked at
    share: float
    rss_mb: dict[str, float]
    hook_p99: float
    hooks_unanswered: int
    crowd_opened: int
    crowd_held: int
    verdicts: dict[str, Verdict]
    said_no: bool  # the gateway, by its log

    def complaints(self) -> list[str]:
        found = [f"{way}: {len(v.lost)} lost {v.lost[:5]}, {len(v.doubled)} doubled {v.doubled[:5]}, {len(v.unasked)} came though "
                 f"refused {v.unasked[:5]}" for way, v in self.verdicts.items() if not v.is_clean]
        odd = {way: [s for s in statuses if s not in CLEAN[way]] for way, statuses in self.statuses.items()}
        found += [f"{way}: answers that are no clean refusal: {words}" for way, words in odd.items() if words]
        if "500" in self.statuses["out"] and not self.said_no:
            found.append("out: answers that are no clean refusal: 500, and the gateway has never said 503")
        if self.hooks_unanswered:
            found.append(f"{self.hooks_unanswered} web hooks had no answer beside the connections that asked for nothing")
        if self.recovered == float("inf"):
            found.append(f"it was not as before when the load had stopped: {self.after}, before {self.before}")
        return found


#: What a sender may hear. 408 is the proxy's word for its own patience, 500 for the gateway's 503.
CLEAN = {"in": {"200", "429", "503"}, "out": {"200", "202", "500", "503", "408"}}


def calm(soak: Soak, seconds: float) -> list[Json]:
    since = len(soak.seconds())
    soak.hooks(int(CALM * seconds), rate=CALM, window=4).wait()
    soak.wait_until_nothing_is_open(120)
    wait_until(lambda: len(soak.seconds()) > since + seconds, "the last second is told")
    return soak.seconds()[since:]


def capacity(soak: Soak, probe: int) -> dict[str, float]:
    """Messages a second each way, both at once, as fast as they are taken."""
    received, sent, begin = soak.received(), soak.sent(), time.monotonic()
    # It may take more than it can pass on, and refuses the rest: until all have arrived, the one that is slower counts.
    loads = [soak.hooks(probe, retry=0.5, tries=10_000), soak.texts(probe // 4, retry=0.5, tries=10_000)]
    ends: dict[str, float] = {}

    def all_there() -> bool:
        now = time.monotonic()
        if soak.received() - received >= probe:
            ends.setdefault("in", now)
        if soak.sent() - sent >= probe // 4:
            ends.setdefault("out", now)
        return len(ends) == 2

    wait_until(all_there, "the probe has arrived", 600, 0.05)
    for load in loads:
        load.wait()
    return {"in": probe / (ends["in"] - begin), "out": probe // 4 / (ends["out"] - begin)}


def recovery(seconds: list[Json], before: Times) -> float:
    """How many seconds went by until one was as before, give or take what a busy machine costs."""
    limit = max(3 * before.p99, before.p99 + 100)
    for n, each in enumerate(seconds):
        if each["received"] and each["p99_ms"] <= limit:
            return n
    return float("inf")


def run(soak: Soak, plan: Plan, say: Any = print) -> Found:
    allow_files(plan.silent + plan.dripping + 1000)
    before = times_of(calm(soak, plan.calm_seconds))
    can = capacity(soak, plan.probe)
    say(f"It can take {can['in']:.0f} web hooks and {can['out']:.0f} texts of phones a second, both at once. Now twice that.")
    target = (soak.address, int(soak.gateway.options["web"]["webport"]))
    crowd = Crowd(target, dict(kinds(plan)))
    since = len(soak.seconds())
    begin = time.monotonic()
    loads = {"in": soak.hooks(int(2 * can["in"] * plan.seconds), 2 * can["in"], 128, plan.retry, plan.tries, plan.seconds),
             "out": soak.texts(int(2 * can["out"] * plan.seconds), 2 * can["out"], 2000, plan.retry, plan.tries,
                              plan.seconds)}
    hook_ms: list[float] = []
    while any(load.running for load in loads.values()):
        hook_ms.append(soak.hook_ms())
        time.sleep(0.2)
        if len(hook_ms) % 150 == 0:
            say(f"  {time.monotonic() - begin:4.0f} s: {soak.received()} at phones, {soak.rss_kb[-1] / 1024:.0f} MB resident, "
                f"{crowd.open} idle connections open")
    results = {way: load.wait() for way, load in loads.items()}
    stopped = len(soak.seconds())
    later = calm(soak, plan.calm_seconds)
    held, opened = crowd.open, crowd.opened
    crowd.stop()
    soak.wait_until_nothing_is_open(600)
    peak = soak.gateway.rss_kb("VmHWM") / 1024
    seconds = soak.seconds()
    return Found(capacity=can, offered={way: (r["count"] + r.get("repeated", 0)) / r["seconds"] for way, r in results.items()},
                 statuses={way: Counter(r["statuses"]) for way, r in results.items()}, before=before,
                 during=times_of(seconds[since:stopped]), after=times_of(later[-int(plan.calm_seconds // 2) - 2:]), recovered=recovery(later, before),
                 share=share_of(seconds[since], seconds[stopped - 1]),
                 rss_mb={"median": statistics.median(soak.rss_kb) / 1024, "most": peak},
                 hook_p99=sorted(hook_ms)[int(len(hook_ms) * 0.99)],
                 hooks_unanswered=hook_ms.count(float("inf")), crowd_opened=opened, crowd_held=held,
                 verdicts=soak.verdicts(),
                 said_no="than can be sent on" in soak.gateway.process.log.read_text())


def kinds(plan: Plan) -> Any:
    from .crowd import BODIES, HEADERS, SILENT
    return ((SILENT, plan.silent), (HEADERS, plan.dripping // 2), (BODIES, plan.dripping - plan.dripping // 2))


def open_files() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]
