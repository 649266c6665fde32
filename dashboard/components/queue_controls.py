"""Widgets that choose a queue; the URL's query is where the choice is kept, so a link shares it."""

from collections.abc import Callable, Mapping
from typing import Literal

import streamlit as st

from core.services import crossing
from core.services.queues import QUERY_NAMES, SETTLED_SLICES, QueueKind, QueueSpec
from core.services.terms import EMOTIONS, ImageState, Mask, RunRow, Split
from dashboard import state
from dashboard.format import MASK_NAMES, SPLIT_NAMES, run_name, slice_title, title

PREDICTIONS = "predictions"  # in the query: the run whose predictions stand beside the face
FACE = "face"  # in the query: the face on screen, which belongs to one queue
KIND_NAMES = {
    QueueKind.ALL: "All faces",
    QueueKind.UNLABELED: "Not looked at yet",
    QueueKind.CONFLICTING: "Copies with different labels",
    QueueKind.LIKELY_WRONG: "Likely wrong labels",
    QueueKind.MODEL_DISAGREES: "A run disagrees",
    QueueKind.ANNOTATORS_DISAGREE: "Annotators disagree",
    QueueKind.RANDOM: "Random order",
}
STATE_NAMES = {"kept": "Kept", "dropped": "Dropped", "any": "Kept and dropped"}
EMOTION_NAMES = {emotion.value: title(emotion) for emotion in EMOTIONS}
_OF_KIND = {
    QueueKind.MODEL_DISAGREES: ("run", "true", "predicted", "slice", "test_mask"),
    QueueKind.RANDOM: ("seed",),
}
_AS_TRAINED = ""
_FILTERS = {"split", "emotion", "state", "tag", "slice", "test_mask", "second_opinion"}
_OF_ANY_KIND = ("queue", "split", "emotion", "state", "tag", "second_opinion")


def choose_queue(view: str, *, tags: list[str], runs: list[RunRow]) -> QueueSpec:
    """Draw the widgets of a view, in the container at hand, and return the queue they show.

    Raises:
        QueueError: If the URL names a queue that there cannot be.
    """
    spec = named_queue(runs)
    names = {split.value: SPLIT_NAMES[split] for split in Split}
    kinds = {kind.value: KIND_NAMES[kind] for kind in QueueKind}
    if not runs:
        del kinds[QueueKind.MODEL_DISAGREES.value]
    _choice(view, "queue", "Queue", kinds, default=QueueKind.ALL.value, width=220)
    if spec.kind is QueueKind.MODEL_DISAGREES:
        of_runs = {str(run.id): run_name(run) for run in runs}
        _choice(view, "run", "Run", of_runs, default=str(spec.run), width=220)
        _choice(view, "true", "Label", EMOTION_NAMES)
        _choice(view, "predicted", "Predicted", EMOTION_NAMES)
    if spec.kind is QueueKind.RANDOM:
        _seed(view, spec.seed or 0)
    n_set = len(_FILTERS & spec.to_query().keys())
    with st.popover(f"Filters ({n_set})" if n_set else "Filters", icon=":material/filter_list:"):
        _choice(view, "split", "Split", names, width="stretch")
        _choice(view, "emotion", "Label now", EMOTION_NAMES, width="stretch")
        _choice(view, "state", "State", STATE_NAMES, default=ImageState.KEPT.value, width="stretch")
        if tags:
            _choice(view, "tag", "Tag", {tag: tag for tag in tags}, width="stretch")
        if spec.run is not None:
            _tested(view, spec.run, spec.test_mask)
        _second_opinion(view, spec)
    return spec


def choose_predictions(runs: list[RunRow], of_queue: int | None) -> int:
    """Draw the choice of the run whose predictions are shown, which a link keeps.

    At first it is the queue's own run where it has one, and the newest elsewhere. Choosing another
    one leaves the face on screen where it is.
    """
    names = {str(run.id): run_name(run) for run in runs}
    first = str(of_queue) if str(of_queue) in names else list(names)[-1]
    key = "relabel_predictions"
    written = st.query_params.get(PREDICTIONS, first)
    st.session_state[key] = written if written in names else first

    def write() -> None:
        st.query_params[PREDICTIONS] = st.session_state[key]

    return int(
        st.selectbox(
            "Predictions of", list(names), key=key, format_func=names.__getitem__, width=220,
            on_change=write,
        )
    )  # fmt: skip


def named_queue(runs: list[RunRow]) -> QueueSpec:
    """Return the queue that the URL's query names; a run that its kind needs is the newest.

    Raises:
        QueueError: If it names a queue that there cannot be.
    """
    _default_run(runs)
    return QueueSpec.from_query(written())


def written() -> dict[str, str]:
    """Return what the URL's query says of the queue; what its kind does not need is left out."""
    query = st.query_params.to_dict()
    kind = query.get("queue", QueueKind.ALL.value)
    needed = next((names for known, names in _OF_KIND.items() if known.value == kind), ())
    wanted = (*_OF_ANY_KIND, *needed)
    return {name: query[name] for name in QUERY_NAMES if name in query and name in wanted}


def _default_run(runs: list[RunRow]) -> None:
    """Put a run into the query where the kind needs one and none is chosen."""
    asks = st.query_params.get("queue") == QueueKind.MODEL_DISAGREES.value
    if asks and "run" not in st.query_params and runs:
        st.query_params["run"] = str(runs[-1].id)


def _choice(
    view: str,
    name: str,
    label: str,
    options: Mapping[str, str],
    *,
    default: str | None = None,
    width: int | Literal["stretch"] = 130,
) -> None:
    key = f"{view}_{name}"
    value = st.query_params.get(name, default)
    st.session_state[key] = value if value in options else default
    st.selectbox(
        label, list(options), key=key, format_func=lambda option: options.get(option, option),
        placeholder="All", width=width, on_change=_writer(name, key, default),
    )  # fmt: skip


def _tested(view: str, run_id: int, asked: Mask | None) -> None:
    """Draw which test images of a run are meant, and what was covered in them.

    A mask that a link asks for is there even where the run was not tested with it.
    """
    tested = crossing.masks_tested(state.workspace(), [run_id])
    masks = tested if asked is None or asked in tested else [*tested, asked]
    slices = {name.value: slice_title(name) for name in SETTLED_SLICES}
    covered = {_AS_TRAINED: "As in training"} | {mask.value: MASK_NAMES[mask] for mask in masks}
    _choice(view, "slice", "Test images", slices, width="stretch")
    _choice(view, "test_mask", "Covered in testing", covered, default=_AS_TRAINED, width="stretch")


def _seed(view: str, seed: int) -> None:
    key = f"{view}_seed"
    st.session_state[key] = seed
    st.number_input(
        "Seed", min_value=0, max_value=2**31 - 1, key=key, width=110,
        on_change=_writer("seed", key, None), help="The same seed gives everyone the same order.",
    )  # fmt: skip


def _second_opinion(view: str, spec: QueueSpec) -> None:
    key = f"{view}_second_opinion"
    st.session_state[key] = spec.second_opinion
    st.toggle(
        "Second opinions", key=key, on_change=_writer("second_opinion", key, False),
        help="Several annotators get the same faces; without it each face goes to one of you.",
    )  # fmt: skip


def _writer(name: str, key: str, default: object) -> Callable[[], None]:
    """Return a callback that writes a widget's value into the query and leaves the old position."""

    def write() -> None:
        value = st.session_state[key]
        if value is None or value == default:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = "1" if value is True else str(value)
        st.query_params.pop(FACE, None)

    return write
