import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from core.metrics.intervals import f1_interval, share_interval
from core.services import curation, experiments, outcomes, versions
from core.services.class_tables import Metric, class_table
from core.services.slicing import ImageSlice
from db.enums import EMOTIONS, Emotion, Mask, ModelName, Split

N = 140
RELABELED = 21


@pytest.fixture
def tested(workspace, add_faces):
    """Return a function that stores a run on 140 faces and returns (run, labels, predictions)."""
    faces = [(Split.TRAIN, Emotion.SAD, 250)]
    add_faces(faces + [(Split.VALIDATION, EMOTIONS[k % 7], k) for k in range(N)])
    for image_id in range(2, 2 + RELABELED):
        curation.label(workspace, image_id, Emotion.SURPRISE, annotator="ann")
    version = versions.freeze(workspace, "faces")
    labels = versions.face_set(workspace, version.id).labels[1:]

    def run(seed: int, *, mask: Mask = Mask.NONE, test_mask: Mask | None = None, **settings):
        rng = np.random.default_rng(seed)
        found = experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.FAST, mask=mask, seed=seed,
            overrides=settings,
        )  # fmt: skip
        said = np.where(rng.random(N) < 0.6, labels, rng.integers(0, 7, N))
        table = outcomes.prediction_table(
            np.arange(2, N + 2), labels, np.eye(7, dtype=np.float32)[said],
            leak_free=np.arange(N) % 3 > 0, mask=test_mask or mask,
        )  # fmt: skip
        outcomes.record_outcome(workspace, found.id, table, seconds=1)
        return found, labels, said

    return run


@pytest.mark.parametrize(
    ("metric", "theirs"),
    [
        (Metric.ACCURACY, recall_score),
        (Metric.PRECISION, precision_score),
        (Metric.F1, f1_score),
    ],
)
def test_each_figure_is_scikit_learns(workspace, tested, metric, theirs):
    run, labels, said = tested(1)
    table = class_table(workspace, [run], metric)
    assert np.allclose(table.values[0, 1:], theirs(labels, said, average=None))
    assert table.values[0, 0] == pytest.approx(theirs(labels, said, average="weighted"))


def test_support_counts_the_true_images(workspace, tested):
    run, labels, _ = tested(1)
    table = class_table(workspace, [run], Metric.SUPPORT)
    assert table.values[0].tolist() == [N, *np.bincount(labels, minlength=7)]


def test_intervals_come_from_the_counts_behind_a_figure(workspace, tested):
    run, labels, said = tested(1)
    hits = np.bincount(labels[labels == said], minlength=7)
    n, called = np.bincount(labels, minlength=7), np.bincount(said, minlength=7)
    recall = class_table(workspace, [run], Metric.ACCURACY)
    assert np.allclose([recall.low[0, 1:], recall.high[0, 1:]], share_interval(hits, n))
    f1 = class_table(workspace, [run], Metric.F1)
    assert np.allclose([f1.low[0, 1:], f1.high[0, 1:]], f1_interval(hits, n, called))


def test_seeds_share_a_row_with_their_mean_and_spread(workspace, tested):
    first, second = tested(1)[0], tested(2)[0]
    apart = class_table(workspace, [first, second], is_pooled=False)
    together = class_table(workspace, [first, second])
    assert [len(row) for row in together.rows] == [2]
    assert np.allclose(together.values[0], apart.values.mean(axis=0))
    assert np.allclose(together.spread[0], apart.values.std(axis=0, ddof=1))
    assert np.isnan(apart.spread).all()


def test_leak_free_figures_are_of_leak_free_images_only(workspace, tested):
    run, labels, said = tested(1)
    chosen = np.arange(N) % 3 > 0
    table = class_table(workspace, [run], slice_name=ImageSlice.LEAK_FREE)
    assert table.n[0, 0] == chosen.sum()
    assert table.values[0, 0] == pytest.approx((labels == said)[chosen].mean())


def test_a_slice_is_scored_by_its_own_images(workspace, tested):
    run, labels, said = tested(1)
    place = np.arange(N)
    chosen = (place < RELABELED) & (place % 7 < 6)  # every seventh was a surprised face before
    table = class_table(workspace, [run], slice_name=ImageSlice.RELABELED)
    assert table.n[0, 0] == chosen.sum()
    assert table.values[0, 0] == pytest.approx((labels == said)[chosen].mean())


def test_a_run_that_was_not_tested_with_a_mask_has_no_figures_under_it(workspace, tested):
    table = class_table(workspace, [tested(1)[0]], test_mask=Mask.EYES)
    assert np.isnan(table.values).all()


def test_a_mean_over_seeds_that_err_alike_has_the_interval_of_one(workspace, tested):
    one, again = tested(1)[0], tested(1)[0]
    alone = class_table(workspace, [one])
    both = class_table(workspace, [again, tested(2)[0]])
    assert both.high[0, 0] - both.low[0, 0] < alone.high[0, 0] - alone.low[0, 0]


def test_the_overall_precision_and_f1_have_intervals_too(workspace, tested):
    run, labels, said = tested(1)
    table = class_table(workspace, [run], Metric.F1)
    weighted = f1_score(labels, said, average="weighted")
    assert table.low[0, 0] < weighted < table.high[0, 0]


def test_runs_without_predictions_have_an_empty_row(workspace, tested):
    run = tested(1)[0]
    (workspace.run_dir(run.id) / outcomes.PREDICTIONS_NAME).unlink()
    assert np.isnan(class_table(workspace, [run]).values).all()


def test_a_run_trained_with_random_masks_is_shown_under_no_mask(workspace, tested):
    run = tested(1, mask=Mask.RANDOM, test_mask=Mask.NONE, random_masks=["eyes"])[0]
    assert class_table(workspace, [run]).n[0, 0] == N


def test_runs_that_were_not_tested_with_a_mask_leave_a_slice_to_those_that_were(workspace, tested):
    runs = [tested(1)[0], tested(1, mask=Mask.EYES)[0]]
    table = class_table(workspace, runs, slice_name=ImageSlice.RELABELED, test_mask=Mask.EYES)
    assert np.isnan(table.values[0]).all()
    assert table.n[1, 0] > 0
