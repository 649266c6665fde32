"""A Ray cluster as its jobs API shows it, over HTTP.

Not Ray's own client: that one waits for ever on a head that accepts a request and does not answer,
and needs Ray's package and version wherever a supervisor runs.
"""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from core.errors import ClusterError

TIMEOUT_S = 20.0  # below the half minute after which other supervisors take this one for dead
PENDING, FAILED, STOPPED = "PENDING", "FAILED", "STOPPED"
ENDED = frozenset({"SUCCEEDED", FAILED, STOPPED})


@dataclass(frozen=True, kw_only=True)
class RayTask:
    """What Ray is to run.

    Attributes:
        submission_id: Its name in Ray, new for each.
        entrypoint: A shell command.
        environment: Variables that the command gets beside those of the machine it runs on.
        cpus, gpus: What it takes of a machine while it runs; fractions are allowed.
    """

    submission_id: str
    entrypoint: str
    environment: dict[str, str]
    cpus: float
    gpus: float


@dataclass(frozen=True, kw_only=True)
class RayState:
    """Where a submission stands: `exit_code` is None where its process told none."""

    submission_id: str
    status: str
    message: str
    error_type: str | None
    exit_code: int | None


class RayApi:
    """The jobs API at an address, with the token that Ray's own variables name, if they do."""

    def __init__(self, address: str) -> None:
        """Take the address of a head's dashboard, http://host:port; nothing is sent yet."""
        self.address = address.rstrip("/")

    def version(self) -> str:
        """Return Ray's version.

        Raises:
            ClusterError: If Ray does not answer; so do all other methods.
        """
        return str(self._ask("GET", "version")["ray_version"])

    def submit(self, task: RayTask) -> None:
        """Have a task run as soon as a machine has room for it."""
        body = {
            "entrypoint": task.entrypoint,
            "submission_id": task.submission_id,
            "runtime_env": {"env_vars": task.environment},
            "entrypoint_num_cpus": task.cpus,
            "entrypoint_num_gpus": task.gpus,
        }
        self._ask("POST", "jobs/", body)

    def find(self, submission_id: str) -> RayState | None:
        """Return where a submission stands, None where Ray knows of none with this id."""
        try:
            return _state(self._ask("GET", f"jobs/{submission_id}"))
        except UnknownSubmissionError:
            return None

    def every(self) -> list[RayState]:
        """Return where all submissions stand that Ray remembers."""
        return [_state(found) for found in self._ask("GET", "jobs/") if found["submission_id"]]

    def stop(self, submission_id: str) -> None:
        """Have a submission's processes ended: SIGTERM and three seconds later SIGKILL."""
        self._ask("POST", f"jobs/{submission_id}/stop")

    def log(self, submission_id: str) -> bytes:
        """Return what Ray and the submission's command have printed so far."""
        return str(self._ask("GET", f"jobs/{submission_id}/logs")["logs"]).encode()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.address}/api/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **_authorization()},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise self._refusal(error) from error
        except (OSError, ValueError) as error:  # no connection, no answer in time, no JSON
            reason = str(getattr(error, "reason", error))
            raise ClusterError.no_answer(self.address, reason) from error

    def _refusal(self, error: urllib.error.HTTPError) -> ClusterError:
        said = error.read().decode(errors="replace").strip()
        if error.code == HTTPStatus.NOT_FOUND:
            return UnknownSubmissionError(self.address, said)
        if error.code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return ClusterError.not_allowed(self.address)
        return ClusterError.no_answer(self.address, said.splitlines()[-1] if said else str(error))


class UnknownSubmissionError(ClusterError):
    """Ray does not know a submission; never shown to a person."""


def _state(found: dict[str, Any]) -> RayState:
    return RayState(
        submission_id=found["submission_id"],
        status=found["status"],
        message=found["message"] or "",
        error_type=found.get("error_type"),
        exit_code=found.get("driver_exit_code"),
    )


def _authorization() -> dict[str, str]:
    """Return the header with Ray's token where its variables say that the cluster wants one."""
    if os.environ.get("RAY_AUTH_MODE") != "token":
        return {}
    token = os.environ.get("RAY_AUTH_TOKEN")
    if token is None:
        path = Path(os.environ.get("RAY_AUTH_TOKEN_PATH", "~/.ray/auth_token")).expanduser()
        token = path.read_text() if path.exists() else ""
    return {"Authorization": f"Bearer {token.strip()}"}
