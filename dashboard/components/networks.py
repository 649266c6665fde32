"""Which run's network compares the faces of a data set, and the job that has it do so."""

import streamlit as st

from core.jobs.launch import ensure_supervisor
from core.services import embeddings, near_duplicates
from core.services.near_duplicates import LEAST_SIMILARITY, NEAR_SIMILARITY, Found
from core.services.terms import DatasetRow, JobRow, RunRow
from dashboard import state
from dashboard.components import jobs
from dashboard.components.empty import empty
from dashboard.format import run_name


@st.cache_data(max_entries=32, show_spinner="Looking for copies")
def found(dataset_id: int, revision: int, run_id: int, similarity: float) -> Found:
    """Return the groups that a run's network finds alike at a revision."""
    return near_duplicates.find_by_run(
        state.workspace(), dataset_id, run_id, min_similarity=similarity
    )


def choose_run(dataset: DatasetRow) -> RunRow | None:
    """Draw the choice of a finished run and return it; None where there is none to choose."""
    by_id = {run.id: run for run in embeddings.finished_runs(state.workspace(), dataset.id)}
    if not by_id:
        empty(
            "A trained network finds copies that perceptual hashes miss: cropped, zoomed or "
            "turned. No run on this data set has finished yet; train one first.",
            page="views/experiments.py",
            label="Go to experiments",
        )
        return None
    chosen = st.selectbox(
        "Network of", list(by_id), key="duplicates_run", bind="query-params",
        format_func=lambda run_id: run_name(by_id[run_id]),
    )  # fmt: skip
    return by_id[chosen]


def has_compared(run: RunRow) -> bool:
    """Return whether a run's network has compared the faces; draw how to get there if not."""
    workspace = state.workspace()
    if embeddings.embedding_path(workspace, run.id).exists():
        return True
    if embeddings.under_way(workspace, run.id):
        st.fragment(run_every=jobs.POLL)(_watch)(run.id)
        return False
    st.markdown(
        "This network has not compared the faces of its version yet. That takes one pass over "
        "them: a minute or two for FER2013 with a fast network."
    )
    st.button(
        "Compare the faces", key="duplicates_compare", type="primary",
        icon=":material/play_arrow:", on_click=_compare, args=(run.id,),
    )  # fmt: skip
    return False


def choose_similarity() -> float:
    """Draw the smallest similarity that counts and return it."""
    return st.slider(
        "Smallest similarity", LEAST_SIMILARITY, 0.99, NEAR_SIMILARITY, step=0.01,
        key="duplicates_similarity", bind="query-params",
        help="Cosine of what the network's last layer sees of two faces, every direction scaled "
        "to the same spread. 1: the same to it. Below about 0.6 it is often only the same pose.",
    )  # fmt: skip


def notes(what: Found) -> None:
    """Draw what the comparison leaves out, where it leaves something out."""
    if what.unseen:
        st.caption(
            f"{what.unseen:,} kept faces are not in the run's version and were not compared."
        )
    reach = len(what.per_distance) - 1
    if reach < (1 - LEAST_SIMILARITY) * 1000:
        st.caption(
            "This network finds so many faces alike that only pairs from a similarity of "
            f"{1 - reach / 1000:.3f} on are known."
        )


def _compare(run_id: int) -> None:
    embeddings.enqueue_embedding(state.workspace(), run_id)
    ensure_supervisor(state.workspace())


def _watch(run_id: int) -> None:
    job: JobRow | None = embeddings.under_way(state.workspace(), run_id)
    if job is None:
        st.rerun()
    st.markdown("The network is comparing the faces; groups appear here when it is done.")
    jobs.table([job], key="duplicates_job")
