import numpy as np
import pytest

from core.services import curation, experiments, slicing, tagging, voting
from core.services.outcomes import prediction_table, record_outcome
from core.services.slicing import ImageSlice, slice_members
from core.services.versions import face_set, freeze
from db.enums import Emotion, JobStatus, Mask, ModelName, Split
from db.repositories import jobs


@pytest.fixture
def faces(workspace, add_faces) -> list[int]:
    dataset_id = add_faces(
        [(Split.TRAIN, Emotion.SAD, 1)]
        + [(Split.VALIDATION, Emotion.HAPPY, shade) for shade in (2, 3, 4, 1)]
    )
    assert dataset_id == 1
    return [2, 3, 4, 5]


@pytest.fixture
def tested(workspace, faces):
    """Return a function that freezes, runs and tests the four validation faces."""

    def run() -> int:
        version = freeze(workspace, "faces")
        found = experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.FAST, mask=Mask.NONE
        )
        labels = face_set(workspace, version.id).labels[1:]
        table = prediction_table(
            np.array(faces), labels, np.eye(7, dtype=np.float32)[labels],
            leak_free=np.array([True, True, True, False]), mask=Mask.NONE,
        )  # fmt: skip
        record_outcome(workspace, found.id, table, seconds=1)
        with workspace.writing() as session:
            job = jobs.find(session, found.job_id)
            held = jobs.claim(session, "me", now=job.queued_at)
            jobs.finish(session, held, JobStatus.DONE, None, now=job.queued_at)
        return found.id

    return run


def test_without_any_work_all_images_are_unchanged_and_none_is_judged(workspace, tested):
    found = slice_members(workspace, tested())
    assert found[ImageSlice.ALL].tolist() == [True] * 4
    assert found[ImageSlice.UNCHANGED].tolist() == [True] * 4
    assert not found[ImageSlice.RELABELED].any()
    assert not found[ImageSlice.AGREED].any()
    assert list(found) == [name.value for name in ImageSlice]


def test_leaked_images_are_those_with_a_twin_in_training(workspace, tested):
    found = slice_members(workspace, tested())
    assert found[ImageSlice.LEAKED].tolist() == [False, False, False, True]
    assert found[ImageSlice.LEAK_FREE].tolist() == [True, True, True, False]


def test_relabeled_images_carry_another_label_than_the_imported_one(workspace, faces, tested):
    curation.label(workspace, faces[1], Emotion.SAD, annotator="ann")
    found = slice_members(workspace, tested())
    assert found[ImageSlice.RELABELED].tolist() == [False, True, False, False]


def test_two_judgements_agree_or_disagree_and_one_says_nothing(workspace, faces, tested):
    for annotator, emotions in (
        ("ann", (Emotion.HAPPY, Emotion.HAPPY, Emotion.SAD)),
        ("ben", (Emotion.HAPPY, Emotion.FEAR)),
    ):
        for image_id, emotion in zip(faces, emotions, strict=False):
            voting.vote(workspace, image_id, emotion, annotator=annotator)
    found = slice_members(workspace, tested())
    assert found[ImageSlice.AGREED].tolist() == [True, False, False, False]
    assert found[ImageSlice.DISAGREED].tolist() == [False, True, False, False]


def test_judgements_after_a_run_count_as_soon_as_they_are_made(workspace, faces, tested):
    run_id = tested()
    voting.vote(workspace, faces[0], Emotion.HAPPY, annotator="ann")
    assert not slice_members(workspace, run_id)[ImageSlice.AGREED].any()
    voting.vote(workspace, faces[0], Emotion.HAPPY, annotator="ben")
    assert slice_members(workspace, run_id)[ImageSlice.AGREED].tolist() == [True] + [False] * 3


def test_tags_are_those_that_the_version_kept(workspace, faces, tested):
    tagging.set_tags(workspace, faces[:2], "glasses", True, annotator="ann")
    tagging.set_tags(workspace, faces[1:2], "child", True, annotator="ann")
    run_id = tested()
    tagging.set_tags(workspace, faces[3:], "child", True, annotator="ann")
    found = slice_members(workspace, run_id)
    assert found["tag:child"].tolist() == [False, True, False, False]
    assert found["tag:glasses"].tolist() == [True, True, False, False]
    assert list(found)[-2:] == ["tag:child", "tag:glasses"]


def test_answers_of_many_runs_are_sliced_as_one_runs_predictions_are(workspace, faces, tested):
    curation.label(workspace, faces[1], Emotion.SAD, annotator="ann")
    tagging.set_tags(workspace, faces[:2], "glasses", True, annotator="ann")
    run_ids = [tested(), tested()]
    runs = [experiments.find_run(workspace, run_id) for run_id in run_ids]
    for name, members in slice_members(workspace, run_ids[0]).items():
        for found in slicing.answers_in(workspace, runs, name):
            assert found.image_ids.tolist() == np.array(faces)[members].tolist()


def test_an_unknown_slice_has_no_answers_and_an_untested_run_none(workspace, tested):
    run = experiments.find_run(workspace, tested())
    assert len(slicing.answers_in(workspace, [run], "tag:hat")[0].said) == 0
    assert slicing.answers_in(workspace, [run], "leak-free", Mask.EYES) == [None]
    assert slicing.answers_in(workspace, [run], "relabeled", Mask.EYES) == [None]


@pytest.mark.parametrize(("n", "expected"), [(29, True), (30, False)])
def test_fewer_than_thirty_images_are_too_few(n, expected):
    assert slicing.is_too_small(n) is expected
