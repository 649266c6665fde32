"""Messages on the inference socket: a JSON head and plain arrays, never pickles.

A message is 4 bytes that say it is ours, the head's length as 4 bytes (big-endian), the head as
JSON, then the arrays' bytes in C order (little-endian) one after the other. The head says of each
array its name, kind and shape under "arrays".
"""

import json
import math
import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import InferenceError

MAGIC = b"FIT1"
PREFIX = struct.Struct(">4sI")
MOST_HEAD_BYTES = 64 * 1024  # a question's head has about 1 kB, most of it the run's settings
MOST_BYTES = 64 * 2**20  # the maps of 256 faces of 256 px
MOST_AXES = 4
KINDS: Mapping[str, str] = {"uint8": "|u1", "int64": "<i8", "float32": "<f4"}

Array = NDArray[Any]


@dataclass(frozen=True)
class Message:
    """A question or an answer.

    Attributes:
        facts: What is ready for JSON; "arrays" is taken.
        arrays: uint8, int64 or float32 arrays of any shape, by name.
    """

    facts: Mapping[str, Any]
    arrays: Mapping[str, Array] = field(default_factory=dict)


def send(connection: socket.socket, message: Message, *, until: float) -> None:
    """Write a message, by `until` on the monotonic clock.

    Raises:
        OSError: If the other side is gone, or too slow to take it (TimeoutError).
    """
    arrays = message.arrays
    described = [[name, array.dtype.name, array.shape] for name, array in arrays.items()]
    head = json.dumps({**message.facts, "arrays": described}).encode()
    connection.settimeout(_left(until))
    connection.sendall(PREFIX.pack(MAGIC, len(head)) + head)
    for array in arrays.values():
        plain = np.ascontiguousarray(array, dtype=KINDS[array.dtype.name])
        connection.settimeout(_left(until))
        connection.sendall(plain.tobytes())


def receive(connection: socket.socket, *, until: float) -> Message:
    """Return the next message, by `until` on the monotonic clock.

    Raises:
        InferenceError: If it is not of this form or larger than allowed; nothing more can be
            read from this connection then.
        EOFError: If the other side ended before the message did.
        OSError: If the connection broke or the time is up (TimeoutError).
    """
    magic, length = PREFIX.unpack(_read(connection, PREFIX.size, until))
    if magic != MAGIC or length > MOST_HEAD_BYTES:
        raise _malformed("its beginning is not ours")
    facts, described = _head(bytes(_read(connection, length, until)))
    arrays = {
        name: np.frombuffer(
            _read(connection, math.prod(shape) * np.dtype(KINDS[kind]).itemsize, until),
            dtype=KINDS[kind],
        ).reshape(shape)
        for name, kind, shape in described
    }
    return Message(facts, arrays)


def _head(content: bytes) -> tuple[dict[str, Any], list[tuple[str, str, list[int]]]]:
    """Return the facts of a head and the name, kind and shape of each array."""
    try:
        facts = json.loads(content)
        described = [
            (str(name), str(kind), [int(n) for n in shape]) for name, kind, shape in facts["arrays"]
        ]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _malformed("its head cannot be read") from error
    if not all(kind in KINDS and _is_shape(shape) for _, kind, shape in described):
        raise _malformed("an array has no known kind or shape")
    sizes = [math.prod(shape) * np.dtype(KINDS[kind]).itemsize for _, kind, shape in described]
    if sum(sizes) > MOST_BYTES:
        raise _malformed(f"it has more than {MOST_BYTES // 2**20} MB")
    del facts["arrays"]
    return facts, described


def _is_shape(shape: list[int]) -> bool:
    return len(shape) <= MOST_AXES and all(0 <= length <= MOST_BYTES for length in shape)


def _read(connection: socket.socket, n_bytes: int, until: float) -> bytearray:
    content = bytearray(n_bytes)
    view = memoryview(content)
    while view:
        connection.settimeout(_left(until))
        n_read = connection.recv_into(view)
        if n_read == 0:
            raise EOFError("the other side ended")
        view = view[n_read:]
    return content


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is up")
    return left


def _malformed(why: str) -> InferenceError:
    return InferenceError(f"A message to the inference process cannot be used ({why}).")
