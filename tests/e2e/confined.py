# SPDX-License-Identifier: Apache-2.0
"""Becomes a program under the rules of a unit of systemd, as far as they do not need systemd: confined.py UNIT PROGRAM ARGUMENT...

No root (the user nobody, where it was root), no capabilities, nothing gained by execve, the unit's umask, system calls, address
families, and no memory that is both written and executed. What breaks a rule fails as it would under systemd.
"""

import ctypes
import os
import re
import resource
import socket
import subprocess
import sys
from pathlib import Path

NOBODY = 65534
_ALLOW, _COMPARE_MASKED, _COMPARE_EQUAL = 0x7FFF0000, 7, 4
_PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP = 38, 24
_EPERM = 1
_PROT_WRITE, _PROT_EXEC = 2, 4


def _fails_with(error: int) -> int:
    return 0x00050000 | error


class _Argument(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def settings(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if match := re.match(r"(\w+)=(.*)", line):
            found.setdefault(match[1], []).append(match[2])
    return found


def system_calls(lines: list[str]) -> set[str]:
    """What SystemCallFilter= leaves: the first line allows, those with a ~ take away."""
    allowed: set[str] = set()
    for line in lines:
        calls = set().union(*(_expanded(word) for word in line.removeprefix("~").split()))
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


def _expanded(word: str) -> set[str]:
    if not word.startswith("@"):
        return {word}
    text = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True).stdout
    words = [line.strip() for line in text.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return set().union(*(_expanded(each) for each in words))


def _filter(unit: dict[str, list[str]]) -> None:
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(_fails_with(_EPERM)))
    allowed = system_calls(unit["SystemCallFilter"])
    families = [getattr(socket, name) for name in unit["RestrictAddressFamilies"][0].split()]

    def rule(action: int, call: str, *arguments: _Argument) -> None:
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            return  # of another machine
        array = (_Argument * max(1, len(arguments)))(*arguments)
        failed = seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(action), number, len(arguments), array)
        assert failed == 0, (call, failed)

    masked = {"mmap": _PROT_WRITE | _PROT_EXEC, "mprotect": _PROT_EXEC, "pkey_mprotect": _PROT_EXEC}
    for call in allowed - {"socket", *masked}:
        rule(_ALLOW, call)
    for family in families:
        rule(_ALLOW, "socket", _Argument(0, _COMPARE_EQUAL, family, 0))
    assert unit["MemoryDenyWriteExecute"] == ["yes"]
    for call, mask in masked.items():
        if call in allowed:
            for bits in {0, _PROT_WRITE, _PROT_EXEC} - {mask}:
                if bits & mask == bits:
                    rule(_ALLOW, call, _Argument(2, _COMPARE_MASKED, mask, bits))
    assert seccomp.seccomp_load(context) == 0


def confine(unit: dict[str, list[str]]) -> None:
    assert unit["CapabilityBoundingSet"] == [""] and unit["NoNewPrivileges"] == ["yes"]
    os.umask(int(unit["UMask"][0], 8))
    files = int(unit["LimitNOFILE"][0])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, hard), min(files, hard)))
    libc = ctypes.CDLL(None)
    if os.geteuid() == 0:
        for capability in range(64):
            libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # those that this kernel does not have fail
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    assert libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    _filter(unit)


if __name__ == "__main__":
    confine(settings(Path(sys.argv[1])))
    os.execv(sys.argv[2], sys.argv[2:])
