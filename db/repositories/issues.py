"""Label issues: how well every label of a data set fits, from the newest scoring."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, delete, func, insert, select
from sqlalchemy.orm import Session

from db.enums import EventKind
from db.models import Image, Job, LabelEvent, LabelIssue, SampleTruth
from db.rows import IssueRow, NewIssue

REVIEWING = (EventKind.LABEL, EventKind.CONFIRM, EventKind.DROP, EventKind.RESTORE)


def replace(session: Session, dataset_id: int, issues: Sequence[NewIssue], *, job_id: int) -> None:
    """Store the scores of a data set in place of those it had."""
    session.execute(delete(LabelIssue).where(LabelIssue.dataset_id == dataset_id))
    rows = [
        {
            "image_id": issue.image_id,
            "dataset_id": dataset_id,
            "label": issue.label,
            "suggested": issue.suggested,
            "score": issue.score,
            "job_id": job_id,
        }
        for issue in issues
    ]
    if rows:
        session.execute(insert(LabelIssue), rows)


def job_id(session: Session, dataset_id: int) -> int | None:
    """Return the job that the scores of a data set come from; None where it has none."""
    statement = select(LabelIssue.job_id).where(LabelIssue.dataset_id == dataset_id).limit(1)
    return session.scalars(statement).first()


def count(session: Session, dataset_id: int) -> int:
    """Return how many images of a data set have a score."""
    statement = select(func.count()).where(LabelIssue.dataset_id == dataset_id)
    return session.scalars(statement).one()


def ranked(
    session: Session, dataset_id: int, *, start: int = 0, limit: int | None = None
) -> list[IssueRow]:
    """Return images with their scores, worst first."""
    return _rows(session, _ranked(dataset_id).offset(start).limit(limit))


def of_image(session: Session, dataset_id: int, image_id: int) -> IssueRow | None:
    """Return an image with its score; None where its label was never scored."""
    found = _rows(session, _ranked(dataset_id).where(LabelIssue.image_id == image_id))
    return found[0] if found else None


def false_in_order(session: Session, dataset_id: int) -> list[bool]:
    """Return whether each label is false, worst score first, for drawn faces, whose truth is known.

    Images without a known truth are left out.
    """
    statement = (
        select(LabelIssue.label, SampleTruth.true_label)
        .join(SampleTruth, SampleTruth.image_id == LabelIssue.image_id)
        .where(LabelIssue.dataset_id == dataset_id)
        .order_by(LabelIssue.score, LabelIssue.image_id)
    )
    return [label is not truth for label, truth in session.execute(statement)]


def _rows(session: Session, statement: Select[LabelIssue, Image, bool]) -> list[IssueRow]:
    return [
        IssueRow(
            image_id=issue.image_id,
            source_path=image.source_path,
            label=issue.label,
            suggested=issue.suggested,
            score=issue.score,
            current=image.label,
            state=image.state,
            is_reviewed=is_reviewed,
        )
        for issue, image, is_reviewed in session.execute(statement)
    ]


def _ranked(dataset_id: int) -> Select[LabelIssue, Image, bool]:
    return (
        select(LabelIssue, Image, _is_reviewed())
        .join(Image, Image.id == LabelIssue.image_id)
        .where(LabelIssue.dataset_id == dataset_id)
        .order_by(LabelIssue.score, LabelIssue.image_id)
    )


def _is_reviewed() -> ColumnElement[bool]:
    """Return the condition of an image judged by a person since its label was scored."""
    undone = select(LabelEvent.undoes).where(LabelEvent.undoes.is_not(None))
    return (
        select(LabelEvent.id)
        .join(Job, Job.id == LabelIssue.job_id)
        .where(LabelEvent.image_id == LabelIssue.image_id, LabelEvent.at >= Job.queued_at)
        .where(LabelEvent.kind.in_(REVIEWING), LabelEvent.undoes.is_(None))
        .where(LabelEvent.batch.not_in(undone))
        .correlate(LabelIssue)
        .exists()
    )
