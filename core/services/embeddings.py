"""How a run's network describes the faces of its version: queue it, keep it, read what is alike.

One file a run lies in its folder. It names pictures by their pixels, so what annotators say of
pairs of them holds for every run.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from core.errors import NotReadyError, OtherDatasetError
from core.quality.near_duplicates import NearPairs
from core.services import jobs
from core.services.experiments import find_run, find_trained
from core.services.pictures import Alike
from core.workspace import Workspace
from db.enums import JobKind, JobStatus
from db.repositories import datasets as stored_datasets
from db.repositories import runs as stored_runs
from db.repositories import versions as stored_versions
from db.rows import JobRow, RunRow

EMBEDDING_NAME = "embedding.npz"
_PAIRS = ("image_ids", "pictures", "pixels", "first", "second", "distances", "reach")


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """What a network makes of the faces of a version.

    Attributes:
        image_ids: int64, shape (n,), ascending.
        pictures: int64, shape (n,). The picture of each face, numbered as they first appear.
        features: float16, shape (n, d). What the network's last layer gets of each face.
        vectors: float16, shape (n_pictures, k). The features of each picture, whitened, length 1.
        pairs: Pictures that are alike; distances are thousandths by which the cosine of their
            vectors is below 1.
        reach: The distance up to which every pair is there.
    """

    image_ids: NDArray[np.int64]
    pictures: NDArray[np.int64]
    features: NDArray[np.float16]
    vectors: NDArray[np.float16]
    pairs: NearPairs
    reach: int


def finished_runs(workspace: Workspace, dataset_id: int) -> list[RunRow]:
    """Return the runs on a data set whose training is done, newest first."""
    with workspace.reading() as session:
        runs = stored_runs.of_dataset(session, dataset_id)
    return [run for run in runs if run.status is JobStatus.DONE]


def enqueue_embedding(workspace: Workspace, run_id: int) -> JobRow:
    """Queue the description of all faces by a run, or return the unfinished job that does it.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If its training is not done.
    """
    find_trained(workspace, run_id, to="compare faces")
    return under_way(workspace, run_id) or jobs.enqueue(workspace, JobKind.EMBED, {"run": run_id})


def under_way(workspace: Workspace, run_id: int) -> JobRow | None:
    """Return the queued or running job that describes the faces by a run, if there is one."""
    return jobs.under_way(workspace, JobKind.EMBED, {"run": run_id})


def embedding_path(workspace: Workspace, run_id: int) -> Path:
    """Return the file with a run's description of the faces, computed or not."""
    return workspace.run_dir(run_id) / EMBEDDING_NAME


def record_embedding(workspace: Workspace, run_id: int, found: Embedding) -> None:
    """Store how a run describes the faces in its folder, replacing an earlier description."""
    version_id = find_run(workspace, run_id).version_id
    with workspace.reading() as session:
        members = stored_versions.members(session, version_id)
    pixels_of = {member.image_id: member.pixel_sha256 for member in members}
    _, places = np.unique(found.pictures, return_index=True)
    arrays = {field.name: getattr(found, field.name) for field in fields(found)}
    pairs: NearPairs = arrays.pop("pairs")
    arrays |= {field.name: getattr(pairs, field.name) for field in fields(pairs)}
    arrays["pixels"] = np.array(
        [pixels_of[image_id] for image_id in found.image_ids[places].tolist()], dtype="S64"
    )
    path = embedding_path(workspace, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    with unfinished.open("wb") as file:
        np.savez(file, **arrays)
    unfinished.replace(path)


def alike(workspace: Workspace, dataset_id: int, run_id: int) -> Alike:
    """Return which pictures of a data set a run's network finds alike.

    Raises:
        UnknownRunError: If there is no such run.
        OtherDatasetError: If the run is on another data set.
        NotReadyError: If its network has not described the faces yet.
    """
    run = find_run(workspace, run_id)
    with workspace.reading() as session:
        asked = {row.id: row.name for row in stored_datasets.every(session)}[dataset_id]
    if run.dataset != asked:
        raise OtherDatasetError(run_id, run.dataset, asked)
    path = embedding_path(workspace, run_id)
    if not path.exists():
        raise _not_ready(workspace, run_id)
    with np.load(path, allow_pickle=False) as stored:
        held = {name: stored[name] for name in _PAIRS}
    pairs = NearPairs(held["first"], held["second"], held["distances"])
    return Alike(held["image_ids"], held["pictures"], held["pixels"], pairs, int(held["reach"]))


def _not_ready(workspace: Workspace, run_id: int) -> NotReadyError:
    job = under_way(workspace, run_id)
    if job is not None:
        return NotReadyError(f"Run {run_id} is comparing the faces: job {job.id}.")
    return NotReadyError(
        f"Run {run_id} has not compared the faces yet; `feelingit duplicates NAME --run {run_id}` "
        "has it do so."
    )
