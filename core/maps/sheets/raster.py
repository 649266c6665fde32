"""A sheet as PNG at print size: 300 dots an inch, which the file says."""

from functools import singledispatch
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.maps.sheets.items import Line, Picture, Sheet, Words

DPI = 300  # what journals ask of figures with grey tones
PX_PER_MM = DPI / 25.4
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def to_png(sheet: Sheet) -> bytes:
    """Return a sheet as a PNG file of its size at 300 dpi."""
    size = (_px(sheet.width), _px(sheet.height))
    canvas = Image.new("RGB", size, "#FFFFFF")
    for item in sheet.items:
        _draw(item, canvas)
    file = BytesIO()
    canvas.save(file, "PNG", dpi=(DPI, DPI), optimize=False)
    return file.getvalue()


def _px(length: float) -> int:
    return round(length * PX_PER_MM)


@singledispatch
def _draw(item: object, canvas: Image.Image) -> None:
    raise TypeError(f"{type(item).__name__} cannot stand on a sheet")


@_draw.register
def _(item: Picture, canvas: Image.Image) -> None:
    size = (max(1, _px(item.width)), max(1, _px(item.height)))
    picture = Image.fromarray(np.ascontiguousarray(item.pixels))
    canvas.paste(picture.resize(size, Image.Resampling.BICUBIC), (_px(item.x), _px(item.y)))


@_draw.register
def _(item: Words, canvas: Image.Image) -> None:
    font = ImageFont.load_default(size=item.size_pt * DPI / 72)  # Pillow's own, on every machine
    place = (_px(item.x), _px(item.y))
    text = item.text.replace("\N{NO-BREAK SPACE}", " ")  # the font has no such sign
    ImageDraw.Draw(canvas).text(
        place, text, fill=item.colour, font=font, anchor=_ANCHORS[item.anchor]
    )


@_draw.register
def _(item: Line, canvas: Image.Image) -> None:
    points = np.concatenate([item.points, item.points[:1]]) if item.is_closed else item.points
    places = [(x * PX_PER_MM, y * PX_PER_MM) for x, y in points.tolist()]
    ImageDraw.Draw(canvas).line(
        places, fill=item.colour, width=max(1, _px(item.width)), joint="curve"
    )
