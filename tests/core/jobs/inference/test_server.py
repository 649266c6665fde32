"""The inference server's manners, with answers that need no network."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from core.errors import CheckpointError, ConfigError, InferenceError, NotReadyError
from core.jobs.inference import client, wire
from core.jobs.inference.place import connect, lock_path, socket_path
from core.jobs.inference.wire import Message

QUESTION = Message({"ask": "echo"}, {"rows": np.arange(3)})


def echo(question: Message) -> Message:
    return Message({"pid": os.getpid()}, question.arrays)


def test_a_question_is_answered(workspace, serve):
    serve(echo)
    answer = client.ask(workspace, QUESTION)
    np.testing.assert_array_equal(answer.arrays["rows"], [0, 1, 2])


def test_only_this_user_may_connect(workspace, serve):
    here = serve(echo)
    assert here.path.stat().st_mode & 0o777 == 0o600
    assert here.path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        (CheckpointError("No weights."), NotReadyError),
        (ConfigError("No such thing."), ConfigError),
        (InferenceError("No faces."), InferenceError),
    ],
)
def test_an_error_reaches_who_asked_as_the_same_sentence(workspace, serve, raised, seen):
    def refuse(_: Message) -> Message:
        raise raised

    serve(refuse)
    with pytest.raises(seen, match=str(raised)):
        client.ask(workspace, QUESTION)


@pytest.mark.parametrize("fault", [ZeroDivisionError, OSError, EOFError])
def test_a_fault_is_one_sentence_and_the_server_goes_on(workspace, serve, caplog, fault):
    def fail(question: Message) -> Message:
        if question.arrays:
            raise fault("by zero")
        return echo(question)

    serve(fail)
    with pytest.raises(InferenceError, match=rf"failed \({fault.__name__}\)"):
        client.ask(workspace, QUESTION)
    assert "A question failed" in caplog.text
    assert client.ask(workspace, Message({})).facts["pid"] == os.getpid()


@pytest.mark.parametrize("content", [b"", b"FIT1", b"GET / HTTP/1.1\r\n\r\n", b"\0" * 5000])
def test_nonsense_and_broken_connections_do_no_harm(workspace, serve, content):
    here = serve(echo)
    with here.connect() as connection:
        connection.sendall(content)
    assert client.ask(workspace, QUESTION).facts["pid"] == os.getpid()


def test_an_oversized_question_is_told_so(serve):
    here = serve(echo)
    head = b'{"arrays": [["pixels", "uint8", [90000, 1000]]]}'
    with here.connect() as connection:
        connection.sendall(wire.PREFIX.pack(wire.MAGIC, len(head)) + head)
        answer = wire.receive(connection, until=time.monotonic() + 5)
    assert answer.facts["error"][0] == "InferenceError"
    assert "64 MB" in answer.facts["error"][1]


def test_who_does_not_get_a_turn_in_time_is_told_so(workspace, serve):
    is_in, may_go = threading.Event(), threading.Event()

    def wait(question: Message) -> Message:
        is_in.set()
        assert may_go.wait(30)
        return echo(question)

    here = serve(wait)
    with here.connect() as first, here.connect() as second:
        wire.send(first, QUESTION, until=time.monotonic() + 5)
        assert is_in.wait(30)
        wire.send(second, Message({"deadline_s": 0.01}), until=time.monotonic() + 5)
        assert "turn" in wire.receive(second, until=time.monotonic() + 5).facts["error"][1]
        may_go.set()
        assert "error" not in wire.receive(first, until=time.monotonic() + 5).facts


def test_a_caller_waits_no_longer_than_the_deadline(workspace, serve):
    may_go = threading.Event()
    serve(lambda question: may_go.wait(30) and echo(question))
    with pytest.raises(InferenceError, match=r"not answered within 0\.05 s"):
        client.ask(workspace, QUESTION, deadline_s=0.05)
    may_go.set()


def test_it_ends_when_nobody_asks_and_leaves_no_file(workspace, serve):
    here = serve(echo, idle_s=0.05)
    assert here.has_ended()
    assert not socket_path(workspace).exists()
    assert not lock_path(socket_path(workspace)).exists()


def test_it_goes_on_while_it_is_asked(workspace, serve):
    here = serve(echo, idle_s=1000.0)
    client.ask(workspace, QUESTION)
    assert not here.has_ended(within_s=0.2)


def test_it_ends_when_all_who_asked_have_ended(serve):
    here = serve(echo)
    code = "from core.jobs.liveness import worker_name; print(worker_name())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here.server._users = {ended.stdout.strip()}
    assert here.has_ended()


def test_it_ends_when_its_socket_is_another_ones(workspace, serve):
    here = serve(echo)
    here.path.unlink()
    assert here.has_ended()
    with pytest.raises(OSError, match="No such file"):
        connect(socket_path(workspace))


def test_it_ends_when_its_workspace_is_gone(workspace, serve):
    here = serve(echo)
    workspace.data_dir.rename(workspace.data_dir.with_name("moved"))
    assert here.has_ended()
