"""Which images a queue holds, in which order, and who has claimed them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.enums import Emotion, EventKind, ImageState, Split
from db.models import Dataset, Image, ImageTag, LabelEvent, LabelIssue
from db.repositories.labels import SQL_VARIABLES
from db.repositories.votes import ADJUDICATED_REASON, POLICY_NAMES, RESTORED_REASON

LABELS = (EventKind.LABEL, EventKind.CONFIRM)
OPINIONS = (*LABELS, EventKind.VOTE)


class Condition(StrEnum):
    """What an image must be beyond the filters to be in a queue."""

    NONE = "none"
    LIKELY_WRONG = "likely_wrong"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the images of a queue have in common; None means any."""

    dataset_id: int
    state: ImageState | None
    split: Split | None
    emotion: Emotion | None
    tag: str | None
    condition: Condition


def ids(
    session: Session,
    wanted: Wanted,
    *,
    after_id: int | None = None,
    start: int = 0,
    limit: int | None = None,
) -> list[int]:
    """Return ids of the images that are wanted: likely wrong ones worst first, others by id.

    Only those after an image in this order, which need not be wanted any more.
    """
    statement = _statement(wanted)
    if after_id is not None:
        statement = statement.where(_is_after(session, wanted, after_id))
    if wanted.condition is Condition.LIKELY_WRONG:
        statement = statement.order_by(LabelIssue.score, LabelIssue.image_id)
    else:
        statement = statement.order_by(Image.id)
    return list(session.scalars(statement.offset(start).limit(limit)))


def count(session: Session, wanted: Wanted) -> int:
    """Return how many images are wanted."""
    statement = _statement(wanted).with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalars(statement).one()


def count_before(session: Session, wanted: Wanted, image_id: int) -> int:
    """Return how many wanted images come before this one, which need not be wanted itself."""
    statement = _statement(wanted).where(~_is_after(session, wanted, image_id))
    here = statement.with_only_columns(func.count(), maintain_column_froms=True)
    own = select(exists(_statement(wanted).where(Image.id == image_id)))
    return session.scalars(here).one() - int(session.scalars(own).one())


def among(session: Session, wanted: Wanted, image_ids: Sequence[int]) -> set[int]:
    """Return those of these images that are wanted."""
    found: set[int] = set()
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        found.update(session.scalars(_statement(wanted).where(Image.id.in_(chunk))))
    return found


def revision(session: Session, dataset_id: int) -> int:
    """Return the revision of a data set, -1 where there is none with this id."""
    found = session.scalars(select(Dataset.revision).where(Dataset.id == dataset_id)).first()
    return -1 if found is None else found


def all_ids(session: Session, dataset_id: int) -> list[int]:
    """Return the ids of every image of a data set, dropped ones included, by id."""
    statement = select(Image.id).where(Image.dataset_id == dataset_id).order_by(Image.id)
    return list(session.scalars(statement))


def last_id(session: Session, dataset_id: int) -> int:
    """Return the highest id of a data set's images, 0 where it has none."""
    statement = select(func.max(Image.id)).where(Image.dataset_id == dataset_id)
    return session.scalars(statement).one() or 0


def copies(session: Session, dataset_id: int) -> list[tuple[int, str]]:
    """Return id and pixel hash of all images that have a pixel twin, twins beside each other."""
    twins = (
        select(Image.pixel_sha256)
        .where(Image.dataset_id == dataset_id)
        .group_by(Image.pixel_sha256)
        .having(func.count() > 1)
    )
    statement = (
        select(Image.id, Image.pixel_sha256)
        .where(Image.dataset_id == dataset_id, Image.pixel_sha256.in_(twins))
        .order_by(Image.pixel_sha256, Image.id)
    )
    return [(row.id, row.pixel_sha256) for row in session.execute(statement)]


def kept_labels(session: Session, image_ids: Sequence[int]) -> dict[int, Emotion]:
    """Return the labels of those of these images that are kept, by id."""
    found: dict[int, Emotion] = {}
    for start in range(0, len(image_ids), SQL_VARIABLES):
        chunk = image_ids[start : start + SQL_VARIABLES]
        statement = select(Image.id, Image.label).where(
            Image.id.in_(chunk), Image.state == ImageState.KEPT
        )
        found.update((row.id, row.label) for row in session.execute(statement))
    return found


def last_event(session: Session) -> int:
    """Return the id of the newest event, 0 where there is none."""
    return session.scalars(select(func.max(LabelEvent.id))).one() or 0


def touched_since(session: Session, dataset_id: int, event_id: int) -> set[int]:
    """Return the images of a data set with an event after this one."""
    statement = (
        select(LabelEvent.image_id)
        .join(Image, Image.id == LabelEvent.image_id)
        .where(LabelEvent.id > event_id, _unindexed(Image.dataset_id == dataset_id))
    )
    return set(session.scalars(statement))


