"""core.ml runs where there is nothing but torch, torchvision, numpy, pandas and OpenCV."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from core.errors import ConfigError, FaceFileError
from core.images.face_files import write_faces
from core.ml.__main__ import main
from core.ml.alone import read_task
from core.ml.checkpoints import CHECKPOINT_NAME
from db.enums import Mask

ROOT = Path(__file__).parents[3]
SETTINGS = {
    "model": "fast",
    "mask": "mouth",
    "test_masks": ["none", "crop-eyes"],
    "image_size": 32,
    "batch_size": 14,
    "epochs": 2,
}
# A process in which no package can be found but the five and what these cannot do without.
HOOK = """
import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
FOUND = {
    "torch", "torchvision", "numpy", "pandas", "cv2", "PIL", "dateutil", "six", "pytz", "tzdata",
    "sympy", "mpmath", "networkx", "jinja2", "markupsafe", "filelock", "fsspec", "triton",
    "typing_extensions", "torchgen", "functorch", "nvidia", "cuda", "core", "db",
}
class Few:
    @staticmethod
    def find_spec(name, path=None, target=None):
        top = name.partition(".")[0]
        is_there = path is not None or top in FOUND | sys.stdlib_module_names or top[0] == "_"
        return PathFinder.find_spec(name, path, target) if is_there else None
sys.meta_path[:] = [BuiltinImporter, FrozenImporter, Few]
"""


@pytest.fixture
def files(faces, tmp_path):
    """A file of faces and one of settings."""
    write_faces(tmp_path / "faces.npz", faces, version="0123456789abcdef")
    (tmp_path / "run.json").write_text(json.dumps(SETTINGS))
    return tmp_path


def options(folder, out="out"):
    named = {"--faces": "faces.npz", "--config": "run.json", "--out": out}
    return [part for name, path in named.items() for part in (name, str(folder / path))]


def in_bare_process(folder):
    """Run `python -m core.ml` in a process that has few packages, and return what it printed."""
    code = HOOK + "import runpy; runpy.run_module('core.ml', run_name='__main__', alter_sys=True)"
    run = subprocess.run(
        [sys.executable, "-c", code, *options(folder)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", ["sqlalchemy", "sklearn", "scipy", "pydantic", "typer", "pyarrow"])
def test_the_bare_process_is_bare(name):
    run = subprocess.run(
        [sys.executable, "-c", f"{HOOK}import {name}"], capture_output=True, check=False
    )
    assert b"ModuleNotFoundError" in run.stderr


def test_it_trains_tests_and_writes_everything_with_few_packages(files):
    figures = in_bare_process(files)
    out = files / "out"
    assert figures == json.loads((out / "metrics.json").read_text())
    assert list(figures["results"]) == ["mouth", "none", "crop-eyes"]
    assert (figures["version"], figures["predictions"]) == ("0123456789abcdef", "predictions.csv")
    table = pd.read_csv(out / "predictions.csv")
    rows = table[table["mask"] == "none"]
    assert figures["results"]["none"]["full"]["accuracy"] == pytest.approx(
        (rows["label"] == rows["predicted"]).mean()
    )
    assert {path.name for path in out.iterdir()} >= {"checkpoint.pt", "model.pt", "run.json"}


def test_started_again_it_goes_on_and_comes_to_the_same(files, capsys, monkeypatch):
    assert main(options(files)) == 0
    whole = json.loads(capsys.readouterr().out)

    def stop(report):
        raise FaceFileError("stop")

    with monkeypatch.context() as patch:
        patch.setattr("core.ml.alone._log_epoch", stop)
        assert main(options(files, "halved")) == 1
    assert (files / "halved" / CHECKPOINT_NAME).exists()
    assert main(options(files, "halved")) == 0
    resumed = json.loads(capsys.readouterr().out)
    assert resumed["results"] == whole["results"]
    ours, theirs = (
        pd.read_parquet(files / name / "predictions.parquet") for name in ("out", "halved")
    )
    pd.testing.assert_frame_equal(ours, theirs)


def test_a_student_learns_from_the_folder_of_its_teacher(files):
    teacher = SETTINGS | {"mask": "none"}
    (files / "run.json").write_text(json.dumps(teacher))
    assert main(options(files, "teacher")) == 0
    (files / "run.json").write_text(json.dumps(SETTINGS | {"teacher_run": 1, "epochs": 1}))
    assert main([*options(files, "student"), "--teacher", str(files / "teacher")]) == 0
    assert main(options(files, "orphan")) == 1


def test_a_short_task_is_completed_from_the_models_recipe(files):
    task = read_task(files / "run.json")
    assert (task.config.mask, task.config.label_smoothing) == (Mask.MOUTH, 0.1)
    assert task.test_masks == (Mask.NONE, Mask.CROP_EYES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "readable JSON"),
        ("[]", "names no model"),
        ('{"model": "alexnet"}', "model is 'alexnet'"),
        ('{"model": "fast", "test_masks": ["hat"]}', "test_masks is 'hat'"),
    ],
)
def test_a_task_that_cannot_be_done_is_refused(files, content, message):
    (files / "run.json").write_text(content)
    with pytest.raises(ConfigError, match=message):
        read_task(files / "run.json")


def test_a_missing_file_of_faces_is_one_sentence_and_status_1(files, capsys):
    (files / "faces.npz").unlink()
    assert main(options(files)) == 1
    assert capsys.readouterr().err.count("\n") == 1
