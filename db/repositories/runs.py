"""Training runs and their epochs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from db.enums import Mask, ModelName, Split
from db.models import ClassResult, Dataset, DatasetVersion, Epoch, Job, Result, Run
from db.rows import EpochRow, RunRow


@dataclass(frozen=True, kw_only=True)
class NewRun:
    """What is asked of a run before it starts; `config` is the whole training configuration."""

    version_id: int
    model: ModelName
    mask: Mask
    seed: int
    config: dict[str, Any]


class Pace(NamedTuple):
    """How many epochs a run did, and the seconds they took in all."""

    n_epochs: int
    seconds: float


def add(session: Session, job_id: int, new: NewRun, *, now: datetime) -> int:
    """Store a run of this job and return its id."""
    run = Run(job_id=job_id, created_at=now, **asdict(new))
    session.add(run)
    session.flush()
    return run.id


def find(session: Session, run_id: int) -> RunRow | None:
    """Return the run with this id, or None where there is none."""
    found = _rows(session, _statement().where(Run.id == run_id))
    return found[0] if found else None


def every(session: Session) -> list[RunRow]:
    """Return all runs, newest first."""
    return _rows(session, _statement().order_by(Run.id.desc()))


def by_ids(session: Session, run_ids: Sequence[int]) -> list[RunRow]:
    """Return runs in the order of their ids."""
    return _rows(session, _statement().where(Run.id.in_(run_ids)).order_by(Run.id))


def of_dataset(session: Session, dataset_id: int) -> list[RunRow]:
    """Return the runs on any version of a data set, newest first."""
    statement = _statement().where(DatasetVersion.dataset_id == dataset_id)
    return _rows(session, statement.order_by(Run.id.desc()))


def save_start(
    session: Session, run_id: int, *, provenance: dict[str, Any], test_split: Split
) -> None:
    """Store where a run runs and what it is tested on."""
    values = {"provenance": provenance, "test_split": test_split}
    session.execute(update(Run).where(Run.id == run_id).values(values))


def save_seconds(session: Session, run_id: int, seconds: float) -> None:
    """Store how long a run took."""
    session.execute(update(Run).where(Run.id == run_id).values(seconds=seconds))


def save_epoch(session: Session, epoch: EpochRow) -> None:
    """Store an epoch; an epoch with this number that a run has already is replaced."""
    session.merge(Epoch(**asdict(epoch)))


def epochs(session: Session, run_id: int) -> list[EpochRow]:
    """Return the finished epochs of a run, first to last."""
    statement = select(Epoch).where(Epoch.run_id == run_id).order_by(Epoch.number)
    return [_epoch_row(epoch) for epoch in session.scalars(statement)]


def delete_epochs(session: Session, run_id: int) -> None:
    """Forget the epochs of a run that starts again."""
    session.execute(delete(Epoch).where(Epoch.run_id == run_id))


def paces(session: Session) -> dict[int, Pace]:
    """Return, for each run that finished an epoch, how many it did and how long they took."""
    statement = select(Epoch.run_id, func.max(Epoch.number), func.max(Epoch.seconds))
    return {
        run_id: Pace(n_epochs, seconds)
        for run_id, n_epochs, seconds in session.execute(statement.group_by(Epoch.run_id))
    }


def forget(session: Session, run_id: int) -> None:
    """Delete a run with its epochs and figures; its jobs and files stay."""
    for table in (ClassResult, Result, Epoch):
        session.execute(delete(table).where(table.run_id == run_id))
    session.execute(delete(Run).where(Run.id == run_id))


def _statement() -> Select[Run, Job, DatasetVersion, str]:
    return (
        select(Run, Job, DatasetVersion, Dataset.name)
        .join(Job, Job.id == Run.job_id)
        .join(DatasetVersion, DatasetVersion.id == Run.version_id)
        .join(Dataset, Dataset.id == DatasetVersion.dataset_id)
    )


def _rows(session: Session, statement: Select[Run, Job, DatasetVersion, str]) -> list[RunRow]:
    return [
        RunRow(
            id=run.id,
            job_id=run.job_id,
            version=version.digest,
            version_id=version.id,
            dataset=dataset,
            model=run.model,
            mask=run.mask,
            seed=run.seed,
            config=run.config,
            provenance=run.provenance,
            test_split=run.test_split,
            seconds=run.seconds,
            status=job.status,
            created_at=run.created_at,
        )
        for run, job, version, dataset in session.execute(statement)
    ]


def _epoch_row(epoch: Epoch) -> EpochRow:
    return EpochRow(
        run_id=epoch.run_id,
        number=epoch.number,
        train_loss=epoch.train_loss,
        train_accuracy=epoch.train_accuracy,
        validation_loss=epoch.validation_loss,
        validation_accuracy=epoch.validation_accuracy,
        seconds=epoch.seconds,
    )
