"""A run's figures on a slice of its test images with intervals, for the results command."""

from math import isnan
from typing import Any

from core.cli.output import emit_table, percent
from core.errors import EmptySetError
from core.services.experiments import find_run
from core.services.figure_sets import Figure, FigureSet, GroupFigures, figure_sets
from core.services.slicing import ImageSlice, is_too_small
from core.workspace import Workspace
from db.enums import Mask

NAMES = ("accuracy", "precision", "f1")


def figures_on(
    workspace: Workspace, run_id: int, slice_name: str, test_mask: Mask | None
) -> FigureSet:
    """Return the figures of a run on a slice.

    Raises:
        UnknownRunError: If there is no such run.
        NotReadyError: If it has no figures under this mask.
        EmptySetError: If none of its test images is in the slice.
    """
    run = find_run(workspace, run_id)
    (found,) = figure_sets(
        workspace, [run], slice_names=[slice_name], test_mask=test_mask, is_pooled=False
    )
    if not found.overall.n:
        raise EmptySetError(
            f"No test image of run {run_id} is in the slice {slice_name!r}; choose another."
        )
    return found


def with_slice(document: dict[str, Any], found: FigureSet) -> dict[str, Any]:
    """Return a run's document with the figures of a slice in place of those of all images.

    `intervals` has the 95 % intervals of accuracy and of each emotion's figures; null where a
    figure has nothing to divide by.
    """
    per_class = {emotion.value: group for emotion, group in found.per_class.items()}
    marks: dict[str, Any] = {
        "slice": found.slice_name,
        "is_too_small": is_too_small(found.overall.n),
        "intervals": {
            "accuracy": _interval(found.overall.accuracy),
            "weighted_f1": _interval(found.overall.f1),
            "per_class": {
                name: {one: _interval(getattr(group, one)) for one in NAMES}
                for name, group in per_class.items()
            },
        },
    }
    if found.slice_name == ImageSlice.ALL:
        return document | marks
    return document | marks | {
        "n": found.overall.n,
        "accuracy": _known(found.overall.accuracy.value),
        "weighted_f1": _known(found.overall.f1.value),
        "macro_f1": _known(found.macro_f1.value),
        "per_class": {
            name: {one: _known(getattr(group, one).value) for one in NAMES} | {"n": group.n}
            for name, group in per_class.items()
        },
    }  # fmt: skip


def show(found: FigureSet) -> None:
    """Print the figures of a slice with their 95 % intervals."""
    groups = [("all", found.overall)]
    groups += [(emotion.value, group) for emotion, group in found.per_class.items()]
    small = ", too few for a statement" if is_too_small(found.overall.n) else ""
    emit_table(
        f"Test images: {found.slice_name}, n {found.overall.n:,}{small}; 95 % intervals "
        "(accuracy of an emotion is its recall)",
        ("emotion", "n", "accuracy", "precision", "F1"),
        [(name, str(group.n), *_texts(group)) for name, group in groups],
    )


def _texts(group: GroupFigures) -> list[str]:
    return [_text(getattr(group, name)) for name in NAMES]


def _text(figure: Figure) -> str:
    if isnan(figure.value):
        return "-"
    return f"{percent(figure.value)} ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def _interval(figure: Figure) -> list[float] | None:
    return None if isnan(figure.low) else [figure.low, figure.high]


def _known(value: float) -> float | None:
    return None if isnan(value) else value
