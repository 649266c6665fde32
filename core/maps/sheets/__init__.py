"""Figures for print: pictures, words and lines at places in millimetres, as SVG or PNG."""

from core.maps.sheets.items import Line, Picture, Sheet, Words
from core.maps.sheets.maps_sheet import Cell, MapFigure, Scale, maps_sheet, picture_side
from core.maps.sheets.raster import DPI, PX_PER_MM, to_png
from core.maps.sheets.vector import to_svg

__all__ = [
    "DPI",
    "PX_PER_MM",
    "Cell",
    "Line",
    "MapFigure",
    "Picture",
    "Scale",
    "Sheet",
    "Words",
    "maps_sheet",
    "picture_side",
    "to_png",
    "to_svg",
]
