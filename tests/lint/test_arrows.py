# SPDX-License-Identifier: Apache-2.0
"""The arrows between the rooms of src/: what src/CMakeLists.txt declares is what the includes say, and nothing else."""
import re
from graphlib import TopologicalSorter

from project import CXX, ROOT, files, includes, report, shown

# Headers of a library: the one room that knows it, so that it can be exchanged there.
# (JSON is also what a proxy and a command speak.)
LIBRARIES = {
    "sofia-sip/": {"sip"},
    "microhttpd.h": {"web"},
    "curl/": {"net"},
    "sqlite3.h": {"store"},
    "openssl/": {"crypto", "ops", "sip"},
    "qrcodegen/": {"qr"},
    "png.h": {"qr"},
    "archive.h": {"backup"},
    "archive_entry.h": {"backup"},
    "spdlog/": {"runtime"},
    "nlohmann/": {"formats", "sip", "cli"},
    "pugixml.hpp": {"formats"},
    "zlib.h": {"formats"},
    "CLI/": {"cli"},
    "linphone/": set(),  # of another licence: only in a program of its own in sim/
    "bctoolbox/": set(),
    "gtest/": set(),
    "gmock/": set(),
}
# A room without I/O, threads and clock has no use for these.
IMPURE = re.compile(r"thread|mutex|shared_mutex|condition_variable|future|atomic|fstream|iostream|filesystem|"
                    r".*\.h|sys/.*|netinet/.*|arpa/.*")
PURE = {"core": set(), "formats": {"zlib.h", "fmt/format.h"}, "qr": {"png.h"}}


def declared() -> dict[str, set[str]]:
    text = (ROOT / "src/CMakeLists.txt").read_text(encoding="utf-8")
    rooms = re.findall(r"mmsgate_room\((\w+)(?:\s+USES\s+([^)]*))?\)", text)
    return {room: {use.removeprefix("mmsgate_") for use in uses.split() if use.startswith("mmsgate_")}
            for room, uses in rooms}


def reachable(room: str, arrows: dict[str, set[str]]) -> set[str]:
    found, todo = set(), [room]
    while todo:
        for use in arrows[todo.pop()] - found:
            found.add(use)
            todo.append(use)
    return found


def room_of(path) -> str:
    return path.relative_to(ROOT / "src").parts[0]


ARROWS = declared()
SOURCES = {room: files(f"src/{room}", endings=CXX) for room in ARROWS}


# Flexisip's own tool is the only way to wake a phone by push from outside of Flexisip (mmsgate registrations).
RUNS_A_PROGRAM = "src/ops/child.cpp"
SAYS_WHICH = "src/ops/pusher.cpp"


# Predecessor's defect 12: message bodies stood in the arguments of programs that it ran.
def test_defect_12_no_other_program_is_ever_run():
    runs = re.compile(r"\b(system|popen|v?fork|exec[lv]p?e?|execvpe|posix_spawnp?|wordexp)\s*\(")
    found = [(shown(path), f"{shown(path)}:{number}: {line.strip()}") for paths in SOURCES.values() for path in paths
             for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
             if runs.search(line.split("//")[0])]
    assert RUNS_A_PROGRAM in {name for name, _ in found}, "it runs nothing any more: take it from here"
    report([line for name, line in found if name != RUNS_A_PROGRAM])


