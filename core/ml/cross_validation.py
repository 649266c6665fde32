"""Out-of-fold probabilities: every face judged by a network that saw neither it nor a copy."""

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.configs import PRESETS, SHORT_RUN, Setting, TrainConfig, preset
from core.errors import CheckpointError
from core.images.faces import FaceSet
from core.ml.embedding import features
from core.ml.evaluation import probabilities
from core.ml.training import EpochReport, OnEpoch, train
from core.quality.folds import fold_numbers, fold_partition
from core.quality.neighbours import neighbour_shares
from core.quality.out_of_fold import OutOfFold
from core.quality.partition import Partition
from db.enums import EMOTIONS, ModelName

FOLD_EPOCHS = (4, 16)  # fewest and most; see `fold_config`
FOLD_FACES = 60_000  # faces that a fold's network sees in all, where the limits admit it
FOLD_VALIDATION_SHARE = 0.05  # enough to tell a diverged run: the last epoch is nearly always best
SMALL_SET = 5_000  # faces; fewer need small batches, or an epoch has too few steps to learn in
SMALL_BATCH = 32
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True)
class FoldReport:
    """A finished epoch of a fold; folds are counted from 1."""

    fold: int
    n_folds: int
    epoch: EpochReport


OnFoldEpoch = Callable[[FoldReport], None]


