"""A page of small faces to select many at once and do one thing with all of them.

The files beside this one run in the browser. Filters and pages are answered there by
`dashboard.routes.walls`, without a run of the script; the script is told afterwards, so that the
address says what is shown. What is done with a selection comes here and is stored as one batch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core.services.relabeling import DROP_REASONS
from core.services.terms import EMOTIONS
from core.services.walls import PAGE_SIZE
from dashboard.format import EMOTION_COLOURS, title

_HERE = Path(__file__).parent
# One after the other they are one module: later files use the classes of earlier ones.
_SCRIPTS = ("selection.js", "keys.js", "filters.js", "pages.js", "wall.js")
CONFIRM_ABOVE = 20

_wall = st.components.v2.component(
    "grid",
    html=(_HERE / "grid.html").read_text(),
    css=(_HERE / "grid.css").read_text(),
    js="\n".join((_HERE / name).read_text() for name in _SCRIPTS),
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What a wall shows and what stands around the faces, which the browser fetches itself.

    Attributes:
        dataset_id: The data set.
        revision: Its revision; faces of an older one are fetched anew.
        permission: Signed permission to look and label, sent in a header.
        query: The queue as a URL's query.
        page: Which page of it, 1 the first.
        heard: The number of the browser's last message, 0 where it has sent none.
        filters: What can be chosen, as `dashboard.components.grid.filters` says it.
        tags: The tags that are offered.
        said: What was done last, empty for nothing.
        can_undo: Whether that can be taken back.
    """

    dataset_id: int
    revision: int
    permission: str
    query: Mapping[str, str]
    page: int
    heard: int
    filters: Sequence[Mapping[str, Any]]
    tags: Sequence[str]
    said: str
    can_undo: bool


def wall(shown: Shown, *, key: str, on_action: Callable[[], None]) -> None:
    """Draw the wall; `on_action` runs after a press, which `action` then returns."""
    _wall(key=key, data=_document(shown), on_action_change=on_action)


def action(key: str) -> dict[str, Any]:
    """Return what the browser sent.

    `kind`; `query` and `page`, which it shows; `number`, which rises; and by kind `ids` (or
    `everything` with `expected`, how many) and `value`.
    """
    found = st.session_state[key].get("action")
    return found if isinstance(found, dict) else {}


def _document(shown: Shown) -> dict[str, Any]:
    return {
        "dataset": shown.dataset_id,
        "revision": shown.revision,
        "permission": shown.permission,
        "query": dict(shown.query),
        "page": shown.page,
        "heard": shown.heard,
        "filters": [dict(one) for one in shown.filters],
        "emotions": [
            {"name": e.value, "title": title(e), "colour": EMOTION_COLOURS[e]} for e in EMOTIONS
        ],
        "tags": list(shown.tags),
        "reasons": list(DROP_REASONS),
        "page_size": PAGE_SIZE,
        "confirm_above": CONFIRM_ABOVE,
        "said": shown.said,
        "can_undo": shown.can_undo,
    }
