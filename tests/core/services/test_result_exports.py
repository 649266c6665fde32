import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import EmptySetError, ExportError, NotReadyError
from core.services import experiments, outcomes, results, versions
from core.services.class_tables import Metric, class_table
from core.services.presenting.latex import escaped
from core.services.result_exports import ResultFormat, ResultKind, Wanted, export_results
from core.services.result_tables import spreadsheet_safe
from core.workspace import Workspace
from db.enums import EMOTIONS, Mask, ModelName, Split
from db.models import Image

N = 70
EVIL = '=cmd|" /C calc"!A0.png'


@pytest.fixture
def tested(workspace: Workspace, add_faces, finish_next) -> Workspace:
    """Two seeds that covered the eyes, and one run without a mask; nobody says disgust."""
    add_faces([(Split.VALIDATION, EMOTIONS[k % 7], k) for k in range(N)], name="faces")
    version = versions.freeze(workspace, "faces")
    labels = np.arange(N) % 7
    for seed, mask in ((0, Mask.EYES), (1, Mask.EYES), (0, Mask.NONE)):
        run = experiments.enqueue_training(
            workspace, version=version.digest, model=ModelName.FAST, mask=mask, seed=seed
        )
        rng = np.random.default_rng([seed, mask is Mask.NONE])
        shares = rng.random((N, 7), dtype=np.float32)
        shares[:, 1] = 0
        shares[np.arange(N), np.where(labels == 1, 0, labels)] += 0.4
        table = outcomes.prediction_table(
            np.arange(1, N + 1), labels, shares / shares.sum(axis=1, keepdims=True),
            leak_free=np.arange(N) % 5 > 0, mask=mask,
        )  # fmt: skip
        outcomes.record_outcome(workspace, run.id, table, seconds=1)
        finish_next(workspace)
    return workspace


def write(workspace: Workspace, out: Path, *run_ids: int, **wanted: object) -> Path:
    return export_results(workspace, run_ids, out, Wanted(**wanted)).path


@pytest.mark.parametrize("form", [ResultFormat.CSV, ResultFormat.PARQUET])
def test_exported_predictions_are_the_runs_own(tested: Workspace, tmp_path: Path, form):
    path = write(tested, tmp_path / "a", 1, 3, kind=ResultKind.PREDICTIONS, form=form)
    shares = {f"p_{emotion}": np.float32 for emotion in EMOTIONS}
    read = pd.read_csv(path, dtype=shares) if form is ResultFormat.CSV else pd.read_parquet(path)
    for run_id in (1, 3):
        own = results.predictions(tested, run_id)
        again = read[read["run"] == run_id].reset_index(drop=True)
        assert again["image"][4] == "validation/neutral/4.png"
        again = again.drop(columns=["run", "image"])
        for column in own:
            assert (again[column].to_numpy() == own[column].to_numpy()).all(), column


def test_a_figure_table_says_what_the_page_says(tested: Workspace, tmp_path: Path):
    read = pd.read_csv(write(tested, tmp_path / "a.csv", 1, 2, 3))
    assert len(read) == 2 * 2 * 8  # experiments, slices, all and seven emotions
    assert read["runs"].tolist()[:8] == ["1 2"] * 8
    runs = [experiments.find_run(tested, run_id) for run_id in (1, 2, 3)]
    for slice_name in ("all", "leak-free"):
        of_slice = read[read["slice"] == slice_name]
        for metric in (Metric.ACCURACY, Metric.PRECISION, Metric.F1):
            page = class_table(tested, runs, metric, slice_name=slice_name)
            parts = (("", page.values), ("_low", page.low), ("_high", page.high),
                     ("_sd", page.spread))  # fmt: skip
            for suffix, figures in parts:
                found = of_slice[f"{metric.value}{suffix}"].to_numpy()
                assert np.allclose(found, figures.ravel(), equal_nan=True)
            assert (of_slice["n"] == page.n.ravel()).all()


def test_runs_stand_apart_where_that_is_wanted(tested: Workspace, tmp_path: Path):
    read = pd.read_csv(
        write(tested, tmp_path / "a.csv", 1, 2, is_pooled=False, slice_names=("leaked",))
    )
    assert read["runs"].tolist() == [1] * 8 + [2] * 8
    assert read["accuracy_sd"].isna().all()
    assert read["n"][0] == N / 5


