# SPDX-License-Identifier: Apache-2.0
"""scripts/sbom of the program that was built, and scripts/release as far as it goes without building; it builds for half an hour."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from conftest import BUILD

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = BUILD / "src" / "mmsgate"
SBOM = ROOT / "scripts" / "sbom"


def run(*words: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, timeout=600, env={**os.environ, **env})


@pytest.fixture(scope="module")
def sbom() -> dict[str, Any]:
    done = run(SBOM, PROGRAM, SOURCE_DATE_EPOCH="1000000000")
    if "leave out what is below /usr/share/doc" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def related(sbom: dict[str, Any], kind: str) -> set[str]:
    names = {each["SPDXID"]: each["name"] for each in sbom["packages"]}
    return {names[each["relatedSpdxElement"]] for each in sbom["relationships"] if each["relationshipType"] == kind}


def test_it_has_what_spdx_asks_for(sbom: dict[str, Any]):
    assert (sbom["spdxVersion"], sbom["dataLicense"], sbom["SPDXID"]) == ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT")
    assert sbom["creationInfo"]["created"] == "2001-09-09T01:46:40Z"
    elements = [*sbom["packages"], *sbom["files"]]
    ids = [each["SPDXID"] for each in elements]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", each) for each in ids)
    for each in sbom["packages"]:
        assert {"name", "versionInfo", "downloadLocation", "licenseDeclared", "licenseConcluded", "filesAnalyzed"} <= each.keys()
        assert each["externalRefs"][0]["referenceLocator"].startswith("pkg:")
    for each in sbom["relationships"]:
        assert {each["spdxElementId"], each["relatedSpdxElement"]} <= {*ids, "SPDXRef-DOCUMENT"}
    own = {word for each in elements for word in re.findall(r"LicenseRef-[\w-]+", each["licenseConcluded"])}
    assert own <= {each["licenseId"] for each in sbom["hasExtractedLicensingInfos"]}


def test_it_names_the_program_by_its_checksum(sbom: dict[str, Any]):
    data = PROGRAM.read_bytes()
    ours = next(each for each in sbom["packages"] if each["name"] == "mmsgate")
    assert ours["versionInfo"] == run(PROGRAM, "--version").stdout.split()[1]
    assert ours["checksums"] == [{"algorithm": "SHA256", "checksumValue": hashlib.sha256(data).hexdigest()}]
    sums = {each["algorithm"]: each["checksumValue"] for each in sbom["files"][0]["checksums"]}
    assert sums == {"SHA1": hashlib.sha1(data).hexdigest(), "SHA256": hashlib.sha256(data).hexdigest()}


def test_it_has_every_library_that_is_loaded(sbom: dict[str, Any]):
    """Asked of the loader, not of the file as scripts/sbom does."""
    loaded = run("ldd", PROGRAM).stdout
    paths = {Path(path).resolve() for path in re.findall(r"(/\S+) \(0x", loaded)}
    assert len(paths) > 30
    known = {each["name"] for each in sbom["packages"]}
    for path in sorted(paths):
        found = run("dpkg-query", "--search", path, str(path).removeprefix("/usr")).stdout
        assert {line.split(":")[0] for line in found.splitlines()} & known, f"{path} is of {found}, which is not listed"


def test_it_tells_what_is_linked_from_what_comes_with_that(sbom: dict[str, Any]):
    linked = related(sbom, "DYNAMIC_LINK")
    assert {"libsofia-sip-ua0", "libmicrohttpd12", "libcurl4", "libsqlite3-0", "libc6"} <= linked
    assert "libnghttp2-14" in related(sbom, "DEPENDS_ON") - linked
    assert related(sbom, "STATIC_LINK") == {"libcli11-dev", "nlohmann-json3-dev"}
    tools = {each["spdxElementId"] for each in sbom["relationships"] if each["relationshipType"] == "BUILD_TOOL_OF"}
    assert {"SPDXRef-Package-cmake", "SPDXRef-Package-ninja-build"} <= tools


def test_it_is_the_same_twice(sbom: dict[str, Any]):
    again = run(SBOM, PROGRAM, SOURCE_DATE_EPOCH="1000000000", TZ="Pacific/Kiritimati", PYTHONHASHSEED="7")
    assert json.loads(again.stdout) == sbom and again.stdout == json.dumps(sbom, indent=1, ensure_ascii=False) + "\n"


def test_a_program_that_is_linked_with_the_gpl_is_refused(sbom: dict[str, Any]):
    """The simulated phone is: it is not handed on."""
    done = run(SBOM, BUILD / "sim" / "mmsgate-phone")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"liblinphone\S* \S+ is under GPL-3.0-or-later: a program that is linked with it cannot be handed on", done.stderr)


def test_a_library_that_debian_does_not_have_is_refused(tmp_path: Path):
    (tmp_path / "ours.c").write_text("int ours(void) { return 0; }\n")
    (tmp_path / "main.c").write_text("int ours(void);\nint main(void) { return ours(); }\n")
    for words in (("-shared", "-Wl,-soname,libours.so.1", "-o", "libours.so", "ours.c"), ("-o", "program", "main.c", "./libours.so")):
        subprocess.run(["g++", "-x", "c", *words] if words[-1] == "ours.c" else ["gcc", *words], cwd=tmp_path, check=True)
    done = run(SBOM, tmp_path / "program")
    assert done.returncode == 1
    assert "libours.so.1: this library is not where Debian has libraries" in done.stderr


def test_a_file_that_is_no_program_is_refused(tmp_path: Path):
    (tmp_path / "file").write_text("words, and no program at all")
    done = run(SBOM, tmp_path / "file")
    assert done.returncode == 1 and "is no program of Linux" in done.stderr


# scripts/release

class Repository:
    """A project of our names, and git's answers to none of its owner's settings."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.env = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_COMMITTER_DATE": "2001-09-09T01:46:40Z"}
        (folder / "scripts").mkdir(parents=True)
        (folder / "debian").mkdir()
        shutil.copy(ROOT / "scripts" / "release", folder / "scripts")
        shutil.copy(ROOT / ".gitignore", folder)
        self.write("CMakeLists.txt", "project(mmsgate VERSION 1.2.3 LANGUAGES CXX)\n")
        self.write("debian/changelog", "mmsgate (1.2.3) unstable; urgency=medium\n")
        self.write("CHANGELOG.md", "# Changelog\n\n## [1.2.3]\n- News.\n\n## [1.2.2]\n- Old.\n")
        self.git("init", "--quiet")
        self.commit()

    def git(self, *words: str) -> str:
        names = ("-c", "user.name=tester", "-c", "user.email=tester@example.org")
        done = run("git", "-C", self.folder, *names, *words, **self.env)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a step")

    def release(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run(self.folder / "scripts" / "release", *words, **self.env)

    def refused(self) -> str:
        done = self.release("--check")
        assert done.returncode == 1 and "A release can be made" not in done.stdout
        return done.stderr


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "project")


