# SPDX-License-Identifier: Apache-2.0
"""scripts/fuzz-soak and fuzz/walk, with small targets of libFuzzer of their own: one that is sound, one with a defect."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGET = """
#include <cstddef>
#include <cstdint>
#include <cstdlib>
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static volatile int deep = 0;
  if (size > 1 && data[0] == 'd' && data[1] == 'o') deep = deep + 1;
  if (BROKEN && size > 2 && data[0] == 'd' && data[1] == 'o' && data[2] == 'g') std::abort();
  return 0;
}
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    (folder / "target.cpp").write_text(TARGET)
    for name, broken in (("sound", 0), ("broken", 1)):
        subprocess.run(["clang++-16", "-fsanitize=fuzzer", f"-DBROKEN={broken}", "target.cpp", "-o", f"fuzz_{name}"],
                       cwd=folder, check=True)
    return folder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name in ("sound", "broken"):
        (tmp_path / "corpus" / name).mkdir(parents=True)
        (tmp_path / "corpus" / name / "seed").write_bytes(b"cat")
    return tmp_path / "corpus"


def soak(programs: Path, corpus: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "scripts" / "fuzz-soak", "--build", programs, "--corpus", corpus, *more],
                          capture_output=True, text=True, timeout=120)


def row(text: str, target: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"| {target} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def seeds(corpus: Path, target: str) -> list[bytes]:
    return [file.read_bytes() for file in (corpus / target).iterdir()]


@pytest.mark.parametrize(("arguments", "said"), [
    (["--turbo"], "there is no --turbo"), (["0"], '"0" is no time'), (["3x"], '"3x" is no time'),
    (["sound", "nosuch"], 'there is no target "nosuch"; there are: broken sound'), (["--corpus"], "--corpus needs a folder"),
])
def test_what_the_soak_does_not_know_is_refused(programs: Path, corpus: Path, arguments: list[str], said: str):
    done = soak(programs, corpus, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_soak_without_a_find_says_how_much_was_tried_and_merges_what_was_learnt(programs: Path, corpus: Path):
    done = soak(programs, corpus, "2s", "sound", "--merge")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing was found." in done.stdout
    _, runs, per_second, _, finds = row(done.stdout, "sound")
    assert int(runs) > 1000 and int(per_second) > 0 and finds == "0"
    assert any(seed.startswith(b"do") for seed in seeds(corpus, "sound")), "what reaches further is a seed now"
    assert re.search(r"[1-9] files are new in", done.stdout)
    assert b"cat" in seeds(corpus, "sound")


def test_a_find_is_kept_shown_again_and_gone_when_it_is_mended(programs: Path, corpus: Path):
    done = soak(programs, corpus, "60s", "broken")
    assert done.returncode == 1, done.stdout + done.stderr
    assert row(done.stdout, "broken")[-1] == "1"
    assert "libFuzzer: deadly signal" in done.stdout and "What to do" in done.stdout
    again = re.search(r"See it again:  (\S+) (\S+)", done.stdout)
    assert again and Path(again[2]).read_bytes().startswith(b"dog")
    assert subprocess.run(again.groups(), capture_output=True).returncode != 0
    assert seeds(corpus, "broken") == [b"cat"], "nothing is put into the corpus unasked"
    mended = programs / "fuzz_broken"
    mended.unlink()
    mended.symlink_to("fuzz_sound")
    assert soak(programs, corpus, "1s", "broken").returncode == 0
    assert not Path(again[2]).exists()


def walk(program: Path, corpus: Path, found: Path, seconds: str | None,
         *more: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k != "MMSGATE_FUZZ_SECONDS"}
    return subprocess.run([ROOT / "fuzz" / "walk", program, corpus, found, *more], capture_output=True, text=True, timeout=120,
                          env={**environment, **({"MMSGATE_FUZZ_SECONDS": seconds} if seconds else {})})


def test_a_walk_is_twenty_thousand_steps_or_as_many_or_as_long_as_is_said(programs: Path, corpus: Path, tmp_path: Path):
    program, seeded = programs / "fuzz_sound", corpus / "sound"
    short = walk(program, seeded, tmp_path / "found-", None)
    assert short.returncode == 0 and "Done 20000 runs" in short.stderr
    shorter = walk(program, seeded, tmp_path / "found-", None, "500")
    assert shorter.returncode == 0 and "Done 500 runs" in shorter.stderr
    begin = time.monotonic()
    long = walk(program, seeded, tmp_path / "found-", "3")
    assert long.returncode == 0 and time.monotonic() - begin >= 3
    assert int(re.search(r"Done (\d+) runs in", long.stderr)[1]) > 20_000
    assert seeds(corpus, "sound") == [b"cat"] and not list(tmp_path.glob("found-*")), "nothing is left"


@pytest.mark.parametrize("seconds", ["0", "long", "1201", "99999"])
def test_a_walk_of_no_sensible_length_is_refused(programs: Path, corpus: Path, tmp_path: Path, seconds: str):
    done = walk(programs / "fuzz_sound", corpus / "sound", tmp_path / "found-", seconds)
    assert done.returncode == 2
    assert "must be a number from 1 to 1200" in done.stderr
