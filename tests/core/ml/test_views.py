"""The views of a test face."""

import pytest
import torch

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
    ],
)
def test_each_kind_has_its_number_and_size_of_views(views, n, side):
    seen = views_of(FACES, views)
    assert [view.shape for view in seen] == [(3, 1, side, side)] * n


@pytest.mark.parametrize("views", [TestViews.FLIP, TestViews.SHIFTS, TestViews.TEN_CROP])
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
    seen = views_of(torch.rand(1, 1, 24, 48), TestViews.SHIFTS)
    assert {view.shape for view in seen} == {(1, 1, 24, 48)}
