# SPDX-License-Identifier: Apache-2.0
"""What of the Debian package can be seen without building it; scripts/test-package sees the rest."""
import os
import re
import shutil
import subprocess
from pathlib import Path

from links import linked_from
from project import ROOT, report

DEBIAN = ROOT / "debian"
SCRIPTS = [path for path in sorted(DEBIAN.iterdir()) if re.search(r"\.(pre|post)(inst|rm)$", path.name)]


def fields(text: str, name: str) -> list[str]:
    """The packages that a field of debian/control names, without versions."""
    found = re.search(rf"^{name}:(.*(?:\n .*)*)", text, re.M)
    assert found, name
    return [re.split(r"[ (:]", each.strip())[0] for part in found[1].split(",") for each in part.split("|") if each.strip()]


def test_the_package_has_the_version_of_the_program():
    built = re.search(r"project\(mmsgate VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    packaged = re.match(r"mmsgate \(([^)]+)\) ", (DEBIAN / "changelog").read_text())[1]
    assert packaged == built, "debian/changelog and CMakeLists.txt say which; both are changed at a release"


def test_it_is_built_of_the_libraries_that_we_build_with():
    script = (ROOT / "scripts/install-dependencies").read_text()
    ours = {name for name in re.search(r'\[build\]="([^"]+)"', script)[1].split() if name.endswith("-dev")}
    named = {name for name in fields((DEBIAN / "control").read_text(), "Build-Depends") if name.endswith("-dev")}
    assert ours == named and len(ours) > 10


def test_what_systemd_and_logrotate_get_is_in_packaging():
    wrong = []
    brought_by_cmake = set(re.findall(r"packaging/([\w.-]+)", (ROOT / "src/CMakeLists.txt").read_text()))
    for path in sorted((ROOT / "packaging").iterdir()):
        if path.name in brought_by_cmake:
            continue
        links = [link for link in DEBIAN.iterdir() if link.is_symlink() and os.readlink(link) == f"../packaging/{path.name}"]
        if len(links) != 1:
            wrong.append(f"packaging/{path.name}: debian/ has {len(links)} links to it")
    report(wrong)


def test_what_a_house_that_runs_from_this_folder_has_there_is_kept_out_of_packages_and_of_git():
    ignored = set((ROOT / ".gitignore").read_text().split())
    for name in (ROOT / "scripts/not-sources").read_text().split():
        assert f"/{name}" in ignored or name == ".git", name
    if (ROOT / ".git").exists():  # it is not in a source archive
        tracked = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--ignored", "--exclude-standard"], capture_output=True, text=True,
                                 check=True)
        assert tracked.stdout == ""


def test_the_manual_is_in_it_whole_and_its_links_lead_somewhere():
    """What README.md leads to lies where it leads, below /usr/share/doc/mmsgate."""
    brought = {name.rstrip("/") for name in (DEBIAN / "mmsgate.docs").read_text().split()}
    for line in (DEBIAN / "mmsgate.install").read_text().splitlines():
        name, folder = line.split()
        assert f"usr/share/doc/mmsgate/{name}" == f"{folder}/{name.rpartition('/')[2]}", line
        brought.add(name)
    brought |= {line.split()[1].removeprefix("usr/share/doc/mmsgate/") for line in (DEBIAN / "mmsgate.links").read_text().splitlines()}
    brought |= set(re.findall(r"(\S+) debian/mmsgate/usr/share/doc/mmsgate/", (DEBIAN / "rules").read_text()))
    named = linked_from(ROOT / "README.md")
    report([f"{name}: a document in the package leads there, and it is not in it" for name in sorted(named)
            if not {name, *(str(folder) for folder in Path(name).parents)} & brought])


def test_its_scripts_can_be_read_by_sh_and_end_at_the_first_error():
    assert {path.name for path in SCRIPTS} == {"mmsgate.postinst", "mmsgate.prerm", "mmsgate.postrm"}
    for path in (*SCRIPTS, DEBIAN / "check"):
        text = path.read_text()
        assert text.startswith("#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n") and "\nset -e" in text
        done = subprocess.run(["sh", "-n", path], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    for path in SCRIPTS:
        assert path.read_text().count("#DEBHELPER#") == path.read_text().count("\n#DEBHELPER#\n") == 1, f"{path.name}: what debhelper makes has no place"


def test_nothing_in_it_asks_a_question():
    wrong = [f"{path.name}: {line}" for path in SCRIPTS for line in path.read_text().splitlines()
             if re.match(r"\s*(read|db_\w+|\. /usr/share/debconf)\b", line)]
    report(wrong)
    assert not (DEBIAN / "mmsgate.config").exists() and not (DEBIAN / "mmsgate.templates").exists()


def test_purging_removes_every_folder_that_a_unit_makes():
    removed = set(re.search(r"rm -rf (.*)", (DEBIAN / "mmsgate.postrm").read_text())[1].split())
    made = set()
    for unit in (ROOT / "packaging").glob("*.service"):
        for kind, parent in (("StateDirectory", "/var/lib"), ("LogsDirectory", "/var/log")):
            for names in re.findall(rf"^{kind}=(.*)$", unit.read_text(), re.M):
                made |= {f"{parent}/{name}" for name in names.split()}
    assert removed == made


def test_every_override_of_lintian_is_explained():
    for path in DEBIAN.rglob("*lintian-overrides"):
        lines = path.read_text().splitlines()
        wrong = [f"{path.name}:{number}: {line}" for number, line in enumerate(lines, 1)
                 if line and not line.startswith("#") and not lines[number - 2].startswith("#")]
        report(wrong)


def wanted_from_apt(folder: Path, *there: str) -> set[str]:
    """What scripts/install-dependencies would install for a build where dpkg has `there`, such as "zlib1g-dev:arm64". No apt is
    within its reach."""
    programs = folder / "bin"
    programs.mkdir()
    for name in ("bash", "dpkg", "dpkg-query", "env", "grep", "id"):
        (programs / name).symlink_to(shutil.which(name))
    (folder / "dpkg/info").mkdir(parents=True)
    text = ""
    for name, architecture in (each.split(":") for each in there):
        kind = "foreign" if architecture == "all" else "same"
        text += (f"Package: {name}\nStatus: install ok installed\nMaintainer: nobody\nArchitecture: {architecture}\n"
                 f"Multi-Arch: {kind}\nVersion: 1\nDescription: none\n\n")
    (folder / "dpkg/status").write_text(text)
    done = subprocess.run([ROOT / "scripts/install-dependencies", "build"], capture_output=True, text=True,
                          env={"PATH": str(programs), "DPKG_ADMINDIR": str(folder / "dpkg")})
    said = re.search(r"(?:Installing|Missing): (.*)", done.stdout + done.stderr)
    assert said and done.returncode != 0, done.stdout + done.stderr
    return set(said[1].split())


def test_a_library_for_another_architecture_is_not_taken_for_ours(tmp_path: Path):
    ours = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
    other = "amd64" if ours == "arm64" else "arm64"
    wanted = wanted_from_apt(tmp_path, f"zlib1g-dev:{other}", f"libpng-dev:{ours}", f"libpng-dev:{other}", "nlohmann-json3-dev:all")
    assert {"zlib1g-dev", "libssl-dev"} <= wanted
    assert not wanted & {"libpng-dev", "nlohmann-json3-dev"}
