"""What the Results page is asked: which runs, which test images, which figure."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.services import crossing
from core.services.class_tables import Metric
from core.services.presenting.class_cells import METRIC_NAMES
from core.services.slicing import ImageSlice, is_too_small
from core.services.terms import DatasetRow, Mask, ModelName, RunRow
from dashboard import state
from dashboard.components import linked
from dashboard.format import MASK_NAMES, MODEL_NAMES, number, run_name, slice_title

OWN_MASK = "as-trained"
_FIELD_NAMES = {"mask": "Covered in training", "test_split": "Tested on"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is shown: runs in the study's order, which test images, what was covered in testing."""

    dataset: DatasetRow
    runs: list[RunRow]
    slice_name: str
    test_mask: Mask | None
    is_pooled: bool


def choose(dataset: DatasetRow, runs: list[RunRow]) -> Choice:
    """Draw the filters shared by every part of the page and return what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        slice_name = choose_slice(dataset, runs, key="results_slice")
        test_mask = choose_mask(runs, key="results_test_mask")
        with st.popover("Rows", icon=":material/filter_list:"):
            chosen, is_pooled = _rows(runs)
    return Choice(
        dataset=dataset, runs=chosen, slice_name=slice_name, test_mask=test_mask,
        is_pooled=is_pooled,
    )  # fmt: skip


def choose_slice(dataset: DatasetRow, runs: list[RunRow], *, key: str) -> str:
    """Draw the choice of test images, each with its n, and return the slice."""
    sizes = state.slice_sizes(_newest_of_each_version(runs), dataset.revision)

    def words(name: str) -> str:
        few = ", too few" if sizes[name] > 0 and is_too_small(sizes[name]) else ""
        return f"{slice_title(name)}, n {number(sizes[name])}{few}"

    return linked.selectbox(
        "Test images", list(sizes), key=key, words=words, width=260,
        help="Leak-free leaves out test images with a pixel-identical twin in training.",
    )  # fmt: skip


def choose_mask(runs: list[RunRow], *, key: str) -> Mask | None:
    """Draw the choice of what is covered in testing; return None for each run's own mask."""
    tested = crossing.masks_tested(state.workspace(), [run.id for run in runs])
    chosen = linked.selectbox(
        "Covered in testing", [OWN_MASK, *(mask.value for mask in tested)], key=key, width=210,
        words=lambda name: "As in training" if name == OWN_MASK else MASK_NAMES[Mask(name)],
    )  # fmt: skip
    return None if chosen == OWN_MASK else Mask(chosen)


def choose_run(runs: list[RunRow], *, key: str, label: str = "Run") -> RunRow:
    """Draw the choice of one run and return it."""
    by_id = {run.id: run for run in runs}
    chosen = linked.selectbox(
        label, list(by_id), key=key, words=lambda run: run_name(by_id[run]), width=320
    )
    return by_id[chosen]


def metric() -> Metric:
    """Draw the choice of figure and return it."""
    return linked.segments(
        "Figure", list(Metric), key="results_metric", words=lambda one: METRIC_NAMES[one]
    )


def is_empty(choice: Choice) -> bool:
    """Return whether no chosen run was tested on an image of the chosen slice."""
    if choice.slice_name == ImageSlice.ALL:
        return False
    sizes = state.slice_sizes(_newest_of_each_version(choice.runs), choice.dataset.revision)
    return not sizes.get(choice.slice_name, 0)


def _newest_of_each_version(runs: list[RunRow]) -> tuple[int, ...]:
    """Return the newest run on each version, the newest of them first."""
    newest = {run.version_id: run.id for run in sorted(runs, key=lambda run: run.id)}
    return tuple(sorted(newest.values(), reverse=True))


def _rows(runs: list[RunRow]) -> tuple[list[RunRow], bool]:
    """Draw which runs become rows, by every field in which they differ; none chosen means all."""
    fields = {run.id: _fields(run) for run in runs}
    kept = runs
    for name in dict.fromkeys(name for of_run in fields.values() for name in of_run):
        values = {run.id: fields[run.id].get(name, "") for run in runs}
        options = list(dict.fromkeys(values.values()))
        if len(options) > 1:
            label = _FIELD_NAMES.get(name, name.replace("_", " ").capitalize())
            words = partial(_field_words, name)
            wanted = linked.several(label, options, key=f"rows_{name}", words=words)
            kept = [run for run in kept if not wanted or values[run.id] in wanted]
    return kept, linked.switch("Seeds in one row", key="results_pooled", is_on=True)


def _fields(run: RunRow) -> dict[str, str]:
    """Return a run's fields as text: what it is called by first, then every setting."""
    first = {
        "model": run.model.value,
        "mask": run.mask.value,
        "version": run.version,
        "test_split": run.test_split.value if run.test_split else "",
    }
    texts = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in sorted(run.config.items())
    }
    return first | texts | {"run": str(run.id)}


def _field_words(name: str, value: str) -> str:
    if name == "model":
        return MODEL_NAMES[ModelName(value)]
    if name == "mask":
        return MASK_NAMES[Mask(value)]
    return value[:8] if name == "version" else value or "none"
