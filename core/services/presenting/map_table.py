"""Maps of emotions in columns, with what is written at each: for pages and for print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.maps.action_units import outline
from core.maps.anatomy import units_of
from core.maps.run_maps import MAP_SIDE
from core.services.map_columns import ColumnMap, ColumnMaps
from core.services.presenting.wording import counted, title
from core.services.slicing import is_too_small
from core.services.terms import EMOTIONS, Emotion

Field = NDArray[np.float64]  # shape (48, 48)

MEAN_FACE = "Mean face"
NO_HUMAN_MAP = "no human map"
NO_FACES = "no faces"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What stands beneath a map, line by line, and what is said when it is pointed at."""

    lines: tuple[str, ...] = ()
    hover: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class MapCell:
    """One picture: a face with a density or a difference of two over it, or why there is none.

    Attributes:
        face: float64, shape (48, 48), 0..255.
        values: float64, shape (48, 48): a density, or where `is_difference` a difference of two;
            None for the face alone.
        most: The value, or distance from 0, that has the last colour.
        is_difference: Whether `values` are a difference.
        words: What is written.
        gap: Why there is no picture; empty where there is one.
    """

    face: Field
    values: Field | None = None
    most: float = 1.0
    is_difference: bool = False
    words: Words = field(default_factory=Words)
    gap: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class TableColumn:
    """What stands above a column.

    Attributes:
        name: In bold or alike.
        note: Beneath it.
        flag: A warning in few words and in many, or None.
        label: Names it where it is spoken of; its name where empty.
    """

    name: str
    note: str = ""
    flag: tuple[str, str] | None = None
    label: str = ""

    @property
    def spoken(self) -> str:
        """The column in a sentence."""
        return self.label or self.name


@dataclass(frozen=True, kw_only=True, eq=False)
class TableRow:
    """An emotion and what can be drawn over its pictures.

    Attributes:
        emotion: The emotion.
        outlines: Polygons, float64, shape (n, 2), in the unit square.
        dots: float, shape (n, 2), in the unit square; None for none.
    """

    emotion: Emotion
    outlines: Sequence[Field] = ()
    dots: NDArray[np.floating] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class MapTable:
    """A line of cells for each row, one for each column."""

    columns: Sequence[TableColumn]
    rows: Sequence[TableRow]
    cells: Sequence[Sequence[MapCell]]


@dataclass(frozen=True, kw_only=True, eq=False)
class ShownColumn:
    """A column to be shown: its heading and its maps, or why there are none yet.

    Attributes:
        head: What stands above it.
        maps: The maps; None where they are missing.
        gap: Why they are missing.
        words: What is written at the map of an emotion, besides how many faces it is of.
    """

    head: TableColumn
    maps: ColumnMaps | None = None
    gap: str = ""
    words: Mapping[Emotion, Words] = field(default_factory=dict)


def map_table(
    columns: Sequence[ShownColumn],
    *,
    emotions: Sequence[Emotion] = EMOTIONS,
    difference: tuple[int, int] | None = None,
    is_one_scale: bool = False,
    faces: Mapping[Emotion, Field] | None = None,
) -> MapTable:
    """Return a table of the mean face and these columns.

    Args:
        columns: From left to right.
        emotions: The rows.
        difference: Places of two columns whose difference, the first minus the second, is the last
            column; None for none.
        is_one_scale: Whether all maps share a scale; each has its own otherwise. Differences always
            share theirs.
        faces: Mean faces to draw on where no column has one.
    """
    beneath = {emotion: _row_face(columns, emotion, faces or {}) for emotion in emotions}
    shared = _most(columns, emotions) if is_one_scale else None
    heads = [TableColumn(name=MEAN_FACE), *(column.head for column in columns)]
    lines = [
        [
            _bare(beneath[emotion]),
            *(_cell(column, emotion, beneath[emotion], shared) for column in columns),
        ]
        for emotion in emotions
    ]
    if difference is not None:
        first, second = (columns[place] for place in difference)
        heads.append(_difference_head(first, second))
        cells = [_difference(first, second, emotion, beneath[emotion]) for emotion in emotions]
        most = max((cell.most for cell in cells if not cell.gap), default=1.0)
        for line, cell in zip(lines, cells, strict=True):
            line.append(replace(cell, most=most))
    rows = [TableRow(emotion=emotion, outlines=outlines(emotion)) for emotion in emotions]
    return MapTable(columns=heads, rows=rows, cells=lines)


