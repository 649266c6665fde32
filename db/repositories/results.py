"""The figures of runs on their test images."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.enums import Mask, Subset
from db.models import ClassResult, Result
from db.rows import ClassResultRow, ResultRow


def replace(
    session: Session,
    run_id: int,
    test_mask: Mask,
    overall: Sequence[ResultRow],
    per_class: Sequence[ClassResultRow],
) -> None:
    """Store a run's figures under one test mask in place of those it had under it."""
    for table in (ClassResult, Result):
        session.execute(delete(table).where(table.run_id == run_id, table.test_mask == test_mask))
    session.add_all([Result(**asdict(row)) for row in overall])
    session.add_all([ClassResult(**asdict(row)) for row in per_class])


def overall(session: Session, run_ids: Collection[int]) -> list[ResultRow]:
    """Return the overall figures of runs, under every test mask and for every subset."""
    statement = select(Result).where(Result.run_id.in_(run_ids)).order_by(Result.run_id)
    return [
        ResultRow(
            run_id=result.run_id,
            test_mask=result.test_mask,
            subset=result.subset,
            n=result.n,
            accuracy=result.accuracy,
            weighted_f1=result.weighted_f1,
            macro_f1=result.macro_f1,
        )
        for result in session.scalars(statement)
    ]


def test_masks(session: Session, run_ids: Collection[int]) -> set[Mask]:
    """Return the masks that any of the runs was tested with."""
    return set(
        session.scalars(select(Result.test_mask).where(Result.run_id.in_(run_ids)).distinct())
    )


def per_class(
    session: Session, run_ids: Collection[int], *, subset: Subset
) -> list[ClassResultRow]:
    """Return the per-class figures of runs for a subset, under every test mask."""
    statement = select(ClassResult).where(
        ClassResult.run_id.in_(run_ids), ClassResult.subset == subset
    )
    return [
        ClassResultRow(
            run_id=result.run_id,
            test_mask=result.test_mask,
            subset=result.subset,
            emotion=result.emotion,
            n=result.n,
            n_predicted=result.n_predicted,
            accuracy=result.accuracy,
            precision=result.precision,
            f1=result.f1,
        )
        for result in session.scalars(statement.order_by(ClassResult.run_id))
    ]
