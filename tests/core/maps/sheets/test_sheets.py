from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from core.maps.sheets import Line, Picture, Sheet, Words, to_png, to_svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def sheet() -> Sheet:
    red = np.zeros((4, 4, 3), dtype=np.uint8)
    red[..., 0] = 200
    return Sheet(
        width=25.4,
        height=50.8,
        title="Maps <of> faces",
        items=(
            Picture(x=2.54, y=2.54, width=10, height=10, pixels=red),
            Words(x=2, y=40, text="r < 0.5 & n > 3"),
            Line(points=np.array([[20.0, 20.0], [24.0, 20.0], [24.0, 24.0]]), is_closed=True),
        ),
    )


def test_a_png_has_the_sheets_size_at_the_dots_an_inch_that_it_says(sheet: Sheet):
    with Image.open(BytesIO(to_png(sheet))) as image:
        assert image.format == "PNG"
        assert image.size == (300, 600)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_a_png_has_pictures_words_and_lines_at_their_places(sheet: Sheet):
    with Image.open(BytesIO(to_png(sheet))) as image:
        pixels = np.asarray(image)
    assert pixels[60, 60].tolist() == [200, 0, 0]
    assert pixels[10, 10].tolist() == [255, 255, 255]
    assert pixels[460:475, 20:200].min() < 100
    assert pixels[236, 260].max() < 100


def test_an_svg_is_well_formed_and_keeps_words_as_text(sheet: Sheet):
    root = ElementTree.fromstring(to_svg(sheet))
    assert root.tag == f"{SVG}svg"
    assert (root.get("width"), root.get("height")) == ("25.4mm", "50.8mm")
    assert root.findtext(f"{SVG}title") == "Maps <of> faces"
    assert root.findtext(f"{SVG}text") == "r < 0.5 & n > 3"
    assert root.find(f"{SVG}polygon").get("points").startswith("20.000,20.000 24.000")


def test_an_svg_carries_its_pictures_as_png(sheet: Sheet):
    root = ElementTree.fromstring(to_svg(sheet))
    assert root.find(f"{SVG}image").get("href").startswith("data:image/png;base64,iVBOR")
