"""Runs queued jobs, each in a process of its own: `python -m core.jobs.supervisor`."""

import argparse
import logging
import math
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from sqlalchemy.exc import InternalError, OperationalError

from core.errors import ClusterError
from core.jobs import lock, transitions
from core.jobs.children import Child
from core.jobs.executors import Ending, Execution, Executor, NeverStarted
from core.jobs.executors.choosing import executor, n_slots
from core.jobs.executors.local import LocalExecutor
from core.jobs.liveness import worker_name
from core.jobs.logs import log_to_stderr
from core.services import jobs
from core.settings import Settings
from core.workspace import Workspace, open_workspace
from db.rows import JobRow

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Intervals:
    """How long a supervisor waits for what, in seconds.

    `stale_s` stays above the ten seconds that a busy SQLite file may hold a heartbeat up; `lost_s`
    is for a supervisor of this machine whose process is not there any more. `retry_s` is between
    two tries to start a job where no cluster takes one.
    """

    tick_s: float = 0.25
    heartbeat_s: float = 2.0
    lost_s: float = 6.0
    stale_s: float = 30.0
    grace_s: float = 5.0
    retry_s: float = 10.0


class Supervisor:
    """Claims jobs, has them worked on, stops those that were cancelled, settles those gone."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        n_slots: int = 1,
        intervals: Intervals | None = None,
        executor: Executor | None = None,
    ) -> None:
        """Prepare a supervisor that runs up to `n_slots` jobs at once, here if not told where."""
        self._workspace = workspace
        self._n_slots = n_slots
        self._intervals = intervals or Intervals()
        self._executor = executor or LocalExecutor(workspace, n_slots=n_slots)
        self._children: list[Child] = []
        self._is_stopping = False
        self._refused_at = -math.inf
        self._worker = worker_name()

    @property
    def is_stopping(self) -> bool:
        """Return whether it was asked to stop."""
        return self._is_stopping

    def request_stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End `run` soon; fit to be a signal handler."""
        self._is_stopping = True

    def run(self, *, until_idle: bool = False) -> None:
        """Work until asked to stop, or until nothing is queued or running; then queue the rest.

        A database that cannot answer now (locked, restarting, its disk full) is asked again soon.
        """
        try:
            while not self._is_stopping:
                wait_s = self._intervals.tick_s
                try:
                    if until_idle and self.is_idle():
                        return
                    self.tick()
                except (OperationalError, InternalError) as error:
                    logger.warning("The database does not answer: %s", error.orig)
                    wait_s = self._intervals.heartbeat_s
                time.sleep(wait_s)
        finally:
            self._stop_children()

    def is_idle(self) -> bool:
        """Return whether no job runs or may start, here or anywhere."""
        return not self._children and not jobs.is_work_left(self._workspace)

    def tick(self) -> None:
        """Look after every child, then settle lost jobs and start queued ones."""
        for child in list(self._children):
            self._look_after(child)
        try:
            self._adopt()
            self._reap()
            while len(self._children) < self._n_slots and (job := self._claim()):
                self._children.append(Child(job, self._start(job)))
        except ClusterError as error:
            logger.warning("%s", error)
            self._refused_at = time.monotonic()

    def _adopt(self) -> None:
        """Take over what goes on without its supervisor, which gave no sign of life lately."""
        if not self._executor.outlives_supervisor or self._is_refused():
            return
        lost = timedelta(seconds=self._intervals.lost_s)
        for job in transitions.silent(self._workspace, self._worker, lost):
            execution = self._executor.adopt(job)
            if execution is not None and transitions.adopt(self._workspace, job):
                logger.info("Job %d goes on under this supervisor.", job.id)
                self._children.append(Child(job, execution))

    def _reap(self) -> None:
        if self._executor.outlives_supervisor and self._is_refused():
            return  # nobody can say what goes on
        transitions.reap(
            self._workspace,
            self._worker,
            lost=timedelta(seconds=self._intervals.lost_s),
            stale=timedelta(seconds=self._intervals.stale_s),
        )

    def _is_refused(self) -> bool:
        return time.monotonic() - self._refused_at < self._intervals.retry_s

    def _claim(self) -> JobRow | None:
        return None if self._is_refused() else transitions.claim(self._workspace, self._worker)

    def _start(self, job: JobRow) -> Execution:
        try:
            return self._executor.start(job)
        except ClusterError as error:
            transitions.hand_back(self._workspace, job, f"Waits. {error}")
            raise
        except OSError as error:  # no room for a log, no memory for a process
            logger.exception("Job %d cannot be started", job.id)
            return NeverStarted(f"could not be started ({error.strerror or error})")

    def _look_after(self, child: Child) -> None:
        ending = child.execution.poll()
        if ending is not None:
            child.clear_up()
            self._settle(child, ending)
            self._children.remove(child)
            return
        job = jobs.find_job(self._workspace, child.job.id)
        if job.status in jobs.AT_REST:
            child.kill_after(self._intervals.grace_s)  # its work is recorded, it is ending
        elif (job.worker, job.attempt) != (child.job.worker, child.job.attempt):
            child.execution.kill()  # the job was given to another supervisor while this one slept
        else:
            self._beat(child)
            if job.cancel_requested:
                child.ask_to_stop(self._intervals.grace_s)

    def _beat(self, child: Child) -> None:
        if time.monotonic() - child.last_beat >= self._intervals.heartbeat_s:
            child.last_beat = time.monotonic()
            transitions.beat(self._workspace, child.job, child.execution.pid)
            child.execution.fetch_log()

    def _settle(self, child: Child, ending: Ending) -> None:
        """Record what became of a job whose process ended; nothing where the process did itself."""
        child.execution.fetch_log()
        if not ending.was_started:
            transitions.hand_back(self._workspace, child.job, f"The process {ending.reason}")
        elif ending.is_lost:
            transitions.settle_lost(self._workspace, child.job, ending.reason)
        else:
            transitions.settle_failed(self._workspace, child.job, ending.reason)
        logger.info("Job %d: its process has ended.", child.job.id)

    def _stop_children(self) -> None:
        """Stop every process and queue its job again; it goes on from its checkpoint later.

        What outlives its supervisor goes on, and the next supervisor adopts it.
        """
        if self._executor.outlives_supervisor:
            return
        while any(child.execution.poll() is None for child in self._children):
            for child in self._children:
                child.ask_to_stop(self._intervals.grace_s)
            time.sleep(self._intervals.tick_s / 5)
        for child in self._children:
            transitions.hand_back(self._workspace, child.job)