def fold_config(n_faces: int, *, seed: int, epochs: int | None) -> TrainConfig:
    """Return how the networks are trained that judge labels: `fast`, but for fewer epochs.

    A judge need not be the best network, only one that has not learnt the wrong labels by heart.

    Args:
        n_faces: How many faces the data set has.
        seed: Starts every random choice.
        epochs: How many; where None, as many as show about 60,000 faces, between 4 and 16.

    Raises:
        ConfigError: If a value cannot work.
    """
    fewest, most = FOLD_EPOCHS
    by_size = min(most, max(fewest, FOLD_FACES // max(1, n_faces)))
    overrides: dict[str, Setting] = {
        **SHORT_RUN,
        "seed": seed,
        "epochs": by_size if epochs is None else epochs,
        "validation_share": FOLD_VALIDATION_SHARE,
    }
    if n_faces < SMALL_SET:
        full = PRESETS[ModelName.FAST].image_size
        overrides |= {"batch_size": SMALL_BATCH, "start_size": full}
    return preset(ModelName.FAST, **overrides)


def n_rounds(n_faces: int) -> int:
    """Return how often every face is judged, each time in other folds by other networks.

    Networks that saw few faces differ much, so that two judge far better than one; with many
    faces the time is better spent once.
    """
    return 2 if n_faces < SMALL_SET else 1


def cross_validate_in_rounds(
    faces: FaceSet, config: TrainConfig, *, folds: int, on_epoch: OnFoldEpoch, folder: Path
) -> list[OutOfFold]:
    """Return what `cross_validate` returns for each round, the first with the config's own seed.

    Arguments and errors are those of `cross_validate`; folds are reported as one row of all
    rounds, and each round keeps its finished folds in a folder of its own.
    """
    rounds = n_rounds(len(faces))
    return [
        cross_validate(
            faces,
            replace(config, seed=config.seed + number),
            folds=folds,
            on_epoch=_in_round(number, rounds, on_epoch),
            folder=folder / f"round-{number + 1}",
        )
        for number in range(rounds)
    ]


def cross_validate(
    faces: FaceSet, config: TrainConfig, *, folds: int, on_epoch: OnFoldEpoch, folder: Path
) -> OutOfFold:
    """Train a network for each fold on all others and let it judge the faces held back.

    Args:
        faces: Faces of all splits; who is held back when does not depend on their splits.
        config: How each network is trained; its `validation_share` is held out of the other
            folds to choose the epoch.
        folds: How many networks, at least 2.
        on_epoch: Called after each epoch. It may raise: the call can be repeated and goes on.
        folder: Where finished folds (`fold-1.npz`, ...) and the checkpoint of the one under way
            are kept; a call with the same faces, config and folds goes on from them.

    Raises:
        ConfigError: If there are not enough faces for so many folds.
        EmptySetError: If a fold would have too few faces to train on.
        CheckpointError: If a file in the folder is damaged or of another configuration.
    """
    numbers = fold_numbers(faces.labels, faces.groups, folds=folds, seed=config.seed)
    parts = [
        fold_partition(
            faces, numbers, fold, validation_share=config.validation_share, seed=config.seed
        )
        for fold in range(folds)
    ]
    judged = np.empty((len(faces), len(EMOTIONS)), dtype=np.float32)
    for fold, part in enumerate(parts, start=1):
        path = folder / f"fold-{fold}.npz"
        judged[part.test] = _judged(
            faces, part, config, on_epoch=_of(fold, folds, on_epoch), path=path
        )
    return OutOfFold(
        image_ids=faces.image_ids,
        labels=faces.labels,
        groups=faces.groups,
        folds=numbers,
        seen_groups=tuple(_seen(faces, part) for part in parts),
        probabilities=judged,
    )


def _of(fold: int, n_folds: int, on_epoch: OnFoldEpoch) -> OnEpoch:
    return lambda epoch: on_epoch(FoldReport(fold, n_folds, epoch))


def _in_round(number: int, n_rounds: int, on_epoch: OnFoldEpoch) -> OnFoldEpoch:
    """Return what reports a round's folds as those of all rounds; rounds are counted from 0."""
    return lambda report: on_epoch(
        FoldReport(number * report.n_folds + report.fold, n_rounds * report.n_folds, report.epoch)
    )


def _seen(faces: FaceSet, part: Partition) -> NDArray[np.int64]:
    """Return the groups that a fold's network was trained on or that chose its epoch."""
    return np.unique(faces.groups[np.concatenate([part.train, part.validation])])


def _judged(
    faces: FaceSet, part: Partition, config: TrainConfig, *, on_epoch: OnEpoch, path: Path
) -> NDArray[np.float32]:
    """Return the probabilities of a fold's test faces, from its file where it is finished.

    They are the mean of what the network says and of the labels of a face's nearest neighbours
    among those it was trained on, in its last features: a second opinion that costs no training.
    """
    if path.exists():
        return _read(path, part, config)
    run_dir = path.with_suffix("")
    model = train(faces, part, config, on_epoch=on_epoch, run_dir=run_dir).model
    test, known = faces.at(part.test), faces.at(part.train)
    described, of_known = (
        features(model, some, config, on_batch=lambda _: None) for some in (test, known)
    )
    shares = neighbour_shares(described, of_known, known.labels)
    found = (probabilities(model, test, config) + shares) / np.float32(2)
    _write(path, part, config, found)
    shutil.rmtree(run_dir)
    return found


def _write(path: Path, part: Partition, config: TrainConfig, found: NDArray[np.float32]) -> None:
    """Write a finished fold to a file that is either not there or whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        settings = np.array(json.dumps(config.to_json(), sort_keys=True))
        np.savez(file, settings=settings, test=part.test, probabilities=found)
    partial.replace(path)


def _read(path: Path, part: Partition, config: TrainConfig) -> NDArray[np.float32]:
    """Return what `_write` wrote.

    Raises:
        CheckpointError: If the file is damaged or is about other faces or settings.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            settings, test = json.loads(str(file["settings"])), file["test"]
            found: NDArray[np.float32] = file["probabilities"]
    except UNREADABLE as error:
        raise CheckpointError(
            f"{path} is damaged or was not written by FeelingIt; delete it and resume the job."
        ) from error
    if settings != config.to_json() or not np.array_equal(test, part.test):
        raise CheckpointError(
            f"{path} is of other faces or another configuration; start a new job instead."
        )
    return found
