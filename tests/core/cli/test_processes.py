import socket

import pytest

from core.cli.processes import first_free_port
from core.errors import ServerError


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert first_free_port(port) > port


def test_no_free_port_is_one_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.cli.processes.PORTS_TRIED", 0)
    with pytest.raises(ServerError, match="No port from 8501 on is free"):
        first_free_port(8501)
