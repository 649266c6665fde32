import pytest
import torch
from captum.attr import Occlusion
from torch import nn

from core.configs import preset
from core.ml.models import build
from core.ml.saliency.occlusion import FILL, occlusion, window_counts, windows
from db.enums import ModelName

CONFIG = preset(ModelName.FAST, mixed_precision=False)
TARGETS = torch.tensor([0, 4])


def test_occlusion_is_captums_for_each_image_alone():
    torch.manual_seed(0)
    model = build(CONFIG).eval()
    faces = torch.rand(2, 1, 48, 48)
    found = occlusion(model, CONFIG)(faces, TARGETS)
    explain = Occlusion(model)
    for i in range(2):
        expected = explain.attribute(
            faces[i : i + 1],
            sliding_window_shapes=(1, 8, 8),
            strides=(1, 4, 4),
            baselines=FILL,
            target=int(TARGETS[i]),
            perturbations_per_eval=128,
        )[:, 0]
        torch.testing.assert_close(found[i : i + 1], expected.float(), rtol=1e-3, atol=1e-5)


def test_a_pixel_gets_the_mean_fall_of_the_windows_over_it():
    """The network answers with the brightness of one pixel, so only windows over it matter."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(48 * 48, 7))
    nn.init.zeros_(model[1].weight)
    nn.init.zeros_(model[1].bias)
    with torch.no_grad():
        model[1].weight[0, 10 * 48 + 20] = 1  # row 10, column 20
    found = occlusion(model, CONFIG)(torch.ones(1, 1, 48, 48), torch.tensor([0]))[0]
    assert found[10, 20] == pytest.approx(1 - FILL)  # under all four of its windows
    assert found[10, 24] == pytest.approx((1 - FILL) / 2)  # under the two of them to the right
    assert found[30, 30] == 0


@pytest.mark.parametrize(("rows", "side"), [(48, 48), (36, 48), (128, 128), (32, 32), (85, 128)])
def test_every_pixel_is_under_a_window_and_windows_are_a_sixth_wide(rows, side):
    hidden = windows(rows, side)
    assert hidden.any(dim=0).all()
    assert {int(window.sum()) for window in hidden} == {round(side / 6) ** 2}
    assert len(hidden) == window_counts(rows, side)[0] * window_counts(rows, side)[1]


def test_faces_of_48_pixels_have_eleven_by_eleven_windows():
    assert window_counts(48, 48) == (11, 11)
