"""A whole run without workspace or database: faces and settings in, weights and figures out."""

import json
import logging
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from core.configs import Setting, TrainConfig, masks_to_test, preset
from core.configs.checking import typed
from core.errors import ConfigError
from core.images.face_files import read_faces
from core.metrics.classification import Scores
from core.metrics.predictions import scores_of
from core.ml import evaluation
from core.ml.devices import choose_device
from core.ml.distillation import Teacher
from core.ml.surroundings import packages, surroundings
from core.ml.testing import tested
from core.ml.training import EpochReport, Setup, StepReport, TrainedModel, train
from core.quality.partition import partition_of
from db.enums import Mask, ModelName

CONFIG_NAME = "run.json"
METRICS_NAME = "metrics.json"
PREDICTIONS_STEM = "predictions"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """What to do: a configuration, and the masks to test under besides its own."""

    config: TrainConfig
    test_masks: tuple[Mask, ...]

    def to_json(self) -> dict[str, Setting]:
        """Return it as `read_task` reads it."""
        return self.config.to_json() | {"test_masks": [mask.value for mask in self.test_masks]}


@dataclass(frozen=True)
class Place:
    """Where to work: the folder for what comes out, the device, and a teacher's folder."""

    out: Path
    device: str = "auto"
    teacher: Path | None = None


def run_alone(faces_path: Path, task: Task, place: Place) -> dict[str, Any]:
    """Train, test, write everything into a folder and return the figures.

    The folder gets `checkpoint.pt` and `model.pt`, `run.json` (the task in full, which a student's
    run needs of its teacher), `predictions.parquet` (`.csv` where pyarrow is not installed) and
    `metrics.json`. Started again, it goes on from the checkpoint.

    Raises:
        FeelingItError: If a file or setting cannot be used.
    """
    faces, version = read_faces(faces_path)
    config = task.config
    parts = partition_of(faces, config)
    masks = masks_to_test(config, task.test_masks)
    place.out.mkdir(parents=True, exist_ok=True)
    _write_json(place.out / CONFIG_NAME, task.to_json())
    setup = Setup(place.device, _teacher(place), _log_step)
    trained = train(faces, parts, config, on_epoch=_log_epoch, run_dir=place.out, setup=setup)
    table = tested(trained.model, faces, parts, config, masks, on_mask=_log_mask)
    figures = {
        "version": version,
        "test_split": parts.test_split.value,
        "predictions": _write_predictions(place.out, table),
        "results": {mask.value: _figures(table, mask) for mask in masks},
        **_course(trained),
        "surroundings": surroundings(choose_device(place.device)) | {"packages": packages()},
        "config": task.to_json(),
    }
    _write_json(place.out / METRICS_NAME, figures)
    return figures


def read_task(path: Path) -> Task:
    """Return the task in a JSON file: settings that replace those of the model's recipe.

    `{"model": "fast", "mask": "eyes", "test_masks": ["none"]}` is enough.

    Raises:
        ConfigError: If the file cannot be read, or a setting is unknown or cannot work.
    """
    try:
        settings = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} is not a readable JSON file; write a run's settings.") from error
    if not isinstance(settings, dict) or "model" not in settings:
        raise ConfigError(f"{path} names no model; give one of {', '.join(ModelName)}.")
    model = typed("model", settings.pop("model"), ModelName)
    masks = typed("test_masks", settings.pop("test_masks", []), tuple[Mask, ...])
    return Task(preset(model, **settings), masks)


def _teacher(place: Place) -> Teacher | None:
    """Return the network that another run left in its folder; None where no teacher is named."""
    if place.teacher is None:
        return None
    config = read_task(place.teacher / CONFIG_NAME).config
    return Teacher(evaluation.load(place.teacher, config, device=place.device), config)


def _course(trained: TrainedModel) -> dict[str, Any]:
    """Return how training went, and what it took."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "best_epoch": trained.best_epoch,
        "epochs": [asdict(report) for report in trained.reports],
        "seconds": trained.reports[-1].seconds,
        "peak_memory_bytes": peak if sys.platform == "darwin" else 1024 * peak,
    }


def _figures(table: pd.DataFrame, mask: Mask) -> dict[str, Any]:
    """Return the figures under a mask by subset of the test images."""
    return {subset.value: _plain(one) for subset, one in scores_of(table, mask).items()}


def _plain(scores: Scores) -> dict[str, Any]:
    """Return scores ready for JSON."""
    per_class = {emotion.value: asdict(one) for emotion, one in scores.per_class.items()}
    return {
        "n": scores.n,
        "accuracy": scores.accuracy,
        "weighted_f1": scores.weighted_f1,
        "macro_f1": scores.macro_f1,
        "per_class": per_class,
        "confusion": scores.confusion.tolist(),
    }


def _write_predictions(out: Path, table: pd.DataFrame) -> str:
    """Write predictions, as parquet where pyarrow is installed, and return the file's name."""
    as_parquet = find_spec("pyarrow") is not None
    path = out / f"{PREDICTIONS_STEM}.{'parquet' if as_parquet else 'csv'}"
    partial = path.with_suffix(".partial")
    if as_parquet:
        table.to_parquet(partial, index=False)
    else:
        table.to_csv(partial, index=False)
    partial.replace(path)
    return path.name


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(content, indent=1) + "\n")
    partial.replace(path)


def _log_epoch(report: EpochReport) -> None:
    logger.info(
        "Epoch %d of %d: loss %.4f, accuracy %.4f; validation %.4f, %.4f; %.0f s",
        report.number,
        report.n_epochs,
        report.train_loss,
        report.train_accuracy,
        report.validation_loss,
        report.validation_accuracy,
        report.seconds,
    )


def _log_step(report: StepReport) -> None:
    logger.debug("Epoch %d: step %d of %d", report.epoch, report.step, report.n_steps)


def _log_mask(_: int, mask: Mask) -> None:
    logger.info("Testing with mask %s", mask)
