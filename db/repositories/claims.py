"""Who has which face of a queue on screen."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, insert, or_, select
from sqlalchemy.orm import Session

from db.enums import EventKind
from db.models import LabelEvent, QueueClaim
from db.repositories.queues import OPINIONS


def held(
    session: Session,
    queue: str,
    image_ids: Sequence[int],
    *,
    annotator: str,
    now: datetime,
    judged_after: datetime,
) -> set[int]:
    """Return those of these images that somebody else has in this queue.

    That is: has on screen, or judged after a claim, later than `judged_after`.
    """
    judged = exists().where(
        LabelEvent.image_id == QueueClaim.image_id,
        LabelEvent.annotator == QueueClaim.annotator,
        LabelEvent.kind.in_((*OPINIONS, EventKind.DROP)),
        LabelEvent.undoes.is_(None),
        LabelEvent.at > judged_after,
    )
    statement = select(QueueClaim.image_id).where(
        QueueClaim.queue == queue,
        QueueClaim.image_id.in_(image_ids),
        QueueClaim.annotator != annotator,
        or_(QueueClaim.expires_at > now, judged),
    )
    return set(session.scalars(statement))


def claim(
    session: Session,
    queue: str,
    image_ids: Sequence[int],
    *,
    annotator: str,
    expires_at: datetime,
) -> None:
    """Store that an annotator has these images on screen, in place of earlier claims.

    Raises:
        IntegrityError: If somebody else claimed one of them at the same moment.
    """
    if not image_ids:
        return
    session.execute(
        delete(QueueClaim).where(QueueClaim.queue == queue, QueueClaim.image_id.in_(image_ids))
    )
    rows = [
        {"queue": queue, "image_id": image_id, "annotator": annotator, "expires_at": expires_at}
        for image_id in image_ids
    ]
    session.execute(insert(QueueClaim), rows)


def forget(session: Session, *, before: datetime) -> None:
    """Delete the claims that expired before a moment."""
    session.execute(delete(QueueClaim).where(QueueClaim.expires_at < before))
