"""Training learns, repeats itself, and goes on where it was stopped."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.configs import ChosenBy, Optimizer, TestViews
from core.errors import CheckpointError, DivergedError, JobCancelledError
from core.ml.checkpoints import CHECKPOINT_NAME, WEIGHTS_NAME
from core.ml.evaluation import load, probabilities
from core.ml.training import train
from db.enums import Mask


def ignore(report):
    """Take a report and do nothing."""


def stop_after(number):
    """Return a callback that cancels the run once an epoch is done."""

    def on_epoch(report):
        if report.number == number:
            raise JobCancelledError("stop")

    return on_epoch


def weights_of(trained):
    return torch.cat([value.flatten() for value in trained.model.state_dict().values()])


def without_seconds(trained):
    return [replace(report, seconds=0.0) for report in trained.reports]


def test_a_few_faces_are_learnt_by_heart(faces, parts, tiny):
    config = replace(tiny, epochs=12, augment=False, label_smoothing=0.0, test_views=TestViews.ONE)
    trained = train(faces, parts, config, on_epoch=ignore)
    predicted = probabilities(trained.model, faces.at(parts.test), config).argmax(axis=1)
    assert trained.reports[-1].train_accuracy > 0.95
    assert np.mean(predicted == faces.labels[parts.test]) > 0.9


def test_the_same_seed_gives_the_same_run(faces, parts, tiny):
    first, again = (train(faces, parts, tiny, on_epoch=ignore) for _ in range(2))
    assert without_seconds(first) == without_seconds(again)
    assert torch.equal(weights_of(first), weights_of(again))


def test_another_seed_gives_another_run(faces, parts, tiny):
    first = train(faces, parts, tiny, on_epoch=ignore)
    other = train(faces, parts, replace(tiny, seed=1), on_epoch=ignore)
    assert not torch.equal(weights_of(first), weights_of(other))


@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_an_interrupted_run_ends_as_an_uninterrupted_one(faces, parts, tiny, tmp_path, optimizer):
    config = replace(tiny, optimizer=optimizer, learning_rate=0.01)
    whole = train(faces, parts, config, on_epoch=ignore)
    with pytest.raises(JobCancelledError):
        train(faces, parts, config, on_epoch=stop_after(2), run_dir=tmp_path)
    torch.rand(7)  # what a new process has drawn by then does not matter
    resumed = train(faces, parts, config, on_epoch=ignore, run_dir=tmp_path)
    assert without_seconds(resumed) == without_seconds(whole)
    assert torch.equal(weights_of(resumed), weights_of(whole))


def test_going_on_reports_the_stored_epochs_first_and_time_adds_up(faces, parts, tiny, tmp_path):
    with pytest.raises(JobCancelledError):
        train(faces, parts, tiny, on_epoch=stop_after(1), run_dir=tmp_path)
    reports = []
    train(faces, parts, tiny, on_epoch=reports.append, run_dir=tmp_path)
    assert [report.number for report in reports] == [1, 2, 3]
    seconds = [report.seconds for report in reports]
    assert seconds == sorted(seconds)


def test_a_finished_run_started_again_trains_no_further(faces, parts, tiny, tmp_path):
    first = train(faces, parts, tiny, on_epoch=ignore, run_dir=tmp_path)
    again = train(faces, parts, tiny, on_epoch=ignore, run_dir=tmp_path)
    assert first.reports == again.reports
    assert torch.equal(weights_of(first), weights_of(again))


def test_a_finished_run_keeps_its_weights_once(faces, parts, tiny, tmp_path):
    train(faces, parts, tiny, on_epoch=ignore, run_dir=tmp_path)
    weights, checkpoint = tmp_path / WEIGHTS_NAME, tmp_path / CHECKPOINT_NAME
    assert checkpoint.stat().st_size < weights.stat().st_size / 100


def test_a_run_killed_before_its_weights_were_written_still_ends(faces, parts, tiny, tmp_path):
    whole = train(faces, parts, tiny, on_epoch=ignore)
    with pytest.raises(JobCancelledError):
        train(faces, parts, tiny, on_epoch=stop_after(3), run_dir=tmp_path)
    assert not (tmp_path / WEIGHTS_NAME).exists()
    resumed = train(faces, parts, tiny, on_epoch=ignore, run_dir=tmp_path)
    assert torch.equal(weights_of(resumed), weights_of(whole))


def test_the_weights_left_behind_are_those_returned(faces, parts, tiny, tmp_path):
    trained = train(faces, parts, tiny, on_epoch=ignore, run_dir=tmp_path)
    loaded = load(tmp_path, tiny)
    tested = faces.at(parts.test)
    returned = probabilities(trained.model, tested, tiny)
    assert np.array_equal(probabilities(loaded, tested, tiny), returned)


def test_the_best_epoch_is_kept_and_patience_ends_the_run(faces, parts, tiny):
    config = replace(tiny, epochs=30, learning_rate=1e-9, patience=2, augment=False)
    trained = train(faces, parts, config, on_epoch=ignore)
    losses = [report.validation_loss for report in trained.reports]
    assert trained.best_epoch == losses.index(min(losses)) + 1
    assert len(losses) == min(trained.best_epoch + 2, 30)


def test_the_epoch_may_be_chosen_by_accuracy(faces, parts, tiny):
    trained = train(
        faces, parts, replace(tiny, chosen_by=ChosenBy.ACCURACY, epochs=6), on_epoch=ignore
    )
    accuracies = [report.validation_accuracy for report in trained.reports]
    assert trained.best_epoch == accuracies.index(max(accuracies)) + 1


def test_a_checkpoint_of_another_configuration_is_refused(faces, parts, tiny, tmp_path):
    with pytest.raises(JobCancelledError):
        train(faces, parts, tiny, on_epoch=stop_after(1), run_dir=tmp_path)
    with pytest.raises(CheckpointError, match="another configuration"):
        train(faces, parts, replace(tiny, seed=9), on_epoch=ignore, run_dir=tmp_path)


def test_a_masked_run_never_sees_what_lies_under_the_mask(faces, parts, tiny):
    config = replace(tiny, mask=Mask.MOUTH)
    hidden = faces.pixels.copy()
    hidden[:, 16:] = 3
    first = train(faces, parts, config, on_epoch=ignore)
    other = train(replace(faces, pixels=hidden), parts, config, on_epoch=ignore)
    assert torch.equal(weights_of(first), weights_of(other))


def test_a_run_that_leaves_the_range_of_numbers_says_so(faces, parts, tiny):
    config = replace(tiny, learning_rate=9.9, weight_decay=1e30)
    with pytest.raises(DivergedError, match="learning_rate below"):
        train(faces, parts, config, on_epoch=ignore)
