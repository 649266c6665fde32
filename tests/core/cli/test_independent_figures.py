"""Every figure of the pages, computed again from the exported predictions by other libraries.

The data is shaped as FER2013's two test sets together: 7,178 faces in its class balance, a
twentieth of them with a twin in training, some relabeled.
"""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
)
from sqlalchemy import insert
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from core.services import (
    class_tables,
    comparison,
    crossing,
    experiments,
    outcomes,
    pooling,
    results,
    slice_figures,
    versions,
)
from core.services.class_tables import Metric
from core.services.result_exports import ResultFormat, ResultKind, Wanted, export_results
from core.settings import Settings
from core.workspace import Workspace, open_workspace
from db.enums import EMOTIONS, JobStatus, Mask, ModelName, Split
from db.models import Dataset, Image
from db.repositories import jobs

NAMES = [emotion.value for emotion in EMOTIONS]
BALANCE = (958, 111, 1024, 1774, 1233, 1247, 831)  # FER2013, PublicTest and PrivateTest, our order
BLIND = 1  # what the second network never says: its precision has nothing to divide by
RUNS = {1: (Mask.NONE, 0), 2: (Mask.EYES, 0), 3: (Mask.EYES, 1)}
FIRST, SECOND, TWIN_SHARE = 1, 2, 0.05


@pytest.fixture(scope="module")
def studied(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Three runs on 7,178 faces; the first was also tested with the eyes covered."""
    workspace = open_workspace(Settings(data=tmp_path_factory.mktemp("studied"), database_url=None))
    labels = np.repeat(np.arange(7), BALANCE)
    _add_faces(workspace, labels)
    version = versions.freeze(workspace, "fer")
    rng = np.random.default_rng(7)
    is_leak_free = rng.random(len(labels)) >= TWIN_SHARE
    for run_id, (mask, seed) in RUNS.items():
        run = experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.FAST, mask=mask, seed=seed
        )
        for tested in {mask, Mask.EYES}:
            table = outcomes.prediction_table(
                np.arange(1, len(labels) + 1), labels, _shares(labels, run_id, tested),
                leak_free=is_leak_free, mask=tested,
            )  # fmt: skip
            outcomes.record_outcome(workspace, run.id, table, seconds=60)
        _finish(workspace)
    yield workspace
    workspace.engine.dispose()


def _add_faces(workspace: Workspace, labels: np.ndarray) -> None:
    """Every ninth face was labeled otherwise when it was imported."""
    with workspace.writing() as session:
        dataset = Dataset(name="fer", created_at=datetime.now(UTC), is_complete=True)
        session.add(dataset)
        session.flush()
        faces = [
            {
                "dataset_id": dataset.id,
                "source_path": f"images/validation/{EMOTIONS[label]}/{k}.jpg",
                "split": Split.VALIDATION,
                "original_split": Split.VALIDATION,
                "original_label": EMOTIONS[(label + (k % 9 == 0)) % 7],
                "label": EMOTIONS[label],
                "file_sha256": f"{k:064d}",
                "pixel_sha256": f"{k:064d}",
                "phash": 0,
                "width": 48,
                "height": 48,
            }
            for k, label in enumerate(labels)
        ]
        session.execute(insert(Image), faces)


def _shares(labels: np.ndarray, run_id: int, tested: Mask) -> np.ndarray:
    """Probabilities that are right more often than not, and never disgust in runs 2 and 3."""
    rng = np.random.default_rng([run_id, len(tested)])
    logits = rng.normal(size=(len(labels), 7))
    logits[np.arange(len(labels)), labels] += 1.6 - 0.4 * (tested is Mask.EYES)
    if run_id > 1:
        logits[:, BLIND] -= 30
    shares = np.exp(logits)
    return (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)


def _finish(workspace: Workspace) -> None:
    now = datetime.now(UTC)
    with workspace.writing() as session:
        jobs.claim(session, "fixture", now=now)
        (held,) = jobs.with_status(session, [JobStatus.RUNNING])
        jobs.finish(session, held, JobStatus.DONE, None, now=now)


@pytest.fixture(scope="module")
def exported(studied: Workspace, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The predictions of all runs under their own masks, as a spreadsheet or pandas reads them."""
    path = tmp_path_factory.mktemp("exported") / "predictions.csv"
    export_results(studied, list(RUNS), path, Wanted(kind=ResultKind.PREDICTIONS))
    return pd.read_csv(io.StringIO(path.read_text(encoding="utf-8")))


Parts = dict[str, pd.DataFrame]


@pytest.fixture(params=RUNS)
def run_id(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def parts(exported: pd.DataFrame, run_id: int) -> Parts:
    """The rows of a run on all its test images and on the leak-free ones."""
    own = exported[exported["run"] == run_id]
    return {"all": own, "leak-free": own[own["leak_free"]]}


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
