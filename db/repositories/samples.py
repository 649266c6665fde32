"""The truth about drawn sample faces."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.models import Image, SampleTruth
from db.rows import NewTruth, TruthRow


def save_truths(session: Session, dataset_id: int, truths: Sequence[NewTruth]) -> int:
    """Store the truth about images of a data set that have none yet; return how many it stored.

    Truths whose path the data set does not hold are left out.
    """
    without = (
        select(Image.source_path, Image.id)
        .outerjoin(SampleTruth, SampleTruth.image_id == Image.id)
        .where(Image.dataset_id == dataset_id, SampleTruth.image_id.is_(None))
    )
    ids = {row.source_path: row.id for row in session.execute(without)}
    new = [
        {
            "image_id": ids[truth.source_path],
            "true_label": truth.true_label,
            "fault": truth.fault,
            "copy_of": truth.copy_of,
        }
        for truth in truths
        if truth.source_path in ids
    ]
    if new:
        session.execute(insert(SampleTruth), new)
    return len(new)


def truths(session: Session, dataset_id: int) -> list[TruthRow]:
    """Return the truth about each drawn face of a data set, by image id; empty for real ones."""
    statement = (
        select(SampleTruth, Image.source_path)
        .join(Image, Image.id == SampleTruth.image_id)
        .where(Image.dataset_id == dataset_id)
        .order_by(Image.id)
    )
    return [
        TruthRow(
            image_id=truth.image_id,
            source_path=source_path,
            true_label=truth.true_label,
            fault=truth.fault,
            copy_of=truth.copy_of,
        )
        for truth, source_path in session.execute(statement)
    ]
