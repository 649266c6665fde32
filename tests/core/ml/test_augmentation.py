"""Random views stay views of the same face."""

import torch

from core.ml.augmentation import Strength, erased, random_views

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


def test_views_of_a_cut_face_keep_its_proportions():
    assert random_views(torch.rand(2, 1, 24, 48), 32).shape == (2, 1, 16, 32)


def test_a_turn_keeps_angles_on_a_cut_face():
    square = torch.zeros(1, 1, 48, 48)
    square[:, :, 20:28, 4:44] = 1  # a bar across
    torch.manual_seed(3)
    whole = random_views(square.expand(16, -1, -1, -1), 48, Strength(30, 0, 0, 0))
    torch.manual_seed(3)
    cut = random_views(square[:, :, 12:36].expand(16, -1, -1, -1), 48, Strength(30, 0, 0, 0))
    assert torch.allclose(whole[:, :, 16:32, 12:36], cut[:, :, 4:20, 12:36], atol=1e-4)


def test_twice_the_strength_is_twice_as_wide_in_every_way():
    assert Strength(8, 0.1, 0.2, 0.3).times(2) == Strength(16, 0.2, 0.4, 0.6)


def test_as_many_views_are_erased_as_asked_for():
    views = torch.rand(400, 1, 16, 16)
    torch.manual_seed(0)
    changed = (erased(views, 0.25) != views).flatten(1).any(dim=1)
    assert 60 <= int(changed.sum()) <= 140
    assert torch.equal(erased(views, 0.0), views)


def test_what_is_erased_is_one_rectangle_of_the_views_mean():
    views = torch.rand(50, 1, 24, 24)
    torch.manual_seed(0)
    result = erased(views, 1.0)
    changed = result != views
    rows, columns = changed.any(dim=3), changed.any(dim=2)
    assert torch.equal(changed, rows[:, :, :, None] & columns[:, :, None, :])
    assert changed.float().mean(dim=(1, 2, 3)).max() < 0.26  # a fifth, in whole pixels
    means = views.mean(dim=(2, 3), keepdim=True).expand_as(views)
    assert torch.equal(result[changed], means[changed])
