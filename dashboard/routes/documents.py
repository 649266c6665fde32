"""Faces and what is known about them as JSON for the browser."""

from collections.abc import Sequence
from typing import Any

from core.services.inspecting import Details, Prediction
from core.services.terms import EMOTIONS, EventKind, EventRow, ImageRow, IssueRow
from dashboard.format import SPLIT_NAMES, ago, title

DOUBTED_BELOW = 0.5  # there another emotion is more probable than the label

VERBS = {
    EventKind.LABEL: "labeled",
    EventKind.CONFIRM: "confirmed",
    EventKind.DROP: "dropped",
    EventKind.RESTORE: "restored",
    EventKind.TAG: "tagged",
    EventKind.UNTAG: "untagged",
    EventKind.VOTE: "voted",
    EventKind.SPLIT: "moved to another split",
}


def face_document(
    row: ImageRow, tags: Sequence[str] | None = None, *, is_blind: bool
) -> dict[str, Any]:
    """Return a face, with its tags where they are given.

    Blind it is without its labels and without its path, whose folder may name one.
    """
    shown: dict[str, Any] = {
        "id": row.id,
        "width": row.width,
        "height": row.height,
        "state": row.state.value,
        "split": SPLIT_NAMES[row.split],
    }
    if tags is not None:
        shown["tags"] = list(tags)
    if is_blind:
        return shown
    return {
        **shown,
        "label": row.label.value,
        "original": row.original_label.value,
        "path": row.source_path,
        "reason": row.drop_reason,
    }


def details_document(
    found: Details, prediction: Prediction | None, *, is_blind: bool
) -> dict[str, Any]:
    """Return a face's details; blind only the pictures of its copies and look-alikes."""
    return {
        "face": face_document(found.image, found.tags, is_blind=is_blind),
        "twins": [face_document(row, is_blind=is_blind) for row in found.twins],
        "look_alikes": [
            {**face_document(near.image, is_blind=is_blind), "distance": near.distance_bits}
            for near in found.look_alikes
        ],
        "events": [] if is_blind else [_event(event) for event in found.events],
        "prediction": None if prediction is None else _prediction(prediction),
        "issue": None if is_blind or found.issue is None else _issue(found.issue),
    }


def _event(event: EventRow) -> dict[str, Any]:
    return {"who": event.annotator, "did": _sentence(event), "when": ago(event.at)}


def _sentence(event: EventRow) -> str:
    what = VERBS[event.kind]
    if event.kind is EventKind.LABEL:
        what = f"{event.old} to {event.new}"
    elif event.kind in (EventKind.CONFIRM, EventKind.VOTE, EventKind.TAG):
        what = f"{what} {event.new}"
    elif event.kind is EventKind.UNTAG:
        what = f"{what} {event.old}"
    return f"{what} ({event.reason})" if event.reason else what


def _issue(issue: IssueRow) -> dict[str, Any]:
    """Return how well a label fits; `doubted` where something else is more probable."""
    is_doubted = issue.score < DOUBTED_BELOW
    return {
        "score": issue.score,
        "label": title(issue.label),
        "taken_for": title(issue.suggested if is_doubted else issue.label),
        "doubted": is_doubted,
    }


def _prediction(prediction: Prediction) -> dict[str, Any]:
    return {
        "predicted": prediction.predicted.value,
        "shares": [
            {"emotion": emotion.value, "title": title(emotion), "share": share}
            for emotion, share in zip(EMOTIONS, prediction.probabilities, strict=True)
        ],
    }
