# SPDX-License-Identifier: Apache-2.0
"""A small Debian in a folder, made anew, in which packages are built and installed. It shares nothing with the machine but the network."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

# What is made there, and what somebody who runs it from this folder has there: passwords, keys, codes, backups.
NOT_SOURCES = Path(__file__).with_name("not-sources").read_text().split()
MADE_ANYWHERE = {"__pycache__", ".pytest_cache"}
NATIVE = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
ROOM = "/var/tmp"  # /tmp may be in memory, and such that nothing can be installed there: so it is on Debian 13
TIME = 3600  # seconds that anything in it may take: packages come over the network, and a build is a thing too


def mirror(suite: str) -> str:
    """The one that this machine has its packages from. It has the other versions of Debian too."""
    for asked in ([f"Codename: {suite}"], ["Origin: Debian", "Label: Debian"]):
        done = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", *asked],
                              capture_output=True, text=True, check=True)
        if found := done.stdout.split():
            return found[0]
    raise RuntimeError(f"apt on this machine knows neither packages of {suite} nor a mirror of Debian: see apt-cache policy")


def copy_sources(folder: Path, to: Path) -> None:
    def left_out(place: str, names: list[str]) -> set[str]:
        inside = Path(place).relative_to(folder)
        return {name for name in names for pattern in NOT_SOURCES if Path("/", inside, name).match(f"/{pattern}")} | MADE_ANYWHERE.intersection(names)

    shutil.copytree(folder, to, symlinks=True, ignore=left_out)


def run(command: list[str | Path], **more: Any) -> "subprocess.CompletedProcess[str]":
    """As subprocess.run(), but that whatever the command has started ends with it, when this program is told to end."""
    with subprocess.Popen(command, start_new_session=True, text=True, **more) as process:
        try:
            out, _ = process.communicate(timeout=TIME)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out)


def unmount(folder: Path) -> None:
    """Whatever is mounted below it: nobody may copy or remove that."""
    for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        if line.split()[1].startswith(f"{folder.resolve()}/"):
            subprocess.run(["umount", "--lazy", line.split()[1]], check=True)


class Chroot:
    def __init__(self, folder: Path, suite: str, arch: str):
        """arch: as Debian calls it, such as arm64. The kernel must know how to run its programs (binfmt_misc)."""
        self.folder = folder
        try:
            self._make(suite, arch)
        except BaseException:
            unmount(folder)  # whoever removes the folder must find nothing of the machine's there
            raise

    def _make(self, suite: str, arch: str) -> None:
        folder = self.folder
        log = folder.with_suffix(".log")
        with log.open("w") as told:
            done = run(["debootstrap", "--variant=minbase", f"--arch={arch}", suite, folder, mirror(suite)], stdout=told, stderr=told)
        assert done.returncode == 0, log.read_text()[-2000:]
        # Nothing is to be started here; there is no systemd as PID 1 that could.
        for source in ("/etc/resolv.conf", "/etc/hosts"):
            shutil.copy(source, folder / source[1:])
        # How this machine reaches its mirror, such as by a proxy.
        reach = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True).stdout
        (folder / "etc/apt/apt.conf.d/99machine").write_text(reach)
        for kind, place in (("proc", "proc"), ("sysfs", "sys")):
            subprocess.run(["mount", "-t", kind, kind, folder / place], check=True)

    def close(self) -> None:
        unmount(self.folder)
        shutil.rmtree(self.folder)

    def command(self, *words: str | Path, user: str = "root") -> list[str]:
        change = ["/usr/sbin/chroot", str(self.folder)]
        if user != "root":
            change += ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        return [*change, *map(str, words)]

    def run(self, *words: str | Path, user: str = "root", fails: bool = False, **env: str) -> str:
        """What it prints. Nobody is there to answer a question: what asks one reads the end of its input, and fails."""
        surroundings = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root", **env}
        done = run(self.command(*words, user=user), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=surroundings)
        assert (done.returncode != 0) == fails, f"{words} ended with {done.returncode}:\n{done.stdout[-3000:]}"
        return done.stdout

    def get(self, *words: str, command: str = "install") -> str:
        """By apt-get."""
        return self.run("apt-get", command, "--yes", "--no-install-recommends", *words, DEBIAN_FRONTEND="noninteractive")

    def install(self, package: Path) -> str:
        """Whatever asks a question now would ask its owner, and fails."""
        shutil.copy(package, self.folder / "root")
        return self.run("apt-get", "install", "--yes", "--no-install-recommends", f"/root/{package.name}")

    def becomes_image(self, name: str) -> None:
        """Of Docker."""
        with subprocess.Popen(["tar", "--one-file-system", "-C", self.folder, "-c", "."], stdout=subprocess.PIPE) as tar:
            done = subprocess.run(["docker", "import", "-", name], stdin=tar.stdout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == tar.returncode == 0, done.stdout

    def path(self, name: str) -> Path:
        return self.folder / name.lstrip("/")

    def files_of(self, package: str) -> set[str]:
        return set(self.run("dpkg", "--listfiles", package).split())

    def owner(self, name: str) -> str:
        """"root:mmsgate 640"."""
        return self.run("stat", "--format", "%U:%G %a", name).strip()

    def status(self, package: str) -> str:
        """"installed", "config-files", "not-installed"."""
        done = subprocess.run(self.command("dpkg-query", "-W", "-f=${db:Status-Status}", package), capture_output=True, text=True)
        return done.stdout or "not-installed"
