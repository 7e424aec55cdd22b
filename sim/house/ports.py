# SPDX-License-Identifier: Apache-2.0
"""Addresses and ports of the loopback network that nobody else has."""

import os
import random
import socket


def own_address() -> str:
    """A loopback address for one household, so that several may live side by side. Linux answers to all of 127.0.0.0/8."""
    dice = random.Random(os.urandom(8))
    return f"127.{dice.randrange(64, 250)}.{dice.randrange(1, 250)}.{dice.randrange(2, 250)}"


def free_port(address: str = "127.0.0.1") -> int:
    """Free for UDP and TCP a moment ago."""
    for _ in range(64):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind((address, 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind((address, port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no port is free at {address}")