def test_json_has_null_where_there_is_no_figure(tested: Workspace, tmp_path: Path):
    path = write(tested, tmp_path / "a.json", 3, form=ResultFormat.JSON)

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    document = json.loads(path.read_text(), parse_constant=refuse)
    full, leak_free = document["experiments"]
    assert (full["slice"], leak_free["slice"], full["n"]) == ("all", "leak-free", N)
    result = results.run_result(tested, 3)
    assert full["accuracy"]["value"] == pytest.approx(result.full.overall.accuracy)
    assert full["macro_f1"]["value"] == pytest.approx(result.full.overall.macro_f1)
    assert full["weighted_f1"]["value"] == pytest.approx(result.full.overall.weighted_f1)
    assert full["per_class"]["disgust"]["precision"]["value"] is None


def test_a_latex_table_is_balanced_and_holds_every_figure(tested: Workspace, tmp_path: Path):
    path = write(tested, tmp_path / "a.tex", 1, 2, 3, form=ResultFormat.LATEX)
    text = path.read_text()
    assert balanced(text)
    begun = re.findall(r"\\begin\{(\w+)\}", text)
    assert sorted(begun) == sorted(re.findall(r"\\end\{(\w+)\}", text))
    assert begun.count("tabular") == 6  # three figures, two slices
    for body in re.findall(r"\\midrule\n(.*?)\\bottomrule", text, flags=re.DOTALL):
        lines = body.strip().split("\n")
        assert len(lines) == 4  # two experiments, each a line of figures and one of intervals
        assert {line.count("&") for line in lines} in ({8}, {9})
    runs = [experiments.find_run(tested, run_id) for run_id in (1, 2, 3)]
    page = class_table(tested, runs, Metric.ACCURACY)
    assert rf"{100 * page.values[0, 4]:.1f}\,$\pm$\,{100 * page.spread[0, 4]:.1f}" in text
    assert f"[{100 * page.low[1, 4]:.1f}, {100 * page.high[1, 4]:.1f}]" in text
    assert "nan" not in text


def balanced(text: str) -> bool:
    """Whether braces open and close, and nothing LaTeX treats as special stands alone."""
    without = re.sub(r"(?m)^%.*$", "", text)
    without = re.sub(r"\\[\\&%$#_{},^~]", "", without)
    depth = 0
    for character in without:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    alone = re.sub(r"\$\\pm\$", "", without)
    alone = re.sub(r"(?m)^.* & .*$", "", alone)
    return depth == 0 and not re.search(r"[$#_&%~^]", alone)


@given(st.text())
def test_any_text_is_escaped_for_latex(text: str):
    assert balanced(escaped(text))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_spreadsheet_takes_no_text_for_a_formula(start: str):
    table = pd.DataFrame({"image": [f"{start}SUM(A1)", "a.png", None], "n": [-1, 2, 3]})
    safe = spreadsheet_safe(table)
    assert safe["image"].tolist()[:2] == [f"'{start}SUM(A1)", "a.png"]
    assert safe["n"].tolist() == [-1, 2, 3]


def test_a_path_that_is_a_formula_is_quoted_in_csv_and_kept_in_parquet(
    workspace: Workspace, tmp_path: Path, fill
):
    fill(workspace)
    with workspace.writing() as session:
        for image in session.query(Image):
            image.source_path = f"{EVIL}/{image.id}"
    shown = pd.read_csv(write(workspace, tmp_path / "a.csv", 1, kind=ResultKind.PREDICTIONS))
    assert shown["image"].str.startswith("'=cmd").all()
    kept = pd.read_parquet(
        write(workspace, tmp_path / "a.parquet", 1, kind=ResultKind.PREDICTIONS,
              form=ResultFormat.PARQUET)
    )  # fmt: skip
    assert kept["image"].str.startswith("=cmd").all()


def test_nothing_is_overwritten_and_nothing_is_left_when_it_fails(
    tested: Workspace, tmp_path: Path
):
    write(tested, tmp_path / "a.csv", 1)
    before = (tmp_path / "a.csv").read_bytes()
    with pytest.raises(ExportError, match=r"a\.csv exists already"):
        write(tested, tmp_path / "a.csv", 3)
    with pytest.raises(NotReadyError):
        write(tested, tmp_path / "b.csv", 1, test_mask=Mask.MOUTH)
    with pytest.raises(EmptySetError, match="tag:hat"):
        write(tested, tmp_path / "b.csv", 1, slice_names=("tag:hat",))
    with pytest.raises(ExportError, match="Predictions cannot be latex; choose csv or parquet"):
        write(tested, tmp_path / "b", 1, kind=ResultKind.PREDICTIONS, form=ResultFormat.LATEX)
    assert [path.name for path in tmp_path.glob("*.*")] == ["a.csv"]
    assert (tmp_path / "a.csv").read_bytes() == before
