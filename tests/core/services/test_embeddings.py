"""What a run's network finds alike is kept in its folder and grouped with what people decided."""

from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import update

from core.errors import NotReadyError, OtherDatasetError, SimilarityError, UnknownRunError
from core.quality.near_duplicates import NearPairs
from core.services import curation, embeddings, settling, undoing
from core.services.embeddings import Embedding, record_embedding
from core.services.experiments import enqueue_training
from core.services.near_duplicates import find_by_run
from core.services.versions import freeze
from core.workspace import Workspace
from db.enums import DuplicateVerdict, Emotion, JobKind, JobStatus, Mask, ModelName, Split
from db.models import Image, Job

AddFaces = Callable[..., int]
TRAIN, TEST, HAPPY, SAD = Split.TRAIN, Split.TEST, Emotion.HAPPY, Emotion.SAD
# Shades are pixels: the second and third face are one picture.
FACES = [(TRAIN, HAPPY, 1), (TRAIN, HAPPY, 2), (TEST, SAD, 2), (TRAIN, HAPPY, 3), (TRAIN, SAD, 4)]


@pytest.fixture
def run_id(workspace: Workspace, add_faces: AddFaces) -> int:
    """A finished run on five faces."""
    add_faces(FACES)
    version = freeze(workspace, "faces").digest
    return finish(workspace, version)


def finish(workspace: Workspace, version: str) -> int:
    run = enqueue_training(workspace, version=version, model=ModelName.FAST, mask=Mask.NONE)
    with workspace.writing() as session:
        session.get(Job, run.job_id).status = JobStatus.DONE
    return run.id


def describe(workspace: Workspace, run_id: int, *, reach: int = 500) -> None:
    """Say that picture 0 is 0.9 like 1 and 0.7 like 2, and that 2 is 0.8 like 3."""
    pairs = [(0, 1, 100), (0, 2, 300), (2, 3, 200)]
    first, second, distances = np.array([pair for pair in pairs if pair[2] <= reach]).T
    record_embedding(
        workspace,
        run_id,
        Embedding(
            image_ids=np.arange(1, 6),
            pictures=np.array([0, 1, 1, 2, 3]),
            features=np.zeros((5, 2), dtype=np.float16),
            vectors=np.zeros((4, 2), dtype=np.float16),
            pairs=NearPairs(first, second, distances),
            reach=reach,
        ),
    )


def ids(workspace: Workspace, run_id: int, similarity: float) -> list[tuple[int, ...]]:
    found = find_by_run(workspace, 1, run_id, min_similarity=similarity)
    return [group.image_ids for group in found.groups]


def test_groups_are_stars_of_pictures_with_all_their_images(workspace: Workspace, run_id: int):
    describe(workspace, run_id)
    found = find_by_run(workspace, 1, run_id, min_similarity=0.7)
    assert [(g.image_ids, g.distances) for g in found.groups] == [
        ((1, 2, 3, 4), (0, 100, 100, 300)),
        ((4, 5), (0, 200)),
    ]
    assert (found.pairs, found.exact_pairs, found.images, found.unseen) == (5, 1, 5, 0)
    assert [(g.is_across, g.is_conflicting) for g in found.groups] == [(True, True), (False, True)]


def test_a_similarity_counts_from_exactly_that_on(workspace: Workspace, run_id: int):
    describe(workspace, run_id)
    assert ids(workspace, run_id, 0.9) == [(1, 2, 3)]
    assert ids(workspace, run_id, 0.901) == []


def test_where_fewer_pairs_are_known_the_limit_says_so(workspace: Workspace, run_id: int):
    describe(workspace, run_id, reach=150)
    found = find_by_run(workspace, 1, run_id, min_similarity=0.5)
    assert (found.limit, len(found.per_distance), found.pairs) == (150, 151, 3)


def test_pictures_that_differ_never_return_whichever_run_compares(
    workspace: Workspace, run_id: int
):
    describe(workspace, run_id)
    batch = settling.judge(workspace, [[1, 2, 3]], DuplicateVerdict.DIFFERENT, annotator="ada")
    other = finish(workspace, freeze(workspace, "faces").digest)
    describe(workspace, other)
    for one in (run_id, other):
        assert ids(workspace, one, 0.7) == [(1, 4), (4, 5)]
    undoing.undo(workspace, batch, annotator="ada")
    assert ids(workspace, other, 0.7) == [(1, 2, 3, 4), (4, 5)]


def test_dropped_faces_leave_and_those_newer_than_the_version_are_counted(
    workspace: Workspace, run_id: int, add_faces: AddFaces
):
    describe(workspace, run_id)
    curation.drop(workspace, 1, annotator="ada", reason="blank")
    assert ids(workspace, run_id, 0.7) == [(4, 5)]
    add_faces([(Split.VALIDATION, HAPPY, 9)], name="late")
    with workspace.writing() as session:
        session.execute(update(Image).where(Image.id == 6).values(dataset_id=1))
    assert find_by_run(workspace, 1, run_id).unseen == 1


def test_verdicts_on_pictures_that_the_run_never_saw_do_not_matter(
    workspace: Workspace, run_id: int
):
    describe(workspace, run_id)
    path = embeddings.embedding_path(workspace, run_id)
    with np.load(path) as stored:
        held = dict(stored)
    held["pixels"] = np.array([b"x" * 64, *held["pixels"][1:]])
    np.savez(path, **held)
    settling.judge(workspace, [[1, 4]], DuplicateVerdict.DIFFERENT, annotator="ada")
    assert ids(workspace, run_id, 0.7) == [(1, 2, 3, 4), (4, 5)]


def test_the_job_is_queued_once_and_only_for_a_trained_network(workspace: Workspace, run_id: int):
    job = embeddings.enqueue_embedding(workspace, run_id)
    assert (job.kind, job.payload) == (JobKind.EMBED, {"run": run_id})
    assert embeddings.enqueue_embedding(workspace, run_id).id == job.id
    version = freeze(workspace, "faces").digest
    queued = enqueue_training(workspace, version=version, model=ModelName.FAST, mask=Mask.NONE)
    with pytest.raises(NotReadyError, match="trained to its end to compare faces"):
        embeddings.enqueue_embedding(workspace, queued.id)
    assert [run.id for run in embeddings.finished_runs(workspace, 1)] == [run_id]


def test_what_cannot_be_answered_is_one_sentence(
    workspace: Workspace, run_id: int, add_faces: AddFaces
):
    with pytest.raises(NotReadyError, match=f"--run {run_id}"):
        find_by_run(workspace, 1, run_id)
    embeddings.enqueue_embedding(workspace, run_id)
    with pytest.raises(NotReadyError, match="is comparing the faces: job"):
        find_by_run(workspace, 1, run_id)
    with pytest.raises(SimilarityError, match=r"give 0.5 to 1"):
        find_by_run(workspace, 1, run_id, min_similarity=0.4)
    with pytest.raises(UnknownRunError):
        find_by_run(workspace, 1, 99)
    other = add_faces([(TRAIN, HAPPY, 1)], name="other")
    with pytest.raises(OtherDatasetError, match="'other'"):
        find_by_run(workspace, other, run_id)
