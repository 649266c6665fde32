"""Each method beside captum's own answer for one image at a time."""

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients, NoiseTunnel, Saliency
from torch import nn

from core.configs import preset
from core.ml.models import build
from core.ml.saliency.gradients import (
    BASELINE,
    N_SAMPLES,
    N_STEPS,
    NOISE_SHARE,
    gradient,
    integrated_gradients,
    noises,
    smooth_grad,
)
from db.enums import ModelName

CONFIG = preset(ModelName.FAST, mixed_precision=False)
N = 3


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return build(CONFIG).eval()


@pytest.fixture(scope="module")
def faces():
    return torch.rand(N, 1, 48, 48, generator=torch.Generator().manual_seed(1))


TARGETS = torch.tensor([0, 3, 6])


def one_by_one(explain, faces):
    """What captum answers for each image alone, (n, rows, side)."""
    return torch.cat(
        [explain(faces[i : i + 1].clone().requires_grad_(), int(TARGETS[i])) for i in range(N)]
    )[:, 0].detach()


def test_the_gradient_is_captums(model, faces):
    explain = Saliency(model)
    expected = one_by_one(lambda face, k: explain.attribute(face, k, abs=False), faces)
    torch.testing.assert_close(
        gradient(model, CONFIG)(faces, TARGETS), expected, rtol=1e-3, atol=1e-6
    )


def test_integrated_gradients_are_captums_with_as_many_steps(model, faces):
    explain = IntegratedGradients(model)
    expected = one_by_one(
        lambda face, k: explain.attribute(face, BASELINE, k, n_steps=N_STEPS), faces
    )
    found = integrated_gradients(model, CONFIG)(faces, TARGETS)
    torch.testing.assert_close(found, expected.float(), rtol=1e-3, atol=1e-6)


def test_integrated_gradients_sum_to_the_change_from_the_grey_picture(model, faces):
    found = integrated_gradients(model, CONFIG)(faces, TARGETS).sum(dim=(1, 2))
    with torch.no_grad():
        answers = model(faces) - model(torch.full_like(faces, BASELINE))
    change = answers.gather(1, TARGETS[:, None])[:, 0]
    torch.testing.assert_close(found, change, rtol=0.05, atol=0.01)


def test_smooth_grad_is_the_mean_of_captums_gradients_of_noisy_faces(model, faces):
    explain = Saliency(model)

    def smooth(face, target):
        spread = NOISE_SHARE * float((face.max() - face.min()).detach())
        noisy = [face + spread * noise for noise in noises(48, 48)]
        return torch.stack([explain.attribute(one, target, abs=False) for one in noisy]).mean(dim=0)

    found = smooth_grad(model, CONFIG)(faces, TARGETS)
    torch.testing.assert_close(found, one_by_one(smooth, faces), rtol=1e-3, atol=1e-5)


def test_smooth_grad_is_like_captums_own_noise_tunnel(model, faces):
    """Its noise is drawn otherwise, so that two runs of it differ as much as ours from one."""
    explain = NoiseTunnel(Saliency(model))
    torch.manual_seed(0)

    def tunnel(face, target):
        spread = NOISE_SHARE * float((face.max() - face.min()).detach())
        return explain.attribute(
            face,
            nt_type="smoothgrad",
            nt_samples=N_SAMPLES,
            stdevs=spread,
            target=target,
            abs=False,
        )

    first, second = one_by_one(tunnel, faces), one_by_one(tunnel, faces)
    ours = smooth_grad(model, CONFIG)(faces, TARGETS)
    for i in range(N):
        theirs = np.corrcoef(first[i].ravel(), second[i].ravel())[0, 1]
        assert np.corrcoef(ours[i].ravel(), first[i].ravel())[0, 1] > theirs - 0.1


def test_noise_is_standard_and_the_same_again():
    drawn = noises(48, 48)
    assert drawn.shape == (N_SAMPLES, 1, 48, 48)
    assert float(drawn.std()) == pytest.approx(1, abs=0.02)
    assert torch.equal(drawn[: N_SAMPLES // 2], -drawn[N_SAMPLES // 2 :])
    assert torch.equal(drawn, noises(48, 48))


def test_a_linear_network_adds_its_weight_times_the_way_from_grey():
    last = nn.Linear(48 * 48, 7)
    model = nn.Sequential(nn.Flatten(), last)
    faces = torch.rand(2, 1, 48, 48)
    found = integrated_gradients(model, CONFIG)(faces, torch.tensor([1, 5]))
    weights = last.weight.detach()[[1, 5]].view(2, 48, 48)
    torch.testing.assert_close(found, weights * (faces[:, 0] - BASELINE), rtol=1e-4, atol=1e-7)
