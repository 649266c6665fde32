"""Random masks are drawn anew for each face in each epoch, and again the same."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import JobCancelledError
from core.images.masks import MID_GREY, cover
from core.ml import training
from core.ml.material import Material, validation_faces
from core.ml.training import Setup, train
from db.enums import STUDY_MASKS, Mask

CPU = torch.device("cpu")


@pytest.fixture
def config(tiny):
    return replace(tiny, mask=Mask.RANDOM)


def epoch_of(faces, parts, config, number):
    return Material(faces, parts.train, config, CPU).of_epoch(number).pixels.numpy()


def test_each_face_is_under_one_of_the_masks(faces, parts, config):
    pixels = epoch_of(faces, parts, config, 1)
    under = np.stack([cover(faces.pixels[parts.train], mask) for mask in STUDY_MASKS])
    fits = (under == pixels).all(axis=(2, 3))
    assert fits.any(axis=0).all()
    assert fits.any(axis=1).all()  # every mask was drawn


def test_masks_change_from_epoch_to_epoch_and_seed_to_seed_and_are_the_same_again(
    faces, parts, config
):
    first, again, later = (epoch_of(faces, parts, config, number) for number in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, later)
    assert not np.array_equal(first, epoch_of(faces, parts, replace(config, seed=1), 1))


def test_the_faces_that_choose_the_epoch_wear_the_same_masks_throughout(faces, parts, config):
    first, again = (
        validation_faces(faces, parts.validation, config, CPU).pixels.numpy() for _ in range(2)
    )
    assert np.array_equal(first, again)
    assert (first == MID_GREY).all(axis=2).any()


def test_only_a_run_with_a_teacher_keeps_whole_faces(faces, parts, tiny):
    masked = replace(tiny, mask=Mask.MOUTH)
    assert Material(faces, parts.train, masked, CPU).whole is None
    whole = Material(faces, parts.train, replace(masked, teacher_run=1), CPU).whole
    assert np.array_equal(whole.numpy(), faces.pixels[parts.train])


@pytest.mark.parametrize("settings", [{}, {"ema_decay": 0.9, "mixup": 0.3, "erasing": 0.5}])
def test_a_run_stopped_within_an_epoch_ends_as_an_uninterrupted_one(
    faces, parts, config, tmp_path, monkeypatch, settings
):
    monkeypatch.setattr(training, "REPORT_EVERY_S", 0.0)
    config = replace(config, **settings)

    def stop(report):
        if (report.epoch, report.step) == (2, 1):
            raise JobCancelledError("stop")

    whole = train(faces, parts, config, on_epoch=lambda _: None)
    with pytest.raises(JobCancelledError):
        train(
            faces,
            parts,
            config,
            on_epoch=lambda _: None,
            run_dir=tmp_path,
            setup=Setup(on_step=stop),
        )
    torch.rand(3)
    resumed = train(faces, parts, config, on_epoch=lambda _: None, run_dir=tmp_path)
    ours, theirs = ([replace(r, seconds=0.0) for r in t.reports] for t in (resumed, whole))
    assert ours == theirs
    weights = zip(
        resumed.model.state_dict().values(), whole.model.state_dict().values(), strict=True
    )
    assert all(torch.equal(one, other) for one, other in weights)


def test_steps_are_reported_within_an_epoch(faces, parts, tiny, monkeypatch):
    monkeypatch.setattr(training, "REPORT_EVERY_S", 0.0)
    seen = []
    setup = Setup(on_step=seen.append)
    train(faces, parts, replace(tiny, epochs=2), on_epoch=lambda _: None, setup=setup)
    assert [(one.epoch, one.step, one.n_steps) for one in seen] == [
        (epoch, step, 3) for epoch in (1, 2) for step in (1, 2, 3)
    ]
