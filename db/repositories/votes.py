"""What each annotator says of each image, what was adjudicated, and the policy labels follow."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from db.enums import Emotion, EventKind, ImageState, LabelPolicy, Split
from db.models import Dataset, Image, LabelEvent, VersionMember
from db.repositories.labels import SQL_VARIABLES
from db.rows import EventRow

ADJUDICATED_REASON = "adjudicated"
RESTORED_REASON = "restore "  # begins it; bringing a version back says nothing new of any face
# Events that a policy wrote carry its name in place of a person's: they are nobody's judgement.
POLICY_NAMES = tuple(policy.value for policy in LabelPolicy)
_OPINIONS = (EventKind.LABEL, EventKind.CONFIRM, EventKind.VOTE)
_LABELINGS = (EventKind.LABEL, EventKind.CONFIRM)


class Judgement(NamedTuple):
    """What an annotator says of an image: the emotion of their newest event, not undone."""

    event_id: int
    image_id: int
    annotator: str
    emotion: Emotion


def policy(session: Session, dataset_id: int) -> LabelPolicy:
    """Return the label policy of a data set that exists."""
    return session.scalars(select(Dataset.label_policy).where(Dataset.id == dataset_id)).one()


def set_policy(session: Session, dataset_id: int, chosen: LabelPolicy) -> None:
    """Store the label policy of a data set."""
    statement = update(Dataset).where(Dataset.id == dataset_id)
    session.execute(statement.values(label_policy=chosen))


def is_judgement(event: EventRow) -> bool:
    """Return whether an event is somebody's judgement, as long as it is not undone."""
    return (
        event.kind in _OPINIONS
        and event.undoes is None
        and event.annotator not in POLICY_NAMES
        and event.reason != ADJUDICATED_REASON
        and not (event.reason or "").startswith(RESTORED_REASON)
    )


def of_dataset(session: Session, dataset_id: int, *, kept_only: bool = True) -> list[Judgement]:
    """Return the judgements of a data set's images, by event."""
    statement = select(Image.id).where(Image.dataset_id == dataset_id)
    if kept_only:
        statement = statement.where(Image.state == ImageState.KEPT)
    return _judgements(session, LabelEvent.image_id.in_(statement), _undone())


def of_images(session: Session, image_ids: Sequence[int]) -> list[Judgement]:
    """Return the judgements of these images."""
    found: list[Judgement] = []
    for start in range(0, len(image_ids), SQL_VARIABLES):
        is_asked = LabelEvent.image_id.in_(image_ids[start : start + SQL_VARIABLES])
        # An undo is an event of the same image, so the index on images finds it.
        found += _judgements(session, is_asked, _undone().where(is_asked))
    return found


def tallies(session: Session, dataset_id: int) -> dict[int, dict[Emotion, int]]:
    """Return how many annotators judge each image to show each emotion, for judged images."""
    found: dict[int, dict[Emotion, int]] = {}
    for row in of_dataset(session, dataset_id, kept_only=False):
        votes = found.setdefault(row.image_id, {})
        votes[row.emotion] = votes.get(row.emotion, 0) + 1
    return found


def unity(session: Session, version_id: int) -> dict[int, bool]:
    """Return whether the annotators of a tested image of a version agree, where there are several.

    Tested are a version's images that are not for training.
    """
    is_asked = LabelEvent.image_id.in_(
        select(VersionMember.image_id).where(
            VersionMember.version_id == version_id, VersionMember.split != Split.TRAIN
        )
    )
    statement = (
        select(LabelEvent.image_id, func.count(LabelEvent.new.distinct()).label("n_emotions"))
        .where(LabelEvent.id.in_(_newest(is_asked, _undone())))
        .group_by(LabelEvent.image_id)
        .having(func.count() > 1)
    )
    return {row.image_id: row.n_emotions == 1 for row in session.execute(statement)}


def adjudications(session: Session, dataset_id: int) -> dict[int, Judgement]:
    """Return the newest adjudication, not undone, of each image of a data set that has one."""
    statement = (
        select(LabelEvent.id, LabelEvent.image_id, LabelEvent.annotator, LabelEvent.new)
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, LabelEvent.reason == ADJUDICATED_REASON)
        .where(LabelEvent.kind.in_(_LABELINGS), LabelEvent.undoes.is_(None))
        .where(LabelEvent.batch.not_in(_undone()))
        .order_by(LabelEvent.id)
    )
    return {row.image_id: _judgement(*row) for row in session.execute(statement)}


def disputed(
    session: Session, dataset_id: int, image_ids: Sequence[int] | None = None
) -> dict[int, int]:
    """Return the kept images whose judgements differ, with how many judgements they have.

    An image that was adjudicated after its newest judgement is settled and left out. With
    `image_ids` only these of its images, at most a few hundred, are looked at.
    """
    asked = select(Image.id).where(Image.state == ImageState.KEPT)
    undone = _undone()
    if image_ids is None:
        asked = asked.where(Image.dataset_id == dataset_id)
    else:
        asked = asked.where(Image.id.in_(image_ids))
        # An undo is an event of the same image, so the index on images finds it.
        undone = undone.where(LabelEvent.image_id.in_(image_ids))
    is_asked = LabelEvent.image_id.in_(asked)
    return {row.image_id: row.n for row in session.execute(_disputed(is_asked, undone))}


