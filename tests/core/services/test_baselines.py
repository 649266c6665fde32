import numpy as np
import pytest

from core.metrics.comparison import compare_all
from core.metrics.intervals import share_interval
from core.services import curation, experiments, outcomes, versions
from core.services.baselines import less_baseline
from core.services.class_tables import Metric, class_table
from core.services.slicing import ImageSlice
from db.enums import EMOTIONS, Emotion, Mask, ModelName, Split

N = 140


@pytest.fixture
def tested(workspace, add_faces):
    """Return a function that freezes the set, tests a run on 140 faces, returns run and answers."""
    faces = [(Split.TRAIN, Emotion.SAD, 250)]
    add_faces(faces + [(Split.VALIDATION, EMOTIONS[k % 7], k) for k in range(N)])

    def run(seed: int, share_right: float = 0.6, *, n: int = N, epochs: int = 3):
        version = versions.freeze(workspace, "faces")
        labels = versions.face_set(workspace, version.id).labels[1 : n + 1]
        found = experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.FAST, mask=Mask.NONE, seed=seed,
            overrides={"epochs": epochs},
        )  # fmt: skip
        rng = np.random.default_rng([seed, epochs])
        said = np.where(rng.random(n) < share_right, labels, rng.integers(0, 7, n))
        table = outcomes.prediction_table(
            np.arange(2, n + 2), labels, np.eye(7, dtype=np.float32)[said],
            leak_free=np.arange(n) % 2 == 0, mask=Mask.NONE,
        )  # fmt: skip
        outcomes.record_outcome(workspace, found.id, table, seconds=1)
        return found, labels, said

    return run


def against_first(workspace, runs, metric=Metric.ACCURACY, **wanted):
    table = class_table(workspace, runs, metric, **wanted)
    wanted.pop("is_pooled", None)
    return table, less_baseline(workspace, table, 0, **wanted)


@pytest.mark.parametrize("metric", [Metric.ACCURACY, Metric.F1])
def test_intervals_are_paired_as_the_bootstrap_over_images_is(workspace, tested, metric):
    (worse, labels, first), (better, _, second) = tested(1), tested(2, 0.8, epochs=4)
    _, found = against_first(workspace, [worse, better], metric)
    (pair,) = compare_all(labels, [first, second])
    theirs = pair.recall if metric is Metric.ACCURACY else pair.f1
    assert found.is_paired == (True, True)
    for k, emotion in enumerate(EMOTIONS, start=1):
        assert found.values[1, k] == pytest.approx(theirs[emotion].difference)
        assert found.low[1, k] == pytest.approx(theirs[emotion].low, abs=0.07)
        assert found.high[1, k] == pytest.approx(theirs[emotion].high, abs=0.07)


def test_pairing_makes_intervals_shorter_where_runs_err_alike(workspace, tested):
    worse, labels, said = tested(1)
    alike = experiments.enqueue_training(
        workspace, version=worse.version, model=ModelName.FAST, mask=Mask.NONE, seed=9
    )
    repaired = np.where(np.arange(N) % 5 == 0, labels, said)
    table = outcomes.prediction_table(
        np.arange(2, N + 2), labels, np.eye(7, dtype=np.float32)[repaired],
        leak_free=np.ones(N, dtype=bool), mask=Mask.NONE,
    )  # fmt: skip
    outcomes.record_outcome(workspace, alike.id, table, seconds=1)
    table, found = against_first(workspace, [worse, alike], is_pooled=False)
    width = found.high[1, 0] - found.low[1, 0]
    assert width < 0.5 * (table.high[1, 0] - table.low[1, 0])
    assert found.low[1, 0] > 0


def test_the_baseline_itself_has_no_interval(workspace, tested):
    _, found = against_first(workspace, [tested(1)[0], tested(2, epochs=4)[0]])
    assert (found.values[0] == 0).all()
    assert np.isnan([found.low[0], found.high[0]]).all()


def test_seeds_are_means_with_the_spread_of_both_rows(workspace, tested):
    rows = [tested(seed, epochs=epochs)[0] for epochs in (3, 4) for seed in (1, 2, 3)]
    table, found = against_first(workspace, rows)
    assert len(table.rows) == 2
    assert np.allclose(found.values[1], table.values[1] - table.values[0])
    assert np.allclose(found.spread[1], np.hypot(table.spread[0], table.spread[1]))


def test_a_single_seed_leaves_the_spread_to_the_other_row(workspace, tested):
    rows = [tested(1, epochs=3)[0], *(tested(seed, epochs=4)[0] for seed in (1, 2))]
    table, found = against_first(workspace, rows)
    assert np.isnan(found.spread[0]).all()
    assert np.allclose(found.spread[1], table.spread[1])


def test_runs_on_other_images_are_not_paired_and_have_wider_intervals(workspace, tested):
    table, found = against_first(workspace, [tested(1)[0], tested(2, epochs=4, n=120)[0]])
    assert found.is_paired == (True, False)
    assert found.n_shared == (140, 120)
    ends = [share_interval(v * n, n) for v, n in zip(table.values[:, 0], (140, 120), strict=True)]
    below = np.hypot(table.values[1, 0] - ends[1][0], ends[0][1] - table.values[0, 0])
    assert found.low[1, 0] == pytest.approx(found.values[1, 0] - below)


def test_the_same_images_with_another_label_are_not_paired(workspace, tested):
    first = tested(1)[0]
    curation.label(workspace, 2, Emotion.SURPRISE, annotator="ann")
    _, found = against_first(workspace, [first, tested(2)[0]])
    assert found.is_paired == (True, False)
    assert found.n_shared[1] == N


def test_a_slice_is_paired_by_its_own_images(workspace, tested):
    (first, labels, one), (second, _, other) = tested(1), tested(2, epochs=4)
    _, found = against_first(workspace, [first, second], slice_name=ImageSlice.LEAK_FREE)
    chosen = np.arange(N) % 2 == 0
    expected = (other == labels)[chosen].mean() - (one == labels)[chosen].mean()
    assert found.values[1, 0] == pytest.approx(expected)
    assert found.n_shared == (70, 70)


def test_a_row_that_was_not_tested_has_no_difference(workspace, tested):
    queued = experiments.enqueue_training(
        workspace, version=tested(1)[0].version, model=ModelName.VGG16, mask=Mask.NONE
    )
    _, found = against_first(workspace, [tested(2)[0], queued])
    assert np.isnan([found.values[1], found.low[1], found.high[1]]).all()
    assert found.is_paired == (True, False)
