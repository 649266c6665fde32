"""The checkpoint of a run under way: everything the next step depends on."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.configs import TrainConfig
from core.errors import CheckpointError, ConfigError
from core.ml.checkpoints import (
    CHECKPOINT_NAME,
    WEIGHTS_NAME,
    copy_of_weights,
    load_weights,
    random_state,
    read,
    save,
    set_random_state,
)
from core.ml.journal import Journal, UnderWay
from core.ml.reports import EpochReport
from core.ml.steps import Learner

CHECKPOINT_KEYS = frozenset({"config", "reports", "state"})


def save_checkpoint(run_dir: Path, journal: Journal, learner: Learner | None) -> None:
    """Write what is needed to go on; of a finished run, without learner, its reports only."""
    content = {
        "config": journal.config.to_json(),
        "reports": [asdict(report) for report in journal.reports],
        "state": None if learner is None else _state(journal, learner),
    }
    save(content, run_dir / CHECKPOINT_NAME)


def _state(journal: Journal, learner: Learner) -> dict[str, Any]:
    """Return what the next step depends on."""
    under_way = journal.under_way
    return {
        "model": copy_of_weights(learner.model),
        "optimizer": learner.optimizer.state_dict(),
        "averaged": learner.averaged.state() if learner.averaged else None,
        "random": random_state(),
        "best": journal.best,
        "seconds": journal.seconds(),
        "under_way": under_way
        and {"order": under_way.order, "step": under_way.step, "total": under_way.total.cpu()},
    }


def go_on_from(run_dir: Path, journal: Journal, learner: Learner) -> None:
    """Take over the state that `save_checkpoint` wrote.

    Raises:
        CheckpointError: If it is damaged or of another configuration.
    """
    path = run_dir / CHECKPOINT_NAME
    content = read(path, CHECKPOINT_KEYS)
    if not _is_of(journal.config, content["config"]):
        raise CheckpointError(
            f"{path} is of another configuration; train in an empty run folder instead."
        )
    journal.reports = [EpochReport(**report) for report in content["reports"]]
    state = content["state"]
    if state is None:
        journal.best = read(run_dir / WEIGHTS_NAME)
        return
    load_weights(learner.model, state["model"], path)
    learner.optimizer.load_state_dict(state["optimizer"])
    if learner.averaged:
        learner.averaged.go_on_from(state["averaged"])
    journal.best = state["best"]
    last = journal.reports[-1].seconds if journal.reports else 0.0
    journal.seconds_before = state.get("seconds", last)  # older checkpoints lack it
    under_way = state.get("under_way")
    journal.under_way = UnderWay(**under_way) if under_way else None
    set_random_state(state["random"])


def _is_of(config: TrainConfig, stored: Any) -> bool:
    """Return whether stored settings, of this release or an earlier one, are the configuration."""
    try:
        return TrainConfig.from_json(stored) == config
    except ConfigError:
        return False