class PolicyBatch(NamedTuple):
    """The labels that a change of policy gave: the reason of one, the batch, how many."""

    reason: str
    batch: str
    n: int


def newest_policy_batch(session: Session, dataset_id: int, *, reason: str) -> PolicyBatch | None:
    """Return the newest batch that a policy wrote whose reasons begin so, not undone, or None."""
    statement = (
        select(func.min(LabelEvent.reason), LabelEvent.batch, func.count().label("n"))
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, LabelEvent.annotator.in_(POLICY_NAMES))
        .where(LabelEvent.reason.startswith(reason), LabelEvent.batch.not_in(_undone()))
        .group_by(LabelEvent.batch)
        .order_by(func.max(LabelEvent.id).desc())
        .limit(1)
    )
    found = session.execute(statement).first()
    return PolicyBatch(found[0] or "", found.batch, found.n) if found else None


def image_labels(session: Session, dataset_id: int) -> dict[int, Emotion]:
    """Return the current label of every image of a data set, dropped ones too."""
    statement = select(Image.id, Image.label).where(Image.dataset_id == dataset_id)
    return {row.id: row.label for row in session.execute(statement)}


def source_rows(session: Session, dataset_id: int) -> list[tuple[int, str, Split]]:
    """Return id, source path and original split of every image of a data set, by id."""
    statement = select(Image.id, Image.source_path, Image.original_split).where(
        Image.dataset_id == dataset_id
    )
    found = session.execute(statement.order_by(Image.id))
    return [(row.id, row.source_path, row.original_split) for row in found]


def images_judged_by(session: Session, dataset_id: int, annotators: Sequence[str]) -> set[int]:
    """Return the images of a data set that one of the annotators judged."""
    names = set(annotators)
    found = of_dataset(session, dataset_id, kept_only=False)
    return {row.image_id for row in found if row.annotator in names}


def newest_batch_of(session: Session, dataset_id: int, annotator: str) -> str | None:
    """Return the annotator's newest batch in a data set that was not undone, or None."""
    statement = (
        select(LabelEvent.batch)
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, LabelEvent.annotator == annotator)
        .where(LabelEvent.undoes.is_(None), LabelEvent.batch.not_in(_undone()))
        .order_by(LabelEvent.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def _disputed(is_asked: ColumnElement[bool], undone: Select[str | None]) -> Select[int, int]:
    settled = (
        select(LabelEvent.image_id, func.max(LabelEvent.id).label("at"))
        .where(is_asked, LabelEvent.reason == ADJUDICATED_REASON, _is_no_undo())
        .where(LabelEvent.kind.in_(_LABELINGS), LabelEvent.batch.not_in(undone))
        .group_by(LabelEvent.image_id)
        .subquery()
    )
    return (
        select(LabelEvent.image_id, func.count().label("n"))
        .outerjoin(settled, settled.c.image_id == LabelEvent.image_id)
        .where(LabelEvent.id.in_(_newest(is_asked, undone)))
        .group_by(LabelEvent.image_id, settled.c.at)
        .having(func.count(LabelEvent.new.distinct()) > 1)
        .having(settled.c.at.is_(None) | (settled.c.at < func.max(LabelEvent.id)))
    )


def _newest(is_asked: ColumnElement[bool], undone: Select[str | None]) -> Select[int]:
    """Return the query for the event of each judgement."""
    return (
        select(func.max(LabelEvent.id))
        .where(is_asked, LabelEvent.kind.in_(_OPINIONS), _is_no_undo())
        .where(LabelEvent.annotator.not_in(POLICY_NAMES))
        .where(LabelEvent.reason.is_(None) | ~_is_no_judgement())
        .where(LabelEvent.batch.not_in(undone))
        .group_by(LabelEvent.image_id, LabelEvent.annotator)
    )


def _judgements(
    session: Session, is_asked: ColumnElement[bool], undone: Select[str | None]
) -> list[Judgement]:
    statement = select(
        LabelEvent.id, LabelEvent.image_id, LabelEvent.annotator, LabelEvent.new
    ).where(LabelEvent.id.in_(_newest(is_asked, undone)))
    return [_judgement(*row) for row in session.execute(statement.order_by(LabelEvent.id))]


def _is_no_judgement() -> ColumnElement[bool]:
    is_adjudicated = LabelEvent.reason == ADJUDICATED_REASON
    return is_adjudicated | LabelEvent.reason.startswith(RESTORED_REASON)


def _is_no_undo() -> ColumnElement[bool]:
    """Return the condition that an event undoes nothing, true of nearly all: no index helps."""
    return func.coalesce(LabelEvent.undoes, "") == ""


def _undone() -> Select[str | None]:
    """Return the query for the batches that were undone."""
    return select(LabelEvent.undoes).where(LabelEvent.undoes.is_not(None)).distinct()


def _judgement(event_id: int, image_id: int, annotator: str, emotion: str) -> Judgement:
    return Judgement(event_id, image_id, annotator, Emotion(emotion))
