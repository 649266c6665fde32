"""Features are what the last layer of a network gets, whatever the network."""

import numpy as np
import pytest
import torch
from torch import nn

from core.configs import preset
from core.images.faces import FaceSet
from core.ml import embedding
from core.ml.batches import network_input
from core.ml.embedding import features, last_layer
from core.ml.models import build
from db.enums import Mask, ModelName


def face_set(n: int) -> FaceSet:
    pixels = np.random.default_rng(0).integers(0, 256, (n, 48, 48), dtype=np.uint8)
    return FaceSet(
        image_ids=np.arange(n), pixels=pixels, labels=np.zeros(n, dtype=np.int64),
        splits=np.array(["train"] * n), groups=np.arange(n),
    )  # fmt: skip


@pytest.mark.parametrize("name", list(ModelName))
def test_every_network_has_a_last_layer_of_seven_logits(name: ModelName):
    with torch.device("meta"):
        model = build(preset(name))
    assert last_layer(model).out_features == 7


def test_the_last_layer_of_the_features_gives_the_logits(monkeypatch: pytest.MonkeyPatch):
    torch.manual_seed(0)
    config = preset(ModelName.FAST, mixed_precision=False)
    model, faces = build(config).eval(), face_set(5)
    monkeypatch.setattr(embedding, "TEST_BATCH", 2)
    told: list[int] = []
    rows = features(model, faces, config, on_batch=told.append)
    assert (rows.dtype, len(rows), told) == (np.float16, 5, [2, 4, 5])
    with torch.inference_mode():
        logits = model(network_input(torch.from_numpy(faces.pixels), config.image_size))
        again = last_layer(model)(torch.from_numpy(rows).float())
    torch.testing.assert_close(again, logits, atol=2e-2, rtol=2e-2)


def test_what_the_run_covers_does_not_count():
    torch.manual_seed(0)
    config = preset(ModelName.FAST, mask=Mask.MOUTH)
    faces = face_set(2)
    faces.pixels[1, :24] = faces.pixels[0, :24]
    rows = features(build(config), faces, config, on_batch=lambda n: None)
    np.testing.assert_array_equal(rows[0], rows[1])


def test_no_hook_stays_when_the_work_is_stopped():
    class StoppedError(Exception):
        pass

    def stop(_: int) -> None:
        raise StoppedError

    config = preset(ModelName.FAST)
    model = build(config)
    with pytest.raises(StoppedError):
        features(model, face_set(2), config, on_batch=stop)
    assert not last_layer(model)._forward_pre_hooks


def test_numbers_beyond_half_precision_stay_numbers():
    config = preset(ModelName.FAST)
    model = nn.Sequential(nn.Flatten(), _Large(), nn.Linear(48 * 48, 7))
    rows = features(model, face_set(1), config, on_batch=lambda n: None)
    assert np.isfinite(rows).all()


class _Large(nn.Module):
    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        return faces * 1e9
