"""What presses on the grid do: each is one batch, said in words, that one undo takes back."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import FeelingItError
from core.services import bulk, queues, tagging, undoing
from core.services.queues import QUERY_NAMES, QueueSpec
from core.services.relabeling import DROP_REASONS
from core.services.terms import Emotion
from dashboard import state
from dashboard.format import counted, title

PAGE = "page"  # in the query: which page of the queue is shown, 1 the first
_LAST = "grid_last"
_HEARD = "grid_heard"


@dataclass(frozen=True)
class Done:
    """The last batch: what it did, its id where it can be taken back, in which data set."""

    said: str
    batch: str | None
    dataset_id: int


def last(dataset_id: int) -> Done:
    """Return what was done last in a data set on this page, blank where nothing was."""
    done = st.session_state.get(_LAST)
    if isinstance(done, Done) and done.dataset_id == dataset_id:
        return done
    return Done("", None, dataset_id)


def page_number() -> int:
    """Return which page the URL's query names, 1 where it names none."""
    written = st.query_params.get(PAGE, "1")
    return int(written) if written.isdecimal() and len(written) <= 6 else 1


def heard() -> int:
    """Return the number of the last message that came from the browser, 0 for none."""
    return int(st.session_state.get(_HEARD, 0))


def act(dataset_id: int, action: dict[str, Any]) -> None:
    """Do what was pressed; what cannot be done is said in the place of what was."""
    number, kind = int(action.get("number", 0)), str(action.get("kind"))
    if number <= heard():
        return  # the browser sent it again, as it had no answer yet
    st.session_state[_HEARD] = number
    if action.get("dataset") != dataset_id:
        return  # it was meant for the data set that was on screen before this one
    try:
        spec = _follow(action)
        if kind == "undo":
            _undo(dataset_id)
        elif kind != "shown":
            value = str(action.get("value", ""))
            _change(dataset_id, kind, value, _chosen(dataset_id, spec, action))
    except FeelingItError as error:
        st.session_state[_LAST] = Done(str(error), last(dataset_id).batch, dataset_id)


def _follow(action: dict[str, Any]) -> QueueSpec:
    """Write into the address what the browser shows, and return its queue."""
    query = {str(name): str(value) for name, value in action.get("query", {}).items()}
    spec = QueueSpec.from_query(query)
    page = int(action.get("page", 1))
    wanted = spec.to_query() | ({PAGE: str(page)} if page > 1 else {})
    for name in (*QUERY_NAMES, PAGE):
        if name not in wanted:
            st.query_params.pop(name, None)
    st.query_params.update(wanted)
    return spec


def _chosen(dataset_id: int, spec: QueueSpec, action: dict[str, Any]) -> list[int]:
    if action.get("everything") is True:
        return queues.page(state.workspace(), dataset_id, spec, limit=int(action["expected"]))
    return [int(image_id) for image_id in action.get("ids", [])]


def _change(dataset_id: int, kind: str, value: str, image_ids: list[int]) -> None:
    workspace, who = state.workspace(), state.annotator()
    n = counted(len(image_ids), "face")
    batch: str | None = None
    said = f"{n}: nothing to change."
    if kind == "label":
        emotion = Emotion(value)
        batch = bulk.label_all(workspace, image_ids, emotion, annotator=who)
        words = f"{n} labelled {title(emotion)}."
    elif kind == "drop" and value in DROP_REASONS:
        batch = bulk.drop_all(workspace, image_ids, annotator=who, reason=value)
        words = f"{n} dropped: {value}."
    elif kind == "restore":
        batch = bulk.restore_all(workspace, image_ids, annotator=who)
        words = f"{n} put back."
    else:
        is_given = kind == "tag"
        batch = tagging.set_tags(workspace, image_ids, value, is_given, annotator=who)
        words = f"{n} tagged “{value}”." if is_given else f"“{value}” taken from {n}."
    st.session_state[_LAST] = Done(words if batch else said, batch, dataset_id)


def _undo(dataset_id: int) -> None:
    done = last(dataset_id)
    if done.batch is None:
        return
    n = undoing.undo(state.workspace(), done.batch, annotator=state.annotator())
    st.session_state[_LAST] = Done(
        f"Undone: {counted(n, 'face')} back as before.", None, dataset_id
    )
