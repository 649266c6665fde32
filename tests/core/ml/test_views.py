"""The views of a test face."""

import math

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 (PyTorch's own name for it)

from core.configs import TestViews
from core.ml.views import views_of

FACES = torch.rand(3, 1, 48, 48)


@pytest.mark.parametrize(
    ("views", "n", "side"),
    [
        (TestViews.ONE, 1, 48),
        (TestViews.FLIP, 2, 48),
        (TestViews.SHIFTS, 10, 48),
        (TestViews.TEN_CROP, 10, 44),
        (TestViews.NEARBY, 18, 48),
    ],
)
def test_each_kind_has_its_number_and_size_of_views(views, n, side):
    seen = views_of(FACES, views)
    assert [view.shape for view in seen] == [(3, 1, side, side)] * n


@pytest.mark.parametrize("views", [views for views in TestViews if views is not TestViews.ONE])
def test_the_second_half_mirrors_the_first(views):
    seen = views_of(FACES, views)
    half = len(seen) // 2
    for view, mirrored in zip(seen[:half], seen[half:], strict=True):
        assert torch.equal(mirrored, view.flip(3))


def test_shifts_start_with_the_face_itself_and_move_it_two_pixels():
    middle, down, right, *_ = views_of(FACES, TestViews.SHIFTS)
    assert torch.equal(middle, FACES)
    assert torch.equal(down[:, :, :-2], FACES[:, :, 2:])
    assert torch.equal(right[:, :, :, :-2], FACES[:, :, :, 2:])


def test_ten_crops_are_the_middle_and_the_corners():
    crops = views_of(FACES, TestViews.TEN_CROP)
    assert torch.equal(crops[0], FACES[:, :, 2:46, 2:46])
    assert torch.equal(crops[1], FACES[:, :, :44, :44])
    assert torch.equal(crops[4], FACES[:, :, 4:, 4:])


def test_faces_with_few_rows_keep_their_shape():
    for views in (TestViews.SHIFTS, TestViews.NEARBY):
        seen = views_of(torch.rand(1, 1, 24, 48), views)
        assert {view.shape for view in seen} == {(1, 1, 24, 48)}


def test_nearby_views_are_the_shifts_and_the_face_turned_and_zoomed():
    seen = views_of(FACES, TestViews.NEARBY)
    shifts = views_of(FACES, TestViews.SHIFTS)
    assert all(torch.equal(one, other) for one, other in zip(seen[:5], shifts[:5], strict=True))
    for view, degrees, zoom in zip(seen[5:9], (-6, 6, 0, 0), (1, 1, 1.06, 1 / 1.06), strict=True):
        turn = math.radians(degrees)
        cosine, sine = zoom * math.cos(turn), zoom * math.sin(turn)
        maps = torch.tensor([[cosine, -sine, 0.0], [sine, cosine, 0.0]]).expand(3, 2, 3)
        grid = F.affine_grid(maps, list(FACES.shape), align_corners=False)
        sampled = F.grid_sample(FACES, grid, padding_mode="border", align_corners=False)
        torch.testing.assert_close(view, sampled, atol=1e-4, rtol=0)


def test_a_turned_view_of_few_rows_keeps_angles():
    face = torch.zeros(1, 1, 25, 49)
    face[:, :, 12] = 1.0  # a line across the middle
    turned = views_of(face, TestViews.NEARBY)[5][0, 0]
    heights = (turned * torch.arange(25.0)[:, None]).sum(dim=0) / turned.sum(dim=0)
    rise = float(heights[36] - heights[12])
    assert abs(rise) == pytest.approx(24 * math.tan(math.radians(6)), abs=0.1)
