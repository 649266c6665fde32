"""Labels and states of images: every change is an append-only event."""

from sqlalchemy.orm import Session

from core.errors import LabelPolicyError, UnknownImageError
from core.services.writing import changing, write_one
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState, LabelPolicy, Split
from db.repositories import labels as stored
from db.repositories import votes
from db.rows import EventRow, ImageRow


def label(
    workspace: Workspace,
    image_id: int,
    emotion: Emotion,
    *,
    annotator: str,
    reason: str | None = None,
) -> EventRow:
    """Give an image a label and return the event: a confirmation where it had that label already.

    This is for data sets whose label is the latest one; `voting.judge` does the right thing by
    any policy.

    Raises:
        UnknownImageError: If there is no such image.
        LabelPolicyError: If the data set's labels follow votes or adjudication.
    """
    with workspace.writing() as session:
        image = _image(session, image_id)
        policy = votes.policy(session, image.dataset_id)
        if policy is not LabelPolicy.LATEST:
            raise LabelPolicyError(policy)
        kind = EventKind.CONFIRM if image.label is emotion else EventKind.LABEL
        stored.set_labels(session, [image_id], emotion)
        change = (image.label, emotion)
        event = changing(image_id, kind, change, annotator=annotator, reason=reason)
        return write_one(session, image.dataset_id, event)


def drop(workspace: Workspace, image_id: int, *, annotator: str, reason: str) -> EventRow:
    """Take an image out of the cleaned set and return the event.

    Raises:
        UnknownImageError: If there is no such image.
    """
    return _change_state(
        workspace, image_id, ImageState.DROPPED, annotator=annotator, reason=reason
    )


def restore(workspace: Workspace, image_id: int, *, annotator: str) -> EventRow:
    """Put a dropped image back into the cleaned set and return the event.

    Raises:
        UnknownImageError: If there is no such image.
    """
    return _change_state(workspace, image_id, ImageState.KEPT, annotator=annotator, reason=None)


def history(workspace: Workspace, dataset_id: int, *, limit: int = 100) -> list[EventRow]:
    """Return the newest events of a data set, newest first."""
    with workspace.reading() as session:
        return stored.history(session, dataset_id, limit=limit)


def find_image(workspace: Workspace, image_id: int) -> ImageRow:
    """Return an image.

    Raises:
        UnknownImageError: If there is no such image.
    """
    with workspace.reading() as session:
        return _image(session, image_id)


def next_image(
    workspace: Workspace,
    dataset_id: int,
    *,
    after_id: int = 0,
    split: Split | None = None,
    emotion: Emotion | None = None,
) -> ImageRow | None:
    """Return the first kept image after an id, None at the end of the set."""
    with workspace.reading() as session:
        found = stored.first_images(
            session, dataset_id, after_id=after_id, split=split, emotion=emotion
        )
        return found[0] if found else None


def _change_state(
    workspace: Workspace, image_id: int, state: ImageState, *, annotator: str, reason: str | None
) -> EventRow:
    kind = EventKind.DROP if state is ImageState.DROPPED else EventKind.RESTORE
    with workspace.writing() as session:
        image = _image(session, image_id)
        stored.set_state(session, [image_id], state, reason=reason)
        change = (image.state, state)
        event = changing(image_id, kind, change, annotator=annotator, reason=reason)
        return write_one(session, image.dataset_id, event)


def _image(session: Session, image_id: int) -> ImageRow:
    image = stored.image(session, image_id)
    if image is None:
        raise UnknownImageError(image_id)
    return image
