"""Results: overall figures of every run, each emotion's, and what is taken for what."""

import streamlit as st

from core.services import experiments, results
from core.services.results import Metric
from core.services.terms import DatasetRow, JobStatus, RunRow, Subset
from dashboard import state
from dashboard.components import figures, scores
from dashboard.components.empty import empty, require_dataset
from dashboard.components.scores import METRIC_NAMES, METRIC_NOTES
from dashboard.format import SUBSET_NAMES, counted, number, percent, run_name

MOST_ROWS = 24


def finished(dataset: DatasetRow) -> list[RunRow]:
    """Return the finished runs on a data set in the study's order; end the page without any."""
    done = scores.finished(dataset)
    if not done:
        still = sum(
            run.dataset == dataset.name and run.status in (JobStatus.QUEUED, JobStatus.RUNNING)
            for run in experiments.runs(state.workspace())
        )
        hint = (
            f"{counted(still, 'run')} not done yet. The figures appear here when the first is."
            if still
            else "No run on this data set is done. Freeze the data and train a run to see figures."
        )
        empty(hint, page="views/experiments.py", label="Go to experiments")
        st.stop()
    return done


def overall(runs: list[RunRow], subset: Subset) -> None:
    """Draw the table of runs."""
    rows = results.overall(state.workspace(), [run.id for run in runs], subset=subset)
    form = st.column_config.NumberColumn(format="%.2f %%")
    st.dataframe(
        scores.run_table(runs, rows), hide_index=True, key="results_runs",
        column_config=dict.fromkeys(scores.PERCENT_COLUMNS, form),
        alt="Finished runs with accuracy, weighted and macro F1",
    )  # fmt: skip


def per_class(runs: list[RunRow], metric: Metric, subset: Subset) -> None:
    """Draw the heatmap of one figure, runs by emotions."""
    shown = runs[:MOST_ROWS]
    found = results.heatmap(state.workspace(), [run.id for run in shown], metric, subset)
    figure = scores.class_heatmap(shown, found, metric)
    figures.show(figure, key="results_heatmap", alt=f"{METRIC_NAMES[metric]} per run and emotion")
    more = f" The first {MOST_ROWS} of {number(len(runs))} runs." if len(runs) > MOST_ROWS else ""
    st.caption(f"Per cent. {METRIC_NOTES[metric]}{more}")


def confusion(runs: list[RunRow], subset: Subset) -> None:
    """Draw what each emotion was taken for in one run."""
    names = {run.id: run_name(run) for run in runs}
    with st.container(horizontal=True, gap="small"):
        run_id = st.selectbox(
            "Run", list(names), key="results_run", format_func=lambda run: names[run], width=320,
            bind="query-params",
        )  # fmt: skip
        unit = st.segmented_control(
            "Numbers", ["Row shares", "Counts"], default="Row shares", required=True,
            key="results_unit",
        )  # fmt: skip
    table = results.confusion(state.workspace(), run_id, subset)
    figure = scores.confusion_heatmap(table, as_shares=unit == "Row shares")
    figures.show(figure, key="results_confusion", alt="True emotions by predicted emotions")
    right = int(table.to_numpy().trace())
    n = int(table.to_numpy().sum())
    st.caption(
        f"Rows: the label. Columns: what the network said. {number(right)} of {number(n)} right"
        + (f", {percent(right / n, digits=2)}." if n else ".")
    )


runs = finished(require_dataset())
with st.container(horizontal=True, gap="medium"):
    subset = st.segmented_control(
        "Test images", list(Subset), default=Subset.FULL, required=True, key="results_subset",
        format_func=lambda value: SUBSET_NAMES[value], bind="query-params",
        help="Leak-free leaves out test images with a pixel-identical twin in training.",
    )  # fmt: skip
    metric = st.segmented_control(
        "Figure per emotion", list(Metric), default=Metric.ACCURACY, required=True,
        key="results_metric", format_func=lambda value: METRIC_NAMES[value], bind="query-params",
    )  # fmt: skip
overall(runs, Subset(subset))
st.subheader(f"{METRIC_NAMES[Metric(metric)]} per emotion", anchor=False)
per_class(runs, Metric(metric), Subset(subset))
st.subheader("Confusion", anchor=False)
confusion(runs, Subset(subset))