def outlines(emotion: Emotion) -> list[Field]:
    """Return the borders of an emotion's action units on both sides of the face.

    Polygons, float64, shape (n, 2), in the unit square; of the units that at least half of people
    show (Du, Tao & Martinez 2014). None for neutral.
    """
    one_side = [outline(unit) for unit in units_of(emotion)]
    other = [np.column_stack([1 - points[:, 0], points[:, 1]]) for points in one_side]
    return [polygon for pair in zip(one_side, other, strict=True) for polygon in pair]


def _row_face(
    columns: Sequence[ShownColumn], emotion: Emotion, others: Mapping[Emotion, Field]
) -> Field:
    """Return the mean face of the first column that has one, mid grey where none has."""
    known = [*(column.maps.faces for column in columns if column.maps), others]
    found = (faces.get(emotion) for faces in known)
    return next((face for face in found if face is not None), np.full((MAP_SIDE, MAP_SIDE), 128.0))


def _most(columns: Sequence[ShownColumn], emotions: Sequence[Emotion]) -> float:
    maps = [column.maps.by_emotion for column in columns if column.maps]
    shown = [found[emotion].density for found in maps for emotion in emotions if emotion in found]
    return max((float(one.max()) for one in shown), default=1.0)


def _bare(face: Field) -> MapCell:
    return MapCell(face=face)


def _cell(column: ShownColumn, emotion: Emotion, face: Field, most: float | None) -> MapCell:
    if column.maps is None:
        return MapCell(face=face, gap=column.gap)
    found = column.maps.by_emotion.get(emotion)
    if found is None:
        return MapCell(face=face, gap=NO_FACES if column.maps.faces else NO_HUMAN_MAP)
    return MapCell(
        face=face if found.face is None else found.face,
        values=found.density,
        most=most or float(found.density.max()),
        words=_words(column, emotion, found),
    )


def _words(column: ShownColumn, emotion: Emotion, found: ColumnMap) -> Words:
    """Return the scores of a map and how many faces it is of."""
    said = column.words.get(emotion, Words())
    lines, hover = list(said.lines), [f"{title(emotion)}, {column.head.spoken}", said.hover]
    if found.n is not None:
        few = ", too few" if is_too_small(found.n) else ""
        lines.append(f"n {found.n:,}{few}")
        hover.append(f"Mean of {counted(found.n, 'face')}")
    if found.n_empty:
        hover.append(f"{counted(found.n_empty, 'face')} left out: nothing spoke for the emotion")
    if found.spread is not None:
        hover.append(f"Single maps lie {found.spread:.2f} times chance around it (SD)")
    return Words(lines=tuple(lines), hover="\n".join(filter(None, hover)))


def _difference_head(first: ShownColumn, second: ShownColumn) -> TableColumn:
    return TableColumn(name="Difference", note=f"{first.head.spoken} minus {second.head.spoken}")


def _difference(first: ShownColumn, second: ShownColumn, emotion: Emotion, face: Field) -> MapCell:
    one, other = (
        column.maps.by_emotion.get(emotion) if column.maps else None for column in (first, second)
    )
    if one is None or other is None:
        return MapCell(face=face, gap="needs two maps", is_difference=True)
    values = one.density - other.density
    largest = float(np.abs(values).max())
    hover = (
        f"{title(emotion)}: orange where {first.head.spoken} looks more, purple where "
        f"{second.head.spoken} does; at most {largest:.2f} times chance apart"
    )
    words = Words(lines=(f"at most {largest:.1f}",), hover=hover)
    return MapCell(face=face, values=values, most=largest, is_difference=True, words=words)
