"""Where the runs of a report look, beside where people look."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2

from core.errors import EmptySetError
from core.maps.built_in import DEFAULT_KEY
from core.services.datasets import find_dataset
from core.services.human_maps import find
from core.services.map_columns import MapColumn, column_maps
from core.services.presenting.map_names import column_note, doubt, method_name
from core.services.presenting.map_prints import MapLook, painted
from core.services.presenting.map_table import (
    MapCell,
    MapTable,
    ShownColumn,
    TableColumn,
    map_table,
)
from core.services.presenting.score_words import (
    ScoreRow,
    human_words,
    network_words,
    score_rows,
)
from core.services.presenting.wording import run_name
from core.services.saliency import computed
from core.services.saliency_scores import SaliencyScores, saliency_scores
from core.services.sampling import is_drawn
from core.workspace import Workspace
from db.enums import SaliencyMethod
from db.rows import RunRow

RUNS_A_PANEL = 5  # with the mean face and people, seven pictures of 24 mm side by side on A4
PICTURE_PX = 144
FEWEST_FACES = 20  # a mean over fewer still shows who was in it: seen on FER2013's faces
TOO_FEW = f"fewer than {FEWEST_FACES} faces: not shown"


@dataclass(frozen=True, kw_only=True)
class LookingPart:
    """Maps of some runs by one method beside people's, and their scores with controls.

    Attributes:
        method: What the method is called.
        table: The maps, a row for each emotion.
        scores: Over all emotions, controls beneath; empty where nothing can be scored.
        human: What the human maps are called.
        source: Where they come from.
    """

    method: str
    table: MapTable
    scores: tuple[ScoreRow, ...]
    human: str
    source: str


def looking_parts(workspace: Workspace, runs: Sequence[RunRow]) -> tuple[LookingPart, ...]:
    """Return the maps there are of these runs, a part for each method and five runs."""
    methods = {run.id: computed(workspace, run.id) for run in runs}
    parts = []
    for method in SaliencyMethod:
        shown = [run for run in runs if method in methods[run.id]]
        for start in range(0, len(shown), RUNS_A_PANEL):
            parts.append(_part(workspace, method, shown[start : start + RUNS_A_PANEL]))
    return tuple(parts)


def picture(cell: MapCell) -> str:
    """Return a cell's picture as a PNG data URL; empty where it has none."""
    pixels = painted(cell, MapLook(), side_px=PICTURE_PX)
    if pixels is None:
        return ""
    content = cv2.imencode(".png", pixels[..., ::-1])[1].tobytes()
    return f"data:image/png;base64,{b64encode(content).decode()}"


def _part(workspace: Workspace, method: SaliencyMethod, runs: Sequence[RunRow]) -> LookingPart:
    people = find(workspace, DEFAULT_KEY)
    scores = {run.id: _scores(workspace, run, method) for run in runs}
    human = ShownColumn(
        head=TableColumn(name=people.title, note="Human"),
        maps=column_maps(workspace, MapColumn.of_people(DEFAULT_KEY)),
        words=human_words(people, people),
    )
    networks = [_network(workspace, run, method, scores[run.id]) for run in runs]
    scored = [(run_name(run), one) for run in runs if (one := scores[run.id]) is not None]
    return LookingPart(
        method=method_name(method),
        table=_without_persons(map_table([*networks, human]), len(networks)),
        scores=tuple(score_rows(scored)),
        human=people.title,
        source=people.source,
    )


def _network(
    workspace: Workspace, run: RunRow, method: SaliencyMethod, scores: SaliencyScores | None
) -> ShownColumn:
    """Return a run's maps of those emotions that have enough faces to hide whose they are."""
    maps = column_maps(workspace, MapColumn.of_run(run.id, method))
    is_nobody = is_drawn(workspace, find_dataset(workspace, run.dataset).id)
    fewest = 1 if is_nobody else FEWEST_FACES
    many = {
        emotion: one
        for emotion, one in maps.by_emotion.items()
        if one.n is not None and one.n + one.n_empty >= fewest
    }
    return ShownColumn(
        head=TableColumn(
            name=run_name(run), note=column_note(maps), flag=doubt(workspace, run.id, method)
        ),
        maps=replace(
            maps, by_emotion=many, faces={emotion: maps.faces[emotion] for emotion in many}
        ),
        words={} if scores is None else network_words(scores),
    )


def _without_persons(table: MapTable, n_networks: int) -> MapTable:
    """Return the table with a reason in place of means over too few faces.

    Where no network has enough faces of an emotion its row has no mean face, and people's map lies
    over plain grey.
    """
    lines = []
    for bare, *others in table.cells:
        networks = [replace(one, gap=TOO_FEW if one.gap else "") for one in others[:n_networks]]
        is_bare = all(one.gap for one in networks)
        first = replace(bare, gap=TOO_FEW) if is_bare else bare
        lines.append([first, *networks, *others[n_networks:]])
    return replace(table, cells=lines)


def _scores(workspace: Workspace, run: RunRow, method: SaliencyMethod) -> SaliencyScores | None:
    """Return the scores of a run's maps, None where no emotion can be scored."""
    try:
        return saliency_scores(workspace, run.id, method)
    except EmptySetError:
        return None
