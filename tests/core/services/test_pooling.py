import numpy as np
import pytest

from core.metrics.intervals import share_interval
from core.services import experiments, outcomes
from core.services.pooling import pooled, study_table
from core.services.versions import freeze
from db.enums import Emotion, Mask, ModelName, Split

N = 20


@pytest.fixture
def tested(workspace, add_faces):
    """Return a function that stores a run that got some of twenty faces right."""
    add_faces([(Split.TRAIN, Emotion.SAD, 1), (Split.VALIDATION, Emotion.SAD, 2)])
    version = freeze(workspace, "faces")

    def run(n_right: int, *, seed: int = 0, mask: Mask = Mask.NONE, epochs: int = 3) -> int:
        found = experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.VGG16, mask=mask, seed=seed,
            overrides={"epochs": epochs},
        )  # fmt: skip
        labels = np.zeros(N, dtype=np.int64)
        said = np.where(np.arange(N) < n_right, 0, 1)
        table = outcomes.prediction_table(
            np.arange(N), labels, np.eye(7, dtype=np.float32)[said],
            leak_free=np.ones(N, dtype=bool), mask=mask,
        )  # fmt: skip
        outcomes.record_outcome(workspace, found.id, table, seconds=1)
        return found.id

    return run


def pools(workspace):
    return pooled(workspace, experiments.runs(workspace)[::-1])


def test_seeds_of_one_configuration_are_one_row_with_mean_and_spread(workspace, tested):
    tested(10, seed=0), tested(12, seed=1), tested(14, seed=2)
    (pool,) = pools(workspace)
    assert pool.accuracy == pytest.approx(0.6)
    assert pool.accuracy_spread == pytest.approx(0.1)
    low, high = share_interval(12, 20)  # of one seed: these err on nearly the same faces
    assert low < pool.accuracy_interval[0] < low + 0.05
    assert high - 0.05 < pool.accuracy_interval[1] < high
    assert [run.seed for run in pool.runs] == [0, 1, 2]


def test_another_setting_is_another_row(workspace, tested):
    tested(10, seed=0), tested(12, seed=1, epochs=4)
    assert [len(pool.runs) for pool in pools(workspace)] == [1, 1]


def test_of_two_runs_with_one_seed_the_newest_counts(workspace, tested):
    tested(10), tested(16)
    (pool,) = pools(workspace)
    assert pool.accuracy == pytest.approx(0.8)
    assert np.isnan(pool.accuracy_spread)


def test_a_run_without_figures_is_left_out(workspace, tested):
    tested(10)
    version = experiments.runs(workspace)[0].version
    experiments.enqueue_training(workspace, version=version, model=ModelName.FAST, mask=Mask.NONE)
    assert len(pools(workspace)) == 1


def test_the_studys_rows_stand_beside_our_newest_runs_of_the_same_kind(workspace, tested):
    tested(10), tested(13, epochs=5)
    cells = study_table(workspace, experiments.runs(workspace))
    assert len(cells) == 10
    assert cells[0].study.accuracy == 0.5641
    assert cells[0].ours.accuracy == pytest.approx(0.65)
    assert all(cell.ours is None for cell in cells[1:])


def test_the_studys_rows_are_of_any_slice_and_of_none_without_images(workspace, tested):
    tested(10)
    runs = experiments.runs(workspace)
    assert study_table(workspace, runs, slice_name="leak-free")[0].ours.n == N
    assert study_table(workspace, runs, slice_name="leaked")[0].ours is None
