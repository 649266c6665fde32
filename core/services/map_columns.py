"""Columns of maps to set beside each other: a run's by a method, or human ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import NotReadyError
from core.maps.built_in import DEFAULT_KEY
from core.maps.canonical import soften
from core.maps.means import MeanMap, Outcome, mean_map
from core.maps.run_maps import read_run_maps
from core.services.experiments import find_run
from core.services.human_maps import find
from core.services.saliency import maps_path, run_maps
from core.workspace import Workspace
from db.enums import EMOTIONS, Emotion, Mask, ModelName, SaliencyMethod
from db.rows import RunRow

__all__ = ["ColumnMap", "ColumnMaps", "MapColumn", "Outcome", "column_maps", "usual_columns"]

_HUMAN = "human"


@dataclass(frozen=True)
class MapColumn:
    """What a column shows: a run's maps by a method, or, where `run_id` is None, human ones.

    Attributes:
        run_id: The run.
        source: The method's name, or the key of the human maps.
    """

    run_id: int | None
    source: str

    @classmethod
    def of_run(cls, run_id: int, method: SaliencyMethod) -> "MapColumn":
        """Return the column of a run's maps."""
        return cls(run_id, method.value)

    @classmethod
    def of_people(cls, key: str = DEFAULT_KEY) -> "MapColumn":
        """Return the column of human maps."""
        return cls(None, key)

    @property
    def method(self) -> SaliencyMethod | None:
        """The method of a run's maps; None for human ones."""
        return None if self.run_id is None else SaliencyMethod(self.source)

    @property
    def text(self) -> str:
        """The column as addresses have it, `3.grad_cam` or `human.facs`."""
        return f"{_HUMAN if self.run_id is None else self.run_id}.{self.source}"


@dataclass(frozen=True, kw_only=True, eq=False)
class ColumnMap:
    """One emotion's map in a column.

    Attributes:
        density: float64, shape (48, 48), >= 0, mean 1: how many times as much as by chance. As
            soft as human maps are.
        face: float64, shape (48, 48), 0..255: the mean face beneath; None for human maps.
        n: Images averaged; None for human maps.
        n_empty: Further images, in whose faces nothing spoke for the emotion.
        spread: How far single images' maps are from their mean: the standard deviation over images
            in times chance, root of its mean square over the face. None for human maps.
    """

    density: NDArray[np.float64]
    face: NDArray[np.float64] | None = None
    n: int | None = None
    n_empty: int = 0
    spread: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ColumnMaps:
    """The maps of a column.

    Attributes:
        column: What it shows.
        cells: Rows and columns of a network's map before it is enlarged; None for human maps.
        by_emotion: Of every emotion that has a map.
        faces: float64, shape (48, 48), of every emotion: its mean face, also where it has no map.
            Empty for human maps.
        detected_share: Of the images, those that detected landmarks aligned, 0..1; the others were
            aligned by the template. None for human maps.
    """

    column: MapColumn
    cells: tuple[int, int] | None
    by_emotion: dict[Emotion, ColumnMap]
    faces: dict[Emotion, NDArray[np.float64]]
    detected_share: float | None


def usual_columns(runs: Sequence[RunRow]) -> list[MapColumn]:
    """Return what to show first: the newest VGG-16 and ResNet-50 by Grad-CAM, and people.

    Runs that see whole faces go before masked ones. Where one of the two networks is missing, the
    newest other runs stand in.
    """
    newest = sorted(runs, key=lambda run: (run.mask is not Mask.NONE, -run.id))
    families = (
        (ModelName.VGG16, ModelName.VGG16_BN),
        (ModelName.RESNET50, ModelName.RESNET50_REG),
    )
    found = [next((run for run in newest if run.model in family), None) for family in families]
    chosen = [run for run in found if run is not None]
    chosen += [run for run in newest if run not in chosen][: 2 - len(chosen)]
    return [
        *(MapColumn.of_run(run.id, SaliencyMethod.GRAD_CAM) for run in chosen),
        MapColumn.of_people(),
    ]


def column_maps(
    workspace: Workspace, column: MapColumn, outcome: Outcome = Outcome.ALL
) -> ColumnMaps:
    """Return the maps of a column, of a run's test images with an outcome.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If its maps were not computed yet.
        HumanMapError: If there are no such human maps.
    """
    if column.run_id is None or column.method is None:
        return _of_people(workspace, column)
    find_run(workspace, column.run_id)
    path = maps_path(workspace, column.run_id, column.method)
    try:
        changed_ns = path.stat().st_mtime_ns
    except FileNotFoundError:
        run_maps(workspace, column.run_id, column.method)  # says how to get them
        raise NotReadyError(f"The maps {path.name} were just deleted; reload.") from None
    means, cells, share = _means(path, changed_ns, outcome)
    return ColumnMaps(
        column=column,
        cells=cells,
        by_emotion={
            emotion: ColumnMap(
                density=soften(mean.mean_map),
                face=mean.mean_face,
                n=mean.n,
                n_empty=mean.n_empty,
                spread=float(np.sqrt(np.mean(mean.spread**2))) if mean.n > 1 else None,
            )
            for emotion, mean in means.items()
            if mean.n
        },
        faces={emotion: mean.mean_face for emotion, mean in means.items()},
        detected_share=share,
    )


def _of_people(workspace: Workspace, column: MapColumn) -> ColumnMaps:
    found = find(workspace, column.source)
    maps = {emotion: found.distribution(emotion) for emotion in found.emotions}
    by_emotion = {emotion: ColumnMap(density=one * one.size) for emotion, one in maps.items()}
    return ColumnMaps(
        column=column, cells=None, by_emotion=by_emotion, faces={}, detected_share=None
    )


@lru_cache(maxsize=64)
def _means(
    path: Path, changed_ns: int, outcome: Outcome
) -> tuple[dict[Emotion, MeanMap], tuple[int, int], float]:
    """Return a file's mean maps, its cells and the share of detected faces, kept until it changes.

    A file has 900 images; its means take a tenth of a second and 0.4 MB.
    """
    maps = read_run_maps(path)
    means = {emotion: mean_map(maps, emotion, outcome) for emotion in EMOTIONS}
    rows, columns = maps.cells.tolist()
    share = float(maps.is_detected.mean()) if len(maps) else 0.0
    return means, (rows, columns), share
