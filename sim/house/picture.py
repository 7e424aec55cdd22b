# SPDX-License-Identifier: Apache-2.0
"""Pictures to send: real PNGs, the same ones for the same seed."""

import random
import struct
import zlib


def png(seed: int = 1, side: int = 64) -> bytes:
    """A square of coloured noise, so that it cannot be compressed away: about 3 * side * side bytes."""
    dice = random.Random(seed)
    rows = b"".join(b"\0" + dice.randbytes(3 * side) for _ in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
