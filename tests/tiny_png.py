"""The smallest whole PNG, for tests that need a picture and do not look at it."""

from __future__ import annotations

import struct
import zlib


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">II5B", 1, 1, 8, 2, 0, 0, 0)),
        _chunk(b"IDAT", zlib.compress(bytes(4))),
        _chunk(b"IEND", b""),
    )
)