def test_what_is_committed_can_be_released(repository: Repository):
    done = repository.release("--check")
    assert done.returncode == 0, done.stderr
    assert "mmsgate 1.2.3, commit " in done.stdout and "2001-09-09 01:46:40" in done.stdout and "Unreleased" not in done.stdout
    assert not (repository.folder / "build").exists()


def test_what_is_not_committed_is_no_release(repository: Repository):
    repository.write("forgotten", "")
    said = repository.refused()
    assert "not all is committed here" in said and "?? forgotten" in said


def test_two_versions_are_none(repository: Repository):
    repository.write("CMakeLists.txt", "project(mmsgate VERSION 1.3.0 LANGUAGES CXX)\n")
    repository.commit()
    assert "CMakeLists.txt says 1.3.0, debian/changelog 1.2.3" in repository.refused()


def test_a_version_is_given_once(repository: Repository):
    repository.git("tag", "v1.2.3")
    assert repository.release("--check").returncode == 0
    repository.commit()
    assert "1.2.3 is the version of another commit already" in repository.refused()


def test_a_version_that_the_changelog_does_not_tell_of_is_called_unreleased(repository: Repository):
    repository.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n- News.\n")
    repository.commit()
    assert "what stands under Unreleased is taken" in repository.release("--check").stdout
    repository.git("tag", "v1.2.3")
    assert 'no heading "## [1.2.3]"' in repository.refused()


