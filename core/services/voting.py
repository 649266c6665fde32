"""Several annotators: what each says of an image, and the policy by which that sets its label.

An annotator's judgement of an image is their newest label, confirmation or vote that was not
undone. A label policy says what follows from judgements: `latest`, the newest is the label;
`majority`, the label is what more than half of the annotators say, where there is such an
emotion; `adjudicated`, only an adjudicator changes labels.
"""

import pandas as pd
from sqlalchemy.orm import Session

from core.errors import AnnotatorNameError, UnknownImageError
from core.services.majority import follow_majority
from core.services.writing import changing, write_one
from core.workspace import Workspace
from db.enums import Emotion, EventKind, LabelPolicy
from db.repositories import labels
from db.repositories import votes as stored
from db.repositories.votes import ADJUDICATED_REASON, POLICY_NAMES, Judgement
from db.rows import EventRow, ImageRow


def judge(
    workspace: Workspace,
    image_id: int,
    emotion: Emotion,
    *,
    annotator: str,
    batch: str | None = None,
    reason: str | None = None,
) -> EventRow:
    """Store what an annotator says of an image, as the data set's policy wants it.

    Pages and commands call this for a press that is not blind. By `latest` the image gets the
    label (or a confirmation); by `majority` and `adjudicated` the press is a vote, and by
    `majority` a label event may follow it in the same batch, which one undo takes back.

    Args:
        workspace: Where the image is.
        image_id: Which image.
        emotion: What the annotator sees.
        annotator: Who they are.
        batch: The id of the event's batch, made up where it is None; a caller that makes it can
            recognise a press sent twice.
        reason: Why, in a few words.

    Returns:
        The annotator's own event.

    Raises:
        UnknownImageError: If there is no such image.
        AnnotatorNameError: If the annotator has the name of a policy.
    """
    with workspace.writing() as session:
        image = _image(session, image_id)
        return judge_in(session, image, emotion, annotator=annotator, batch=batch, reason=reason)


def vote(
    workspace: Workspace,
    image_id: int,
    emotion: Emotion,
    *,
    annotator: str,
    batch: str | None = None,
) -> EventRow:
    """Store a second opinion and return its event; by `majority` the label follows the votes.

    Raises:
        UnknownImageError: If there is no such image.
        AnnotatorNameError: If the annotator has the name of a policy.
    """
    with workspace.writing() as session:
        image = _image(session, image_id)
        return vote_in(session, image, emotion, annotator=annotator, batch=batch)


def adjudicate(
    workspace: Workspace,
    image_id: int,
    emotion: Emotion,
    *,
    annotator: str,
    batch: str | None = None,
) -> EventRow:
    """Settle an image's label, whatever the policy, and return the event.

    By `majority` the label holds until somebody judges the image anew.

    Raises:
        UnknownImageError: If there is no such image.
        AnnotatorNameError: If the annotator has the name of a policy.
    """
    with workspace.writing() as session:
        image = _image(session, image_id)
        return _label(
            session, image, emotion, annotator=annotator, batch=batch, reason=ADJUDICATED_REASON
        )


def judge_in(
    session: Session,
    image: ImageRow,
    emotion: Emotion,
    *,
    annotator: str,
    batch: str | None = None,
    reason: str | None = None,
) -> EventRow:
    """Do what `judge` does inside a transaction of the caller's.

    Raises:
        AnnotatorNameError: If the annotator has the name of a policy.
    """
    if stored.policy(session, image.dataset_id) is LabelPolicy.LATEST:
        return _label(session, image, emotion, annotator=annotator, batch=batch, reason=reason)
    return vote_in(session, image, emotion, annotator=annotator, batch=batch, reason=reason)


def vote_in(
    session: Session,
    image: ImageRow,
    emotion: Emotion,
    *,
    annotator: str,
    batch: str | None = None,
    reason: str | None = None,
) -> EventRow:
    """Do what `vote` does inside a transaction of the caller's.

    Raises:
        AnnotatorNameError: If the annotator has the name of a policy.
    """
    event = _event(image.id, annotator, EventKind.VOTE, ("", emotion), batch=batch, reason=reason)
    written = write_one(session, image.dataset_id, event)
    if stored.policy(session, image.dataset_id) is LabelPolicy.MAJORITY:
        follow_majority(session, [image.id], batch=event["batch"])
    return written


def judgements(workspace: Workspace, dataset_id: int) -> pd.DataFrame:
    """Return the judgements of kept images: columns image_id, annotator, emotion, a row each.

    An annotator has one row an image at most. In the order in which they were made.
    """
    with workspace.reading() as session:
        found = stored.of_dataset(session, dataset_id)
    table = pd.DataFrame(found, columns=list(Judgement._fields))
    return table.drop(columns="event_id")


def _image(session: Session, image_id: int) -> ImageRow:
    image = labels.image(session, image_id)
    if image is None:
        raise UnknownImageError(image_id)
    return image


def _label(
    session: Session,
    image: ImageRow,
    emotion: Emotion,
    *,
    annotator: str,
    batch: str | None,
    reason: str | None,
) -> EventRow:
    kind = EventKind.CONFIRM if image.label is emotion else EventKind.LABEL
    change = (image.label, emotion)
    event = _event(image.id, annotator, kind, change, batch=batch, reason=reason)
    labels.set_labels(session, [image.id], emotion)
    return write_one(session, image.dataset_id, event)


def _event(
    image_id: int,
    annotator: str,
    kind: EventKind,
    change: tuple[str, str],
    *,
    batch: str | None,
    reason: str | None,
) -> labels.NewEvent:
    """Return an event of a person that is about to be written; `change` is old and new.

    Raises:
        AnnotatorNameError: If the annotator has the name of a policy.
    """
    if annotator in POLICY_NAMES:
        raise AnnotatorNameError(annotator)
    return changing(image_id, kind, change, annotator=annotator, batch=batch, reason=reason)
