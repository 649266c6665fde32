"""The command that compares runs on the same test images."""

from math import isnan
from typing import Annotated, Any

import typer

from core.cli.output import AsJson, emit_json, emit_table, percent
from core.cli.tested import SliceName, TestMask
from core.metrics.comparison import Difference, PairedComparison
from core.services.comparison import RunComparison
from core.services.comparison import compare as compare_runs
from core.services.slicing import ImageSlice, is_too_small
from core.workspace import open_workspace


def compare(
    runs: Annotated[list[int], typer.Argument(help="Two to six runs, from `feelingit runs`.")],
    slice_name: SliceName = ImageSlice.ALL.value,
    mask: TestMask = None,
    as_json: AsJson = False,
) -> None:
    """Compare runs on the same test images: differences, intervals, tests corrected together."""
    found = compare_runs(open_workspace(), runs, slice_name=slice_name, test_mask=mask)
    if as_json:
        emit_json(_document(found))
        return
    small = ", too few for a statement" if is_too_small(found.n) else ""
    emit_table(
        f"{found.n:,} test images ({found.slice_name}){small}",
        ("run", "model", "mask", "seed", "accuracy", "weighted F1"),
        [
            (str(run.id), run.model.value, run.mask.value, str(run.seed),
             percent(scores.accuracy), percent(scores.weighted_f1))
            for run, scores in zip(found.runs, found.scores, strict=True)
        ],
    )  # fmt: skip
    for pair in found.pairs:
        _show(found, pair)


def _show(found: RunComparison, pair: PairedComparison) -> None:
    first, second = found.runs[pair.first].id, found.runs[pair.second].id
    lines = [("accuracy", pair.accuracy), ("weighted F1", pair.weighted_f1)]
    lines += [(f"recall {emotion}", one) for emotion, one in pair.recall.items()]
    emit_table(
        f"Run {second} less run {first}, in points; p after Holm's correction over all tests",
        ("figure", "difference", "95 % interval", "p", "p corrected"),
        [
            (name, _points(one.difference), f"{_points(one.low)} to {_points(one.high)}",
             _p(one.p_value), _p(one.p_adjusted))
            for name, one in lines
        ],
    )  # fmt: skip


def _document(found: RunComparison) -> dict[str, Any]:
    """Return a comparison ready for JSON; shares and differences as fractions."""
    return {
        "n": found.n,
        "slice": found.slice_name,
        "is_too_small": is_too_small(found.n),
        "runs": [
            {
                "run": run.id,
                "model": run.model.value,
                "mask": run.mask.value,
                "seed": run.seed,
                "accuracy": scores.accuracy,
                "weighted_f1": scores.weighted_f1,
            }
            for run, scores in zip(found.runs, found.scores, strict=True)
        ],
        "disagreements": len(found.disagreements),
        "pairs": [
            {
                "first": found.runs[pair.first].id,
                "second": found.runs[pair.second].id,
                "only_first_right": pair.only_first,
                "only_second_right": pair.only_second,
                "accuracy": _difference(pair.accuracy),
                "weighted_f1": _difference(pair.weighted_f1),
                "recall": {one.value: _difference(d) for one, d in pair.recall.items()},
                "f1": {one.value: _difference(d) for one, d in pair.f1.items()},
            }
            for pair in found.pairs
        ],
    }


def _difference(one: Difference) -> dict[str, float | None]:
    """Return a difference ready for JSON, which has no NaN."""
    values = {
        "difference": one.difference,
        "low": one.low,
        "high": one.high,
        "p": one.p_value,
        "p_adjusted": one.p_adjusted,
    }
    return {
        name: None if value is None or isnan(value) else value for name, value in values.items()
    }


def _points(share: float) -> str:
    return "-" if isnan(share) else f"{100 * share:+.2f}"


def _p(value: float | None) -> str:
    if value is None:
        return "-"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


COMMANDS = (compare,)