def test_the_source_archive_is_the_same_in_other_surroundings(repository: Repository, tmp_path: Path):
    archive = repository.folder / "build/release-1.2.3/mmsgate-1.2.3.tar.gz"
    assert repository.release("--source").returncode == 0
    first = archive.read_bytes()
    other = tmp_path / "elsewhere"
    repository.git("clone", "--quiet", ".", str(other))
    done = run("sh", "-c", 'umask 077; exec "$@"', "sh", other / "scripts/release", "--source", **repository.env, TZ="Pacific/Kiritimati",
               GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="tar.umask", GIT_CONFIG_VALUE_0="0077")
    assert done.returncode == 0, done.stderr
    assert (other / "build/release-1.2.3/mmsgate-1.2.3.tar.gz").read_bytes() == first
    with tarfile.open(archive) as tar:
        assert {each.mtime for each in tar} == {1000000000}
        names = {each.name.removeprefix("mmsgate-1.2.3/") for each in tar if each.isfile()}
    assert names == set(repository.git("ls-files").split())
    assert f"{hashlib.sha256(first).hexdigest()}  mmsgate-1.2.3.tar.gz" in (archive.parent / "SHA256SUMS").read_text()


def test_what_was_built_for_other_ends_stays(repository: Repository):
    program = repository.folder / "build/release/src/mmsgate"
    program.parent.mkdir(parents=True)
    program.write_text("made by scripts/run")
    assert repository.release("--source").returncode == 0
    assert program.read_text() == "made by scripts/run"


def test_what_is_there_and_is_another_stays(repository: Repository):
    kept = repository.folder / "build/release-1.2.3/mmsgate-1.2.3.tar.gz"
    kept.parent.mkdir(parents=True)
    kept.write_text("the one that people have")
    done = repository.release("--source")
    assert done.returncode == 1 and "is there already, and is another one" in done.stderr
    assert kept.read_text() == "the one that people have"
    assert (repository.folder / "build/releasing/new/mmsgate-1.2.3.tar.gz").exists(), "both can be looked at"


def package(folder: Path, text: str) -> Path:
    tree = folder / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "usr/share/mmsgate").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text("Package: mmsgate\nVersion: 1.2.3\nArchitecture: all\nMaintainer: tester <tester@example.org>\n"
                                         "Description: test\n")
    (tree / "usr/share/mmsgate/words").write_text(text)
    done = run("dpkg-deb", "--root-owner-group", "--build", tree, folder / "mmsgate_1.2.3_all.deb", SOURCE_DATE_EPOCH="1000000000")
    assert done.returncode == 0, done.stderr
    return folder


def test_two_builds_are_compared_to_the_byte(tmp_path: Path):
    one, same, other = (package(tmp_path / name, text) for name, text in (("one", "a"), ("same", "a"), ("other", "b")))
    release = ROOT / "scripts" / "release"
    done = run(release, "--compare", one, same)
    assert (done.returncode, "mmsgate_1.2.3_all.deb: the same" in done.stdout) == (0, True), done.stdout
    done = run(release, "--compare", one, other)
    assert done.returncode == 1
    assert "mmsgate_1.2.3_all.deb: not the same" in done.stdout and "usr/share/mmsgate/words" in done.stdout
    (same / "mmsgate_1.2.3_all.deb").rename(same / "mmsgate_1.2.4_all.deb")
    done = run(release, "--compare", one, same)
    assert done.returncode == 1 and done.stdout.count("is in one of the two folders only") == 2
