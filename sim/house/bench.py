# SPDX-License-Identifier: Apache-2.0
"""`bench/run`: what the gateway costs beside the bare SIP stack, all in one run. Prints figures, judges nothing."""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .carrier import PASSWORD, USER, Carrier
from .gateway import Gateway
from .ports import free_port, own_address
from .process import Process, wait_until

ACCOUNT, NUMBER = "100000_bench", "5145550100"
PEERS = 500  # conversations: each keeps its order, so with few of them one would measure latency
BODY = 1000
SETTLED = 20  # seconds; SIP keeps what was answered for 4, and what is free goes back to the kernel each 10


def fsync_ms(folder: Path, rounds: int = 500) -> float:
    """The median of writing 4 KB and having them on the disk."""
    block, times = b"x" * 4096, []
    fd = os.open(folder / "fsync", os.O_CREAT | os.O_WRONLY)
    for _ in range(rounds):
        begin = time.perf_counter()
        os.write(fd, block)
        os.fdatasync(fd)
        times.append(time.perf_counter() - begin)
    os.close(fd)
    return statistics.median(times) * 1000


class Bench:
    def __init__(self, build: Path, folder: Path):
        self.tool = build / "bench" / "bench_sip_bare"
        self.folder = folder
        self.address = own_address()
        self.phone_port = free_port("127.0.0.1")
        self.sip_port = free_port(self.address)
        self.carrier = Carrier(build / "sim" / "mmsgate-sim", folder)
        self.carrier.set_accounts([{"account": ACCOUNT, "callerid_number": NUMBER}])
        self.carrier.control("limits", {"daily": 0, "keep": 1000})
        self.gateway = Gateway(build / "src" / "mmsgate", folder, {
            "sip": {"sipboundaddress": self.address, "sipport": str(self.sip_port), "sipproxy": f"127.0.0.1:{self.phone_port}",
                    "domain": "sim.example", "sipcert": str(folder / "sip-cert.pem"), "sipkey": str(folder / "sip-key.pem"),
                    "siprate": "0", "siprateall": "0"},
            "api": {"apiid": USER, "apipw": PASSWORD, "apiurl": self.carrier.api_url},
            "web": {"webdns": self.address, "webbind": self.address, "webport": str(free_port(self.address)),
                    "localmedia": str(folder / "media"), "hookrate": "1000000"},  # all come from one address
            "mmsgate": {"dbfile": str(folder / "mmsgate.sqlite"), "receipts": "no"}})
        self.carrier.set_webhook(self.gateway.hook_url)

    def pair(self, count: int) -> tuple[float, float]:
        """(a) MESSAGE a second between two processes of the bare stack, 64 on their way, as large as ours, over UDP as ours;
        and the CPU time that both take for one, in microseconds."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([self.tool, "pair", "--count", str(count), "--window", "64", "--size", str(BODY), "--transport", "udp"],
                              capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return float(json.loads(done.stdout.splitlines()[-1])["per_second"]), cpu / count * 1e6

    def inbound(self, count: int, rate: float = 0) -> dict[str, float]:
        """(b), (e) Web hooks in, MESSAGEs out to a phone that says yes."""
        phone = Process("phone", [self.tool, "responder", "--listen", f"sip:127.0.0.1:{self.phone_port}", "--latency", "--until",
                                  str(count)], self.folder)
        phone.expect("ready")
        cpu = self.gateway.cpu_seconds()
        begin = time.monotonic()
        hooks = self.carrier.control("bench", {"count": count, "concurrency": 64 if not rate else 4, "from": "5145550100",
                                               "from_count": PEERS, "to": NUMBER, "text_prefix": "b" * 100,
                                               **({"rate": rate} if rate else {})}, timeout=600)
        wait_until(lambda: not phone.running, "the phone has them all", patience=600, every=0.005)
        seconds = time.monotonic() - begin
        phone.stop()
        done = phone.seen[-1]
        return {"per_second": count / seconds, "cpu_us": (self.gateway.cpu_seconds() - cpu) / count * 1e6,
                "failed": hooks["failed"], "p50_ms": done["p50_ms"], "p99_ms": done["p99_ms"]}

    def outbound(self, count: int) -> float:
        """(c) MESSAGEs of a phone in, calls of sendSMS out."""
        since = self._calls()
        begin = time.monotonic()
        subprocess.run([self.tool, "sender", "--route", f"sip:{self.address}:{self.sip_port}", "--aor", f"sip:{ACCOUNT}@sim.example",
                        "--to", "sip:5145550{}@sim.example", "--to-count", str(PEERS), "--count", str(count), "--window", "64",
                        "--size", "100"], capture_output=True, check=True)
        wait_until(lambda: self._calls() >= since + count, "the carrier has them all", patience=600, every=0.05)
        return count / (time.monotonic() - begin)

    def _calls(self) -> int:
        return int(self.carrier.look("healthz")["calls"])

    def close(self) -> None:
        self.gateway.stop()
        self.carrier.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="a tenth of the messages")
    arguments = parser.parse_args()
    scale = 10 if arguments.quick else 1
    folder = Path(tempfile.mkdtemp(prefix="mmsgate-bench-", dir=Path.cwd()))
    try:
        fsync = fsync_ms(folder)
        bench = Bench(arguments.build.resolve(), folder)
        try:
            report(bench, fsync, scale)
        finally:
            bench.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def report(bench: Bench, fsync: float, scale: int) -> None:
    bare, bare_cpu = bench.pair(40_000 // scale)
    print(f"(a) bare SIP stack, MESSAGE/s:                 {bare:8.0f}", flush=True)
    idle = bench.gateway.rss_kb()
    calm = bench.inbound(400 // scale, rate=20)
    busy = bench.inbound(20_000 // scale)
    print(f"(b) web hook to phone, 64 at once, MESSAGE/s:  {busy['per_second']:8.0f}   = {busy['per_second'] / bare:.2f} of (a); "
          f"{busy['failed']:.0f} web hooks failed", flush=True)
    print(f"    CPU a message, microseconds:               {busy['cpu_us']:8.0f}   in the gateway, {bare_cpu:.0f} in both ends of (a)",
          flush=True)
    out = bench.outbound(10_000 // scale)
    print(f"(c) phone to carrier, 64 at once, MESSAGE/s:   {out:8.0f}   = {out / bare:.2f} of (a)", flush=True)
    print(f"(d) fsync of this disk, median ms:             {fsync:8.2f}", flush=True)
    print(f"(e) web hook to phone at 20/s, ms:             {calm['p50_ms']:8.2f} p50, {calm['p99_ms']:.2f} p99   "
          f"(3 fsync + 2 ms = {3 * fsync + 2:.2f})", flush=True)
    rest = 100_000 // scale - 30_400 // scale
    bench.inbound(rest)
    peak = bench.gateway.rss_kb("VmHWM")
    time.sleep(SETTLED)
    full = bench.gateway.rss_kb()
    print(f"(f) memory, MB: idle {idle / 1024:.1f}, after {100_000 // scale} messages {full / 1024:.1f}, "
          f"grown by {(full - idle) / 1024:.1f}; at the most, on the way, {peak / 1024:.1f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
