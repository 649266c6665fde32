"""What a report writes: figures, differences and records as texts."""

import shlex
from collections.abc import Mapping, Sequence
from math import isnan

from core.metrics.comparison import Difference, PairedComparison
from core.services.baselines import Differences
from core.services.figure_sets import Figure
from core.services.presenting import wording
from core.services.presenting.cells import HeatTable
from core.services.presenting.flow_cells import flow_table
from core.services.report.cleaning import SPLITS, VersionRecord
from core.services.report.parts import WHOLE, Report
from core.services.terms import EMOTIONS, Emotion, EpochRow, EventKind, Split
from db.repositories.history import Work

Items = list[tuple[str, str]]

EVENT_WORDS = {
    EventKind.LABEL: "labels set",
    EventKind.CONFIRM: "labels confirmed",
    EventKind.DROP: "images dropped",
    EventKind.RESTORE: "images brought back",
    EventKind.TAG: "tags given",
    EventKind.UNTAG: "tags taken off",
    EventKind.VOTE: "votes",
    EventKind.SPLIT: "images moved to another split",
}


def value(one: Figure) -> str:
    """Return a figure in per cent, `58.3`; a dash where there is none."""
    return "-" if isnan(one.value) else f"{100 * one.value:.1f}"


def interval(one: Figure) -> str:
    """Return a figure's 95 % interval in per cent, `56.6 to 59.9`; empty where it has none."""
    return "" if isnan(one.low) else f"{100 * one.low:.1f} to {100 * one.high:.1f}"


def spread(one: Figure) -> str:
    """Return a figure's standard deviation over seeds in points; empty for one seed."""
    return "" if isnan(one.spread) else f"\N{PLUS-MINUS SIGN} {100 * one.spread:.1f}"


def points(share: float) -> str:
    """Return a difference in points with its sign; a dash where there is none."""
    return "-" if isnan(share) else f"{100 * share:+.2f}"


def p_value(p: float | None) -> str:
    """Return a p-value with three decimals; a dash where there was no test."""
    if p is None or isnan(p):
        return "-"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def ends(found: Differences, row: int, column: int) -> str:
    """Return the interval of a difference in points, `-5.5 to -1.5`; empty without one."""
    low, high = found.low[row, column], found.high[row, column]
    return "" if isnan(low) else f"{100 * low:+.1f} to {100 * high:+.1f}"


def between(one: Difference) -> str:
    """Return the interval of a difference in points; a dash where there is none."""
    return "-" if isnan(one.low) else f"{points(one.low)} to {points(one.high)}"


def differences(pair: PairedComparison) -> list[tuple[str, Difference, Difference]]:
    """Return name, difference in accuracy and difference in F1, of all faces and each emotion."""
    return [
        ("All", pair.accuracy, pair.weighted_f1),
        *((wording.title(emotion), pair.recall[emotion], pair.f1[emotion]) for emotion in EMOTIONS),
    ]


def relabel_flow(record: VersionRecord) -> HeatTable:
    """Return a version's images by label as imported (row) and in the version (column)."""
    names = [wording.title(emotion) for emotion in EMOTIONS]
    return flow_table(record.relabeled, names, corner="Imported as")


def split_flow(record: VersionRecord) -> HeatTable:
    """Return a version's images by split as imported (row) and in the version (column)."""
    names = [wording.SPLIT_NAMES[split] for split in SPLITS]
    return flow_table(record.moved, names, corner="Imported as")


def count(record: VersionRecord, *, emotion: Emotion | None, split: Split | None) -> list[str]:
    """Return how many images were imported and are in the version; None sums over all."""
    chosen = [
        one
        for one in record.counts
        if (emotion is None or one.emotion is emotion) and (split is None or one.split is split)
    ]
    sums = sum(one.original for one in chosen), sum(one.current for one in chosen)
    return [wording.number(n) for n in sums]


def changed(record: VersionRecord) -> tuple[int, int]:
    """Return how many of a version's images have another label or split than they came with."""
    tables = (record.relabeled, record.moved)
    labels, splits = (int(table.sum() - table.trace()) for table in tables)
    return labels, splits


def left_out(record: VersionRecord) -> Items:
    """Return why imported images are not in a version, and how many each."""
    return [(reason, wording.number(n)) for reason, n in record.left_out.items()]


def copies(record: VersionRecord) -> Items:
    """Return the figures on pixel-identical images in a version, and what they leak."""
    found = record.copies
    leaks = [
        (f"{wording.SPLIT_NAMES[split].lower()} with a twin in "
         f"{'another split' if split is Split.TRAIN else 'training'}",
         f"{wording.number(leak.images)} ({wording.percent(leak.share, digits=2)})")
        for split, leak in found.leakage.items()
    ]  # fmt: skip
    return [
        ("groups", wording.number(found.groups)),
        ("images in them", wording.number(found.images)),
        ("surplus", wording.number(found.surplus)),
        ("groups across splits", wording.number(found.cross_split_groups)),
        ("groups with several labels", wording.number(found.conflicting_groups)),
        *leaks,
    ]


def done(work: Work) -> str:
    """Return what some events did, `images dropped`; those that took others back say so."""
    return f"undo: {EVENT_WORDS[work.kind]}" if work.is_undo else EVENT_WORDS[work.kind]


def days(work: Work) -> str:
    """Return the day of some events, or the first and the last day."""
    first, last = (f"{moment:%Y-%m-%d}" for moment in (work.first, work.last))
    return first if first == last else f"{first} to {last}"


def epochs_of_runs(report: Report) -> list[tuple[str, Sequence[EpochRow]]]:
    """Return name and epochs of each compared run that kept some."""
    return [(f"#{part.run.id}", part.epochs) for part in report.runs if part.epochs]


def items_of(*records: Mapping[str, str]) -> Items:
    """Return names and texts of several records, one after the other."""
    return [item for record in records for item in record.items()]


def of(report: Report) -> str:
    """Return which test images the figures are of, as it stands in a sentence."""
    name = wording.slice_title(report.scope.slice_name)
    if report.scope.slice_name == WHOLE.slice_name:
        return f"all test images{_covered(report)}"
    quoted = f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"
    return f"the test images {quoted}{_covered(report)}"


def report_command(report: Report) -> str:
    """Return the command that makes a report again."""
    words = ["feelingit", "report", *(str(part.run.id) for part in report.runs)]
    if report.scope.slice_name != WHOLE.slice_name:
        words += ["--slice", report.scope.slice_name]
    if report.scope.test_mask is not None:
        words += ["--mask", report.scope.test_mask.value]
    return shlex.join([*words, "--out", "report.html"])


def _covered(report: Report) -> str:
    mask = report.scope.test_mask
    return "" if mask is None else f" with {wording.MASK_WORDS[mask]} in testing"
