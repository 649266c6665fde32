"""Taking a network along: a run's as an ONNX file."""

from functools import partial
from importlib.util import find_spec

import streamlit as st

from core.jobs.inference import export_onnx
from dashboard import state
from dashboard.components import downloads
from dashboard.components.findings.choices import Choice
from dashboard.format import run_name


def draw(choice: Choice) -> None:
    """Draw which of the chosen runs' networks is taken along, behind one button."""
    with st.popover("Network", icon=":material/hub:"):
        by_id = {run.id: run for run in choice.runs}
        chosen = st.selectbox(
            "Run", list(by_id), key="results_network", format_func=lambda one: run_name(by_id[one])
        )
        st.caption(
            "An ONNX file for any runtime: grey faces in, probabilities out. Resizing and test "
            "views are inside, masks are not; its metadata says so and names the labels."
        )
        if find_spec("onnx") is None or find_spec("onnxruntime") is None:
            st.info("Install two more packages first: `pip install -e '.[onnx]'`.")
            return
        run = by_id[chosen]
        st.download_button(
            "Download", data=partial(content, chosen), on_click="ignore", type="primary",
            file_name=f"{choice.dataset.name}-run-{run.id}-{run.model}-{run.mask}.onnx",
            key="results_network_file", icon=":material/download:",
        )  # fmt: skip


def content(run_id: int) -> bytes:
    """Return a run's network as an ONNX file."""
    return downloads.file_content(lambda out: export_onnx(state.workspace(), run_id, out))
