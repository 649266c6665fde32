"""Where lines, dots and bars of a chart lie; the template writes them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, isfinite, log10

from core.metrics.calibration import Calibration
from core.services.datasets import Count
from core.services.figure_sets import FigureSet
from core.services.presenting.class_cells import row_name
from core.services.presenting.scales import LINE_COLOURS
from core.services.presenting.wording import EMOTION_COLOURS, number, percent, title
from core.services.terms import EMOTIONS, EpochRow

WIDTH, HEIGHT = 360, 210
LEFT, RIGHT, TOP, BOTTOM = 44, 20, 10, 36
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
MOST_EPOCH_TICKS = 6
BAR_WIDTH, BAR_ROW, BAR_LEFT, BAR_RIGHT = 640, 34, 76, 64
DOT_WIDTH, DOT_ROW, DOT_SIDE, DOT_TOP = 640, 38, 20, 32
DOT_STEP = 0.05  # between the ticks of `accuracy_intervals`, or a multiple of it

Pairs = Sequence[tuple[float, float | None]]


@dataclass(frozen=True)
class Tick:
    """A place on an axis in px and what is written there."""

    at: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line: its name, colour (a CSS value), SVG points, and dots as (x, y, radius)."""

    name: str
    colour: str
    points: str
    dots: tuple[tuple[float, float, float], ...]
    is_dashed: bool = False


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Lines in a frame, all in px from the top left.

    Attributes:
        label: What it shows, in words.
        x_title: What lies along x.
        x_ticks: On the horizontal axis.
        y_ticks: On the vertical axis.
        lines: In the order they are drawn.
    """

    label: str
    x_title: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Bar:
    """An emotion's two bars: lengths in px and counts, as imported and in the version."""

    name: str
    colour: str
    y: int
    before_px: float
    after_px: float
    before: str
    after: str


@dataclass(frozen=True)
class Interval:
    """A figure with its interval on one row: x of low end, figure and high end in px, or None."""

    name: str
    y: int
    full: tuple[float, float, float] | None
    leak_free: tuple[float, float, float] | None


@dataclass(frozen=True)
class Intervals:
    """Figures with intervals, a row each, over ticks of per cent; sizes in px."""

    ticks: tuple[Tick, ...]
    rows: tuple[Interval, ...]
    width: int
    height: int


def loss_chart(epochs: Sequence[EpochRow]) -> Chart:
    """Return training and validation loss (mean cross-entropy, nats) over the epochs."""
    train = [(e.number, e.train_loss) for e in epochs]
    validation = [(e.number, e.validation_loss) for e in epochs]
    known = [y for _, y in [*train, *validation] if y is not None and isfinite(y)]
    ticks = even_ticks(max(known, default=1.0))
    return _over_epochs(
        "Loss per epoch", ticks, [f"{tick:g}" for tick in ticks],
        [("Training", "var(--second)", train), ("Validation", "var(--accent)", validation)],
    )  # fmt: skip


def accuracy_chart(epochs: Sequence[EpochRow]) -> Chart:
    """Return training and validation accuracy (share right) over the epochs."""
    return _over_epochs(
        "Accuracy per epoch", SHARES, [percent(share, digits=0) for share in SHARES],
        [("Training", "var(--second)", [(e.number, e.train_accuracy) for e in epochs]),
         ("Validation", "var(--accent)", [(e.number, e.validation_accuracy) for e in epochs])],
    )  # fmt: skip


def validation_chart(epochs_of: Sequence[tuple[str, Sequence[EpochRow]]]) -> Chart:
    """Return the validation accuracy of several runs, each named, over their epochs."""
    lines = [
        (name, colour, [(e.number, e.validation_accuracy) for e in epochs])
        for (name, epochs), colour in zip(epochs_of, LINE_COLOURS, strict=False)
    ]
    texts = [percent(share, digits=0) for share in SHARES]
    return _over_epochs("Validation accuracy per epoch", SHARES, texts, lines)


def calibration_chart(found: Calibration) -> Chart:
    """Return accuracy over confidence, a dot for each bin with faces, larger for more of them."""
    seen = [k for k in range(len(found.n)) if found.n[k]]
    pairs = [(float(found.confidence[k]), float(found.accuracy[k])) for k in seen]
    most = max((int(found.n[k]) for k in seen), default=1)
    radii = [2 + 5 * (int(found.n[k]) / most) ** 0.5 for k in seen]
    curve = _line("This run", "var(--accent)", pairs, (0, 1), (0, 1))
    dots = tuple((x, y, r) for (x, y, _), r in zip(curve.dots, radii, strict=True))
    even = _line("As sure as right", "var(--muted)", [(0, 0), (1, 1)], (0, 1), (0, 1))
    texts = [percent(share, digits=0) for share in SHARES]
    return Chart(
        label="Accuracy over confidence",
        x_title="Confidence",
        x_ticks=_x_ticks(SHARES, texts, (0, 1)),
        y_ticks=_y_ticks(SHARES, texts),
        lines=(replace(even, dots=(), is_dashed=True), replace(curve, dots=dots)),
    )


