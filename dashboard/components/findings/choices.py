"""What the Results page is asked: which runs, which test images, which figure."""

from dataclasses import dataclass

import streamlit as st

from core.services import crossing
from core.services.class_tables import Metric
from core.services.presenting.class_cells import METRIC_NAMES
from core.services.terms import DatasetRow, Mask, RunRow
from dashboard import state
from dashboard.format import MASK_NAMES, MODEL_NAMES, slice_title

OWN_MASK = "as trained"


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
        slice_name = st.selectbox(
            "Test images", slice_names(dataset, runs), key="results_slice", width=210,
            format_func=slice_title, bind="query-params",
            help="Leak-free leaves out test images with a pixel-identical twin in training.",
        )  # fmt: skip
        mask = st.selectbox(
            "Covered in testing", _test_masks(runs), key="results_test_mask", width=210,
            format_func=lambda name: "As in training" if name == OWN_MASK else _mask(name),
            bind="query-params",
        )  # fmt: skip
        with st.popover("Rows", icon=":material/filter_list:"):
            chosen, is_pooled = _rows(runs)
    test_mask = None if mask == OWN_MASK else Mask(mask)
    return Choice(
        dataset=dataset, runs=chosen, slice_name=slice_name, test_mask=test_mask,
        is_pooled=is_pooled,
    )  # fmt: skip


def metric() -> Metric:
    """Draw the choice of figure and return it."""
    chosen = st.segmented_control(
        "Figure", list(Metric), default=Metric.ACCURACY, required=True, key="results_metric",
        format_func=lambda value: METRIC_NAMES[value], bind="query-params",
    )  # fmt: skip
    return Metric(chosen)


def slice_names(dataset: DatasetRow, runs: list[RunRow]) -> list[str]:
    """Return the slices of the newest run: those of every data set, then its version's tags."""
    newest = max(runs, key=lambda run: run.id)
    return list(state.slice_sizes(newest.id, dataset.revision))


def _test_masks(runs: list[RunRow]) -> list[str]:
    return [
        OWN_MASK,
        *(
            mask.value
            for mask in crossing.masks_tested(state.workspace(), [run.id for run in runs])
        ),
    ]


def _mask(name: str) -> str:
    return MASK_NAMES[Mask(name)]


def _rows(runs: list[RunRow]) -> tuple[list[RunRow], bool]:
    """Draw which runs become rows; nothing chosen in a field means all."""
    fields = {
        "Model": {run.id: MODEL_NAMES[run.model] for run in runs},
        "Covered in training": {run.id: MASK_NAMES[run.mask] for run in runs},
        "Version": {run.id: run.version[:8] for run in runs},
        "Seed": {run.id: str(run.seed) for run in runs},
    }
    kept = runs
    for name, values in fields.items():
        options = list(dict.fromkeys(values.values()))
        if len(options) > 1:
            wanted = st.multiselect(name, options, key=f"results_rows_{name}", placeholder="All")
            kept = [run for run in kept if not wanted or values[run.id] in wanted]
    is_pooled = st.toggle("Seeds in one row", value=True, key="results_pooled", bind="query-params")
    return kept, is_pooled
