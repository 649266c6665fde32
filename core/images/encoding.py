"""Turn grey pixels into the bytes of a PNG file, the same bytes on every machine."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from core.images.decoding import GRAY_8_BIT, PNG_SIGNATURE

MAX_STORED_BYTES = 65_535


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """Return a PNG file of uint8 pixels, shape (height, width), at most 65,535 bytes with margins.

    The pixels are stored uncompressed (RFC 1951, 3.2.4), so that the bytes, and with them the
    file's hash, do not depend on the version of a compression library: importing a fer2013.csv
    again after an upgrade still adds nothing. A 48 x 48 face takes 2,420 bytes instead of 1,900.

    Raises:
        ValueError: If there are more pixels than one stored block holds.
    """
    height, width = pixels.shape
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # a leading 0 a row: PNG's filter "none"
    rows[:, 1:] = pixels
    raw = rows.tobytes()
    if len(raw) > MAX_STORED_BYTES:
        raise ValueError(f"{height} x {width} pixels do not fit into one stored block")
    block = struct.pack("<BHH", 1, len(raw), len(raw) ^ 0xFFFF)
    data = b"\x78\x01" + block + raw + struct.pack(">I", zlib.adler32(raw))
    header = struct.pack(">II", width, height) + GRAY_8_BIT
    chunks = _chunk(b"IHDR", header), _chunk(b"IDAT", data), _chunk(b"IEND", b"")
    return PNG_SIGNATURE + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
