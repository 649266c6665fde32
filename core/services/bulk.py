"""Work on many images at once: one transaction, one batch of events, one undo."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy.orm import Session

from core.errors import AnnotatorNameError, EmptySetError, UnknownImageError
from core.services.majority import follow_majority
from core.services.writing import changing
from core.workspace import Workspace
from db.enums import Emotion, EventKind, ImageState, LabelPolicy
from db.repositories import datasets, labels, votes
from db.repositories.votes import POLICY_NAMES
from db.rows import ImageRow


def label_all(
    workspace: Workspace, image_ids: Sequence[int], emotion: Emotion, *, annotator: str
) -> str:
    """Store that an annotator sees an emotion in all of these images and return the batch.

    It does to each what a single press does. By the policy `latest` an image gets the label; one
    that has it already gets a confirmation, as somebody looked at it and agreed. By the others
    each image gets a vote, and by `majority` the labels follow the votes.

    Raises:
        EmptySetError: If no image is given.
        UnknownImageError: If one of them does not exist; then nothing is written.
        AnnotatorNameError: If the annotator has the name of a policy.
    """
    if annotator in POLICY_NAMES:
        raise AnnotatorNameError(annotator)
    batch = uuid4().hex
    with workspace.writing() as session:
        for dataset_id, rows in _by_dataset(known_images(session, image_ids)).items():
            policy = votes.policy(session, dataset_id)
            if policy is LabelPolicy.LATEST:
                labels.set_labels(session, [row.id for row in rows], emotion)
            events = [_judgement(row, emotion, policy, annotator, batch) for row in rows]
            labels.append(session, events)
            if policy is LabelPolicy.MAJORITY:
                follow_majority(session, [row.id for row in rows], batch=batch)
            datasets.raise_revision(session, dataset_id)
    return batch


def drop_all(
    workspace: Workspace, image_ids: Sequence[int], *, annotator: str, reason: str
) -> str | None:
    """Drop these images and return the batch; None where all of them are dropped already.

    Those dropped already keep the reason that they were dropped for.

    Raises:
        EmptySetError: If no image is given.
        UnknownImageError: If one of them does not exist; then nothing is written.
    """
    return _set_states(workspace, image_ids, ImageState.DROPPED, annotator=annotator, reason=reason)


def restore_all(workspace: Workspace, image_ids: Sequence[int], *, annotator: str) -> str | None:
    """Put these images back and return the batch; None where none of them is dropped.

    Raises:
        EmptySetError: If no image is given.
        UnknownImageError: If one of them does not exist; then nothing is written.
    """
    return _set_states(workspace, image_ids, ImageState.KEPT, annotator=annotator, reason=None)


def known_images(session: Session, image_ids: Sequence[int]) -> list[ImageRow]:
    """Return these images, each once, by id.

    Raises:
        EmptySetError: If no image is given.
        UnknownImageError: If one of them does not exist.
    """
    wanted = sorted(set(image_ids))
    if not wanted:
        raise EmptySetError("No face is selected; select some first.")
    rows = labels.images(session, wanted)
    missing = set(wanted) - {row.id for row in rows}
    if missing:
        raise UnknownImageError(min(missing))
    return rows


def _judgement(
    row: ImageRow, emotion: Emotion, policy: LabelPolicy, annotator: str, batch: str
) -> labels.NewEvent:
    if policy is not LabelPolicy.LATEST:
        return changing(row.id, EventKind.VOTE, ("", emotion), annotator=annotator, batch=batch)
    kind = EventKind.CONFIRM if row.label is emotion else EventKind.LABEL
    return changing(row.id, kind, (row.label, emotion), annotator=annotator, batch=batch)


def _set_states(
    workspace: Workspace,
    image_ids: Sequence[int],
    state: ImageState,
    *,
    annotator: str,
    reason: str | None,
) -> str | None:
    kind = EventKind.DROP if state is ImageState.DROPPED else EventKind.RESTORE
    batch = uuid4().hex
    with workspace.writing() as session:
        known = known_images(session, image_ids)
        rows = [row for row in known if row.state is not state]
        if not rows:
            return None
        labels.set_state(session, [row.id for row in rows], state, reason=reason)
        labels.append(
            session,
            [
                changing(
                    row.id,
                    kind,
                    (row.state, state),
                    annotator=annotator,
                    batch=batch,
                    reason=reason,
                )
                for row in rows
            ],
        )
        for dataset_id in _by_dataset(rows):
            datasets.raise_revision(session, dataset_id)
    return batch


def _by_dataset(rows: Sequence[ImageRow]) -> dict[int, list[ImageRow]]:
    found: dict[int, list[ImageRow]] = {}
    for row in rows:
        found.setdefault(row.dataset_id, []).append(row)
    return found
