"""The desk of the relabel page: one face, its keys and what is known about it, in the browser.

The files beside this one run in the page itself. They talk to `dashboard.routes.labeling`, so a
key press needs no run of the script; the script only says which queue, who and with what right.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.services.relabeling import DROP_REASONS
from core.services.terms import EMOTIONS
from dashboard.format import EMOTION_COLOURS, title

_HERE = Path(__file__).parent
# One after the other they are one module: later files use the classes of earlier ones.
_SCRIPTS = ("outbox.js", "reel.js", "keys.js", "panel.js", "desk.js")

_desk = st.components.v2.component(
    "relabel",
    html=(_HERE / "relabel.html").read_text(),
    css=(_HERE / "relabel.css").read_text(),
    js="\n".join((_HERE / name).read_text() for name in _SCRIPTS),
)


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Who sits at the desk, with what right, before which queue.

    Attributes:
        mark: What tells this workspace from others at the same address.
        permission: Signed permission to label, sent in a header.
        look: Signed permission to look at faces, part of their addresses.
        queue: The queue as a URL's query.
        queue_key: What tells this queue from others.
        tags: The data set's tags in the order they are offered.
        run: The run whose predictions are shown, None for none.
    """

    mark: str
    dataset_id: int
    annotator: str
    permission: str
    look: str
    queue: Mapping[str, str]
    queue_key: str
    tags: Sequence[str]
    run: int | None
    is_blind: bool


def desk(seat: Seat, *, key: str) -> None:
    """Draw the desk; a permission that ran out is renewed by one run of the script."""
    _desk(
        key=key,
        data={
            "mark": seat.mark,
            "dataset": seat.dataset_id,
            "annotator": seat.annotator,
            "permission": seat.permission,
            "look": seat.look,
            "queue": dict(seat.queue),
            "queue_key": seat.queue_key,
            "tags": list(seat.tags),
            "run": seat.run,
            "blind": seat.is_blind,
            "emotions": [
                {"name": e.value, "title": title(e), "colour": EMOTION_COLOURS[e]} for e in EMOTIONS
            ],
            "reasons": list(DROP_REASONS),
        },
        on_expired_change=_renewed,
    )


def _renewed() -> None:
    """Do nothing: the run that this callback belongs to brings the new permission."""
