"""A sheet as SVG: text stays text that an editor can change, pictures are embedded PNG files."""

from base64 import b64encode
from functools import singledispatch
from xml.sax.saxutils import escape, quoteattr

import cv2

from core.maps.sheets.items import Line, Picture, Sheet, Words

MM_PER_PT = 25.4 / 72
_FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"


def to_svg(sheet: Sheet) -> bytes:
    """Return a sheet as an SVG file of its size in millimetres."""
    size = f'width="{sheet.width:g}mm" height="{sheet.height:g}mm"'
    box = f'viewBox="0 0 {sheet.width:g} {sheet.height:g}"'
    body = "\n".join(_drawn(item) for item in sheet.items)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="{_FONT}">\n'
        f"<title>{escape(sheet.title)}</title>\n"
        f'<rect width="100%" height="100%" fill="#FFFFFF"/>\n{body}\n</svg>\n'
    ).encode()


@singledispatch
def _drawn(item: object) -> str:
    raise TypeError(f"{type(item).__name__} cannot stand on a sheet")


@_drawn.register
def _(item: Picture) -> str:
    content = b64encode(cv2.imencode(".png", item.pixels[..., ::-1])[1].tobytes()).decode()
    place = f'x="{item.x:.3f}" y="{item.y:.3f}" width="{item.width:.3f}" height="{item.height:.3f}"'
    return f'<image {place} preserveAspectRatio="none" href="data:image/png;base64,{content}"/>'


@_drawn.register
def _(item: Words) -> str:
    size = f'font-size="{item.size_pt * MM_PER_PT:.3f}"'
    look = f'text-anchor="{item.anchor}" fill={quoteattr(item.colour)}'
    return f'<text x="{item.x:.3f}" y="{item.y:.3f}" {size} {look}>{escape(item.text)}</text>'


@_drawn.register
def _(item: Line) -> str:
    kind = "polygon" if item.is_closed else "polyline"
    points = " ".join(f"{x:.3f},{y:.3f}" for x, y in item.points)
    look = f'fill="none" stroke={quoteattr(item.colour)} stroke-width="{item.width:g}"'
    return f'<{kind} points="{points}" {look} stroke-linejoin="round"/>'
