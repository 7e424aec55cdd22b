# SPDX-License-Identifier: Apache-2.0
"""There is one version, that of CMakeLists.txt. debian/changelog is compared in test_packaging.py."""
import re

from project import ROOT, files, report, shown

VERSION = re.search(r"project\(mmsgate VERSION (\d+\.\d+\.\d+) ", (ROOT / "CMakeLists.txt").read_text())[1]


def order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def test_the_newest_heading_of_the_changelog_is_this_version_or_unreleased():
    headings = re.findall(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings and headings[0] in ("Unreleased", VERSION), f"CHANGELOG.md begins with {headings[:1]}, CMakeLists.txt says {VERSION}"
    versions = [order(each) for each in headings if each != "Unreleased"]
    assert versions == sorted(set(versions), reverse=True), "the newest stands first"
    assert not versions or max(versions) <= order(VERSION), f"CMakeLists.txt says {VERSION}, which is older than what CHANGELOG.md tells of"


def test_documents_name_this_version():
    """The one that is told how to be upgraded to is a later one."""
    wrong = []
    for path in files(endings=(".md",)):
        if path.name == "CHANGELOG.md":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for version in re.findall(r"\bmmsgate[_ -](\d+\.\d+\.\d+)\b", line):
                later = shown(path) == "docs/install.md" and order(version) > order(VERSION)
                if version != VERSION and not later:
                    wrong.append(f"{shown(path)}:{number}: says {version}; CMakeLists.txt says {VERSION}")
    report(wrong)


def test_nothing_else_says_a_version():
    """Programs and tests ask version.hpp or CMakeLists.txt."""
    said = re.compile(rf"(?<![\d.]){re.escape(VERSION)}(?![\d.])")
    report([f"{shown(path)}:{number}: {line.strip()}" for path in files("src", "sim", "bench", "tests", "cmake", "packaging")
            if path.suffix in (".cpp", ".hpp", ".py", ".cmake", ".in", ".txt", ".service", ".sql")
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if said.search(line)])
