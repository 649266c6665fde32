"""What to do next with a data set, in the order of the work."""

import streamlit as st

from core.services import experiments
from core.services.terms import DatasetRow, JobStatus
from dashboard import state
from dashboard.format import counted


def next_steps(dataset: DatasetRow) -> None:
    """Draw the steps that make sense now, each as a link to its page."""
    for page, label, icon in _steps(dataset):
        st.page_link(page, label=label, icon=icon)


def _steps(dataset: DatasetRow) -> list[tuple[str, str, str]]:
    surplus = state.exact_report(dataset.id, dataset.revision).surplus
    touched = state.progress(dataset.id, dataset.revision).touched
    runs = [run for run in experiments.runs(state.workspace()) if run.dataset == dataset.name]
    steps = []
    if surplus:
        label = f"Drop {counted(surplus, 'surplus copy', 'surplus copies')}"
        steps.append(("views/duplicates.py", label, ":material/content_copy:"))
    label = "Go on relabeling" if touched else "Look at faces and correct labels"
    steps.append(("views/relabel.py", label, ":material/keyboard:"))
    label = "Train another run" if runs else "Freeze a version and train"
    steps.append(("views/experiments.py", label, ":material/experiment:"))
    if any(run.status is JobStatus.DONE for run in runs):
        steps.append(("views/results.py", "Compare runs by emotion", ":material/grid_on:"))
        steps.append(("views/saliency.py", "See where the network looks", ":material/visibility:"))
    return steps
