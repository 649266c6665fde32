"""A page of small faces to select many at once and do one thing with all of them.

The files beside this one run in the browser. A selection lives there; what is done with it comes
here as an action, is stored as one batch, and the page is drawn again.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core.images.sheets import COLUMNS, SIDE_PX
from core.services.relabeling import DROP_REASONS
from core.services.terms import EMOTIONS, ImageRow, ImageState
from dashboard.format import EMOTION_COLOURS, title

_HERE = Path(__file__).parent
# One after the other they are one module: later files use the classes of earlier ones.
_SCRIPTS = ("selection.js", "keys.js", "wall.js")
CONFIRM_ABOVE = 20

_wall = st.components.v2.component(
    "grid",
    html=(_HERE / "grid.html").read_text(),
    css=(_HERE / "grid.css").read_text(),
    js="\n".join((_HERE / name).read_text() for name in _SCRIPTS),
)


@dataclass(frozen=True, kw_only=True)
class WallPage:
    """The faces of one page of a queue and what stands around them.

    Attributes:
        queue_key: What tells this queue of this data set from others.
        rows: The faces, in the queue's order.
        sheet: A PNG of them, as `core.services.thumbnails` makes it.
        held: The tags of those faces that have any.
        tags: The tags that are offered.
        start: How many faces of the queue come before them.
        total: How many faces the queue holds.
        page_size: How many faces a full page has.
        said: What was done last, empty for nothing.
        can_undo: Whether that can be taken back.
    """

    queue_key: str
    rows: Sequence[ImageRow]
    sheet: bytes
    held: Mapping[int, list[str]]
    tags: Sequence[str]
    start: int
    total: int
    page_size: int
    said: str
    can_undo: bool


def wall(page: WallPage, *, key: str, on_action: Callable[[], None]) -> None:
    """Draw the faces; `on_action` runs after a press, which `action` then returns."""
    _wall(key=key, data=_document(page), on_action_change=on_action)


def action(key: str) -> dict[str, Any]:
    """Return what was pressed: `kind`, and by kind `ids` (or `everything`), `value`."""
    found = st.session_state[key].get("action")
    return found if isinstance(found, dict) else {}


def _document(page: WallPage) -> dict[str, Any]:
    return {
        "queue": page.queue_key,
        "sheet": b64encode(page.sheet).decode(),
        "columns": COLUMNS,
        "side": SIDE_PX,
        "faces": [
            {
                "id": row.id,
                "label": row.label.value,
                "dropped": row.state is ImageState.DROPPED,
                "tags": page.held.get(row.id, []),
            }
            for row in page.rows
        ],
        "emotions": [
            {"name": e.value, "title": title(e), "colour": EMOTION_COLOURS[e]} for e in EMOTIONS
        ],
        "tags": list(page.tags),
        "reasons": list(DROP_REASONS),
        "start": page.start,
        "total": page.total,
        "page_size": page.page_size,
        "confirm_above": CONFIRM_ABOVE,
        "said": page.said,
        "can_undo": page.can_undo,
    }
