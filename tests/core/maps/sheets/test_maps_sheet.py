import numpy as np
import pytest

from core.maps.sheets import Cell, MapFigure, Picture, Scale, Words, maps_sheet

PIXELS = np.full((48, 48, 3), 90, dtype=np.uint8)
SCALE = Scale(colours=np.zeros((256, 3), dtype=np.uint8), text="of each map", low="0", high="most")


def figure(n_rows: int, n_columns: int) -> MapFigure:
    return MapFigure(
        title="Where it looks",
        columns=[("VGG-16 BN, no mask", "Grad-CAM")] * n_columns,
        rows=[("Angry", [np.array([[0.1, 0.1], [0.4, 0.1], [0.3, 1.2]])])] * n_rows,
        cells=[[Cell(pixels=PIXELS, words=("r +0.41", "+0.35 to +0.47", "n 128"))] * n_columns]
        * n_rows,
        scales=[SCALE],
        note="A word or two about these maps. " * 12,
    )


@pytest.mark.parametrize("n_columns", range(1, 8))
def test_a_figure_fits_a_printed_page(n_columns: int):
    sheet = maps_sheet(figure(7, n_columns))
    assert sheet.width <= 180
    assert sheet.height <= 297
    for item in sheet.items:
        if isinstance(item, Picture):
            assert item.x > 0
            assert item.x + item.width <= sheet.width
            assert item.y + item.height < sheet.height
        if isinstance(item, Words):
            assert 0 < item.y < sheet.height


def test_pictures_of_a_figure_do_not_overlap():
    pictures = [item for item in maps_sheet(figure(3, 3)).items if isinstance(item, Picture)]
    maps = pictures[:9]
    for number, one in enumerate(maps):
        for other in maps[number + 1 :]:
            apart_x = abs(one.x - other.x) >= one.width
            apart_y = abs(one.y - other.y) >= one.height
            assert apart_x or apart_y


def test_a_place_without_a_map_says_why():
    made = MapFigure(
        title="t", columns=[("Human", "")], rows=[("Neutral", [])],
        cells=[[Cell(pixels=None, words=("no map",))]], scales=[], note="",
    )  # fmt: skip
    words = [item.text for item in maps_sheet(made).items if isinstance(item, Words)]
    assert "no map" in words


def test_words_that_do_not_fit_beside_each_other_stand_beneath_each_other():
    wide, narrow = (
        [item.text for item in maps_sheet(figure(1, n)).items if isinstance(item, Words)]
        for n in (2, 7)
    )
    assert "r +0.41  +0.35 to +0.47  n 128" in wide
    assert {"r +0.41", "+0.35 to +0.47", "n 128"} <= set(narrow)
