"""Test faces behind a figure: right or wrong, how sure the network was, what annotators say."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from core.services.results import predictions
from core.services.slicing import ImageSlice, slice_members
from core.workspace import Workspace
from db.enums import Emotion, Mask
from db.repositories import votes


class Outcome(StrEnum):
    """What became of a test face.

    `backed` are faces taken for another emotion than their label by the network and by most of at
    least two annotators (FER+ votes count as annotators): there the label may be the error.
    """

    ANY = "any"
    RIGHT = "right"
    WRONG = "wrong"
    BACKED = "backed"


@dataclass(frozen=True, kw_only=True)
class FaceFilter:
    """Which test faces are asked for; None takes any."""

    true: Emotion | None = None
    predicted: Emotion | None = None
    outcome: Outcome = Outcome.ANY
    slice_name: str = ImageSlice.ALL
    test_mask: Mask | None = None


@dataclass(frozen=True, kw_only=True)
class ScoredFace:
    """A test face; `confidence` is the probability of what was predicted, 0..1.

    `votes` and `agreeing` are how many annotators judged it and how many said as the network did.
    """

    image_id: int
    label: Emotion
    predicted: Emotion
    confidence: float
    votes: int
    agreeing: int


def scored_faces(workspace: Workspace, run_id: int, wanted: FaceFilter) -> list[ScoredFace]:
    """Return a run's test faces that pass a filter, the most confident predictions first.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it has no predictions under this mask.
    """
    rows = predictions(workspace, run_id, test_mask=wanted.test_mask)
    chosen = np.ones(len(rows), dtype=bool)
    if wanted.slice_name != ImageSlice.ALL:
        members = slice_members(workspace, run_id, test_mask=wanted.test_mask)
        chosen &= members.get(wanted.slice_name, np.zeros(len(rows), dtype=bool))
    for column, emotion in (("label", wanted.true), ("predicted", wanted.predicted)):
        if emotion is not None:
            chosen &= (rows[column] == emotion.value).to_numpy()
    is_right = (rows["label"] == rows["predicted"]).to_numpy()
    if wanted.outcome is not Outcome.ANY:
        chosen &= is_right if wanted.outcome is Outcome.RIGHT else ~is_right
    rows = rows[chosen]
    faces = _faces(rows, _tallies(workspace, rows))
    if wanted.outcome is Outcome.BACKED:
        faces = [face for face in faces if 2 * face.agreeing > face.votes > 1]
    return sorted(faces, key=lambda face: (-face.confidence, face.image_id))


def _tallies(workspace: Workspace, rows: pd.DataFrame) -> dict[int, Counter[Emotion]]:
    """Return how many annotators judge each of these images to show each emotion."""
    found: dict[int, Counter[Emotion]] = defaultdict(Counter)
    with workspace.reading() as session:
        for judgement in votes.of_images(session, rows["image_id"].tolist()):
            found[judgement.image_id][judgement.emotion] += 1
    return found


def _faces(rows: pd.DataFrame, tallies: Mapping[int, Mapping[Emotion, int]]) -> list[ScoredFace]:
    columns = [f"p_{emotion.value}" for emotion in Emotion]
    confidence = rows[columns].to_numpy().max(axis=1, initial=0)
    found = []
    for place, (image_id, label, predicted) in enumerate(
        zip(rows["image_id"], rows["label"], rows["predicted"], strict=True)
    ):
        cast = tallies.get(int(image_id), {})
        face = ScoredFace(
            image_id=int(image_id),
            label=Emotion(label),
            predicted=Emotion(predicted),
            confidence=float(confidence[place]),
            votes=sum(cast.values()),
            agreeing=cast.get(Emotion(predicted), 0),
        )
        found.append(face)
    return found
