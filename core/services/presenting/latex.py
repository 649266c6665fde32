"""Figures as LaTeX tables: every number with its interval, for papers."""

import re
from collections.abc import Sequence
from math import isnan

from core.services.class_tables import Metric
from core.services.figure_sets import Figure, FigureSet, GroupFigures
from core.services.presenting.class_cells import METRIC_NAMES, METRIC_NOTES, OVERALL_NAMES, row_name
from core.services.presenting.wording import number, slice_title, title
from core.services.terms import EMOTIONS

METRICS = (Metric.ACCURACY, Metric.PRECISION, Metric.F1)
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
}  # fmt: skip
_HEAD = r"""% Figures of FeelingIt. In the preamble: \usepackage[T1]{fontenc}\usepackage{booktabs}
"""


def latex_tables(sets: Sequence[FigureSet]) -> str:
    """Return a booktabs table of accuracy, precision and F1 for each slice, in per cent.

    A row is an experiment as on the Results page: the figure of all test images, then of each
    emotion, with the 95 % interval below and the standard deviation over seeds where there are
    several. Macro F1 stands beside weighted F1.
    """
    names = list(dict.fromkeys(one.slice_name for one in sets))
    tables = [
        _table([one for one in sets if one.slice_name == name], metric, name)
        for name in names
        for metric in METRICS
    ]
    return _HEAD + "\n".join(tables)


def escaped(text: str) -> str:
    """Return a text that LaTeX prints as it is; line ends and control characters become spaces."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return "".join(_SPECIAL.get(character, character) for character in plain)


def _table(sets: Sequence[FigureSet], metric: Metric, slice_name: str) -> str:
    names = ["Run", OVERALL_NAMES[metric], *(title(emotion) for emotion in EMOTIONS)]
    if metric is Metric.F1:
        names.insert(2, "Macro")
    lines = [
        r"\begin{table}[htbp]",
        r"\centering\footnotesize\setlength{\tabcolsep}{3pt}",
        rf"\caption{{{_caption(sets, metric, slice_name)}}}",
        rf"\label{{tab:{metric.value}-{re.sub('[^a-z0-9]+', '-', slice_name.lower())}}}",
        rf"\begin{{tabular}}{{l{'c' * (len(names) - 1)}}}",
        r"\toprule",
        " & ".join(names) + r" \\",
        r"\midrule",
        *(_row(one, metric) for one in sets),
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
        "",
    ]
    return "\n".join(lines)


def _row(one: FigureSet, metric: Metric) -> str:
    figures = [one.overall.of(metric), *(group.of(metric) for group in one.per_class.values())]
    if metric is Metric.F1:
        figures.insert(1, one.macro_f1)
    above = " & ".join([escaped(row_name(one.runs)), *map(_value, figures)])
    below = " & ".join(["", *map(_interval, figures)])
    return rf"{above} \\" + "\n" + rf"{below} \\"


def _value(one: Figure) -> str:
    if isnan(one.value):
        return "--"
    spread = "" if isnan(one.spread) else rf"\,$\pm$\,{100 * one.spread:.1f}"
    return f"{100 * one.value:.1f}{spread}"


def _interval(one: Figure) -> str:
    if isnan(one.low):
        return ""
    return rf"{{\scriptsize [{100 * one.low:.1f}, {100 * one.high:.1f}]}}"


def _caption(sets: Sequence[FigureSet], metric: Metric, slice_name: str) -> str:
    counts = {_counts(one) for one in sets}
    n = f" Test images: {counts.pop()}." if len(counts) == 1 else ""
    seeds = " After $\\pm$, the standard deviation over seeds." if _has_seeds(sets) else ""
    of = escaped(slice_title(slice_name))
    return (
        f"{METRIC_NAMES[metric]} in per cent ({of}), below each its 95\\,\\% interval over "
        f"images. {escaped(METRIC_NOTES[metric])}{seeds}{n}"
    )


def _counts(one: FigureSet) -> str:
    per_class = ", ".join(
        f"{emotion.value} {_n(group)}" for emotion, group in one.per_class.items()
    )
    return f"{_n(one.overall)} ({per_class})"


def _n(group: GroupFigures) -> str:
    return number(group.n)


def _has_seeds(sets: Sequence[FigureSet]) -> bool:
    return any(len(one.runs) > 1 for one in sets)
