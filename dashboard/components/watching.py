"""One run from close by: its curves while it learns, its log, its settings, and deleting it."""

from collections.abc import Mapping

import streamlit as st

from core.jobs.launch import ensure_supervisor
from core.services import experiments, jobs, storage
from core.services.evaluating import enqueue_evaluation
from core.services.repeating import enqueue_like
from core.services.terms import JobRow, JobStatus, Mask, RunRow
from dashboard import state
from dashboard.components import curves, figures
from dashboard.components.refusals import told
from dashboard.format import MASK_NAMES, counted, percent, run_name, size

WATCHED_KEY = "experiments_watched"
RUNNING_ONE = 0
_OPEN = (JobStatus.QUEUED, JobStatus.PAUSED, JobStatus.RUNNING)
_LOG_LINES = 40
_PARTS = ("Curves", "Log", "Settings")


def panel(running: list[JobRow], runs: Mapping[int, RunRow]) -> None:
    """Draw the choice of a run, at first the one that learns now, and what is known of it."""
    if not runs:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        chosen: int | None = st.selectbox(
            "Run", [RUNNING_ONE, *runs], key=WATCHED_KEY, width=360,
            format_func=lambda run: run_name(runs[run]) if run else "The one that learns",
        )  # fmt: skip
        part = st.segmented_control(
            "Part", _PARTS, default=_PARTS[0], required=True, key="experiments_part",
            label_visibility="collapsed",
        )  # fmt: skip
    going = [int(job.payload.get("run") or 0) for job in running]
    first = next((run for run in going if run in runs), max(runs))
    run = runs.get(chosen or first) or runs[first]
    {"Curves": _curves, "Log": _log, "Settings": _settings}[part](run)


def _curves(run: RunRow) -> None:
    epochs = experiments.epochs(state.workspace(), run.id)
    if not epochs:
        st.caption(
            "The first epoch is not done yet." if run.status in _OPEN else "No epoch was finished."
        )
        return
    n_epochs, last = int(run.config["epochs"]), epochs[-1]
    words = f"{run_name(run)}: epoch {last.number} of {n_epochs}"
    if last.validation_accuracy is not None:
        words += f", validation accuracy {percent(last.validation_accuracy)}"
    st.caption(words)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Loss** (nats)")
        figure = curves.loss_curves(epochs, n_epochs=n_epochs)
        figures.show(figure, key=f"experiments_loss_{run.id}", alt="Loss per epoch")
    with right:
        st.markdown("**Accuracy**")
        figure = curves.accuracy_curves(epochs, n_epochs=n_epochs)
        figures.show(figure, key=f"experiments_accuracy_{run.id}", alt="Accuracy per epoch")


def _log(run: RunRow) -> None:
    log = jobs.log_tail(state.workspace(), run.job_id, n_lines=_LOG_LINES)
    st.code(log or "Nothing is written yet.", language=None, wrap_lines=True, height=320)


def _settings(run: RunRow) -> None:
    """Draw how a run is trained and where it ran, and what can be done with it."""
    n_bytes = storage.run_bytes(state.workspace(), run.id)
    st.caption(f"{run_name(run)}, version {run.version}; {size(n_bytes)} on disk")
    left, right = st.columns(2, gap="medium")
    left.dataframe(_pairs(run.config), hide_index=True, height=320, key="experiments_config")
    if run.provenance:
        right.dataframe(
            _pairs(run.provenance), hide_index=True, height=320, key="experiments_provenance"
        )
    with st.container(horizontal=True, gap="small"):
        _again(run)
        if run.status is JobStatus.DONE:
            _test(run)
        _offer_deletion(run, n_bytes)


def _again(run: RunRow) -> None:
    """Draw the button that queues the same run once more, with the same seed or another."""
    with st.popover("Train again", icon=":material/replay:", key="experiments_again"):
        st.markdown(
            "The same version, settings and test masks. With the same seed, on a CPU with as many "
            "threads, the figures come out the same."
        )
        seed = st.number_input("Seed", 0, 2**31, value=run.seed, key=f"experiments_again_{run.id}")
        st.button(
            "Queue it", key=f"experiments_again_queue_{run.id}", type="primary",
            on_click=_repeat, args=(run.id, int(seed)),
        )  # fmt: skip


def _test(run: RunRow) -> None:
    """Draw the choice of further masks to test a finished run under."""
    with st.popover("Test under masks", icon=":material/masks:", key="experiments_test"):
        masks = st.multiselect(
            "Masks", [mask for mask in Mask if mask is not Mask.RANDOM],
            key=f"experiments_test_{run.id}", format_func=lambda mask: MASK_NAMES[mask],
            placeholder="Figures under other masks stay",
        )  # fmt: skip
        st.button(
            "Queue the test", key=f"experiments_test_queue_{run.id}", type="primary",
            on_click=_evaluate, args=(run.id, masks), disabled=not masks,
        )  # fmt: skip


def _offer_deletion(run: RunRow, n_bytes: int) -> None:
    """Draw the button that deletes a run, behind a second one."""
    with st.popover("Delete this run", icon=":material/delete:", key="experiments_delete"):
        st.markdown(f"{run_name(run)}, its figures, weights, predictions and log go for good.")
        st.button(
            f"Delete it, {size(n_bytes)}", key=f"experiments_delete_{run.id}", type="primary",
            on_click=_delete, args=(run.id,), disabled=run.status is JobStatus.RUNNING,
            help="Cancel it first." if run.status is JobStatus.RUNNING else None,
        )  # fmt: skip


def _pairs(values: Mapping[str, object]) -> list[dict[str, str]]:
    return [
        {"Setting": name.replace("_", " "), "Value": "" if value is None else str(value)}
        for name, value in values.items()
    ]


def _repeat(run_id: int, seed: int) -> None:
    with told():
        run = enqueue_like(state.workspace(), run_id, changes={"seed": seed})
        ensure_supervisor(state.workspace())
        st.toast(f"Run #{run.id} is queued: run #{run_id} once more, seed {seed}.")


def _evaluate(run_id: int, masks: list[Mask]) -> None:
    with told():
        enqueue_evaluation(state.workspace(), run_id, masks)
        ensure_supervisor(state.workspace())
        st.toast(f"Testing run #{run_id} under {counted(len(masks), 'mask')} is queued.")


def _delete(run_id: int) -> None:
    with told():
        freed = storage.delete_run(state.workspace(), run_id)
        st.session_state[WATCHED_KEY] = RUNNING_ONE
        st.toast(f"Run #{run_id} is deleted; {size(freed)} came free.")
