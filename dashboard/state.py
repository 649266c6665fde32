"""What pages share: the workspace, the chosen data set, who is at work, and cached reads."""

from contextlib import suppress

import streamlit as st

from core.errors import NotReadyError
from core.services import (
    datasets,
    duplicates,
    inspecting,
    queues,
    slicing,
    storage,
    tagging,
    versions,
)
from core.services.datasets import Count, Progress
from core.services.duplicates import DuplicateReport
from core.services.queues import QueueSpec
from core.services.storage import Usage
from core.services.terms import DatasetRow, Emotion, ImageRow
from core.settings import Settings
from core.workspace import Workspace, open_workspace

DATASET_KEY = "dataset"  # also the name in the URL's query
ANNOTATOR_KEY = "annotator"
_NEXT_DATASET_KEY = "dataset_next"


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """Return the workspace that the settings name, opened once a server."""
    return open_workspace()


def chosen_dataset() -> DatasetRow | None:
    """Return the data set chosen in the sidebar, as it is now; None in an empty workspace."""
    rows = {row.name: row for row in datasets.datasets(workspace()) if row.is_complete}
    return rows.get(st.session_state.get(DATASET_KEY, "")) or next(iter(rows.values()), None)


def choose_dataset_next(name: str) -> None:
    """Make a data set the chosen one from the next run of the page on."""
    st.session_state[_NEXT_DATASET_KEY] = name


def take_next_dataset(names: list[str]) -> None:
    """Apply `choose_dataset_next`; call it before the picker is drawn."""
    name = st.session_state.pop(_NEXT_DATASET_KEY, None)
    if name in names:
        st.session_state[DATASET_KEY] = name


def annotator() -> str:
    """Return who is at work: the name in the sidebar, or the settings' where it is blank."""
    return str(st.session_state.get(ANNOTATOR_KEY, "")).strip() or default_annotator()


def default_annotator() -> str:
    """Return who works where nobody says who."""
    return Settings().annotator


@st.cache_data(max_entries=32, show_spinner=False)
def counts(dataset_id: int, revision: int) -> list[Count]:
    """Return the counts of a data set at a revision."""
    return datasets.counts(workspace(), dataset_id)


@st.cache_data(max_entries=32, show_spinner=False)
def progress(dataset_id: int, revision: int) -> Progress:
    """Return how far the cleaning has come at a revision."""
    return datasets.progress(workspace(), dataset_id)


@st.cache_data(max_entries=16, show_spinner=False)
def samples(dataset_id: int, revision: int, *, per_emotion: int) -> dict[Emotion, list[ImageRow]]:
    """Return the first kept images of each emotion at a revision."""
    return datasets.samples(workspace(), dataset_id, per_emotion=per_emotion)


@st.cache_data(max_entries=64, show_spinner=False)
def blobs(image_ids: tuple[int, ...]) -> dict[int, bytes]:
    """Return the files of images by id; files never change, so the ids alone are the key."""
    return datasets.blobs(workspace(), image_ids)


@st.cache_data(max_entries=16, show_spinner="Looking for copies")
def exact_report(dataset_id: int, revision: int) -> DuplicateReport:
    """Return the figures on exact copies at a revision."""
    return duplicates.exact_report(workspace(), dataset_id)


@st.cache_data(max_entries=64, show_spinner=False)
def queue_length(dataset_id: int, revision: int, spec: QueueSpec) -> int:
    """Return how many faces a queue holds at a revision."""
    return queues.count(workspace(), dataset_id, spec)


@st.cache_data(max_entries=64, show_spinner=False)
def slice_sizes(run_ids: tuple[int, ...], revision: int) -> dict[str, int]:
    """Return how many test images of the first run that has a slice are in it, at a revision.

    Runs whose predictions are gone have none; all images are a slice even then.
    """
    sizes: dict[str, int] = {}
    for run_id in run_ids:
        with suppress(NotReadyError):
            for name, chosen in slicing.slice_members(workspace(), run_id).items():
                sizes.setdefault(name, int(chosen.sum()))
    return sizes or {slicing.ImageSlice.ALL.value: 0}


@st.cache_data(max_entries=32, show_spinner=False)
def image_rows(image_ids: tuple[int, ...], dataset_id: int, revision: int) -> list[ImageRow]:
    """Return images of a data set at a revision, by id."""
    return inspecting.rows(workspace(), dataset_id, list(image_ids))


@st.cache_data(max_entries=32, show_spinner=False)
def tag_counts(dataset_id: int, revision: int) -> dict[str, int]:
    """Return the tags that are offered or in use at a revision, with how many faces have each."""
    return tagging.tag_counts(workspace(), dataset_id)


@st.cache_data(max_entries=32, show_spinner=False)
def faces_side(version_id: int) -> int:
    """Return the side in px of the faces of a version, which never changes."""
    return int(versions.face_set(workspace(), version_id).pixels.shape[1])


@st.cache_data(ttl=30, max_entries=1, show_spinner=False)
def disk_usage() -> Usage:
    """Return what the workspace took on disk half a minute ago or later."""
    return storage.usage(workspace())
