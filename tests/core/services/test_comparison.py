import numpy as np
import pytest

from core.errors import NotComparableError
from core.services import comparison, curation, experiments, outcomes, results, versions
from core.services.comparison import compare, configuration_differences
from core.services.slicing import ImageSlice
from db.enums import EMOTIONS, Emotion, JobStatus, Mask, ModelName, Split
from db.repositories import jobs

N = 70


@pytest.fixture
def tested(workspace, add_faces):
    """Return a function that freezes the set and stores a finished run on its test faces."""
    faces = [(Split.TRAIN, Emotion.SAD, 250)]
    faces += [(Split.VALIDATION, EMOTIONS[k % 7], k) for k in range(N)]
    add_faces(faces)

    def run(share_right: float, seed: int = 0, n: int = N) -> int:
        version = versions.freeze(workspace, "faces")
        found = experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.FAST, mask=Mask.NONE, seed=seed
        )
        labels = versions.face_set(workspace, version.id).labels[1 : n + 1]
        rng = np.random.default_rng(seed)
        said = np.where(rng.random(n) < share_right, labels, (labels + 1) % 7)
        table = outcomes.prediction_table(
            np.arange(2, n + 2), labels, np.eye(7, dtype=np.float32)[said],
            leak_free=np.arange(n) % 2 == 0, mask=Mask.NONE,
        )  # fmt: skip
        outcomes.record_outcome(workspace, found.id, table, seconds=1)
        with workspace.writing() as session:
            job = jobs.find(session, found.job_id)
            held = jobs.claim(session, "me", now=job.queued_at)
            jobs.finish(session, held, JobStatus.DONE, None, now=job.queued_at)
        return found.id

    return run


def test_runs_on_the_same_images_are_compared_pair_by_pair(workspace, tested):
    ids = [tested(0.4), tested(0.9, seed=1), tested(0.5, seed=2)]
    found = compare(workspace, ids)
    assert [run.id for run in found.runs] == ids
    assert found.n == N
    assert [(pair.first, pair.second) for pair in found.pairs] == [(0, 1), (0, 2), (1, 2)]
    rows = [results.overall(workspace, ids)[run_id] for run_id in ids]
    assert found.pairs[0].accuracy.difference == pytest.approx(rows[1].accuracy - rows[0].accuracy)
    assert [one.accuracy for one in found.scores] == [row.accuracy for row in rows]


def test_disagreements_are_the_images_on_which_runs_say_different_things(workspace, tested):
    one, two = tested(0.4), tested(0.9, seed=1)
    said = [results.predictions(workspace, run)["predicted"].to_numpy() for run in (one, two)]
    expected = np.arange(2, N + 2)[said[0] != said[1]]
    assert compare(workspace, [one, two]).disagreements.tolist() == expected.tolist()


def test_a_slice_is_compared_by_itself(workspace, tested):
    found = compare(workspace, [tested(0.4), tested(0.9, seed=1)], slice_name=ImageSlice.LEAK_FREE)
    assert found.n == N // 2
    assert found.pairs[0].n == N // 2


def test_runs_on_other_images_are_refused_with_both_numbers(workspace, tested):
    with pytest.raises(NotComparableError, match="70 images and run 2 on 60, of which 60"):
        compare(workspace, [tested(0.5), tested(0.5, n=60)])


def test_runs_with_other_labels_are_refused(workspace, tested):
    first = tested(0.5)
    curation.label(workspace, 2, Emotion.SURPRISE, annotator="ann")
    with pytest.raises(NotComparableError, match="other labels on 1 of"):
        compare(workspace, [first, tested(0.5)])


@pytest.mark.parametrize("run_ids", [[1], [1, 1], [1, 2, 3, 4, 5, 6, 7]])
def test_one_run_a_run_twice_and_seven_runs_are_refused(workspace, run_ids):
    with pytest.raises(NotComparableError, match="choose 2 to 6"):
        compare(workspace, run_ids)


def test_an_unknown_slice_is_refused_with_those_there_are(workspace, tested):
    with pytest.raises(NotComparableError, match=r"no slice 'tag:hat'.*leak-free"):
        compare(workspace, [tested(0.5), tested(0.6)], slice_name="tag:hat")


def test_a_slice_without_images_is_refused(workspace, tested):
    with pytest.raises(NotComparableError, match="No test image"):
        compare(workspace, [tested(0.5), tested(0.6)], slice_name=ImageSlice.RELABELED)


def test_only_settings_that_differ_are_listed(workspace, tested):
    runs = [experiments.find_run(workspace, run_id) for run_id in (tested(0.5), tested(0.5, 3))]
    table = configuration_differences(runs)
    assert table.index.tolist() == ["seed"]
    assert table.loc["seed"].tolist() == ["0", "3"]
    assert comparison.MOST_RUNS == 6