def work(workspace: Workspace, supervisor: Supervisor, held: int, *, until_idle: bool) -> None:
    """Run the supervisor while holding the lock `held`, and release that in the end."""
    lock_held: int | None = held
    while lock_held is not None:
        supervisor.run(until_idle=until_idle)
        os.close(lock_held)
        # Whoever queued a job before this release saw the lock taken and started nobody.
        is_over = supervisor.is_stopping or supervisor.is_idle()
        lock_held = None if is_over else lock.take(workspace.data_dir)


def main(arguments: Sequence[str] | None = None) -> None:
    """Supervise the workspace of the settings until SIGTERM or SIGINT, or until idle."""
    parser = argparse.ArgumentParser(description="Run queued jobs.")
    parser.add_argument("--until-idle", action="store_true", help="end when no job is left")
    parser.add_argument("--slots", type=int, help="how many jobs may run at once")
    parser.add_argument("--lock", type=int, help="descriptor of the lock, held already")
    options = parser.parse_args(arguments)
    log_to_stderr()
    workspace = open_workspace()
    held = lock.take(workspace.data_dir) if options.lock is None else options.lock
    if held is None:
        logger.info("Another supervisor watches %s; this one ends.", workspace.data_dir)
        return
    settings = Settings()
    slots = n_slots(settings, options.slots)
    chosen = executor(workspace, settings, slots)
    supervisor = Supervisor(workspace, n_slots=slots, executor=chosen)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, supervisor.request_stop)
    work(workspace, supervisor, held, until_idle=options.until_idle)


if __name__ == "__main__":
    main()