def disagreeing(session: Session, dataset_id: int, *, since: int) -> set[int]:
    """Return the images with an event after `since` whose annotators' newest judgements differ.

    An image that was adjudicated after its newest judgement is settled and left out.
    """
    asked = select(Image.id).where(Image.dataset_id == dataset_id)
    if since:
        asked = asked.where(Image.id.in_(_touched(since)))
    is_asked = LabelEvent.image_id.in_(asked) & _stands(LabelEvent)
    settled = (
        select(LabelEvent.image_id, func.max(LabelEvent.id).label("at"))
        .where(is_asked, LabelEvent.kind.in_(LABELS), LabelEvent.reason == ADJUDICATED_REASON)
        .group_by(LabelEvent.image_id)
        .subquery()
    )
    statement = (
        select(LabelEvent.image_id)
        .outerjoin(settled, settled.c.image_id == LabelEvent.image_id)
        .where(LabelEvent.id.in_(_newest_judgements(is_asked)))
        .group_by(LabelEvent.image_id, settled.c.at)
        .having(func.min(LabelEvent.new) != func.max(LabelEvent.new))
        .having(settled.c.at.is_(None) | (settled.c.at < func.max(LabelEvent.id)))
    )
    return set(session.scalars(statement))


def labeled(session: Session, dataset_id: int, *, since: int) -> set[int]:
    """Return the images with an event after `since` that somebody labelled or confirmed."""
    statement = (
        select(LabelEvent.image_id)
        .join(Image, Image.id == LabelEvent.image_id)
        .where(Image.dataset_id == dataset_id, _stands(LabelEvent), LabelEvent.kind.in_(LABELS))
    )
    if since:
        statement = statement.where(LabelEvent.image_id.in_(_touched(since)))
    return set(session.scalars(statement))


def judged_by(session: Session, annotator: str, image_ids: Sequence[int]) -> set[int]:
    """Return those of these images that an annotator gave an opinion on or dropped."""
    statement = select(LabelEvent.image_id).where(
        LabelEvent.image_id.in_(image_ids),
        LabelEvent.annotator == annotator,
        LabelEvent.kind.in_((*OPINIONS, EventKind.DROP)),
        _stands(LabelEvent),
    )
    return set(session.scalars(statement))


def _statement(wanted: Wanted) -> Select[int]:
    statement = select(Image.id).where(*_filters(wanted))
    if wanted.tag is not None:
        tagged = select(ImageTag.image_id).where(ImageTag.tag == wanted.tag)
        statement = statement.where(Image.id.in_(tagged))
    if wanted.condition is Condition.LIKELY_WRONG:
        statement = statement.join(LabelIssue, LabelIssue.image_id == Image.id).where(
            LabelIssue.dataset_id == wanted.dataset_id,
            LabelIssue.label == Image.label,
            LabelIssue.suggested != Image.label,
        )
    return statement


def _filters(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions on an image's own columns.

    An index holds state, id, split and label in this order, another one all four with the id last.
    A planner without statistics takes the second for one filter too, and sorts half the set.
    """
    if wanted.state is None:
        yield _unindexed(Image.dataset_id == wanted.dataset_id)
    else:
        yield Image.dataset_id == wanted.dataset_id
        yield Image.state == wanted.state
    both = wanted.split is not None and wanted.emotion is not None
    for column, value in ((Image.split, wanted.split), (Image.label, wanted.emotion)):
        if value is not None:
            yield (column == value) if both else _unindexed(column == value)


def _unindexed(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition that is true for the same rows and chooses no index."""
    return case((condition, 1), else_=0) == 1


def _is_after(session: Session, wanted: Wanted, image_id: int) -> ColumnElement[bool]:
    if wanted.condition is not Condition.LIKELY_WRONG:
        return Image.id > image_id
    score = session.scalars(
        select(LabelIssue.score).where(LabelIssue.image_id == image_id)
    ).one_or_none()
    if score is None:
        return LabelIssue.score > -1.0
    return (LabelIssue.score > score) | (
        (LabelIssue.score == score) & (LabelIssue.image_id > image_id)
    )


def _newest_judgements(is_asked: ColumnElement[bool]) -> Select[int]:
    """Return the query for each annotator's newest judgement of each image, as an event's id."""
    is_judgement = LabelEvent.reason.is_(None) | ~(
        (LabelEvent.reason == ADJUDICATED_REASON) | LabelEvent.reason.startswith(RESTORED_REASON)
    )
    return (
        select(func.max(LabelEvent.id))
        .where(is_asked, LabelEvent.kind.in_(OPINIONS), is_judgement)
        .where(LabelEvent.annotator.not_in(POLICY_NAMES))
        .group_by(LabelEvent.image_id, LabelEvent.annotator)
    )


def _touched(event_id: int) -> Select[int]:
    event = aliased(LabelEvent)
    return select(event.image_id).where(event.id > event_id)


def _stands(event: type[LabelEvent]) -> ColumnElement[bool]:
    """Return the condition that an event is no undo and was not undone."""
    undone = select(LabelEvent.undoes).where(LabelEvent.undoes.is_not(None))
    return event.undoes.is_(None) & event.batch.not_in(undone)
