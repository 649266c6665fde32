"""Random views stay views of the same face."""

import torch

from core.ml.augmentation import Strength, random_views

STILL = Strength(turn_degrees=0, log_scale=0, log_aspect=0, shift_share=0)


def test_without_strength_a_view_is_the_face_or_its_mirror_image():
    torch.manual_seed(0)
    faces = torch.rand(32, 1, 8, 8)
    views = random_views(faces, 8, STILL)
    same = torch.isclose(views, faces, atol=1e-5).all(dim=(1, 2, 3))
    mirrored = torch.isclose(views, faces.flip(3), atol=1e-5).all(dim=(1, 2, 3))
    assert (same | mirrored).all()
    assert 8 <= int(mirrored.sum()) <= 24


def test_views_stay_in_range_at_any_size():
    faces = torch.rand(4, 1, 48, 48)
    for size in (16, 32, 48, 64):
        views = random_views(faces, size)
        assert views.shape == (4, 1, size, size)
        assert views.min() >= 0
        assert views.max() <= 1


def test_a_uniform_face_stays_uniform_whatever_is_drawn():
    assert torch.allclose(random_views(torch.full((8, 1, 16, 16), 0.3), 16), torch.tensor(0.3))


def test_the_global_seed_decides():
    faces = torch.rand(4, 1, 16, 16)
    torch.manual_seed(1)
    first = random_views(faces, 16)
    torch.manual_seed(1)
    assert torch.equal(first, random_views(faces, 16))
