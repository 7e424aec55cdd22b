# SPDX-License-Identifier: Apache-2.0
"""Addresses and ports of the loopback network that nobody else has."""

import random
import socket
from contextlib import ExitStack
from pathlib import Path

_dice = random.SystemRandom()


def own_address() -> str:
    """A loopback address for one program of one household, so that several may live side by side.

    Linux answers to all of 127.0.0.0/8; two hardly ever draw the same of these eleven million.
    """
    return f"127.{_dice.randrange(64, 250)}.{_dice.randrange(1, 250)}.{_dice.randrange(2, 250)}"


def _quiet_ports() -> range:
    """Those that the kernel gives to nobody who did not ask: what is restarted finds its port free."""
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    return range(10_000, first) if first > 12_000 else range(10_000, 65_536)


def free_ports(count: int, address: str = "127.0.0.1") -> list[int]:
    """All different, each free for UDP and TCP a moment ago. At an own_address() they stay so: who else would come?"""
    with ExitStack() as held:
        ports: list[int] = []
        for _ in range(64 * count):
            port = _dice.choice(_quiet_ports())
            try:
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    held.enter_context(socket.socket(socket.AF_INET, kind)).bind((address, port))
            except OSError:
                continue
            ports.append(port)
            if len(ports) == count:
                return ports
    raise RuntimeError(f"no port is free at {address}")


def free_port(address: str = "127.0.0.1") -> int:
    return free_ports(1, address)[0]
