# SPDX-License-Identifier: Apache-2.0
"""The licences of what the gateway is made of: what the documents say is so, and what does not fit is refused (scripts/licences.py)."""
import re
import sys

from project import ROOT, report

sys.path.insert(0, str(ROOT / "scripts"))

import licences  # noqa: E402


def libraries() -> list[tuple[str, str]]:
    """(package, licence) of each that docs/dependencies.md says is in the gateway."""
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    table = text[text.index("## In the gateway"):text.index("## To build and to test")]
    rows = [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if re.match(r"\| .* \| .* \| .* \|", line)]
    return [(row[2].split()[0], re.sub(r" \(.*", "", row[3])) for row in rows if re.search(r" \d", row[2])]


def test_the_licences_in_the_documents_are_those_of_the_packages():
    named = libraries()
    script = (ROOT / "scripts/install-dependencies").read_text()
    assert {name for name, _ in named} == {name for name in re.search(r'\[build\]="([^"]+)"', script)[1].split() if name.endswith("-dev")}
    packages = {each.name: each for each in licences.installed([name for name, _ in named])}
    wrong = []
    for name, said in named:
        found = licences.licence(packages[name])
        if licences.as_spdx(said) != found:
            wrong.append(f"docs/dependencies.md: {name} is under {found}, not {said}")
    report(wrong)


def test_a_licence_is_judged_by_what_it_asks_for():
    for licence, linked, taken_in in (("MIT", True, True), ("LGPL-2.1-or-later", True, False), ("GPL-3.0-or-later", False, False),
                                      ("LGPL-3.0-or-later OR GPL-2.0-or-later", True, False), ("AGPL-3.0-only", False, False),
                                      ("GPL-3.0-or-later WITH GCC-exception-3.1", True, True), ("what nobody knows", False, False)):
        assert (licences.refused(licence, exchangeable=True), licences.refused(licence, exchangeable=False)) == (not linked, not taken_in), licence
    assert licences.as_spdx("LGPL-3+ or GPL-2+") == "LGPL-3.0-or-later OR GPL-2.0-or-later"


def complaint(package: licences.Package, folder) -> str:
    try:
        return licences.licence(package, folder)
    except licences.Unknown as unknown:
        return str(unknown)


def test_what_is_not_known_is_said_with_what_to_do(tmp_path):
    package = licences.Package("libnew1", "1.0-1", "new", "1.0-1", "amd64", "")
    assert "cannot be read" in complaint(package, tmp_path)
    (tmp_path / "libnew1").mkdir()
    file = tmp_path / "libnew1" / "copyright"
    file.write_text("Its author lets everybody do all.\n")
    assert f"told in prose, which is not known here. Read {file}" in complaint(package, tmp_path)
    file.write_text("Format: 1.0\n\nFiles: *\nCopyright: somebody\nLicense: Beer-1.0\n Buy one.\n\nFiles: debian/*\nLicense: Expat\n")
    assert "its licence is Beer-1.0" in complaint(package, tmp_path)
    file.write_text("Format: 1.0\n\nFiles:\n *\nCopyright: somebody\nLicense: Expat\n\nFiles: debian/*\nLicense: GPL-2+\n")
    assert complaint(package, tmp_path) == "MIT"


def test_a_licence_that_was_read_by_hand_is_read_again_when_its_words_change(tmp_path):
    package = licences.Package("libc6", "3.0-1", "glibc", "3.0-1", "amd64", "")
    (tmp_path / "libc6").mkdir()
    (tmp_path / "libc6" / "copyright").write_text("All rights reserved.\n")
    assert "libc6 3.0-1: its copyright file no longer says" in complaint(package, tmp_path)
