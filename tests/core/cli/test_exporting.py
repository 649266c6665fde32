import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from core.configs import TrainConfig, preset
from core.jobs.inference import place
from core.ml.checkpoints import save
from core.ml.models import build
from core.services import experiments, versions
from core.services.jobs import find_job
from core.services.report.provenance import run_record
from core.workspace import Workspace
from db.enums import Emotion, Mask, ModelName, Split

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


def test_a_report_is_written_once(feelingit: Feelingit, filled: Workspace, tmp_path: Path):
    out = tmp_path / "report.html"
    done = feelingit("report", 1, 2, "--out", out, "--json").document
    assert done == {"path": str(out), "runs": [1, 2], "bytes": out.stat().st_size}
    again = feelingit("report", 1, "--out", out)
    assert (again.status, "exists already" in again.err, "Traceback" in again.err) == (
        1, True, False,
    )  # fmt: skip


def test_a_run_without_figures_is_no_report(feelingit: Feelingit, filled: Workspace, tmp_path):
    refused = feelingit("report", 3, "--out", tmp_path / "a.html")
    assert (refused.status, list(tmp_path.glob("*.html"))) == (1, [])
    assert "feelingit logs" in refused.err


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        (ModelName.FAST, {}),
        (ModelName.FAST, {"epochs": 5, "learning_rate": 0.01, "augment": False}),
        (ModelName.VGG16_BN, {"image_size": 40, "protocol": "study", "patience": None}),
        (ModelName.FAST, {"image_size": 40, "start_size": 36, "random_masks": ["eyes", "mouth"]}),
    ],
)
def test_the_command_of_a_report_queues_the_same_run(
    feelingit: Feelingit, workspace: Workspace, add_faces, monkeypatch, model, settings
):
    monkeypatch.setattr("core.cli.training.ensure_supervisor", lambda _: None)
    add_faces([(Split.TRAIN, Emotion.SAD, 10), (Split.TEST, Emotion.SAD, 20)])
    version = versions.freeze(workspace, "faces")
    config = preset(model, mask="eyes", seed=3, **settings)
    run = experiments.enqueue_run(workspace, version.id, config, test_masks=[Mask.MOUTH])
    name, *words, wait = shlex.split(run_record(workspace, run).command)
    assert (name, wait) == ("feelingit", "--wait")
    again = feelingit(*words, "--json").document
    queued = experiments.find_run(workspace, again["run"])
    assert (queued.config, queued.version) == (run.config, version.digest)
    assert find_job(workspace, queued.job_id).payload["test_masks"] == ["mouth"]


def test_a_network_is_exported_and_one_without_weights_is_one_sentence(
    feelingit: Feelingit, filled: Workspace, tmp_path: Path
):
    out = tmp_path / "network.onnx"
    refused = feelingit("export-model", 1, out)
    assert (refused.status, len(refused.err.splitlines())) == (1, 1)
    assert "The weights of run 1 are gone" in refused.err
    assert not out.exists()
    config = TrainConfig.from_json(experiments.find_run(filled, 1).config)
    save(build(config).state_dict(), filled.run_dir(1) / "model.pt")
    done = feelingit("export-model", 1, out, "--json").document
    assert done.keys() == {"run", "path", "bytes", "difference"}
    assert done["bytes"] == out.stat().st_size
    assert done["difference"] < 1e-4
    for path in (place.socket_path(filled), place.lock_path(place.socket_path(filled))):
        path.unlink()  # by which its process sees that it is not needed
