"""One press of an annotator, stored in one short transaction and only once.

The browser makes the id of a press and sends the press until it is answered. The id becomes the
batch of the press's event, so a press that arrives again is recognised and only answered again.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from core.errors import PressError, UnknownImageError
from core.services import tagging, undoing, voting
from core.services.duplicates import BULK_REASONS
from core.services.writing import changing, write_one
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState
from db.repositories import faces, labels, tags
from db.rows import EventRow, ImageRow

DROP_REASONS = ("not a face", "unreadable", "several faces")
_PRESS_ID = re.compile(r"[0-9a-f]{32}")


class PressKind(StrEnum):
    """What a press asks for."""

    LABEL = "label"
    VOTE = "vote"
    DROP = "drop"
    RESTORE = "restore"
    TAG = "tag"
    UNTAG = "untag"
    UNDO = "undo"


@dataclass(frozen=True, kw_only=True)
class Press:
    """A press as the browser sent it.

    Attributes:
        id: 32 hexadecimal digits, made by the browser.
        image_id: The face that was on screen; None for an undo.
        emotion: What a label press or a vote says; the label the face has is a confirmation.
        reason: Why a face is dropped, one of `DROP_REASONS`.
        tag: The tag that is given or taken away.
        undoes: The press that an undo takes back; None for the annotator's newest.
    """

    id: str
    kind: PressKind
    image_id: int | None = None
    emotion: Emotion | None = None
    reason: str | None = None
    tag: str | None = None
    undoes: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What became of a press: the face it was about, as it is now.

    `image` is None for an undo that found nothing to take back.
    """

    press_id: str
    image: ImageRow | None


def press(workspace: Workspace, dataset_id: int, sent: Press, *, annotator: str) -> Answer:
    """Store a press, or recognise it where it was stored already, and return what became of it.

    Raises:
        PressError: If the press makes no sense.
        UnknownImageError: If the data set has no such image.
        UnknownBatchError: If the press to be undone was never stored or was undone already.
    """
    if not _PRESS_ID.fullmatch(sent.id):
        raise PressError(f"{sent.id[:40]!r} is no id of a press; send 32 hexadecimal digits.")
    with workspace.writing() as session:
        if sent.kind is PressKind.UNDO:
            image_id = _undo(session, dataset_id, sent, annotator)
        else:
            image = _image(session, dataset_id, sent.image_id)
            image_id = image.id
            if not _is_stored(session, sent.id, annotator):
                _store(session, image, sent, annotator)
        image_now = labels.image(session, image_id) if image_id is not None else None
        return Answer(press_id=sent.id, image=image_now)


def _image(session: Session, dataset_id: int, image_id: int | None) -> ImageRow:
    """Return the image, held against other writers, so that two copies of a press cannot race."""
    image = faces.locked(session, image_id) if image_id is not None else None
    if image is None or image.dataset_id != dataset_id:
        raise UnknownImageError(image_id or 0)
    return image


def _is_stored(session: Session, press_id: str, annotator: str) -> bool:
    events = labels.batch_events(session, press_id)
    if events and not _is_own(events, annotator):
        raise PressError("Another annotator's press has this id; reload the page.")
    return bool(events)


def _is_own(events: list[EventRow], annotator: str) -> bool:
    """Return whether a batch is the annotator's; a policy may have added events of its own."""
    return any(event.annotator == annotator for event in events)


def _store(session: Session, image: ImageRow, sent: Press, annotator: str) -> None:
    if sent.kind in (PressKind.LABEL, PressKind.VOTE):
        if sent.emotion is None:
            raise PressError("This press names no emotion; nothing was stored.")
        judge = voting.judge_in if sent.kind is PressKind.LABEL else voting.vote_in
        judge(session, image, sent.emotion, annotator=annotator, batch=sent.id)
    elif sent.kind in (PressKind.TAG, PressKind.UNTAG):
        _tag(session, image, sent, annotator)
    else:
        _change_state(session, image, sent, annotator)


def _tag(session: Session, image: ImageRow, sent: Press, annotator: str) -> None:
    """Give or take a tag; nothing is written where the face has it, or lacks it, already."""
    tag = tagging.checked(sent.tag or "")
    is_given = sent.kind is PressKind.TAG
    if (tag in tags.of_images(session, [image.id]).get(image.id, ())) is is_given:
        return
    (tags.add if is_given else tags.remove)(session, [image.id], tag)
    kind, change = (EventKind.TAG, ("", tag)) if is_given else (EventKind.UNTAG, (tag, ""))
    event = changing(image.id, kind, change, annotator=annotator, batch=sent.id)
    write_one(session, image.dataset_id, event)


def _change_state(session: Session, image: ImageRow, sent: Press, annotator: str) -> None:
    if sent.kind is PressKind.DROP and sent.reason not in DROP_REASONS:
        raise PressError(f"A face is dropped with a reason: {', '.join(DROP_REASONS)}.")
    is_drop = sent.kind is PressKind.DROP
    reason = sent.reason if is_drop else None
    state = ImageState.DROPPED if is_drop else ImageState.KEPT
    kind = EventKind.DROP if is_drop else EventKind.RESTORE
    labels.set_state(session, [image.id], state, reason=reason)
    change = (image.state.value, state.value)
    event = changing(image.id, kind, change, annotator=annotator, batch=sent.id, reason=reason)
    write_one(session, image.dataset_id, event)


def _undo(session: Session, dataset_id: int, sent: Press, annotator: str) -> int | None:
    """Take back the press that is named or else the newest; return its face, None without one."""
    if _is_stored(session, sent.id, annotator):
        return labels.batch_events(session, sent.id)[-1].image_id
    batch = sent.undoes or labels.last_undoable_batch(
        session, dataset_id, annotator, but_reasons=BULK_REASONS
    )
    if batch is None:
        return None
    events = _undoable(session, dataset_id, batch, annotator)
    return undoing.take_back(session, events, annotator=annotator, batch=sent.id)[-1].image_id


def _undoable(session: Session, dataset_id: int, batch: str, annotator: str) -> list[EventRow]:
    events = labels.batch_events(session, batch)
    if not events or labels.is_undone(session, batch):
        raise PressError("That press was undone already or never stored; nothing was changed.")
    _image(session, dataset_id, events[0].image_id)
    if not _is_own(events, annotator):
        raise PressError(f"That press is {events[0].annotator}'s; undo takes back only your own.")
    return events
