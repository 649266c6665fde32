"""Probabilities of a network, and loading it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.configs import TestViews
from core.errors import CheckpointError
from core.ml.batches import network_input
from core.ml.checkpoints import save
from core.ml.evaluation import load, probabilities
from core.ml.models import build
from core.ml.views import views_of
from db.enums import Mask


def test_probabilities_sum_to_one_a_face(faces, tiny):
    shares = probabilities(build(tiny), faces, tiny)
    assert (shares.shape, shares.dtype) == ((70, 7), np.float32)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)


def test_no_faces_have_no_probabilities(faces, tiny):
    assert probabilities(build(tiny), faces.at(np.arange(0)), tiny).shape == (0, 7)


def test_a_face_and_its_mirror_image_are_one_to_a_mirroring_test(faces, tiny):
    config = replace(tiny, test_views=TestViews.FLIP, mixed_precision=False)
    model = build(config)
    shares = probabilities(model, faces, config)
    mirrored = probabilities(model, replace(faces, pixels=faces.pixels[:, :, ::-1].copy()), config)
    assert np.allclose(shares, mirrored, atol=1e-6)


def test_views_seen_at_once_say_what_they_say_one_by_one(faces, tiny):
    config = replace(tiny, test_views=TestViews.SHIFTS, mixed_precision=False)
    model = build(config)
    model.eval()
    seen = views_of(network_input(torch.from_numpy(faces.pixels), 32), TestViews.SHIFTS)
    with torch.inference_mode():
        alone = torch.stack([model(view).log_softmax(dim=1) for view in seen])
    mean = alone.exp().mean(dim=0).numpy()
    assert np.allclose(probabilities(model, faces, config), mean, atol=1e-6)


def test_the_test_mask_is_the_runs_own_unless_another_is_named(faces, tiny):
    model, masked = build(tiny), replace(tiny, mask=Mask.EYES)
    own = probabilities(model, faces, masked)
    assert np.array_equal(own, probabilities(model, faces, tiny, mask=Mask.EYES))
    assert not np.array_equal(own, probabilities(model, faces, masked, mask=Mask.NONE))


def test_a_run_without_weights_cannot_be_loaded(tmp_path, tiny):
    with pytest.raises(CheckpointError, match=r"model\.pt"):
        load(tmp_path, tiny)


def test_weights_of_another_network_cannot_be_loaded(tmp_path, tiny):
    save(torch.nn.Linear(2, 2).state_dict(), tmp_path / "model.pt")
    with pytest.raises(CheckpointError, match="another network"):
        load(tmp_path, tiny)
