import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from core.workspace import Workspace

Feelingit = Callable


@pytest.fixture
def filled(workspace: Workspace, fill: Callable[..., None]) -> Workspace:
    fill(workspace)
    return workspace


def test_results_are_exported_with_the_figures_that_results_prints(
    feelingit: Feelingit, filled: Workspace, tmp_path: Path
):
    out = tmp_path / "a.json"
    done = feelingit("export-results", 1, 2, out, "--to", "json", "--json").document
    assert done == {"path": str(out), "what": "figures", "to": "json", "rows": 4}
    printed = feelingit("results", 1, "--json").document
    first = json.loads(out.read_text())["experiments"][0]
    assert first["accuracy"]["value"] == pytest.approx(printed["accuracy"])
    assert first["per_class"]["sad"]["accuracy"]["value"] == pytest.approx(
        printed["per_class"]["sad"]["accuracy"]
    )


def test_predictions_are_exported(feelingit: Feelingit, filled: Workspace, tmp_path: Path):
    out = tmp_path / "a.parquet"
    done = feelingit("export-results", 1, 2, out, "--what", "predictions", "--to", "parquet")
    assert (done.status, done.out.split()[0]) == (0, "56")
    assert pd.read_parquet(out)["run"].value_counts().to_dict() == {1: 28, 2: 28}


def test_an_export_of_results_refuses_to_overwrite_in_one_sentence(
    feelingit: Feelingit, filled: Workspace, tmp_path: Path
):
    assert feelingit("export-results", 1, tmp_path / "a.csv").status == 0
    again = feelingit("export-results", 1, tmp_path / "a.csv")
    assert (again.status, "exists already" in again.err, len(again.err.splitlines())) == (
        1,
        True,
        1,
    )