def count_bars(counts: Sequence[Count]) -> tuple[Bar, ...]:
    """Return two bars an emotion, summed over splits: the study's figure 1."""
    before = [sum(c.original for c in counts if c.emotion is e) for e in EMOTIONS]
    after = [sum(c.current for c in counts if c.emotion is e) for e in EMOTIONS]
    px = (BAR_WIDTH - BAR_LEFT - BAR_RIGHT) / max(*before, *after, 1)
    return tuple(
        Bar(title(e), EMOTION_COLOURS[e], k * BAR_ROW, round(before[k] * px, 1),
            round(after[k] * px, 1), number(before[k]), number(after[k]))
        for k, e in enumerate(EMOTIONS)
    )  # fmt: skip


def accuracy_intervals(sets: Sequence[FigureSet]) -> Intervals:
    """Return each experiment's accuracy with its interval, leak-free beside all test images.

    The axis goes from below the lowest end to above the highest one, at most 0 to 100 %.

    Args:
        sets: Two for each experiment: all test images, then the leak-free ones.
    """
    known = [end for one in sets for end in _accuracy(one) if isfinite(end)]
    shares = _ticks_around(min(known, default=0.0), max(known, default=1.0))
    span = (shares[0], shares[-1])
    rows = tuple(
        Interval(
            row_name(full.runs), DOT_TOP + place * DOT_ROW, _ends(full, span), _ends(free, span)
        )
        for place, (full, free) in enumerate(zip(sets[::2], sets[1::2], strict=True))
    )
    ticks = tuple(Tick(_along(share, span), percent(share, digits=0)) for share in shares)
    return Intervals(ticks, rows, DOT_WIDTH, DOT_TOP + len(rows) * DOT_ROW - 8)


def even_ticks(most: float) -> tuple[float, ...]:
    """Return round, even ticks from 0 to `most` or just above, at most six."""
    if not most > 0:
        return (0.0, 1.0)
    rough = most / 5
    power = 10.0 ** floor(log10(rough))
    step = next(power * f for f in (1, 2, 2.5, 5, 10) if power * f >= rough * (1 - 1e-9))
    return tuple(round(k * step, 10) for k in range(ceil(most / step - 1e-9) + 1))


def _ticks_around(low: float, high: float) -> list[float]:
    """Return even ticks from below `low` to above `high`, at most seven, shares 0..1."""
    step = DOT_STEP * max(1, ceil((high - low) / DOT_STEP / 5))
    first, last = floor(low / step + 1e-9), max(ceil(high / step - 1e-9), 1)
    return [round(min(k * step, 1.0), 4) for k in range(first, max(last, first + 1) + 1)]


def _accuracy(one: FigureSet) -> tuple[float, float, float]:
    found = one.overall.accuracy
    return found.low, found.value, found.high


def _ends(one: FigureSet, span: tuple[float, float]) -> tuple[float, float, float] | None:
    low, value, high = _accuracy(one)
    if not isfinite(value):
        return None
    return _along(low, span), _along(value, span), _along(high, span)


def _along(share: float, span: tuple[float, float]) -> float:
    """Return where a share lies along `accuracy_intervals`, in px."""
    low, high = span
    return round(DOT_SIDE + (share - low) / (high - low) * (DOT_WIDTH - 2 * DOT_SIDE), 1)


def _over_epochs(
    label: str,
    ticks: Sequence[float],
    texts: Sequence[str],
    lines: Sequence[tuple[str, str, Pairs]],
) -> Chart:
    last = max((x for _, _, pairs in lines for x, _ in pairs), default=1)
    step = ceil(last / MOST_EPOCH_TICKS)
    numbers = [n for n in range(1, int(last) + 1) if n % step == 0 or last == 1]
    span = (0.5, last + 0.5)
    return Chart(
        label=label,
        x_title="Epoch",
        x_ticks=_x_ticks(numbers, [str(n) for n in numbers], span),
        y_ticks=_y_ticks(ticks, texts),
        lines=tuple(_line(*line, span, (ticks[0], ticks[-1])) for line in lines),
    )


def _line(
    name: str,
    colour: str,
    pairs: Pairs,
    x_span: tuple[float, float],
    y_span: tuple[float, float],
) -> Line:
    places = [(_x(x, x_span), _y(y, y_span)) for x, y in pairs if y is not None and isfinite(y)]
    return Line(
        name=name,
        colour=colour,
        points=" ".join(f"{x},{y}" for x, y in places),
        dots=tuple((x, y, 2.0) for x, y in places),
    )


def _x_ticks(
    values: Sequence[float], texts: Sequence[str], span: tuple[float, float]
) -> tuple[Tick, ...]:
    return tuple(Tick(_x(v, span), text) for v, text in zip(values, texts, strict=True))


def _y_ticks(values: Sequence[float], texts: Sequence[str]) -> tuple[Tick, ...]:
    span = (values[0], values[-1])
    return tuple(Tick(_y(v, span), text) for v, text in zip(values, texts, strict=True))


def _x(value: float, span: tuple[float, float]) -> float:
    low, high = span
    return round(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)


def _y(value: float, span: tuple[float, float]) -> float:
    low, high = span
    return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)
