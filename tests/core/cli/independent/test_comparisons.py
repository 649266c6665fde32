"""Comparisons, calibration and crossed masks are those of statsmodels and scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from core.services import comparison, crossing, experiments, slice_figures
from core.services.result_exports import ResultFormat, ResultKind, Wanted, export_results
from core.workspace import Workspace
from db.enums import EMOTIONS, Mask, ModelName

NAMES = [emotion.value for emotion in EMOTIONS]
Parts = dict[str, pd.DataFrame]
RUNS = (1, 2, 3)
FIRST, SECOND = 1, 2


def test_comparison_is_statsmodels_mcnemar_with_holms_correction(
    studied: Workspace, exported: pd.DataFrame
):
    first, second = (exported[exported["run"] == k].set_index("image_id") for k in (FIRST, SECOND))
    is_right = [one["label"] == one["predicted"] for one in (first, second)]
    (pair,) = comparison.compare(studied, [FIRST, SECOND]).pairs
    assert pair.accuracy.difference == pytest.approx(is_right[1].mean() - is_right[0].mean())
    raw = [mcnemar(pd.crosstab(*is_right), exact=True).pvalue]
    for name in NAMES:
        of_class = first["label"] == name
        table = pd.crosstab(*(one[of_class] for one in is_right)).reindex(
            index=[False, True], columns=[False, True], fill_value=0
        )
        raw.append(mcnemar(table, exact=True).pvalue)
    ours = [pair.accuracy, *(pair.recall[emotion] for emotion in EMOTIONS)]
    assert np.allclose([one.p_value for one in ours], raw)
    assert np.allclose([one.p_adjusted for one in ours], multipletests(raw, method="holm")[1])


def test_calibration_is_scikit_learns(studied: Workspace, parts: Parts, run_id: int):
    rows = parts["all"]
    confidence = rows[[f"p_{name}" for name in NAMES]].max(axis=1).to_numpy()
    is_right = (rows["label"] == rows["predicted"]).to_numpy()
    ours = slice_figures.calibration_of(studied, run_id)
    seen = ours.n > 0
    accuracy, said = calibration_curve(is_right, confidence, n_bins=15)
    assert np.allclose(ours.accuracy[seen], accuracy)
    assert np.allclose(ours.confidence[seen], said, atol=1e-6)
    bins = pd.cut(confidence, np.linspace(0, 1, 16))
    by_bin = pd.DataFrame({"gap": confidence - is_right, "bin": bins}).groupby(
        "bin", observed=True
    )["gap"]
    error = (by_bin.mean().abs() * by_bin.size()).sum() / len(rows)
    assert ours.expected_error == pytest.approx(error, abs=1e-6)


def test_masks_crossed_are_scikit_learns(studied: Workspace, tmp_path):
    runs = [experiments.find_run(studied, run_id) for run_id in RUNS]
    found = crossing.crossing(studied, runs, ModelName.FAST, slice_name="leak-free")
    path = tmp_path / "eyes.parquet"
    wanted = Wanted(
        kind=ResultKind.PREDICTIONS, form=ResultFormat.PARQUET, test_mask=Mask.EYES
    )  # fmt: skip
    export_results(studied, list(RUNS), path, wanted)
    rows = pd.read_parquet(path).query("leak_free")
    by_run = rows.groupby("run").apply(
        lambda one: accuracy_score(one["label"], one["predicted"]), include_groups=False
    )
    column = found.test_masks.index(Mask.EYES)
    assert found.accuracy[found.train_masks.index(Mask.NONE), column] == pytest.approx(by_run[1])
    trained_so = found.accuracy[found.train_masks.index(Mask.EYES), column]
    assert trained_so == pytest.approx((by_run[2] + by_run[3]) / 2)
