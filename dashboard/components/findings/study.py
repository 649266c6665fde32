"""The study's tables, row by row beside our own runs."""

import pandas as pd
import streamlit as st

from core.metrics.study import PER_CLASS, SOURCE
from core.services import pooling
from core.services.pooling import StudyCell
from core.services.presenting.study_words import less, runs_words
from dashboard import state
from dashboard.components.findings.choices import Choice
from dashboard.format import MASK_NAMES, MODEL_NAMES, slice_title

_PERCENT = st.column_config.NumberColumn(format="%.2f %%")


def draw(choice: Choice) -> None:
    """Draw the study's figures, ours with intervals, and the differences."""
    cells = pooling.study_table(state.workspace(), choice.runs, slice_name=choice.slice_name)
    missing = sum(cell.ours is None for cell in cells)
    table = pd.DataFrame([_line(cell) for cell in cells])
    st.dataframe(
        table, hide_index=True, key="results_study", placeholder="-",
        column_config={
            "Study accuracy": _PERCENT, "Our accuracy": _PERCENT, "Study F1": _PERCENT,
            "Our F1": _PERCENT,
        },
        alt="The study's rows beside our runs",
    )  # fmt: skip
    st.caption(
        f"{SOURCE} Ours: our newest runs of the same network and mask, seeds pooled; images: "
        f"{slice_title(choice.slice_name).lower()}. Intervals are over our images (95 %); "
        f"differences are in points, ours less theirs. F1 is weighted. {PER_CLASS}"
    )
    if missing:
        st.page_link(
            "views/experiments.py", icon=":material/arrow_forward:",
            label=f"{missing} of the study's {len(cells)} rows have no run of ours yet: queue them",
        )  # fmt: skip


def _line(cell: StudyCell) -> dict[str, object]:
    study, ours = cell.study, cell.ours
    line: dict[str, object] = {
        "Network": MODEL_NAMES[study.model],
        "Covered": MASK_NAMES[study.mask],
        "Study accuracy": 100 * study.accuracy,
        "Our accuracy": None,
        "Accuracy difference": "",
        "Study F1": 100 * study.weighted_f1,
        "Our F1": None,
        "F1 difference": "",
        "Runs": "none yet",
    }
    if ours is not None:
        line |= {
            "Our accuracy": 100 * ours.accuracy,
            "Accuracy difference": less(ours.accuracy, ours.accuracy_interval, study.accuracy),
            "Our F1": 100 * ours.weighted_f1,
            "F1 difference": less(ours.weighted_f1, ours.weighted_f1_interval, study.weighted_f1),
            "Runs": runs_words(ours),
        }
    return line
