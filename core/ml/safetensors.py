"""Reading the safetensors format: a JSON header, then plain numbers. It cannot hold code.

The format (huggingface/safetensors): 8 bytes, little-endian, with the header's length; the header,
{name: {"dtype", "shape", "data_offsets": [begin, end]}}; the tensors one after the other.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

LENGTH_BYTES = 8
MOST_HEADER_BYTES = 100_000_000  # the format's own limit
DTYPES: Mapping[str, torch.dtype] = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def read_safetensors(path: Path) -> dict[str, torch.Tensor]:
    """Return the tensors of a file by name, on the CPU.

    Raises:
        ValueError: If the file is not in the format.
        OSError: If it cannot be read.
    """
    content = bytearray(path.read_bytes())
    length = int.from_bytes(content[:LENGTH_BYTES], "little")
    start = LENGTH_BYTES + length
    if length > MOST_HEADER_BYTES or start > len(content):
        raise ValueError(f"a header of {length} bytes does not fit")
    header = json.loads(content[LENGTH_BYTES:start])  # its errors are ValueErrors
    if not isinstance(header, dict):
        raise ValueError("the header is no JSON object")
    header.pop("__metadata__", None)
    return {name: _tensor(content, start, entry) for name, entry in header.items()}


def _tensor(content: bytearray, start: int, entry: Any) -> torch.Tensor:
    """Return one tensor; it shares memory with `content`."""
    try:
        dtype, shape = DTYPES[entry["dtype"]], [int(side) for side in entry["shape"]]
        begin, end = (start + int(offset) for offset in entry["data_offsets"])
    except (KeyError, TypeError) as error:
        raise ValueError("an entry of the header is not as it must be") from error
    count = math.prod(shape)
    fits = start <= begin <= end <= len(content) and end - begin == count * dtype.itemsize
    if not fits or min(shape, default=0) < 0:
        raise ValueError("a tensor lies outside the file or is not of its shape's size")
    if not count:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(content, dtype=dtype, count=count, offset=begin).reshape(shape)
