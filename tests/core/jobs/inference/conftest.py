"""A workspace with a finished run of random weights, whose inference process ends with the tests.

The processes look for their end at the usual pace; servers in the test's own process do so often.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import torch

from core.configs import TrainConfig
from core.images.encoding import encode
from core.images.faces import FaceSet, unlabeled
from core.jobs.inference import server as serving
from core.jobs.inference.place import connect, listen, lock_path, socket_path
from core.jobs.inference.server import InferenceServer
from core.jobs.inference.starting import own_name
from core.ml.checkpoints import save
from core.ml.models import build
from core.services.experiments import enqueue_training, find_run
from core.services.importing import import_records
from core.services.versions import freeze
from core.settings import Settings
from core.sources.records import SourceRecord
from core.workspace import Workspace, open_workspace
from db.enums import EMOTIONS, JobStatus, Mask, ModelName, Split
from db.models import Job
from db.rows import RunRow


def add_run(workspace: Workspace, mask: Mask = Mask.NONE, seed: int = 0) -> RunRow:
    """A finished run of `fast` with random weights."""
    version = freeze(workspace, "faces").digest
    run = enqueue_training(workspace, version=version, model=ModelName.FAST, mask=mask, seed=seed)
    with workspace.writing() as session:
        session.get(Job, run.job_id).status = JobStatus.DONE
        session.get(Job, run.job_id).finished_at = datetime.now(UTC)
    torch.manual_seed(seed)
    weights = build(TrainConfig.from_json(run.config)).state_dict()
    save(weights, workspace.run_dir(run.id) / "model.pt")
    return find_run(workspace, run.id)


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with faces; processes of it have ended when the module has."""
    folder = tmp_path_factory.mktemp("warm")
    opened = open_workspace(Settings(data=folder / "data", database_url=None))
    rng = np.random.default_rng(0)
    paths = [f"{split}/{emotion}/1.png" for split in ("train", "test") for emotion in EMOTIONS]
    records = [
        SourceRecord(
            path,
            path,
            Split(path.split("/")[0]),
            EMOTIONS[number % 7],
            encode(rng.integers(0, 256, (48, 48), dtype=np.uint8)),
        )
        for number, path in enumerate(paths)
    ]
    import_records(opened, records, name="faces")
    yield opened
    for path in (socket_path(opened), lock_path(socket_path(opened))):
        path.unlink(missing_ok=True)  # its process ends within seconds
    opened.engine.dispose()


@pytest.fixture(scope="module")
def run(warm: Workspace) -> RunRow:
    """A run that sees whole faces."""
    return add_run(warm)


@pytest.fixture(name="add_run")
def add_run_fixture() -> Callable[..., RunRow]:
    """Return the function that adds a finished run of random weights."""
    return add_run


@pytest.fixture(scope="module")
def faces() -> FaceSet:
    """Three faces from nowhere."""
    rng = np.random.default_rng(1)
    return unlabeled(rng.integers(0, 256, (3, 48, 48), dtype=np.uint8))


class Here:
    """An inference server in a thread of this process, with answers of the test's own."""

    def __init__(self, path: Path, answer: serving.Answer, idle_s: float) -> None:
        self.path = path
        self.server = InferenceServer(listen(path), answer, idle_s=idle_s)
        self.server.note(own_name())
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def connect(self) -> socket.socket:
        return connect(self.path)

    def has_ended(self, within_s: float = 20.0) -> bool:
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def end(self) -> None:
        if self._thread.is_alive():
            self.server.shutdown()
            self._thread.join()

    def _work(self) -> None:
        self.server.serve_forever(poll_interval=0.01)
        self.server.tidy()


@pytest.fixture
def serve(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Here]]:
    """Return a function that answers for the workspace in a thread, in a folder of the test's."""
    monkeypatch.setattr(serving, "LOOK_S", 0.02)
    monkeypatch.chdir(workspace.data_dir)
    started: list[Here] = []

    def begin(answer: serving.Answer, idle_s: float = 60.0) -> Here:
        started.append(Here(socket_path(workspace), answer, idle_s))
        return started[-1]

    yield begin
    for one in started:
        one.end()


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    """Return a function that waits for something to come about, for a minute."""

    def wait(is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < deadline, "it did not come about within a minute"
            time.sleep(0.05)

    return wait


@pytest.fixture
def is_alive() -> Callable[[int], bool]:
    """Say whether a process of this id runs."""

    def ask(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    return ask
