# SPDX-License-Identifier: Apache-2.0
"""What the documents point to is there."""
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from links import LINK, linked_from, prose
from project import ROOT, files, report, shown

NAMED = re.compile(r"(?<![\w./-])(?:scripts|\.ci)/[\w.-]*\w")


def anchors(path: Path) -> set[str]:
    """The names that GitHub gives to the headings."""
    found: set[str] = set()
    for _, line in prose(path):
        if match := re.match(r"#{1,6}\s+(.*)", line):
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match[1]).strip().lower()
            name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            found.add(next(each for each in (name, *(f"{name}-{n}" for n in range(1, 99))) if each not in found))
    return found


def test_links_lead_somewhere():
    wrong = []
    for path in files(endings=(".md",)):
        for number, line in prose(path):
            for link in LINK.findall(line):
                if re.match(r"[a-z][a-z0-9+.-]*:", link):
                    continue
                name, _, anchor = link.partition("#")
                target = (path.parent / name) if name else path
                if not target.exists():
                    wrong.append(f"{shown(path)}:{number}: {link} is not there")
                elif anchor and target.suffix == ".md" and anchor not in anchors(target):
                    wrong.append(f"{shown(path)}:{number}: {name or 'this document'} has no heading #{anchor}")
    report(wrong)


def test_pictures_stand_alone_and_are_read_on_light_and_dark_pages():
    pictures = files("docs", endings=(".svg",))
    assert pictures, "README.md shows one"
    svg = "{http://www.w3.org/2000/svg}"
    for path in pictures:
        root = ElementTree.parse(path).getroot()
        assert root.get("aria-label"), f"{shown(path)}: who cannot see it hears nothing"
        assert {"width", "height", "viewBox"} <= set(root.attrib), shown(path)
        first = next(child for child in root if child.tag != f"{svg}defs")
        assert first.tag == f"{svg}rect" and first.get("fill", "none") != "none", f"{shown(path)}: no background of its own"
        used = set(re.findall(r"url\(([^)]+)\)|href=\"([^\"]+)\"", path.read_text(encoding="utf-8")))
        report([f"{shown(path)}: {name} is elsewhere" for pair in used for name in pair if name and not name.startswith("#")])
        report([f"{shown(path)}: <{each.tag}> is no drawing" for each in root.iter()
                if each.tag.removeprefix(svg) in ("script", "image", "foreignObject", "style")])


def test_scripts_that_are_named_exist():
    wrong = []
    for path in files(endings=(".md",)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            wrong += [f"{shown(path)}:{number}: {name} is not there" for name in NAMED.findall(line)
                      if not (ROOT / name).exists()]
    report(wrong)


def test_every_document_can_be_found_from_the_readme():
    seen = linked_from(ROOT / "README.md")
    report([f"{shown(path)}: no way leads there from README.md" for path in files("docs", endings=(".md",))
            if shown(path) not in seen])


def test_every_package_that_is_installed_is_explained():
    script = (ROOT / "scripts/install-dependencies").read_text(encoding="utf-8")
    explained = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    packages = {package for group in re.findall(r'^  \[\w+\]="([^"]+)"', script, re.M) for package in group.split()}
    assert len(packages) > 20, "the groups in scripts/install-dependencies are not where they were"
    report([f"docs/dependencies.md says nothing of {package}" for package in sorted(packages)
            if not re.search(rf"(?<![\w.-]){re.escape(package)}(?![\w-])", explained)])
