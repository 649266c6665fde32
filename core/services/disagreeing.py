"""Test faces on which compared runs say different things, with what each said and how surely."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.metrics.predictions import NAMES
from core.services.comparison import RunComparison
from core.services.results import predictions
from core.workspace import Workspace
from db.enums import Emotion


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A face; `said` has each run's emotion and its probability, 0..1, in the runs' order."""

    image_id: int
    label: Emotion
    said: tuple[tuple[Emotion, float], ...]


def disagreements(
    workspace: Workspace,
    found: RunComparison,
    *,
    between: Sequence[int] | None = None,
    label: Emotion | None = None,
) -> list[Disagreement]:
    """Return the faces on which runs disagree, those first on which they are surest.

    Args:
        workspace: Where the runs are.
        found: Their comparison.
        between: Places of the runs that must not all say the same; all of them where None.
        label: The faces' label; any where None.
    """
    tables = [predictions(workspace, run.id, test_mask=found.test_mask) for run in found.runs]
    first = tables[0]
    chosen = np.isin(first["image_id"].to_numpy(), found.disagreements)
    if label is not None:
        chosen &= (first["label"] == label.value).to_numpy()
    said = [table["predicted"].to_numpy()[chosen] for table in tables]
    sure = [
        table[[f"p_{name}" for name in NAMES]].to_numpy()[chosen].max(axis=1) for table in tables
    ]
    faces = [
        Disagreement(
            image_id=int(image_id),
            label=Emotion(true),
            said=tuple((Emotion(of[k]), float(p[k])) for of, p in zip(said, sure, strict=True)),
        )
        for k, (image_id, true) in enumerate(
            zip(first["image_id"][chosen], first["label"][chosen], strict=True)
        )
    ]
    asked = range(len(tables)) if between is None else between
    faces = [face for face in faces if len({face.said[place][0] for place in asked}) > 1]
    return sorted(faces, key=lambda face: (-sum(face.said[p][1] for p in asked), face.image_id))
