"""What recipes add to training: averaged weights, mixed and erased faces, their own networks."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.configs import PRESETS, TestViews, preset
from core.errors import JobCancelledError
from core.ml.evaluation import load, probabilities
from core.ml.training import train
from db.enums import ModelName


def ignore(report):
    """Take a report and do nothing."""


def stop_after_the_first(report):
    """Cancel the run once an epoch is done."""
    raise JobCancelledError("stop")


def weights_of(trained):
    return torch.cat([value.flatten() for value in trained.model.state_dict().values()])


def outcome(trained):
    return [replace(report, seconds=0.0) for report in trained.reports], trained.best_epoch


@pytest.fixture
def everything(tiny):
    """A tiny run that averages, mixes, erases and ends with a plain epoch."""
    return replace(
        tiny, ema_decay=0.9, mixup=0.4, erasing=0.5, plain_epochs=1, augment_strength=2.0
    )


def test_a_run_with_everything_goes_on_as_if_it_had_never_stopped(
    faces, parts, everything, tmp_path
):
    whole = train(faces, parts, everything, on_epoch=ignore)
    with pytest.raises(JobCancelledError):
        train(faces, parts, everything, on_epoch=stop_after_the_first, run_dir=tmp_path)
    resumed = train(faces, parts, everything, on_epoch=ignore, run_dir=tmp_path)
    assert outcome(resumed) == outcome(whole)
    assert torch.equal(weights_of(resumed), weights_of(whole))


def test_the_same_seed_mixes_and_erases_the_same(faces, parts, everything):
    first, again = (train(faces, parts, everything, on_epoch=ignore) for _ in range(2))
    assert outcome(first) == outcome(again)
    assert torch.equal(weights_of(first), weights_of(again))


@pytest.mark.parametrize(
    "setting", [{"mixup": 0.0}, {"erasing": 0.0}, {"plain_epochs": 3}, {"augment_strength": 1.0}]
)
def test_every_one_of_them_changes_the_run(faces, parts, everything, setting):
    first = train(faces, parts, everything, on_epoch=ignore)
    other = train(faces, parts, replace(everything, **setting), on_epoch=ignore)
    assert not torch.equal(weights_of(first), weights_of(other))


def test_the_network_that_is_left_behind_is_the_averaged_one(faces, parts, tiny, tmp_path):
    config = replace(tiny, epochs=1, ema_decay=0.99)
    averaged = train(faces, parts, config, on_epoch=ignore, run_dir=tmp_path)
    last = train(faces, parts, replace(config, ema_decay=0.0), on_epoch=ignore)
    assert averaged.reports[0].train_loss == last.reports[0].train_loss
    assert not torch.equal(weights_of(averaged), weights_of(last))
    test = faces.at(parts.test)
    loaded = probabilities(load(tmp_path, config), test, config)
    assert np.array_equal(loaded, probabilities(averaged.model, test, config))


@pytest.mark.parametrize("views", list(TestViews))
def test_any_views_of_a_test_face_end_in_shares_that_sum_to_one(faces, parts, tiny, views):
    config = replace(tiny, epochs=1, test_views=views)
    model = train(faces, parts, config, on_epoch=ignore).model
    shares = probabilities(model, faces.at(parts.test), config)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)


def test_the_strong_recipe_runs_on_a_few_faces(faces, parts):
    config = preset(ModelName.STRONG, image_size=32, batch_size=21, epochs=1)
    trained = train(faces, parts, config, on_epoch=ignore)
    shares = probabilities(trained.model, faces.at(parts.test), config)
    assert np.isfinite(trained.reports[0].train_loss)
    assert shares.shape == (14, 7)


def test_both_recipes_of_ours_are_tested_with_averaged_weights():
    ours = [PRESETS[model] for model in (ModelName.FAST, ModelName.STRONG)]
    assert all(config.ema_decay > 0.99 and config.patience is None for config in ours)
