"""The events of a data set as a list: filters, the faces, the way to older ones, undo."""

from html import escape

import streamlit as st

from core.services import events, undoing
from core.services.events import EventFilter, EventPage
from core.services.terms import EMOTIONS, DatasetRow, Emotion, EventKind, EventRow
from dashboard import state
from dashboard.components import faces
from dashboard.format import EMOTION_COLOURS, ago, counted, title

BEFORE, AFTER = "before", "after"  # in the URL: the page starts beyond this event
ANYBODY, ANYTHING = "anybody", "anything"
KIND_NAMES = {
    EventKind.LABEL: "labels",
    EventKind.CONFIRM: "confirmations",
    EventKind.DROP: "drops",
    EventKind.RESTORE: "brought back",
    EventKind.TAG: "tags given",
    EventKind.UNTAG: "tags taken",
    EventKind.VOTE: "votes",
    EventKind.SPLIT: "splits",
}
_MOST_DIGITS = 15  # ids are 64-bit
_STYLE = """<style>
.fi-events{display:grid;gap:0;font-size:13px;line-height:18px;container-type:inline-size}
.fi-event{display:grid;grid-template-columns:52px minmax(0,2fr) minmax(0,2fr) minmax(0,1.4fr);
gap:4px 14px;align-items:center;padding:6px 0;border-bottom:1px solid rgba(128,128,128,.28)}
.fi-event>div{overflow-wrap:anywhere}
.fi-event.fi-gone{opacity:.7}
.fi-dot{display:inline-block;width:8px;height:8px;border-radius:50%;margin-right:4px}
.fi-flag{border:1px solid;border-radius:3px;padding:0 5px;font-size:12px}
.fi-batch{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px}
@container (max-width:560px){
.fi-event{grid-template-columns:52px minmax(0,1fr);gap:2px 14px}
.fi-event>figure{grid-row:span 3;align-self:start}}
</style>"""


def filters(dataset: DatasetRow) -> EventFilter:
    """Draw the fields that narrow the list, kept in the URL; return what is wanted."""
    people = events.annotators(state.workspace(), dataset.id)
    with st.grid(4, min_column_width=150, gap="small"):
        who = st.selectbox("By", [ANYBODY, *people], key="by", bind="query-params")
        kind = st.selectbox(
            "What", [ANYTHING, *(kind.value for kind in EventKind)], key="what",
            bind="query-params",
            format_func=lambda value: value if value == ANYTHING else KIND_NAMES[EventKind(value)],
        )  # fmt: skip
        image = st.text_input("Face", key="image", bind="query-params", placeholder="id or path")
        batch = st.text_input("Batch", key="batch", bind="query-params", placeholder="its id")
    return EventFilter(
        dataset_id=dataset.id,
        annotator=None if who == ANYBODY else who,
        kind=None if kind == ANYTHING else EventKind(kind),
        image_id=_image_id(dataset, image.strip()),
        batch=batch.strip() or None,
    )


def found(wanted: EventFilter) -> EventPage:
    """Return the page of events that the URL says."""
    return events.page(
        state.workspace(), wanted, before_id=_position(BEFORE), after_id=_position(AFTER)
    )


def listing(page: EventPage) -> None:
    """Draw the events, newest first."""
    contents = state.blobs(tuple(page.images))
    lines = "".join(_line(event, page, contents) for event in page.events)
    st.html(f'{faces.STYLE}{_STYLE}<div class="fi-events">{lines}</div>')


def pager(page: EventPage) -> None:
    """Draw the way to newer and older events."""
    with st.container(horizontal=True, gap="xsmall"):
        st.button(
            "Newest", key="history_newest", on_click=_go, disabled=not page.has_newer,
            icon=":material/first_page:",
        )  # fmt: skip
        st.button(
            "Newer", key="history_newer", on_click=_go, args=(AFTER, page.events[0].id),
            disabled=not page.has_newer, icon=":material/chevron_left:",
        )  # fmt: skip
        st.button(
            "Older", key="history_older", on_click=_go, args=(BEFORE, page.events[-1].id),
            disabled=not page.has_older, icon=":material/chevron_right:",
        )  # fmt: skip


