"""Freezing and queueing as people do it, and the curves of a run while it learns."""

from collections.abc import Sequence

import streamlit as st

from core.configs import PRESETS
from core.jobs.launch import ensure_supervisor
from core.services import experiments, versions
from core.services.terms import (
    STUDY_MASKS,
    DatasetRow,
    JobStatus,
    Mask,
    ModelName,
    RunRow,
    VersionRow,
)
from dashboard import state
from dashboard.components import curves, figures
from dashboard.format import MASK_NAMES, MODEL_NAMES, ago, counted, percent, run_name

_OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)
MODEL_NOTES = {
    ModelName.FAST: "About 1 M parameters at 48 px: made for a CPU.",
    ModelName.VGG16: "As in the study, 128 px. Days on a CPU with FER2013; meant for a GPU.",
    ModelName.RESNET50: "As in the study, 128 px. Days on a CPU with FER2013; meant for a GPU.",
}


def frozen(dataset: DatasetRow) -> VersionRow | None:
    """Draw the version picker with the button that freezes; return the chosen version."""
    rows = [row for row in versions.versions(state.workspace()) if row.dataset_id == dataset.id]
    by_digest = {row.digest: row for row in rows}
    if rows:
        chosen = st.selectbox(
            "Version", list(by_digest), key="experiments_version",
            format_func=lambda digest: _version_name(by_digest[digest]),
        )  # fmt: skip
    if st.button(
        "Freeze the data now", key="experiments_freeze", icon=":material/lock:",
        type="secondary" if rows else "primary",
        help="A version holds exactly these faces, labels and splits, for good.",
    ):  # fmt: skip
        _freeze(dataset, {row.id for row in rows})
    return by_digest[chosen] if rows else None


def model() -> ModelName:
    """Draw the model choice and return it."""
    chosen = st.segmented_control(
        "Model", list(PRESETS), default=ModelName.FAST, required=True, key="experiments_model",
        format_func=lambda name: MODEL_NAMES[name],
    )  # fmt: skip
    st.caption(MODEL_NOTES[chosen])
    return ModelName(chosen)


def masks() -> list[Mask]:
    """Draw the choice of masks, one run each, and return them in the usual order."""
    chosen = st.pills(
        "Covered part, one run each", list(STUDY_MASKS), selection_mode="multi",
        default=[Mask.NONE], key="experiments_masks", format_func=lambda mask: MASK_NAMES[mask],
    )  # fmt: skip
    return [mask for mask in STUDY_MASKS if mask in chosen]


def numbers(name: ModelName) -> tuple[int, int]:
    """Draw the fields for seed and epochs and return them."""
    with st.container(horizontal=True, gap="small"):
        seed = st.number_input("Seed", 0, 2**31 - 1, value=0, key="experiments_seed", width=140)
        epochs = st.number_input(
            "Epochs, at most", 1, 1000, value=PRESETS[name].epochs,
            key=f"experiments_epochs_{name.value}", width=140,
        )  # fmt: skip
    return int(seed), int(epochs)


def queue(
    version: VersionRow, name: ModelName, chosen: Sequence[Mask], *, seed: int, epochs: int
) -> None:
    """Queue a run for each mask and have somebody work on it."""
    for mask in chosen:
        experiments.enqueue_training(
            state.workspace(), version=version.digest, model=name, mask=mask, seed=seed,
            overrides={"epochs": epochs},
        )  # fmt: skip
    ensure_supervisor(state.workspace())


def live(run: RunRow) -> None:
    """Draw the loss and accuracy of a run so far."""
    epochs = experiments.epochs(state.workspace(), run.id)
    if not epochs:
        st.caption(
            "The first epoch is not done yet." if run.status in _OPEN else "No epoch was finished."
        )
        return
    n_epochs = int(run.config["epochs"])
    last = epochs[-1]
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


def _freeze(dataset: DatasetRow, known: set[int]) -> None:
    version = versions.freeze(state.workspace(), dataset.name)
    if version.id in known:
        st.toast(f"Nothing changed since version {version.digest} was frozen.")
        return
    st.toast(f"Frozen: version {version.digest} with {counted(version.n_images, 'face')}.")
    st.rerun()


def _version_name(version: VersionRow) -> str:
    return f"{version.digest[:8]}, {counted(version.n_images, 'face')}, {ago(version.created_at)}"
