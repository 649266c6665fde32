"""Grids are queued whole by one command, or not at all, and tell what they cost."""

import pytest

from core.cli import grids
from core.services import experiments
from core.services.versions import freeze
from db.enums import EMOTIONS, Split


@pytest.fixture(autouse=True)
def unsupervised(monkeypatch):
    """Queue runs and leave them be."""
    monkeypatch.setattr(grids, "ensure_supervisor", lambda _: None)


@pytest.fixture
def version(workspace, add_faces):
    add_faces([(Split.TRAIN, emotion, k) for k, emotion in enumerate(EMOTIONS)])
    return freeze(workspace, "faces").digest


def test_every_model_is_queued_with_every_mask_and_seed(feelingit, workspace, version):
    done = feelingit(
        "grid", "--version", version, "--models", "fast,vgg16", "--masks", "none,eyes",
        "--seeds", "0,3", "--epochs", 2, "--image-size", 48, "--set", "dropout=0.2", "--json",
    )  # fmt: skip
    assert done.document["n_runs"] == 8
    queued = experiments.runs(workspace)
    assert {(run.model, run.mask, run.seed) for run in queued} == {
        (model, mask, seed)
        for model in ("fast", "vgg16")
        for mask in ("none", "eyes")
        for seed in (0, 3)
    }
    wanted = {"epochs": 2, "image_size": 48, "dropout": 0.2}
    assert all({name: run.config[name] for name in wanted} == wanted for run in queued)


def test_the_studys_table_is_one_command(feelingit, workspace, version):
    done = feelingit("grid", "--version", version, "--study", "--protocol", "study", "--json")
    assert len(done.document["runs"]) == 10
    configs = [run.config for run in experiments.runs(workspace)]
    assert {config["protocol"] for config in configs} == {"study"}
    assert {config["image_size"] for config in configs} == {128}


def test_a_dry_run_tells_the_cost_and_queues_nothing(feelingit, workspace, version):
    done = feelingit("grid", "--version", version, "--study", "--dry-run", "--json")
    assert (done.document["n_runs"], done.document["runs"]) == (10, [])
    assert done.document["seconds"] > 0
    assert experiments.runs(workspace) == []


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--models", "alexnet"], 2, "there is no 'alexnet'"),
        (["--seeds", "one"], 2, "'one' are no seeds"),
        (["--models", ""], 1, "make 0 runs"),
        (["--set", "speed=9"], 1, "no training setting 'speed'"),
    ],
)
def test_a_grid_that_cannot_be_queues_nothing(
    feelingit, workspace, version, options, status, message
):
    done = feelingit("grid", "--version", version, *options)
    assert (done.status, done.out) == (status, "")
    assert message in done.err
    assert experiments.runs(workspace) == []
