"""Data sets and their counts."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db.enums import Emotion, ImageState, LabelPolicy, Split
from db.models import Dataset, Image
from db.rows import DatasetRow


def every(session: Session) -> list[DatasetRow]:
    """Return all data sets, by name."""
    return [_row(dataset) for dataset in session.scalars(select(Dataset).order_by(Dataset.name))]


def by_name(session: Session, name: str) -> DatasetRow | None:
    """Return the data set with this name, or None where there is none."""
    dataset = session.scalars(select(Dataset).where(Dataset.name == name)).one_or_none()
    return _row(dataset) if dataset else None


def create(session: Session, name: str, *, now: datetime) -> DatasetRow:
    """Add an empty data set that is not complete yet, and return it."""
    dataset = Dataset(
        name=name, created_at=now, is_complete=False, revision=0, label_policy=LabelPolicy.LATEST
    )
    session.add(dataset)
    session.flush()
    return _row(dataset)


def set_complete(session: Session, dataset_id: int, *, is_complete: bool) -> None:
    """Say whether every image of the last import is in."""
    statement = update(Dataset).where(Dataset.id == dataset_id)
    session.execute(statement.values(is_complete=is_complete, revision=Dataset.revision + 1))


def revision(session: Session, dataset_id: int) -> int:
    """Return a number that every change of a data set raises; -1 where there is no such set."""
    found = session.scalars(select(Dataset.revision).where(Dataset.id == dataset_id)).first()
    return -1 if found is None else found


def raise_revision(session: Session, dataset_id: int) -> None:
    """Mark everything that was read of this data set before as stale."""
    statement = update(Dataset).where(Dataset.id == dataset_id)
    session.execute(statement.values(revision=Dataset.revision + 1))


def original_counts(session: Session, dataset_id: int) -> dict[tuple[Split, Emotion], int]:
    """Return how many images came with each split and label."""
    statement = (
        select(Image.original_split, Image.original_label, func.count())
        .where(Image.dataset_id == dataset_id)
        .group_by(Image.original_split, Image.original_label)
    )
    return {(split, label): n for split, label, n in session.execute(statement)}


def current_counts(session: Session, dataset_id: int) -> dict[tuple[Split, Emotion], int]:
    """Return how many kept images have each split and current label."""
    statement = (
        select(Image.split, Image.label, func.count())
        .where(Image.dataset_id == dataset_id, Image.state == ImageState.KEPT)
        .group_by(Image.split, Image.label)
    )
    return {(split, label): n for split, label, n in session.execute(statement)}


def _row(dataset: Dataset) -> DatasetRow:
    return DatasetRow(
        id=dataset.id,
        name=dataset.name,
        created_at=dataset.created_at,
        is_complete=dataset.is_complete,
        revision=dataset.revision,
        label_policy=dataset.label_policy,
    )
