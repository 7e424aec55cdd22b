# SPDX-License-Identifier: Apache-2.0
"""Under which licence a Debian package is, and whether our program may be linked with it. scripts/sbom asks, and so does
tests/lint/test_licences.py, which compares with docs/dependencies.md."""
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

DOCUMENTS = Path("/usr/share/doc")

# What Debian's copyright files and docs/dependencies.md call so (in lower case), as SPDX writes it.
NAMES = {
    "apache-2.0": "Apache-2.0", "bsd-2-clause": "BSD-2-Clause", "bsd-3-clause": "BSD-3-Clause", "curl": "curl", "expat": "MIT",
    "expat with embedded exception": "MIT",  # {fmt}'s: it demands less than MIT does
    "isc": "ISC", "libpng": "libpng-2.0", "mit": "MIT", "zlib": "Zlib",
    "public domain": "LicenseRef-public-domain", "public-domain": "LicenseRef-public-domain",
    "gpl-2": "GPL-2.0-only", "gpl-2+": "GPL-2.0-or-later", "gpl-3": "GPL-3.0-only", "gpl-3+": "GPL-3.0-or-later",
    "agpl-3.0": "AGPL-3.0-only", "agpl-3": "AGPL-3.0-only",
    "lgpl-2.1": "LGPL-2.1-only", "lgpl-2+": "LGPL-2.0-or-later", "lgpl-2.1+": "LGPL-2.1-or-later", "lgpl-3+": "LGPL-3.0-or-later",
}

# Sources whose copyright file says it in prose: what it is, and the words of that file which say so. When they are no longer there,
# somebody must read it again.
READ = {
    r"gcc-\d+": ("GPL-3.0-or-later WITH GCC-exception-3.1", "runtime libraries are licensed under the terms of the GNU General Public "
                 "License (v3 or later) with version 3.1 of the GCC Runtime Library Exception"),
    r"glibc": ("LGPL-2.1-or-later", "the GNU Lesser General Public License as published by the Free Software Foundation; either version "
               "2.1 of the License, or (at your option) any later version"),
    r"gnutls28": ("LGPL-2.1-or-later", "The main library is licensed under GNU Lesser General Public License (LGPL) version 2.1+"),
}

# What asks for no more than to be named, or lets programs of any licence be made of it: it may become part of ours.
FREE = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "curl", "GPL-3.0-or-later WITH GCC-exception-3.1", "ISC",
        "LicenseRef-public-domain", "libpng-2.0", "MIT", "Zlib"}
# What must stay exchangeable, as a shared library is.
EXCHANGEABLE = {"LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-or-later"}


class Unknown(Exception):
    """Says what is not known, and what to do."""


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    source: str
    source_version: str
    arch: str
    homepage: str


def installed(names: list[str]) -> list[Package]:
    """What dpkg knows of installed packages, in the order of their names."""
    if not names:  # dpkg-query would tell of all
        return []
    wanted = ("Package", "Version", "source:Package", "source:Version", "Architecture", "Homepage")
    form = "\t".join("${" + each + "}" for each in wanted) + "\n"
    done = subprocess.run(["dpkg-query", "-W", "-f", form, *names], capture_output=True, text=True)
    if done.returncode != 0:
        raise Unknown(f"{done.stderr.strip()}\nscripts/install-dependencies build package installs what is built with.")
    return sorted({Package(*line.split("\t")) for line in done.stdout.splitlines()}, key=lambda each: each.name)


def as_spdx(words: str) -> str:
    """"LGPL-3+ or GPL-2+" as SPDX writes it; a KeyError when one of them is not known."""
    if words.lower() in NAMES:
        return NAMES[words.lower()]
    return " OR ".join(NAMES[word.strip().lower()] for word in re.split(r"\s+or\s+", words))


def of_all_files(copyright: str) -> str:
    """The licence of `Files: *` in a copyright file that machines can read; else nothing."""
    for part in re.split(r"\n[ \t]*\n", copyright):
        fields = dict(re.findall(r"^([\w-]+):[ \t]*((?:.*)(?:\n[ \t].*)*)", part, re.M))
        if fields.get("Files", "").split() == ["*"] and "License" in fields:
            return fields["License"].split("\n")[0].strip()
    return ""


def licence(package: Package, documents: Path = DOCUMENTS) -> str:
    """As SPDX writes it."""
    file = documents / package.name / "copyright"
    what_to_do = f"Read {file}, and put down in scripts/licences.py what it says, and in docs/dependencies.md."
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Unknown(f"{package.name}: its licence cannot be read: {error}. Install the package anew; containers often "
                      "leave out what is below /usr/share/doc.") from error
    for source, (known, words) in READ.items():
        if re.fullmatch(source, package.source):
            if " ".join(words.split()) not in " ".join(text.split()):
                raise Unknown(f"{package.name} {package.version}: its copyright file no longer says \"{words}\". {what_to_do}")
            return known
    said = of_all_files(text)
    try:
        return as_spdx(said)
    except KeyError:
        raise Unknown(f"{package.name} {package.version}: its licence is {said or 'told in prose'}, which is not known here. "
                      f"{what_to_do}") from None


def refused(licence: str, exchangeable: bool) -> bool:
    """May a program under Apache-2.0 that is handed on not be linked with this? Where one can choose, one that fits is enough."""
    fits = FREE | EXCHANGEABLE if exchangeable else FREE
    return not any(choice in fits for choice in licence.split(" OR "))
