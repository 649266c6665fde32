"""Jobs as submissions to a Ray cluster, which go on without their supervisor."""

import hashlib
import logging
import math
import shlex
import sys
import time
from pathlib import Path

from core.errors import ClusterError
from core.jobs.claims import claim_token
from core.jobs.executors import Ending
from core.jobs.executors.ray_api import ENDED, FAILED, PENDING, STOPPED, RayApi, RayState, RayTask
from core.jobs.launch import environment
from core.settings import Settings
from core.workspace import Workspace
from db.rows import JobRow

POLL_S = 1.0
UNSEEN_S = 60.0  # a head that is started anew answers again within half a minute
KILL_S = 3.0  # Ray itself kills three seconds after it was asked to stop a job
START_TIMEOUT = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"
MESSAGE_LENGTH = 200  # Ray adds the end of the log, which the job's own has too
SIGNAL_STATUS = 128  # a shell's exit status is this plus the signal that ended its command

logger = logging.getLogger(__name__)


class RayExecution:
    """A submission. What Ray says is asked for once a second at most."""

    pid = None

    def __init__(self, api: RayApi, submission_id: str, log: Path) -> None:
        """Watch a submission that writes to `log`."""
        self._api = api
        self._id = submission_id
        self._log = log
        self._has_failed = False
        self._asked_at = -math.inf
        self._seen_at = time.monotonic()
        self._killed_at = math.inf
        self._ending: Ending | None = None

    def poll(self) -> Ending | None:
        """Return how the submission ended, or None while it goes on or cannot be seen for long."""
        now = time.monotonic()
        if self._ending is None and now - self._asked_at >= POLL_S:
            self._asked_at = now
            self._ending = self._look(now)
        return self._ending

    def stop(self) -> None:
        """Have Ray end its process."""
        try:
            self._api.stop(self._id)
        except ClusterError as error:
            logger.warning("%s", error)

    def kill(self) -> None:
        """Have Ray end its process once more, and give it up when that does not help either."""
        if self._ending is None and self._killed_at == math.inf:
            self._killed_at = time.monotonic()
            self.stop()

    def fetch_log(self) -> None:
        """Add what Ray has to say of a failure; the process writes to the job's log itself."""
        if not self._has_failed:
            return
        self._has_failed = False
        try:
            said = self._api.log(self._id)
        except ClusterError as error:
            said = str(error).encode()
        with self._log.open("ab") as file:
            file.write(b"Ray's own log:\n" + said)

    def _look(self, now: float) -> Ending | None:
        try:
            state = self._api.find(self._id)
        except ClusterError as error:
            reason = f"was not seen for {UNSEEN_S:.0f} s ({error})"
            return Ending(reason, is_lost=True) if now - self._seen_at > UNSEEN_S else None
        self._seen_at = now
        if state is None:
            return Ending("is not known to Ray any more, whose head was started anew", is_lost=True)
        if state.status in ENDED:
            self._has_failed = state.status == FAILED
            return ending(state)
        if now - self._killed_at > KILL_S:
            # It waits for a machine, or its machine is gone. Should it start, its claim is lost.
            was_started = state.status != PENDING
            return Ending("did not end when Ray was told to", is_lost=True, was_started=was_started)
        return None


def ending(state: RayState) -> Ending:
    """Return how a submission ended that Ray says has ended."""
    code = state.exit_code
    if state.status == STOPPED:
        return Ending("was stopped by Ray", is_lost=True)
    if code is not None and (code < 0 or code > SIGNAL_STATUS):
        number = -code if code < 0 else code - SIGNAL_STATUS
        return Ending(f"was ended by signal {number} on the cluster", is_lost=True)
    if code is not None or state.status == "SUCCEEDED":
        return Ending.of_status(code or 0)
    said = " ".join(state.message.split())[:MESSAGE_LENGTH] or "no reason given"
    was_started = state.error_type != START_TIMEOUT
    return Ending(f"was lost by Ray ({said})", is_lost=True, was_started=was_started)


class RayExecutor:
    """Submits each job to a Ray cluster that shares the workspace's folder and database."""

    outlives_supervisor = True

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        """Take the cluster and the resources of a job from the settings; nothing is sent yet."""
        self._workspace = workspace
        self._settings = settings
        self._api = RayApi(settings.ray_address)

    def start(self, job: JobRow) -> RayExecution:
        """Submit a claimed job; what was submitted for an earlier claim of it is stopped.

        Raises:
            ClusterError: If Ray does not answer; the job may start then all the same.
        """
        mine = self._name(job)
        log = self._workspace.job_log(job.id)
        log.parent.mkdir(parents=True, exist_ok=True)
        for other in self._api.every():
            if other.submission_id.startswith(self._prefix(job)) and other.status not in ENDED:
                self._api.stop(other.submission_id)
        self._api.submit(self._task(job, mine))
        with log.open("a") as file:
            file.write(f"Ray job {mine} at {self._api.address}\n")
        return self._execution(job, mine)

    def adopt(self, job: JobRow) -> RayExecution | None:
        """Return the work that another supervisor had submitted, None where Ray has none.

        Raises:
            ClusterError: If Ray does not answer.
        """
        name = self._name(job)
        return self._execution(job, name) if self._api.find(name) else None

    def _execution(self, job: JobRow, name: str) -> RayExecution:
        return RayExecution(self._api, name, self._workspace.job_log(job.id))

    def _task(self, job: JobRow, name: str) -> RayTask:
        settings = self._settings
        python = settings.ray_python or sys.executable
        command = [python, "-P", "-m", "core.jobs.run", str(job.id), "--claim", claim_token(job)]
        # Into the shared folder at once: a job that ends while no supervisor runs keeps its log.
        log = shlex.quote(str(self._workspace.job_log(job.id)))
        names = ("FEELINGIT_DATA", "FEELINGIT_DATABASE_URL")
        ours = environment(self._workspace)
        passed = {name: ours[name] for name in (*names, "PYTHONPATH") if name in ours}
        threads = {"OMP_NUM_THREADS": str(max(1, int(settings.ray_cpus)))}
        return RayTask(
            submission_id=name,
            entrypoint=f"exec {shlex.join(command)} >> {log} 2>&1",
            environment={**threads, **passed, "PYTHONUNBUFFERED": "1"},
            cpus=settings.ray_cpus,
            gpus=settings.ray_gpus,
        )

    def _name(self, job: JobRow) -> str:
        return f"{self._prefix(job)}{claim_token(job)}"

    def _prefix(self, job: JobRow) -> str:
        """Return what the names of all submissions of a job begin with, and of no other job.

        Workspaces share clusters, so the workspace is in it.
        """
        url = self._workspace.engine.url.render_as_string(hide_password=True)
        workspace = hashlib.sha256(f"{url} {self._workspace.data_dir}".encode()).hexdigest()[:8]
        return f"feelingit-{workspace}-{job.id}-"
