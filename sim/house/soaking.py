# SPDX-License-Identifier: Apache-2.0
"""The command behind `bench/soak`: runs it, prints what came of it, and ends with 1 when it was not clean."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from .process import Gone
from .soak import Found, Plan, Soak, open_files, run

WAYS = {"in": "web hook to phone", "out": "phone to VoIP.ms"}
FILES = 12_000  # our 5,400 connections and as many ends of them in the gateway


def report(found: Found) -> None:
    print("\n| | " + " | ".join(WAYS.values()) + " |\n|---|---:|---:|")
    rows = {"it can take, a second": {way: f"{n:.0f}" for way, n in found.capacity.items()},
            "it was offered, a second, repeats too": {way: f"{n:.0f}" for way, n in found.offered.items()},
            "answers": {way: ", ".join(f"{n} x {s}" for s, n in sorted(c.items())) for way, c in found.statuses.items()}}
    for word in ("sent", "accepted", "refused", "unknown"):
        rows[f"messages {word}"] = {way: str(getattr(v, word)) for way, v in found.verdicts.items()}
    for word in ("lost", "doubled", "unasked"):
        rows[word] = {way: str(len(getattr(v, word))) for way, v in found.verdicts.items()}
    for name, cells in rows.items():
        print(f"| {name} | {cells['in']} | {cells['out']} |")
    print(f"\nWeb hook to phone, ms: before {found.before.p50:.0f} p50, {found.before.p99:.0f} p99; under load {found.during.p50:.0f}, "
          f"{found.during.p99:.0f}; afterwards {found.after.p50:.0f}, {found.after.p99:.0f}. As before {found.recovered:.0f} s after the "
          "load had stopped.")
    print(f"Memory, MB resident: {found.rss_mb['median']:.0f} in the middle, {found.rss_mb['most']:.0f} at the most.")
    print(f"Fairness under load: the destination that got the least had {found.share:.0%} of what the one with the most had.")
    print(f"Beside {found.crowd_held} connections that asked for nothing ({found.crowd_opened} were opened, since they were sent away "
          f"and came again), 99 of 100 web hooks were answered within {found.hook_p99:.0f} ms.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench/soak", description="Twice as much as the gateway can take, for minutes.")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--minutes", type=float, default=10, help="of overload; 10 without it")
    arguments = parser.parse_args()
    if open_files() < FILES:
        print(f"bench/soak opens 5,400 connections and needs {FILES} files; this system lets it have {open_files()} (ulimit -Hn).",
              file=sys.stderr)
        return 2
    folder = Path(tempfile.mkdtemp(prefix="mmsgate-soak-", dir=arguments.build.resolve()))
    soak = Soak(arguments.build.resolve(), folder)
    kept = f"Its database and its log stay in {folder}"
    try:
        found = run(soak, Plan(seconds=60 * arguments.minutes, probe=20_000), lambda words: print(words, flush=True))
    except Gone as gone:
        print(f"{gone}\n{kept}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    except Exception:
        print(kept, file=sys.stderr)
        raise
    finally:
        soak.stop()
    report(found)
    complaints = found.complaints()
    if complaints:
        print("\n" + "\n".join([*complaints, kept]))
        return 1
    print("\nNothing was lost, nothing was doubled.")
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
