"""captum's metrics on networks whose true attributions are known."""

import captum.metrics
import numpy as np
import torch
from torch import nn

from core.ml.attribution_metrics import N_SQUARES, grey_squares, noise_sensitivity, unexplained

SIDE = 24
GREY = 128 / 255
SEEN = torch.rand(6, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(8))
LABELS = torch.arange(6)


class Linear(nn.Module):
    """Logits are weighted sums of pixels."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.last = nn.Linear(SIDE * SIDE, 7)

    def forward(self, faces):
        return self.last(faces.flatten(1))


MODEL = Linear().eval()
EXACT = (MODEL.last.weight.detach().reshape(7, SIDE, SIDE)[LABELS]) * (SEEN[:, 0] - GREY)


def test_the_exact_attributions_of_a_linear_network_leave_nothing_unexplained():
    assert unexplained(MODEL, SEEN, LABELS, EXACT, seed=0).max() < 1e-6


def test_the_scale_of_attributions_does_not_matter():
    assert unexplained(MODEL, SEEN, LABELS, 1000 * EXACT, seed=0).max() < 1e-6


def test_no_attributions_explain_nothing_and_wrong_ones_little():
    nothing = unexplained(MODEL, SEEN, LABELS, torch.zeros_like(EXACT), seed=0)
    np.testing.assert_allclose(nothing, 1)
    wrong = unexplained(MODEL, SEEN, LABELS, EXACT.flip(0), seed=0)
    assert wrong.min() > 0.8


def test_the_share_is_captums_infidelity_over_that_of_no_attributions():
    noisy = EXACT + 0.02 * torch.randn(EXACT.shape, generator=torch.Generator().manual_seed(3))

    def directly(attributions):
        torch.manual_seed(5)
        return captum.metrics.infidelity(
            MODEL, grey_squares, SEEN, attributions[:, None], target=LABELS,
            n_perturb_samples=N_SQUARES, max_examples_per_batch=256, normalize=True,
        )  # fmt: skip

    expected = directly(noisy) / directly(0 * noisy)
    found = unexplained(MODEL, SEEN, LABELS, noisy, seed=5)
    np.testing.assert_allclose(found, expected.detach().numpy(), rtol=1e-5)
    assert 0.01 < found.mean() < 0.9


def test_an_answer_that_never_changes_has_no_share():
    blind = Linear().eval()
    nn.init.zeros_(blind.last.weight)
    assert np.isnan(unexplained(blind, SEEN, LABELS, EXACT, seed=0)).all()


def test_squares_are_a_sixth_of_the_side_anywhere_in_the_face():
    torch.manual_seed(0)
    faces = SEEN.repeat(1000, 1, 1, 1)
    squares, covered = grey_squares(faces)
    assert set(squares.sum(dim=(1, 2, 3)).tolist()) == {16}
    assert (squares.sum(dim=0)[0] > 0).all()
    is_square = squares > 0
    assert torch.equal(covered[~is_square], faces[~is_square])
    assert (covered[is_square] - GREY).abs().max() < 1e-6


def test_a_map_that_does_not_depend_on_the_face_is_not_sensitive():
    def flat(faces, labels):
        return torch.ones(len(faces), SIDE, SIDE)

    np.testing.assert_array_equal(noise_sensitivity(flat, SEEN, LABELS, seed=0), 0)


def test_sensitivity_of_the_face_itself_is_its_noise_over_its_norm():
    def itself(faces, labels):
        return faces[:, 0]

    found = noise_sensitivity(itself, SEEN, LABELS, seed=0)
    norms = SEEN.flatten(1).norm(dim=1).numpy()
    usual = 0.02 * SIDE / np.sqrt(3)  # noise is uniform: its spread is 0.02 / sqrt(3)
    np.testing.assert_allclose(found, usual / norms, rtol=0.1)


def test_targets_go_with_their_faces_and_the_same_seed_gives_the_same():
    def by_label(faces, labels):
        return faces[:, 0] * labels[:, None, None]

    found = noise_sensitivity(by_label, SEEN, LABELS, seed=1)
    assert np.isnan(found[0])  # label 0: no map
    assert (found[1:] < 0.1).all()
    np.testing.assert_array_equal(found, noise_sensitivity(by_label, SEEN, LABELS, seed=1))
