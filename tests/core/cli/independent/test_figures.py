"""Figures of runs and the cells of heatmaps are those of scikit-learn and statsmodels."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
)
from statsmodels.stats.proportion import proportion_confint

from core.services import class_tables, experiments, pooling, results, slice_figures
from core.services.class_tables import Metric
from core.workspace import Workspace
from db.enums import EMOTIONS

NAMES = [emotion.value for emotion in EMOTIONS]
Parts = dict[str, pd.DataFrame]
FIRST = 1


def per_class(rows: pd.DataFrame, metric: Callable[..., np.ndarray], **more: object) -> np.ndarray:
    return metric(rows["label"], rows["predicted"], labels=NAMES, average=None, **more)


def test_the_data_is_shaped_as_the_real_one(exported: pd.DataFrame):
    first = exported[exported["run"] == FIRST]
    assert len(first) == 7178
    assert first["label"].value_counts()["happy"] == 1774
    assert 0.4 < accuracy_score(first["label"], first["predicted"]) < 0.7


def test_stored_figures_are_scikit_learns(studied: Workspace, parts: Parts, run_id: int):
    result = results.run_result(studied, run_id)
    for rows, ours in ((parts["all"], result.full), (parts["leak-free"], result.leak_free)):
        truth, said = rows["label"], rows["predicted"]
        assert ours.overall.n == len(rows)
        assert ours.overall.accuracy == pytest.approx(accuracy_score(truth, said), abs=1e-12)
        weighted = f1_score(truth, said, average="weighted", zero_division=0)
        assert ours.overall.weighted_f1 == pytest.approx(weighted, abs=1e-12)
        macro = f1_score(truth, said, average="macro", labels=NAMES, zero_division=0)
        assert ours.overall.macro_f1 == pytest.approx(macro, abs=1e-12)
        scores = [ours.per_class[emotion] for emotion in EMOTIONS]
        for name, metric in (("accuracy", recall_score), ("precision", precision_score),
                             ("f1", f1_score)):  # fmt: skip
            found = [getattr(score, name) for score in scores]
            assert np.allclose(found, per_class(rows, metric, zero_division=0), atol=1e-12)


def test_the_command_line_prints_scikit_learns_figures(
    studied: Workspace, parts: Parts, run_id: int, feelingit: Callable, monkeypatch
):
    monkeypatch.setenv("FEELINGIT_DATA", str(studied.data_dir))
    printed = feelingit("results", run_id, "--json").document
    for rows, ours in ((parts["all"], printed), (parts["leak-free"], printed["leak_free"])):
        truth, said = rows["label"], rows["predicted"]
        assert (ours["n"], ours["accuracy"]) == (
            len(rows), pytest.approx(accuracy_score(truth, said), abs=1e-12),
        )  # fmt: skip
        weighted = f1_score(truth, said, average="weighted", zero_division=0)
        assert ours["weighted_f1"] == pytest.approx(weighted, abs=1e-12)
        macro = f1_score(truth, said, average="macro", labels=NAMES, zero_division=0)
        assert ours["macro_f1"] == pytest.approx(macro, abs=1e-12)
        recall = per_class(rows, recall_score)
        precision = per_class(rows, precision_score, zero_division=0)
        f1 = per_class(rows, f1_score, zero_division=0)
        for k, name in enumerate(NAMES):
            assert ours["per_class"][name] == {
                "accuracy": pytest.approx(recall[k], abs=1e-12),
                "precision": pytest.approx(precision[k], abs=1e-12),
                "f1": pytest.approx(f1[k], abs=1e-12),
                "n": int((truth == name).sum()),
            }


@pytest.mark.parametrize("slice_name", ["all", "leak-free"])
def test_heatmap_cells_and_their_wilson_intervals_are_the_others(
    studied: Workspace, parts: Parts, run_id: int, slice_name: str
):
    rows = parts[slice_name]
    run = experiments.find_run(studied, run_id)
    matrix = confusion_matrix(rows["label"], rows["predicted"], labels=NAMES)
    hits, truly, called = np.diag(matrix), matrix.sum(axis=1), matrix.sum(axis=0)
    wholes = {Metric.ACCURACY: truly, Metric.PRECISION: called}
    for metric, whole in wholes.items():
        table = class_tables.class_table(studied, [run], metric, slice_name=slice_name)
        seen = whole > 0
        theirs = hits[seen] / whole[seen]
        assert np.allclose(table.values[0, 1:][seen], theirs, atol=1e-12)
        low, high = proportion_confint(hits[seen], whole[seen], method="wilson")
        assert np.allclose(table.low[0, 1:][seen], low, atol=1e-12)
        assert np.allclose(table.high[0, 1:][seen], high, atol=1e-12)
        assert np.isnan(table.values[0, 1:][~seen]).all()
        assert (table.n[0] == [len(rows), *truly]).all()
    f1 = class_tables.class_table(studied, [run], Metric.F1, slice_name=slice_name)
    assert np.allclose(f1.values[0, 1:], per_class(rows, f1_score, zero_division=0), atol=1e-12)
    low, high = proportion_confint(hits, truly + called - hits, method="wilson")
    assert np.allclose(f1.low[0, 1:], 2 * low / (1 + low), atol=1e-12)
    assert np.allclose(f1.high[0, 1:], 2 * high / (1 + high), atol=1e-12)


def test_the_overall_interval_is_wilsons(studied: Workspace, parts: Parts, run_id: int):
    rows = parts["all"]
    run = experiments.find_run(studied, run_id)
    table = class_tables.class_table(studied, [run], Metric.ACCURACY)
    n_right = int((rows["label"] == rows["predicted"]).sum())
    low, high = proportion_confint(n_right, len(rows), method="wilson")
    assert (table.low[0, 0], table.high[0, 0]) == (pytest.approx(low), pytest.approx(high))


def test_confusion_counts_are_scikit_learns(studied: Workspace, parts: Parts, run_id: int):
    for slice_name, rows in parts.items():
        ours = slice_figures.confusion_of(studied, run_id, slice_name=slice_name)
        theirs = confusion_matrix(rows["label"], rows["predicted"], labels=NAMES)
        assert (ours == theirs).all()


def test_slices_by_what_annotators_did_are_those_of_the_exported_rows(
    studied: Workspace, exported: pd.DataFrame
):
    own = exported[exported["run"] == FIRST]
    is_relabeled = own["image"].str.extract(r"/(\d+)\.jpg$")[0].astype(int) % 9 == 0
    for slice_name, rows in (("relabeled", own[is_relabeled]), ("unchanged", own[~is_relabeled])):
        ours = slice_figures.confusion_of(studied, FIRST, slice_name=slice_name)
        theirs = confusion_matrix(rows["label"], rows["predicted"], labels=NAMES)
        assert (ours == theirs).all()


def test_pooled_seeds_are_mean_and_standard_deviation_of_scikit_learns(
    studied: Workspace, exported: pd.DataFrame
):
    runs = [experiments.find_run(studied, run_id) for run_id in (2, 3)]
    rows = [exported[exported["run"] == run.id] for run in runs]
    accuracies = np.array([accuracy_score(one["label"], one["predicted"]) for one in rows])
    f1 = np.array([
        f1_score(one["label"], one["predicted"], average="weighted", zero_division=0)
        for one in rows
    ])  # fmt: skip
    (pool,) = pooling.pooled(studied, runs)
    assert pool.accuracy == pytest.approx(accuracies.mean())
    assert pool.accuracy_spread == pytest.approx(pd.Series(accuracies).std())
    assert pool.weighted_f1 == pytest.approx(f1.mean())
    assert pool.weighted_f1_spread == pytest.approx(pd.Series(f1).std())
    recalls = pd.DataFrame([per_class(one, recall_score) for one in rows])
    table = class_tables.class_table(studied, runs, Metric.ACCURACY)
    assert np.allclose(table.values[0, 1:], recalls.mean())
    assert np.allclose(table.spread[0, 1:], recalls.std())
