"""What the grid's own filters offer; the browser draws them and answers a change by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.services.queues import QueueKind
from core.services.terms import ImageState, RunRow, Split
from dashboard.components.queue_controls import EMOTION_NAMES, KIND_NAMES, STATE_NAMES
from dashboard.format import SPLIT_NAMES, run_name

_BY_RUN = QueueKind.MODEL_DISAGREES
_ALL = "All"


def filters(tags: Sequence[str], runs: Sequence[RunRow]) -> list[dict[str, Any]]:
    """Return the filters in the order in which they are drawn.

    Each has the `name` it has in a queue's query, a `label`, and `options` as pairs of value and
    words (none for a number). `standard` is what is left out of the query, `when` the kind of
    queue that a filter belongs to, `preset` what it is at first where that kind needs it.
    """
    kinds = {kind.value: KIND_NAMES[kind] for kind in QueueKind if runs or kind is not _BY_RUN}
    of_runs = {str(run.id): run_name(run) for run in runs}
    return [
        _choice("queue", "Queue", kinds, standard=QueueKind.ALL.value),
        _choice("run", "Run", of_runs, when=_BY_RUN, preset=list(of_runs)[-1] if runs else ""),
        _choice("true", "Label", {"": _ALL, **EMOTION_NAMES}, when=_BY_RUN),
        _choice("predicted", "Predicted", {"": _ALL, **EMOTION_NAMES}, when=_BY_RUN),
        _choice("seed", "Seed", {}, when=QueueKind.RANDOM, standard="0"),
        _choice("emotion", "Label now", {"": _ALL, **EMOTION_NAMES}),
        _choice("split", "Split", {"": _ALL, **{s.value: SPLIT_NAMES[s] for s in Split}}),
        _choice("state", "State", STATE_NAMES, standard=ImageState.KEPT.value),
        _choice("tag", "Tag", {"": _ALL, **{tag: tag for tag in tags}}),
    ]


def _choice(
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    standard: str = "",
    when: QueueKind | None = None,
    preset: str = "",
) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "options": list(options.items()),
        "standard": standard,
        "when": when.value if when else None,
        "preset": preset,
    }
