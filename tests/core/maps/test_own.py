import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import HumanMapError, UnreadableImageError
from core.maps.own import MAX_BYTES, Disc, Polygon, map_of_picture, map_of_regions

LEFT = Polygon(corners=((0.1, 0.1), (0.4, 0.1), (0.4, 0.9), (0.1, 0.9)))
shares = st.floats(0, 1)


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def test_grey_is_weight():
    picture = np.zeros((480, 480), dtype=np.uint8)
    picture[:240] = 200
    drawn = map_of_picture(png(picture))
    assert drawn.shape == (48, 48)
    assert drawn[10, 24] == pytest.approx(200)
    assert drawn[40, 24] == pytest.approx(0, abs=1e-9)


def test_a_small_or_oblong_picture_fills_the_square():
    picture = np.zeros((12, 24), dtype=np.uint8)
    picture[6:] = 255
    drawn = map_of_picture(png(picture))
    assert drawn.shape == (48, 48)
    assert drawn[40].min() > 250 > 5 > drawn[8].max()


def test_colour_counts_by_its_brightness_and_jpeg_is_read():
    picture = np.full((48, 48, 3), (10, 200, 90), dtype=np.uint8)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[0, 0]
    drawn = map_of_picture(cv2.imencode(".jpg", picture)[1].tobytes())
    np.testing.assert_allclose(drawn, grey, atol=3)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(UnreadableImageError):
        map_of_picture(content)


def test_a_picture_beyond_the_limit_is_refused_before_it_is_decoded():
    with pytest.raises(HumanMapError, match="the limit is 5,000,000"):
        map_of_picture(bytes(MAX_BYTES + 1))


def test_a_region_has_its_weight_inside_and_none_beside():
    drawn = map_of_regions([LEFT])
    assert drawn[24, 12] == pytest.approx(1, abs=0.01)
    assert drawn[24, 36] == pytest.approx(0, abs=1e-9)
    assert drawn.sum() == pytest.approx(0.3 * 0.8 * 48 * 48, rel=0.02)


def test_where_regions_overlap_weights_are_added():
    disc = Disc(centre=(0.25, 0.5), radius=0.1, weight=2.0)
    drawn = map_of_regions([LEFT, disc])
    assert drawn[24, 12] == pytest.approx(3, abs=0.05)
    np.testing.assert_allclose(drawn, map_of_regions([LEFT]) + map_of_regions([disc]), atol=1e-9)


@given(shares, shares, st.floats(0.001, 1), st.floats(0.01, 100))
def test_a_disc_is_drawn_wherever_it_is(x, y, radius, weight):
    drawn = map_of_regions([Disc(centre=(x, y), radius=radius, weight=weight)])
    assert np.isfinite(drawn).all()
    assert drawn.min() >= 0
    assert drawn.max() <= weight + 1e-9
    twice = (
        map_of_regions([Disc(centre=(x, y), radius=radius, weight=2 * weight)])
        if (weight <= 50)
        else 2 * drawn
    )
    np.testing.assert_allclose(twice, 2 * drawn, rtol=1e-9, atol=1e-12)


def test_a_point_in_the_middle_peaks_there():
    drawn = map_of_regions([Disc(centre=(0.5, 0.5), radius=0.02)])
    assert np.unravel_index(drawn.argmax(), drawn.shape) in {(23, 23), (23, 24), (24, 23), (24, 24)}


@pytest.mark.parametrize(
    ("region", "why"),
    [
        (Disc(centre=(0.5, 1.5)), "beside the face"),
        (Disc(centre=(float("nan"), 0.5)), "beside the face"),
        (Disc(centre=(0.5, 0.5), radius=0), "radius 0"),
        (Disc(centre=(0.5, 0.5), weight=float("nan")), "weighs nan"),
        (Disc(centre=(0.5, 0.5), weight=-1), "weighs -1"),
        (Polygon(corners=((0, 0), (1, 1))), "2 corners"),
        (Polygon(corners=((0, 0), (1, 1), (0, 0.5)), weight=1e9), "weighs 1e"),
        (Polygon(corners=((0.5, 0.5),) * 201), "201 corners"),
    ],
)
def test_a_region_that_cannot_be_drawn_is_named(region, why):
    with pytest.raises(HumanMapError, match=why):
        map_of_regions([LEFT, region])


def test_no_region_and_too_many_are_refused():
    for count in (0, 101):
        with pytest.raises(HumanMapError, match=f"there are {count}"):
            map_of_regions([LEFT] * count)
