"""The learning rate and the size of faces over a run."""

import pytest

from core.configs import preset
from core.ml.schedules import face_size, rate_share
from db.enums import ModelName


def test_one_cycle_climbs_to_the_peak_and_falls_to_nothing():
    config = preset(ModelName.FAST)
    rates = [rate_share(config, step / 100) for step in range(100)]
    assert max(rates) == pytest.approx(1)
    assert rates[0] < 0.1
    assert rates[-1] < 0.02
    peak = rates.index(max(rates))
    assert rates == sorted(rates[: peak + 1]) + sorted(rates[peak + 1 :], reverse=True)


def test_a_constant_schedule_is_constant():
    config = preset(ModelName.VGG16)
    assert {rate_share(config, step / 10) for step in range(10)} == {1.0}


def test_faces_grow_and_end_at_full_size():
    config = preset(ModelName.FAST, image_size=48, start_size=32, epochs=10)
    assert [face_size(config, epoch) for epoch in range(10)] == [32] * 5 + [40] * 3 + [48] * 2


@pytest.mark.parametrize("epochs", [1, 2, 3, 30])
def test_the_last_epoch_is_always_at_full_size(epochs):
    config = preset(ModelName.FAST, image_size=48, start_size=32, epochs=epochs)
    assert face_size(config, epochs - 1) == 48
