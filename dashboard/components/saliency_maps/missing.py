"""Maps that are not computed yet: queueing them, watching them come."""

import streamlit as st

from core.jobs.launch import ensure_supervisor
from core.services import saliency
from core.services.map_columns import MapColumn
from core.services.presenting.map_names import method_name
from core.services.terms import RunRow, SaliencyMethod
from dashboard import state
from dashboard.components import jobs
from dashboard.components.refusals import told
from dashboard.components.saliency_maps.choices import Choice
from dashboard.format import counted, literal, run_name

Wanted = tuple[int, SaliencyMethod]


def draw(choice: Choice) -> None:
    """Draw which chosen maps are missing, the button that queues them, and those on their way."""
    workspace = state.workspace()
    lacking = [
        (column.run_id, column.method)
        for column in choice.columns
        if column.run_id is not None
        and column.method is not None
        and column.method not in saliency.computed(workspace, column.run_id)
    ]
    busy = [one for one in lacking if saliency.under_way(workspace, *one)]
    idle = [one for one in lacking if one not in busy]
    if idle:
        _offer(idle)
    if busy:
        st.markdown("Maps are being computed; they appear here when they are done.")
        st.fragment(run_every=jobs.POLL)(_watch)(tuple(busy))


def why(column: MapColumn) -> str:
    """Return why a column has no maps: nobody asked for them, or they are on their way."""
    if column.run_id is None or column.method is None:
        return ""
    job = saliency.under_way(state.workspace(), column.run_id, column.method)
    return "not computed" if job is None else "being computed"


def offer_more(runs: list[RunRow]) -> None:
    """Draw the choice of further maps to compute: several runs by several methods at once."""
    names = {run.id: run_name(run) for run in runs}
    with st.popover("Compute maps", icon=":material/add_photo_alternate:"):
        chosen = st.multiselect(
            "Runs", list(names), key="saliency_more_runs", format_func=lambda run: names[run],
        )  # fmt: skip
        methods = st.pills(
            "Methods", list(SaliencyMethod), selection_mode="multi",
            default=[SaliencyMethod.GRAD_CAM], key="saliency_more_methods",
            format_func=method_name, wrap=True,
        )  # fmt: skip
        wanted = [(run, SaliencyMethod(method)) for method in methods for run in chosen]
        new = [one for one in wanted if not _is_there(*one)]
        if wanted and not new:
            st.caption("All of these are there or on their way.")
        st.button(
            f"Queue {counted(len(new), 'job')}", key="saliency_more_queue", disabled=not new,
            on_click=queue, args=(new,), type="primary",
        )  # fmt: skip


def queue(wanted: list[Wanted]) -> None:
    """Queue maps and have somebody work on them; what is refused is said."""
    with told():
        saliency.enqueue_missing(state.workspace(), wanted)
    ensure_supervisor(state.workspace())


def _is_there(run_id: int, method: SaliencyMethod) -> bool:
    workspace = state.workspace()
    return (
        method in saliency.computed(workspace, run_id)
        or saliency.under_way(workspace, run_id, method) is not None
    )


def _offer(idle: list[Wanted]) -> None:
    with st.container(border=True, gap="small"):
        what = ", ".join(f"{method_name(method)} of run {run}" for run, method in idle)
        st.markdown(
            f"Not computed yet: {what}. Grad-CAM of a fast network takes a minute; occlusion and "
            "the tile task ask it a hundred times as often. Other pages stay free meanwhile."
        )
        for run_id, method in idle:
            why = saliency.last_failure(state.workspace(), run_id, method)
            if why:
                st.caption(f"The last try for run {run_id} failed: {literal(why)}")
        st.button(
            "Compute maps", key="saliency_compute", type="primary",
            icon=":material/play_arrow:", on_click=queue, args=(idle,),
        )  # fmt: skip


def _watch(busy: tuple[Wanted, ...]) -> None:
    found = [saliency.under_way(state.workspace(), *one) for one in busy]
    going = [job for job in found if job is not None]
    if len(going) < len(busy):
        st.rerun()
    jobs.table(going, key="saliency_job")
