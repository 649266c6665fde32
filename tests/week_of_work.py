"""A workspace filled as a week of work would."""

from collections.abc import Iterator
from datetime import UTC, datetime

import cv2
import numpy as np
import pandas as pd

from core.images.encoding import encode
from core.maps.run_maps import MAP_SIDE, RunMaps
from core.services import experiments, saliency, versions
from core.services.importing import import_records
from core.services.outcomes import prediction_table, record_outcome
from core.sources.records import SourceRecord
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, JobStatus, Mask, ModelName, SaliencyMethod, Split
from db.repositories import jobs
from db.rows import EpochRow


def fill(workspace: Workspace, name: str = "faces") -> None:
    """Store 56 faces, a frozen version, and runs in every state.

    There are four faces of each split and emotion (two copies in training, three copies across
    splits with differing labels), two finished runs with epochs, figures and predictions, Grad-CAM
    maps of the first, a failed run with a log and a queued one. Works once in a workspace.
    """
    import_records(workspace, _records(), name=name)
    version = versions.freeze(workspace, name)
    for mask in (Mask.NONE, Mask.EYES):
        run_id = _train(workspace, version.digest, mask)
        record_outcome(workspace, run_id, _predictions(workspace, version.id, mask), seconds=12.5)
        _end(workspace, JobStatus.DONE, None)
    failed = _train(workspace, version.digest, Mask.MOUTH)
    _end(workspace, JobStatus.FAILED, "RuntimeError: out of memory")
    log = workspace.job_log(experiments.find_run(workspace, failed).job_id)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("Epoch 3\nRuntimeError: out of memory\n")
    _queue(workspace, version.digest, Mask.FOREHEAD)
    first = min(run.id for run in experiments.runs(workspace) if run.dataset == name)
    saliency.record_run_maps(
        workspace, first, SaliencyMethod.GRAD_CAM, _maps(workspace, version.id)
    )


def _records() -> Iterator[SourceRecord]:
    rng = np.random.default_rng(0)
    for split in (Split.TRAIN, Split.VALIDATION):
        for emotion in EMOTIONS:
            for number in range(4):
                face = cv2.resize(rng.integers(0, 255, (6, 6), dtype=np.uint8), (48, 48))
                if number == 3 and emotion in (Emotion.FEAR, Emotion.SAD):
                    face[:] = 90 if emotion is Emotion.FEAR and split is Split.TRAIN else 160
                if number == 2 and emotion is Emotion.FEAR and split is Split.TRAIN:
                    face[:] = 90
                path = f"{split.value}/{emotion.value}/{number}.png"
                yield SourceRecord(path, path, split, emotion, encode(face))


def _queue(workspace: Workspace, digest: str, mask: Mask) -> int:
    return experiments.enqueue_training(
        workspace, version=digest, model=ModelName.FAST, mask=mask, overrides={"epochs": 3}
    ).id


def _train(workspace: Workspace, digest: str, mask: Mask) -> int:
    run_id = _queue(workspace, digest, mask)
    with workspace.writing() as session:
        jobs.claim(session, "fixture", now=datetime.now(UTC))
    for number in (1, 2, 3):
        epoch = EpochRow(
            run_id=run_id,
            number=number,
            train_loss=2.0 / number,
            train_accuracy=0.2 * number,
            validation_loss=2.2 / number,
            validation_accuracy=0.15 * number,
            seconds=4.0 * number,
        )
        experiments.record_epoch(workspace, epoch)
    return run_id


def finish_next(workspace: Workspace) -> None:
    """End the queued job that is next as done."""
    with workspace.writing() as session:
        jobs.claim(session, "fixture", now=datetime.now(UTC))
    _end(workspace, JobStatus.DONE, None)


def _end(workspace: Workspace, status: JobStatus, error: str | None) -> None:
    with workspace.writing() as session:
        (held,) = jobs.with_status(session, [JobStatus.RUNNING])
        jobs.finish(session, held, status, error, now=datetime.now(UTC))


def _predictions(workspace: Workspace, version_id: int, mask: Mask) -> pd.DataFrame:
    faces = versions.face_set(workspace, version_id)
    test = np.flatnonzero(faces.splits == Split.VALIDATION.value)
    scores = np.random.default_rng(1).random((len(test), len(EMOTIONS)), dtype=np.float32)
    scores[np.arange(len(test)), faces.labels[test]] += 0.5
    train_groups = faces.groups[faces.splits == Split.TRAIN.value]
    return prediction_table(
        faces.image_ids[test],
        faces.labels[test],
        scores / scores.sum(axis=1, keepdims=True),
        leak_free=~np.isin(faces.groups[test], train_groups),
        mask=mask,
    )


def _maps(workspace: Workspace, version_id: int) -> RunMaps:
    faces = versions.face_set(workspace, version_id)
    tested = faces.at(np.flatnonzero(faces.splits == Split.VALIDATION.value))
    rng = np.random.default_rng(2)
    maps = rng.random((2, len(tested), MAP_SIDE, MAP_SIDE))
    maps /= maps.mean(axis=(2, 3), keepdims=True)
    return RunMaps(
        image_ids=tested.image_ids,
        labels=tested.labels,
        predicted=rng.permutation(tested.labels),
        is_detected=rng.random(len(tested)) < 0.9,
        faces=tested.pixels,
        maps=maps[0].astype(np.float16),
        untrained=maps[1].astype(np.float16),
        cells=np.array([6, 6]),
    )
