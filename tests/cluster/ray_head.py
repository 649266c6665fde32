"""A Ray head of the tests' own, on loopback ports that nobody else uses, with a token."""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 15
PR_SET_PDEATHSIG = 1  # linux/prctl.h
WORKER_PORTS = 40
PORT_OPTIONS = (
    "port",
    "dashboard-port",
    "ray-client-server-port",
    "dashboard-agent-listen-port",
    "dashboard-agent-grpc-port",
    "metrics-export-port",
    "runtime-env-agent-port",
    "node-manager-port",
    "object-manager-port",
)


class RayHead:
    """A running head with two processors, all of whose processes are one group."""

    def __init__(self) -> None:
        """Start a head and wait until it takes jobs."""
        self._folder = Path(tempfile.mkdtemp(prefix="fi-ray-", dir="/tmp"))  # a short socket path
        ports = dict(zip(PORT_OPTIONS, free_ports(len(PORT_OPTIONS)), strict=True))
        self.address = f"http://127.0.0.1:{ports['dashboard-port']}"
        self.variables = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        with (self._folder / "head.log").open("wb") as log:
            self._process = subprocess.Popen(
                _command(self._folder, ports),
                env={**os.environ, **self.variables, "RAY_USAGE_STATS_ENABLED": "0"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self._wait()

    def stop(self) -> None:
        """End the head and all its processes, by their group; `ray stop` would end every Ray."""
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        header = {"Authorization": f"Bearer {self.variables['RAY_AUTH_TOKEN']}"}
        request = urllib.request.Request(f"{self.address}/api/jobs/", headers=header)
        while True:
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    assert answer.read() == b"[]"
                    return
            except OSError:
                log = (self._folder / "head.log").read_text()
                assert self._process.poll() is None, log
                assert time.monotonic() < deadline, log
            time.sleep(0.2)


def free_ports(n: int) -> list[int]:
    """Return ports that were free a moment ago."""
    sockets = [socket.socket() for _ in range(n)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _command(folder: Path, ports: dict[str, int]) -> list[str]:
    (first,) = free_ports(1)
    first = min(first, 65535 - WORKER_PORTS)
    return [
        str(Path(sys.executable).with_name("ray")),
        *("start", "--head", "--block", "--disable-usage-stats"),
        *("--node-ip-address=127.0.0.1", "--dashboard-host=127.0.0.1"),
        *(f"--{name}={port}" for name, port in ports.items()),
        *(f"--min-worker-port={first}", f"--max-worker-port={first + WORKER_PORTS}"),
        *("--num-cpus=2", "--num-gpus=0", f"--object-store-memory={80 * 2**20}"),
        f"--temp-dir={folder}",
    ]


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
