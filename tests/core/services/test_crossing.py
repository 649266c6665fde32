import numpy as np
import pandas as pd
import pytest

from core.metrics.intervals import share_interval
from core.services import experiments, outcomes
from core.services.crossing import crossing, masks_tested, missing
from core.services.slicing import ImageSlice
from core.services.versions import freeze
from db.enums import Emotion, Mask, ModelName, Split

N = 20


@pytest.fixture
def tested(workspace, add_faces):
    """Return a function that stores a run and how many of 20 faces it gets right by test mask."""
    add_faces([(Split.TRAIN, Emotion.SAD, 1), (Split.VALIDATION, Emotion.SAD, 2)])
    version = freeze(workspace, "faces")

    def run(mask: Mask, right: dict[Mask, int], *, seed: int = 0, epochs: int = 3) -> int:
        found = experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.FAST, mask=mask, seed=seed,
            overrides={"epochs": epochs},
        )  # fmt: skip
        labels = np.zeros(N, dtype=np.int64)
        tables = [
            outcomes.prediction_table(
                np.arange(N), labels,
                np.eye(7, dtype=np.float32)[np.where(np.arange(N) < n_right, 0, 1)],
                leak_free=np.arange(N) < N // 2, mask=test_mask,
            )
            for test_mask, n_right in right.items()
        ]  # fmt: skip
        outcomes.record_outcome(workspace, found.id, pd.concat(tables), seconds=1)
        return found.id

    return run


def cross(workspace, **wanted):
    return crossing(workspace, experiments.runs(workspace), ModelName.FAST, **wanted)


def test_rows_are_train_masks_and_columns_are_test_masks(workspace, tested):
    tested(Mask.NONE, {Mask.NONE: 16, Mask.MOUTH: 6, Mask.CTL_MOUTH: 12})
    tested(Mask.MOUTH, {Mask.MOUTH: 10})
    found = cross(workspace)
    assert found.train_masks == (Mask.NONE, Mask.MOUTH)
    assert found.test_masks == (Mask.NONE, Mask.MOUTH, Mask.CTL_MOUTH)
    assert np.allclose(found.accuracy, [[0.8, 0.3, 0.6], [np.nan, 0.5, np.nan]], equal_nan=True)
    assert np.allclose((found.low[0, 0], found.high[0, 0]), share_interval(16, 20))


def test_runs_of_one_mask_are_averaged(workspace, tested):
    tested(Mask.NONE, {Mask.NONE: 10}), tested(Mask.NONE, {Mask.NONE: 14}, seed=1)
    assert cross(workspace).accuracy.tolist() == [[pytest.approx(0.6)]]


def test_leak_free_figures_are_crossed_by_themselves(workspace, tested):
    tested(Mask.NONE, {Mask.NONE: 5})
    found = cross(workspace, slice_name=ImageSlice.LEAK_FREE)
    assert (found.accuracy[0, 0], found.n[0, 0]) == (0.5, 10)


def test_masks_tested_are_those_of_any_run(workspace, tested):
    ids = [tested(Mask.NONE, {Mask.NONE: 5}), tested(Mask.EYES, {Mask.EYES: 5, Mask.MOUTH: 2})]
    assert masks_tested(workspace, ids) == [Mask.NONE, Mask.EYES, Mask.MOUTH]


def test_a_control_stands_beside_its_mask(workspace, tested):
    ids = [tested(Mask.NONE, dict.fromkeys((Mask.CTL_MOUTH, Mask.MOUTH, Mask.EYES, Mask.NONE), 5))]
    assert masks_tested(workspace, ids) == [Mask.NONE, Mask.EYES, Mask.MOUTH, Mask.CTL_MOUTH]


def test_a_whole_matrix_has_columns_for_all_masks_of_its_rows_and_their_controls(workspace, tested):
    ids = [tested(Mask.NONE, {Mask.NONE: 16}), tested(Mask.MOUTH, {Mask.MOUTH: 10})]
    found = cross(workspace, is_whole=True)
    assert found.test_masks == (Mask.NONE, Mask.MOUTH, Mask.CTL_MOUTH)
    assert missing(workspace, found) == {
        ids[0]: [Mask.MOUTH, Mask.CTL_MOUTH],
        ids[1]: [Mask.NONE, Mask.CTL_MOUTH],
    }


def test_a_mask_is_set_beside_its_control_with_a_paired_interval(workspace, tested):
    tested(Mask.NONE, {Mask.NONE: 18, Mask.MOUTH: 6, Mask.CTL_MOUTH: 14})
    found = cross(workspace)
    assert np.allclose(found.beyond, [[np.nan, -0.4, np.nan]], equal_nan=True)
    # Right under the mask is right under the control here, so the two go together.
    low, high = share_interval(6, 20), share_interval(14, 20)
    unpaired = np.hypot(0.3 - low[0], high[1] - 0.7)
    assert -0.4 - unpaired < found.beyond_low[0, 1] < -0.4 < found.beyond_high[0, 1] < 0


def test_experiments_of_one_mask_with_other_settings_are_rows_of_their_own(workspace, tested):
    first = tested(Mask.NONE, {Mask.NONE: 10})
    other = tested(Mask.NONE, {Mask.NONE: 14}, epochs=4)
    found = cross(workspace)
    assert [[run.id for run in runs] for runs in found.runs] == [[first], [other]]
    assert found.accuracy.tolist() == [[pytest.approx(0.5)], [pytest.approx(0.7)]]


def test_without_runs_of_a_model_the_matrix_is_empty(workspace, tested):
    tested(Mask.NONE, {Mask.NONE: 10})
    found = crossing(workspace, experiments.runs(workspace), ModelName.VGG16, is_whole=True)
    assert found.accuracy.shape == (0, 0)