def test_defect_12_no_message_can_be_an_argument():
    """One file says what is run, in a room that no message ever enters; what it is told is a phone's push address."""
    users = [shown(path) for paths in SOURCES.values() for path in paths if path.suffix == ".cpp"
             for _, name, _ in includes(path) if name == "ops/child.hpp"]
    named = [shown(path) for paths in SOURCES.values() for path in paths if path.suffix == ".cpp"
             if re.search(r"\brun_child\(", path.read_text(encoding="utf-8"))]
    assert set(users) <= {RUNS_A_PROGRAM} and set(named) == {RUNS_A_PROGRAM, SAYS_WHICH}
    assert reachable("ops", ARROWS) <= {"core", "formats", "runtime"}, "ops knows no store, no journey, no SIP"
    known = {name for path in (ROOT / SAYS_WHICH, (ROOT / SAYS_WHICH).with_suffix(".hpp"))
             for _, name, quoted in includes(path) if quoted}
    assert known == {"ops/pusher.hpp", "ops/child.hpp", "core/error.hpp", "core/registration.hpp",
                     "formats/flexisip_config.hpp", "runtime/files.hpp"}


def test_every_folder_is_a_room():
    folders = {path.name for path in (ROOT / "src").iterdir() if path.is_dir()}
    assert folders == set(ARROWS)


def test_there_is_no_circle():
    list(TopologicalSorter(ARROWS).static_order())


def test_core_stands_on_nothing_of_ours_and_formats_on_core():
    assert ARROWS["core"] == set()
    assert ARROWS["formats"] == {"core"}


def test_a_room_includes_only_what_it_may_know():
    wrong = []
    for room, sources in SOURCES.items():
        allowed = reachable(room, ARROWS) | {room}
        for path in sources:
            for line, name, quoted in includes(path):
                if not quoted or name == "version.hpp":
                    continue
                if not (ROOT / "src" / name).is_file():
                    wrong.append(f'{shown(path)}:{line}: "{name}" is not in src/: write "room/file.hpp"')
                elif name.split("/")[0] not in allowed:
                    wrong.append(f"{shown(path)}:{line}: {room} may not know {name} (src/CMakeLists.txt)")
    report(wrong)


def test_every_declared_arrow_is_used():
    wrong = []
    for room, uses in ARROWS.items():
        used = {name.split("/")[0] for path in SOURCES[room] for _, name, quoted in includes(path) if quoted}
        wrong += [f"src/CMakeLists.txt: {room} USES mmsgate_{use}, and includes nothing of it" for use in uses - used]
    report(wrong)


def test_a_library_is_known_to_its_room_only():
    wrong = []
    for path in files("src", endings=CXX):
        for line, name, _ in includes(path):
            for prefix, owners in LIBRARIES.items():
                if name.startswith(prefix) and room_of(path) not in owners:
                    allowed = " and ".join(sorted(owners)) or "no room"
                    wrong.append(f"{shown(path)}:{line}: <{name}> is for {allowed} only")
    report(wrong)


def test_pure_rooms_have_no_io_threads_or_clock():
    wrong = []
    for room, excepted in PURE.items():
        for path in SOURCES[room]:
            for line, name, quoted in includes(path):
                if not quoted and name not in excepted and not name.startswith("fmt/") and IMPURE.fullmatch(name):
                    wrong.append(f"{shown(path)}:{line}: <{name}> in {room}")
    report(wrong)


def test_main_knows_the_command_line_and_nothing_else():
    assert [name for _, name, quoted in includes(ROOT / "src/main.cpp") if quoted] == ["cli/app.hpp"]


def test_simulators_and_benchmarks_include_nothing_of_the_product():
    wrong = []
    for folder in ("sim", "bench"):
        for path in files(folder, endings=CXX):
            for line, name, quoted in includes(path):
                if quoted and not ((ROOT / folder / name).is_file() or (path.parent / name).is_file()):
                    wrong.append(f'{shown(path)}:{line}: "{name}" is not in {folder}/')
    report(wrong)


def test_liblinphone_stays_in_the_simulated_phone():
    wrong = []
    for path in files("src", "sim", "bench", "tests", "fuzz", endings=CXX):
        for line, name, _ in includes(path):
            if name.startswith(("linphone/", "bctoolbox/")) and not shown(path).startswith("sim/phone/"):
                wrong.append(f"{shown(path)}:{line}: <{name}> is of another licence (docs/dependencies.md)")
    report(wrong)
