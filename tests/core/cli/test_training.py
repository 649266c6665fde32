"""Every setting of a run can be given at the command line, and a run queued again."""

import pytest
import typer

from core.cli import recipes, training
from core.services.experiments import find_run
from core.services.jobs import find_job
from core.services.versions import freeze
from db.enums import EMOTIONS, Mask, Split


@pytest.fixture(autouse=True)
def unsupervised(monkeypatch):
    """Queue runs and leave them be."""
    monkeypatch.setattr(training, "ensure_supervisor", lambda _: None)


@pytest.fixture
def version(workspace, add_faces):
    add_faces([(Split.TRAIN, emotion, k) for k, emotion in enumerate(EMOTIONS)])
    return freeze(workspace, "faces").digest


def test_settings_are_read_as_numbers_switches_nothing_text_and_lists():
    pairs = ["epochs=5", "learning_rate=1e-3", "augment=false", "patience=null"]
    pairs += ["weights=a=b.pt", "random_masks=eyes, mouth"]
    assert recipes.settings(pairs) == {
        "epochs": 5,
        "learning_rate": 0.001,
        "augment": False,
        "patience": None,
        "weights": "a=b.pt",
        "random_masks": ["eyes", "mouth"],
    }


@pytest.mark.parametrize("pair", ["epochs", "=5"])
def test_what_is_no_setting_is_wrong_usage(pair):
    with pytest.raises(typer.BadParameter, match="NAME=VALUE"):
        recipes.settings([pair])


def test_a_run_is_queued_with_all_that_was_asked(feelingit, workspace, version):
    done = feelingit(
        "train", "--version", version, "--model", "vgg16-bn", "--mask", "random",
        "--test-mask", "eyes", "--test-mask", "crop-mouth", "--seed", 3, "--image-size", 48,
        "--protocol", "study", "--set", "dropout=0.4", "--set", "random_masks=none,eyes", "--json",
    )  # fmt: skip
    run = find_run(workspace, done.document["run"])
    wanted = {"model": "vgg16-bn", "mask": "random", "seed": 3, "image_size": 48, "dropout": 0.4}
    wanted |= {"protocol": "study", "random_masks": ["none", "eyes"], "validation_share": 0.2}
    assert {name: run.config[name] for name in wanted} == wanted
    payload = find_job(workspace, run.job_id).payload
    assert payload == {"run": run.id, "test_masks": ["eyes", "crop-mouth"]}


def test_a_run_is_queued_like_another_but_for_what_is_given(feelingit, workspace, version):
    first = feelingit(
        "train", "--version", version, "--mask", "eyes", "--epochs", 2, "--test-mask", "none",
        "--json",
    ).document["run"]  # fmt: skip
    again = feelingit("train", "--like", first, "--seed", 5, "--json").document["run"]
    before, after = find_run(workspace, first), find_run(workspace, again)
    assert after.config == before.config | {"seed": 5}
    assert (after.version, after.mask) == (version, Mask.EYES)
    assert find_job(workspace, after.job_id).payload["test_masks"] == ["none"]


def test_weights_are_named_by_their_whole_path(
    feelingit, workspace, version, tmp_path, monkeypatch
):
    (tmp_path / "net.pt").touch()
    monkeypatch.chdir(tmp_path)
    done = feelingit("train", "--version", version, "--weights", "net.pt", "--json")
    assert find_run(workspace, done.document["run"]).config["weights"] == str(tmp_path / "net.pt")


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        ([], 2, "--version"),
        (["--version", "x", "--like", "1"], 2, "--version"),
        (["--like", "7"], 1, "no run '7'"),
        (["--version", "{version}", "--set", "momentum=1"], 1, "no training setting 'momentum'"),
        (["--version", "{version}", "--set", "model=alexnet"], 1, "model is 'alexnet'"),
        (["--version", "{version}", "--weights", "/none.pt"], 1, "no file /none.pt"),
        (["--version", "{version}", "--teacher", "9"], 1, "no run '9'"),
        (["--version", "{version}", "--test-mask", "random"], 1, "random masks"),
    ],
)
def test_what_cannot_be_trained_is_refused(feelingit, version, options, status, message):
    done = feelingit("train", *(option.format(version=version) for option in options))
    assert done.status == status
    assert message in done.err


def test_only_a_finished_run_can_be_tested_further(feelingit, version):
    run = feelingit("train", "--version", version, "--json").document["run"]
    done = feelingit("evaluate", run, "--mask", "eyes")
    assert (done.status, done.out) == (1, "")
    assert "is queued" in done.err


def test_a_finished_run_is_queued_for_further_masks(feelingit, workspace, fill):
    fill(workspace)
    done = feelingit("evaluate", 1, "--mask", "mouth", "--json")
    job = find_job(workspace, done.document["job"])
    assert job.payload == {"run": 1, "test_masks": ["mouth"]}
    assert done.document["results"] == {}
    missing = feelingit("results", 1, "--mask", "mouth")
    assert (missing.status, "feelingit evaluate 1" in missing.err) == (1, True)
    assert feelingit("results", 2, "--mask", "eyes", "--json").document["test_mask"] == "eyes"
