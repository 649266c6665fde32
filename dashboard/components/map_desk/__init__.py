"""A desk to draw one's own human maps: points, discs and regions on the canonical face."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import HumanMapError
from core.maps.canonical import landmarks
from core.services.human_maps import Disc, Polygon, Region
from core.services.terms import EMOTIONS, Emotion
from dashboard.format import EMOTION_COLOURS, title

_HERE = Path(__file__).parent
# Runs of iBUG's 68 points that are joined to lines, and whether the last joins the first.
_STROKES = (
    (range(17), False),
    (range(17, 22), False),
    (range(22, 27), False),
    (range(27, 31), False),
    (range(31, 36), False),
    (range(36, 42), True),
    (range(42, 48), True),
    (range(48, 60), True),
    (range(60, 68), True),
)

_desk = st.components.v2.component(
    "map_desk",
    html=(_HERE / "map_desk.html").read_text(),
    css=(_HERE / "map_desk.css").read_text(),
    js=(_HERE / "map_desk.js").read_text(),
)


def draw(*, key: str, version: int, pictures: Mapping[Emotion, str]) -> dict[Emotion, list[Region]]:
    """Draw the desk and return what is drawn on it, by emotion; empty at first.

    Args:
        key: Of the component.
        version: Another number clears the desk.
        pictures: Data URLs of faces to draw on; where one is missing there are lines alone.

    Raises:
        HumanMapError: If the browser sent what cannot be a drawing.
    """
    data = {
        "version": version,
        "emotions": [
            {"name": e.value, "title": title(e), "colour": EMOTION_COLOURS[e]} for e in EMOTIONS
        ],
        "lines": face_lines(),
        "pictures": {emotion.value: url for emotion, url in pictures.items()},
    }
    sent = _desk(key=key, data=data, default={"drawn": {}}, on_drawn_change=_nothing).drawn
    return drawings(sent)


def face_lines() -> list[dict[str, Any]]:
    """Return the canonical face as lines through points of the unit square."""
    points = landmarks().round(4).tolist()
    return [
        {"points": [points[place] for place in places], "closed": is_closed}
        for places, is_closed in _STROKES
    ]


def drawings(sent: object) -> dict[Emotion, list[Region]]:
    """Return regions by emotion from what a browser sent, emotions without any left out.

    Raises:
        HumanMapError: If it has another form; places and sizes are checked when it is kept.
    """
    try:
        by_name: Mapping[str, Sequence[Any]] = dict(sent or {})  # type: ignore[call-overload]
        return {
            Emotion(name): [_region(one) for one in regions]
            for name, regions in by_name.items()
            if regions
        }
    except (KeyError, TypeError, ValueError) as error:
        raise HumanMapError("The drawing cannot be read; draw it again.") from error


def _region(sent: Mapping[str, Any]) -> Region:
    weight = float(sent["weight"])
    if sent["kind"] == "disc":
        return Disc(centre=_point(sent["centre"]), radius=float(sent["radius"]), weight=weight)
    return Polygon(corners=tuple(_point(corner) for corner in sent["corners"]), weight=weight)


def _point(sent: Sequence[float]) -> tuple[float, float]:
    x, y = sent
    return float(x), float(y)


def _nothing() -> None:
    return None