def take_back(page: EventPage) -> None:
    """Draw the choice of a batch among the events shown, what its undo would do, and the button."""
    first = {e.batch: e for e in page.events if not e.undoes and e.batch not in page.undone}
    if not first:
        st.caption("Nothing on this page can be undone.")
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        batch = st.selectbox(
            "Undo a batch", list(first), key="history_batch", width=440,
            format_func=lambda one: _batch_name(first[one]),
        )  # fmt: skip
        plan = undoing.preview(state.workspace(), batch)
        label = f"Undo {counted(plan.back, 'face')}"
        if st.button(label, key="history_undo", icon=":material/undo:", disabled=not plan.can_undo):
            undoing.undo(state.workspace(), batch, annotator=state.annotator())
            _go()
            st.rerun()
    since = f" {counted(plan.overtaken, 'face')} changed again since and stay as they are."
    stay = since if plan.overtaken else ""
    st.caption(f"Undoing changes **{counted(plan.back, 'face')}** back.{stay}")


def _go(direction: str | None = None, event_id: int = 0) -> None:
    """Say in the URL where the page starts; without a direction at the newest event."""
    for name in (BEFORE, AFTER):
        st.query_params.pop(name, None)
    if direction:
        st.query_params[direction] = str(event_id)


def _position(name: str) -> int | None:
    written = st.query_params.get(name, "")
    is_usable = written.isdecimal() and len(written) <= _MOST_DIGITS
    return int(written) if is_usable else None


def _image_id(dataset: DatasetRow, named: str) -> int | None:
    """Return the face that is meant, None for all; an id that no face has where it is unknown."""
    if not named:
        return None
    known = events.find_image_id(state.workspace(), dataset.id, named)
    return -1 if known is None else known


def _line(event: EventRow, page: EventPage, contents: dict[int, bytes]) -> str:
    image = page.images[event.image_id]
    face = faces.framed(
        contents[image.id], side=image.width, alt=f"Face {image.id}", target_px=faces.SMALL_PX
    )
    source = escape(image.source_path)
    reason = f'<div class="fi-dim">{escape(event.reason)}</div>' if event.reason else ""
    undone = event.batch in page.undone
    flag = ' <span class="fi-flag">undone</span>' if undone else ""
    return (
        f'<div class="fi-event{" fi-gone" if undone else ""}">{face}'
        f"<div>{_change(event)}{reason}</div>"
        f'<div>Face {image.id}<div class="fi-dim">{source}</div></div>'
        f"<div>{escape(event.annotator)}, {event.at:%Y-%m-%d %H:%M} UTC"
        f'<div class="fi-dim"><span class="fi-batch">{event.batch[:8]}</span>{flag}</div></div>'
        "</div>"
    )


def _change(event: EventRow) -> str:
    """Return what an event did, in words with the emotions' colours."""
    old, new = _value(event.old), _value(event.new)
    words = {
        EventKind.LABEL: f"{old} to {new}",
        EventKind.CONFIRM: f"Confirmed: {new}",
        EventKind.DROP: "Dropped",
        EventKind.RESTORE: "Brought back",
        EventKind.TAG: f"Tag {new}",
        EventKind.UNTAG: f"Tag {old} taken off",
        EventKind.VOTE: f"Vote: {new}",
        EventKind.SPLIT: f"Moved from {old} to {new}",
    }
    return ("Undo: " if event.undoes else "") + words[event.kind]


def _value(value: str) -> str:
    if value not in set(EMOTIONS):
        return escape(value)
    emotion = Emotion(value)
    dot = f'<span class="fi-dot" style="background:{EMOTION_COLOURS[emotion]}"></span>'
    return f"{dot}{title(emotion)}"


def _batch_name(event: EventRow) -> str:
    kind = KIND_NAMES[event.kind]
    why = f", {event.reason}" if event.reason else ""
    return f"{event.annotator}: {kind}{why}, {ago(event.at)}, {event.batch[:8]}"
