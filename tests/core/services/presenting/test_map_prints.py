from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from core.maps.built_in import BUILT_IN
from core.maps.colouring import ColourMap, amount_colours
from core.services.map_columns import ColumnMap, ColumnMaps, MapColumn
from core.services.presenting.map_prints import MapLook, PrintFormat, printed
from core.services.presenting.map_table import ShownColumn, TableColumn, map_table
from core.services.terms import Emotion

SVG = "{http://www.w3.org/2000/svg}"


def human(shares):
    return ColumnMaps(
        column=MapColumn.of_people(), cells=None, faces={}, detected_share=None,
        by_emotion={Emotion.ANGRY: ColumnMap(density=shares * shares.size)},
    )  # fmt: skip


@pytest.fixture
def table():
    """Two sources of human maps and their difference, for anger."""
    columns = [
        ShownColumn(
            head=TableColumn(name=key, note="<b>&", flag=("fails", "why")),
            maps=human(BUILT_IN[key]().distribution(Emotion.ANGRY)),
        )
        for key in ("wegrzyn2017", "du2014")
    ]
    return map_table(columns, emotions=[Emotion.ANGRY], difference=(0, 1))


def test_a_png_is_at_print_size(table):
    content = printed(table, MapLook(), PrintFormat.PNG, heading="Angry", note="Note")
    with Image.open(BytesIO(content)) as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert image.width / 300 * 25.4 <= 180.1
        pixels = np.asarray(image).reshape(-1, 3)
    assert (pixels == amount_colours(ColourMap.INFERNO)[255]).all(axis=1).any()


def test_an_svg_has_all_words_as_text_and_all_maps_as_pictures(table):
    look = MapLook(has_outlines=True)
    content = printed(table, look, PrintFormat.SVG, heading="Angry & more", note="Note")
    root = ElementTree.fromstring(content)
    words = [text.text for text in root.iter(f"{SVG}text")]
    for expected in ("Angry & more", "wegrzyn2017", "<b>&. fails", "Difference", "Note"):
        assert expected in words
    assert len(list(root.iter(f"{SVG}image"))) == 4 + 2  # maps, then scales
    assert list(root.iter(f"{SVG}polygon"))


def test_the_same_table_gives_the_same_bytes(table):
    first, again = (printed(table, MapLook(), PrintFormat.SVG, heading="Angry") for _ in range(2))
    assert first == again
