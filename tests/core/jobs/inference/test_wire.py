"""Messages on the inference socket."""

import json
import socket
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from core.errors import InferenceError
from core.jobs.inference import wire
from core.jobs.inference.wire import MAGIC, PREFIX, Message

arrays = st.one_of(
    some.arrays(kind, some.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    for kind in (np.uint8, np.int64, np.float32)
)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    yield ours, theirs
    ours.close()
    theirs.close()


def soon():
    return time.monotonic() + 5


def raw(head: bytes, length: int | None = None) -> bytes:
    return PREFIX.pack(MAGIC, len(head) if length is None else length) + head


@given(st.dictionaries(st.text(max_size=5), arrays, max_size=3), st.text(max_size=20))
def test_what_is_sent_is_received(sent, text):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(ours, Message({"text": text}, sent), until=soon())
        got = wire.receive(theirs, until=soon())
    assert got.facts == {"text": text}
    assert got.arrays.keys() == sent.keys()
    for name, array in sent.items():
        assert got.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(got.arrays[name], array)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "beginning"),
        (raw(b"", 2**31), "beginning"),
        (raw(b"{"), "head"),
        (raw(b"[" * 20_000), "head"),
        (raw(b"\xff\xfe"), "head"),
        (raw(b"[]"), "head"),
        (raw(b'{"arrays": 3}'), "head"),
        (raw(b'{"arrays": [["a", "uint8", ["x"]]]}'), "head"),
        (raw(b'{"arrays": [["a", "object", [1]]]}'), "kind or shape"),
        (raw(b'{"arrays": [["a", "uint8", [-1]]]}'), "kind or shape"),
        (raw(b'{"arrays": [["a", "uint8", [1, 1, 1, 1, 1]]]}'), "kind or shape"),
        (raw(b'{"arrays": [["a", "float32", [5000, 5000]]]}'), "64 MB"),
        (raw(b'{"arrays": [["a", "uint8", [60000, 60000, 60000, 60000]]]}'), "64 MB"),
    ],
)
def test_a_message_of_another_form_or_too_large_is_refused_before_it_is_read(pair, content, said):
    ours, theirs = pair
    ours.sendall(content)
    with pytest.raises(InferenceError, match=said):
        wire.receive(theirs, until=soon())


def test_a_message_that_breaks_off_is_the_end_of_the_other_side(pair):
    ours, theirs = pair
    ours.sendall(raw(json.dumps({"arrays": [["a", "uint8", [10]]]}).encode()) + b"123")
    ours.close()
    with pytest.raises(EOFError):
        wire.receive(theirs, until=soon())


def test_a_message_that_stalls_ends_with_the_time(pair):
    _, theirs = pair
    with pytest.raises(TimeoutError):
        wire.receive(theirs, until=time.monotonic() + 0.01)
    with pytest.raises(TimeoutError):
        wire.receive(theirs, until=time.monotonic() - 1)
