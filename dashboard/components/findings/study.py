"""The study's tables, row by row beside our own runs."""

import numpy as np
import pandas as pd
import streamlit as st

from core.metrics.study import SOURCE
from core.services import pooling
from core.services.pooling import PooledRun, StudyCell
from core.services.slicing import ImageSlice
from core.services.terms import Subset
from dashboard import state
from dashboard.components.findings.choices import Choice
from dashboard.format import MASK_NAMES, MODEL_NAMES, number

_POINTS = st.column_config.NumberColumn(format="%+.2f")
_PERCENT = st.column_config.NumberColumn(format="%.2f %%")


def draw(choice: Choice) -> None:
    """Draw the study's figures, ours with intervals, and the differences."""
    subset = Subset.LEAK_FREE if choice.slice_name == ImageSlice.LEAK_FREE else Subset.FULL
    cells = pooling.study_table(state.workspace(), choice.runs, subset=subset)
    missing = sum(cell.ours is None for cell in cells)
    table = pd.DataFrame([_line(cell) for cell in cells])
    st.dataframe(
        table, hide_index=True, key="results_study",
        column_config={
            "Study accuracy": _PERCENT, "Our accuracy": _PERCENT, "Study F1": _PERCENT,
            "Our F1": _PERCENT, "Accuracy difference": _POINTS, "F1 difference": _POINTS,
        },
        alt="The study's rows beside our runs",
    )  # fmt: skip
    of = "leak-free test images" if subset is Subset.LEAK_FREE else "all test images"
    st.caption(
        f"{SOURCE} Ours: our newest runs of the same network and mask on {of}, seeds pooled; the "
        "interval is over images (95 %, Wilson). F1 is weighted. Differences in points."
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
        "95 % interval": "",
        "Accuracy difference": None,
        "Study F1": 100 * study.weighted_f1,
        "Our F1": None,
        "F1 difference": None,
        "Runs": "none yet",
    }
    if ours is not None:
        low, high = ours.accuracy_interval
        line |= {
            "Our accuracy": 100 * ours.accuracy,
            "95 % interval": f"{100 * low:.1f} to {100 * high:.1f}",
            "Accuracy difference": 100 * (ours.accuracy - study.accuracy),
            "Our F1": 100 * ours.weighted_f1,
            "F1 difference": 100 * (ours.weighted_f1 - study.weighted_f1),
            "Runs": _runs(ours),
        }
    return line


def _runs(ours: PooledRun) -> str:
    names = ", ".join(f"#{run.id}" for run in ours.runs)
    if np.isnan(ours.accuracy_spread):
        return f"{names}, n = {number(ours.n)}"
    spread = f"\N{PLUS-MINUS SIGN} {100 * ours.accuracy_spread:.1f} over seeds"
    return f"{names}, n = {number(ours.n)}, {spread}"
