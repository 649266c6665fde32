"""Labels that follow from judgements: the emotion that more than half of the annotators name."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from db.enums import EMOTIONS, Emotion, EventKind, LabelPolicy
from db.repositories import labels
from db.repositories import votes as stored
from db.repositories.votes import Judgement

MAX_REASON = 200  # the length of its column
Verdicts = Mapping[int, tuple[Emotion, str]]  # by image: what its label should be, and why


def follow_majority(
    session: Session, image_ids: Collection[int], *, batch: str, undoes: str | None = None
) -> int:
    """Give images the label that most of their judgements name; return how many got another.

    Images without a strict majority keep their label. The events belong to `batch`.
    """
    ids = sorted(image_ids)
    current = {row.id: row.label for row in labels.images(session, ids)}
    changes = differing(majorities(stored.of_images(session, ids)), current)
    write_labels(session, changes, LabelPolicy.MAJORITY, batch=batch, why="majority", undoes=undoes)
    return len(changes)


def majorities(judgements: Iterable[Judgement]) -> Verdicts:
    """Return the emotion of more than half of an image's judgements, with its count in words.

    Images without a strict majority are left out.
    """
    votes: dict[int, Counter[Emotion]] = {}
    for row in judgements:
        votes.setdefault(row.image_id, Counter())[row.emotion] += 1
    found = {}
    for image_id, counts in votes.items():
        emotion = max(EMOTIONS, key=lambda one: counts[one])
        if 2 * counts[emotion] > counts.total():
            found[image_id] = (emotion, f"{counts[emotion]} of {counts.total()} say {emotion}")
    return found


def differing(verdicts: Verdicts, current: Mapping[int, Emotion]) -> Verdicts:
    """Return the verdicts on images that have another label now."""
    return {
        image_id: (emotion, why)
        for image_id, (emotion, why) in verdicts.items()
        if current[image_id] is not emotion
    }


def write_labels(
    session: Session,
    verdicts: Verdicts,
    policy: LabelPolicy,
    *,
    batch: str,
    why: str,
    undoes: str | None = None,
) -> None:
    """Store labels with an event each, in the name of a policy; `why` comes before each reason."""
    now = datetime.now(UTC)
    rows = labels.images(session, sorted(verdicts))
    current = {row.id: row.label for row in rows}
    by_emotion: dict[Emotion, list[int]] = {}
    for image_id, (emotion, _) in verdicts.items():
        by_emotion.setdefault(emotion, []).append(image_id)
    for emotion, image_ids in by_emotion.items():
        labels.set_labels(session, image_ids, emotion)
    labels.append(
        session,
        (
            labels.NewEvent(
                image_id=image_id,
                annotator=policy,
                kind=EventKind.LABEL,
                old=current[image_id],
                new=emotion,
                reason=f"{why[: MAX_REASON - 40]}: {reason}"[:MAX_REASON],
                batch=batch,
                undoes=undoes,
                at=now,
            )
            for image_id, (emotion, reason) in verdicts.items()
        ),
    )
